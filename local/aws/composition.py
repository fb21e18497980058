"""What the AWS process is made of. Another room is a line here."""

from collections.abc import Callable
from pathlib import Path

from local.aws.asking import StackCalls
from local.aws.parts import Parts, Place
from local.database import Database
from local.lambda_api.operations import operations as lambda_operations
from local.sns import SCHEMA as SNS
from local.sns import Sns

DATABASE = "aws.sqlite3"
SCHEMAS: tuple[str, ...] = (SNS,)

Tell = Callable[[str], None]


def database_path(folder: Path) -> Path:
    return folder / DATABASE


def compose(place: Place, database: Database, stack: StackCalls, tell: Tell) -> Parts:
    """`stack` answers what only the stack can: Lambda's API. `tell` prints a line on its terminal."""
    parts = Parts()
    parts.offer("lambda", lambda_operations(stack))
    sns = Sns(database, place.url, tell)
    parts.offer("sns", sns.operations())
    parts.resets.append(sns.reset)
    parts.local_actions["messages"] = lambda: {"Messages": sns.messages()}

    def reset() -> dict[str, bool]:
        parts.reset()
        return {"emptied": True}

    parts.local_actions["reset"] = reset
    return parts
