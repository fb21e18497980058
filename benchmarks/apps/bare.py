"""The floor: FastAPI and Mangum with one route and nothing to see into it. All that a service adds comes on top."""

from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()


@app.get("/api/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


lambda_handler = Mangum(app, lifespan="off")
