"""The application of every variant: FastAPI with one route, so that all that differs is how it is seen into."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/api/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
