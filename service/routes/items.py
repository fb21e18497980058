"""/api/items/: create, read, list, replace, patch, delete.

`reading` and `writing` are mounted with their own authentication, which leaves the caller in `request.state.principal`.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.responses import Response as PlainResponse

from service.etag import PATTERN, Preconditions, etag
from service.idempotency import KEY_PATTERN
from service.items import Items
from service.models import Item, ItemIn, ItemPage, ItemPatch
from service.openapi import ETAG, LOCATION, REPLAYED, problems

PATH = "/api/items/"

reading = APIRouter(tags=["items"])
writing = APIRouter(tags=["items"])

_ASSUMED_REQUEST_MS = 30_000
"""How long a request may take where nobody sets a deadline; in Lambda the invocation's own is asked."""


_CONDITION: dict[str, Any] = {"pattern": PATTERN}


async def _items(request: Request) -> Items:
    items: Items = request.app.state.items
    return items


async def _conditions(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(description="The ETags that the item must have, or *.", json_schema_extra=_CONDITION),
    ] = None,
    if_none_match: Annotated[
        str | None, Header(description="The ETags that it must not have, or *.", json_schema_extra=_CONDITION)
    ] = None,
) -> Preconditions:
    del if_match, if_none_match  # documented here, and read below: a header that comes twice is one list
    return Preconditions(_joined(request, "if-match"), _joined(request, "if-none-match"))


ItemsDep = Annotated[Items, Depends(_items)]
Conditions = Annotated[Preconditions, Depends(_conditions)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        description="A request that is repeated with the same key gets the first one's answer.",
        json_schema_extra={"pattern": KEY_PATTERN},
    ),
]


@writing.post(
    PATH,
    status_code=201,
    response_model=Item,
    summary="Create an item",
    responses={201: {"headers": ETAG | LOCATION | REPLAYED}, **problems(400, 401, 403, 409, 422, 500, 503)},
)
async def create_item(
    new: ItemIn, request: Request, response: Response, items: ItemsDep, idempotency_key: IdempotencyKey = None
) -> Item:
    scope = f"{request.state.principal} POST {PATH}"
    created = await items.create_once(new, idempotency_key, scope=scope, remaining_ms=lambda: _remaining_ms(request))
    response.headers["Location"] = f"{request.scope.get('root_path', '')}{PATH}{created.item.id}"
    response.headers["ETag"] = etag(created.item.version)
    if created.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return created.item


@reading.get(
    PATH, response_model=ItemPage, summary="List items, newest first", responses=problems(400, 401, 403, 422, 500, 503)
)
async def list_items(
    items: ItemsDep,
    limit: Annotated[int, Query(ge=1, le=100, description="Items a page.")] = 20,
    cursor: Annotated[str | None, Query(max_length=500, description="A page's next_cursor.")] = None,
) -> ItemPage:
    return items.page(limit, cursor)


@reading.get(
    PATH + "{item_id}",
    response_model=Item,
    summary="Read an item",
    responses={
        200: {"headers": ETAG},
        304: {"description": "The item is still as If-None-Match says.", "headers": ETAG},
        **problems(400, 401, 403, 404, 412, 422, 500, 503),
    },
)
async def read_item(item_id: str, response: Response, items: ItemsDep, conditions: Conditions) -> Any:
    item = items.read(item_id)
    conditions.check_read(item.version)
    if conditions.unchanged(item.version):
        return PlainResponse(status_code=304, headers={"ETag": etag(item.version)})
    response.headers["ETag"] = etag(item.version)
    return item


_WRITE_PROBLEMS = problems(400, 401, 403, 404, 409, 412, 422, 500, 503)


@writing.put(
    PATH + "{item_id}",
    response_model=Item,
    summary="Replace an item",
    responses={200: {"headers": ETAG}, **_WRITE_PROBLEMS},
)
async def replace_item(item_id: str, new: ItemIn, response: Response, items: ItemsDep, conditions: Conditions) -> Item:
    item = items.replace(item_id, new, conditions)
    response.headers["ETag"] = etag(item.version)
    return item


@writing.patch(
    PATH + "{item_id}",
    response_model=Item,
    summary="Change some members of an item",
    responses={200: {"headers": ETAG}, **_WRITE_PROBLEMS},
)
async def patch_item(
    item_id: str, change: ItemPatch, response: Response, items: ItemsDep, conditions: Conditions
) -> Item:
    item = items.patch(item_id, change, conditions)
    response.headers["ETag"] = etag(item.version)
    return item


@writing.delete(
    PATH + "{item_id}",
    status_code=204,
    response_class=PlainResponse,
    summary="Delete an item",
    responses=_WRITE_PROBLEMS,
)
async def delete_item(item_id: str, items: ItemsDep, conditions: Conditions) -> None:
    items.remove(item_id, conditions)


def _joined(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    return ", ".join(values) if values else None


def _remaining_ms(request: Request) -> int:
    context = request.scope.get("aws.context")
    return _ASSUMED_REQUEST_MS if context is None else int(context.get_remaining_time_in_millis())
