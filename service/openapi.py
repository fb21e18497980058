"""The OpenAPI document's words for what FastAPI can't see: problem answers and response headers. PURE."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from service.errors import PROBLEM_MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

_MEANINGS = {
    400: "The request can't be read: its body is not JSON, or a header or cursor is malformed.",
    401: "No credential, or one that doesn't hold.",
    403: "The credential doesn't allow this.",
    404: "There is no such item.",
    409: "Somebody else is at it: try again after Retry-After seconds.",
    412: "The item is at another version than If-Match says.",
    422: "The request is not valid, or its Idempotency-Key came with another body before.",
    500: "The service failed.",
    503: "A thing the service depends on does not answer: try again after Retry-After seconds.",
}

ETAG = {"ETag": {"description": "The item's version, in quotes.", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "The item's path.", "schema": {"type": "string"}}}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": '"true" when this is the answer to an earlier request with this Idempotency-Key.',
        "schema": {"type": "string"},
    }
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these problems."""
    return {status: _problem(status) for status in sorted(statuses)}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": _MEANINGS.get(status, HTTPStatus(status).phrase),
        "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}},
    }


def install(app: FastAPI) -> None:
    """Puts the schema that `problems` refers to into the document."""
    app.openapi = _with_problem(app.openapi)  # type: ignore[method-assign] # FastAPI's documented way to extend it


def _with_problem(make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    def openapi() -> dict[str, Any]:
        # Lazy: pydantic takes milliseconds to write schemas, which a cold start doesn't need.
        from pydantic.json_schema import models_json_schema  # noqa: PLC0415 (see above)

        from service.models import Problem  # noqa: PLC0415 (with it)

        document = make()
        _, schemas = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
        document.setdefault("components", {}).setdefault("schemas", {}).update(schemas["$defs"])
        for operations in document["paths"].values():
            for operation in operations.values():
                for parameter in operation.get("parameters", ()):
                    parameter["schema"] = _without_null(parameter["schema"])
        return document

    return openapi


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out is still never null: over HTTP that would be the text "null"."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    return {**{key: schema[key] for key in schema if key != "anyOf"}, **choices[0]} if len(choices) == 1 else schema
