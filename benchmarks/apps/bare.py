"""The floor: FastAPI and Mangum and nothing to see into them. All that a library adds comes on top."""

from application import app
from mangum import Mangum

lambda_handler = Mangum(app, lifespan="off")
