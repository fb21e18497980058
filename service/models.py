"""What travels over HTTP: items in, items out, pages, problems. PURE.

Strict: a client that sends "5" for 5 hears about it, and a member that we don't know is refused, not dropped.
pydantic refuses strings that UTF-8 cannot carry (lone surrogates), which no store could keep.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (pydantic reads the annotation at run time)
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


def _whole(number: object) -> object:
    """49.0 is the integer 49 (JSON Schema 2020-12, section 6.1.1), and some clients write it so."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Name = Annotated[str, Field(min_length=1, max_length=200, description="What it is called.")]
Description = Annotated[str, Field(max_length=2_000, description="What it is.")]
PriceCents = Annotated[int, Field(ge=0, le=1_000_000_000, description="The price, in cents."), BeforeValidator(_whole)]
Tag = Annotated[str, Field(min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Field(max_length=20, description="Words to find it by.")]


class ItemIn(BaseModel):
    """An item as a client writes it."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {"name": "Lamp", "description": "Green glass", "price_cents": 4900, "tags": ["light"]}
        },
    )

    name: Name
    description: Description = ""
    price_cents: PriceCents
    tags: Tags = []


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _optional() -> Any:
    """A member that may be left out, and may not be null: absent is "keep it", and null would mean nothing."""
    return Field(default=None, json_schema_extra=_without_default)


class ItemPatch(BaseModel):
    """The members to change (JSON merge patch, RFC 7396); what is left out stays. At least one."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"minProperties": 1, "example": {"price_cents": 3900}}
    )

    name: Name = _optional()
    description: Description = _optional()
    price_cents: PriceCents = _optional()
    tags: Tags = _optional()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("empty_patch", "Name at least one member to change")
        return self


class Item(BaseModel):
    """An item as we keep it. Its ETag is its version, in quotes."""

    id: str = Field(description="Ours, and ordered by time: a later item's id is greater.")
    name: Name
    description: Description
    price_cents: PriceCents
    tags: Tags
    version: int = Field(ge=1, description="1, and one more with every change.")
    created_at: datetime
    updated_at: datetime


class ItemPage(BaseModel):
    """Items, newest first."""

    items: list[Item]
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null: this is the last.")


class ProblemDetail(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(json_schema_extra={"required": ["in", "pointer", "code", "detail"]})

    place: str = Field(alias="in", description="body, query, path or header")
    pointer: str = Field(description="where in it, as a JSON pointer (RFC 6901)")
    code: str
    detail: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str | None
    request_id: str | None
    errors: list[ProblemDetail] = Field(default=[], description="Everything that is wrong with the request.")


class Health(BaseModel):
    status: str


class Welcome(BaseModel):
    service: str
    version: str
    links: dict[str, str]


class AwsInfo(BaseModel):
    """Where this answer was made. Never credentials, never the environment."""

    environment: str = Field(description="lambda or local")
    function: str | None
    version: str | None
    memory_mb: int | None
    region: str | None
    stage: str
    request_id: str | None
    cold_start: bool
    python: str
