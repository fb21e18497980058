"""Items in a DynamoDB table. The only file that imports boto3; service/store.py imports it when ITEMS_TABLE is set.

The table: hash key `id` (S); a global secondary index `listing` with hash key `kind` (S) and range key `id`, all
attributes projected; TTL on `expiration`, for the idempotency rows that live beside the items and have no `kind`.
All items share one `kind`, so a listing is one Query and never a Scan; the index takes 1,000 writes a second
(one partition's limit) and is eventually consistent: an item may be missing from a listing for a moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from observability import span
from observability.tracing.botocore import instrument
from service.errors import StoreConflictError, UnavailableError
from service.models import Item

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from service.dynamodb_idempotency import Keys

_KIND = "item"
_INDEX = "listing"

_CLIENT = Config(
    connect_timeout=1,  # s; DynamoDB connects in milliseconds or not at all
    read_timeout=2,  # s; well under API Gateway's 29, with the retry
    retries={"mode": "standard", "total_max_attempts": 2},
)

# DynamoDB, "Error handling": the codes that mean "slower, please".
_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "LimitExceededException",
    }
)
_THROTTLED_RETRY_AFTER_S = 2
_CONFLICT = "ConditionalCheckFailedException"


def connect(region: str | None) -> DynamoDBClient:
    """A client whose credentials and endpoint are boto3's to find. By itself it doesn't read Lambda's AWS_REGION."""
    return boto3.client("dynamodb", region_name=region, config=_CLIENT)


class DynamoDBStore:
    """An ItemStore (service/store.py) in `table`."""

    def __init__(self, table: str, idempotency_expiry_s: int, client: DynamoDBClient) -> None:
        instrument(client)  # every call is a span of the request that makes it
        self._table = table
        self._expiry_s = idempotency_expiry_s
        self._client = client
        self._keys: Keys | None = None

    def add(self, item: Item) -> None:
        self._put(item, "attribute_not_exists(id)", {})

    def get(self, item_id: str) -> Item | None:
        found = self._call(self._client.get_item, Key={"id": {"S": item_id}}, ConsistentRead=True)
        row = found.get("Item")
        return None if row is None or "kind" not in row else _item(row)

    def page(self, limit: int, after: str | None) -> list[Item]:
        query: dict[str, Any] = {
            "IndexName": _INDEX,
            "KeyConditionExpression": "kind = :kind" if after is None else "kind = :kind AND id < :after",
            "ExpressionAttributeValues": {":kind": {"S": _KIND}} | ({} if after is None else {":after": {"S": after}}),
            "ScanIndexForward": False,
        }
        rows: list[dict[str, Any]] = []
        while True:  # a Query stops at 1 MB, which may be before the limit
            found = self._call(self._client.query, **query, Limit=limit - len(rows))
            rows += found["Items"]
            if len(rows) >= limit or "LastEvaluatedKey" not in found:
                return [_item(row) for row in rows]
            query["ExclusiveStartKey"] = found["LastEvaluatedKey"]

    def replace(self, item: Item, expected: int) -> None:
        self._put(item, "version = :expected", {":expected": {"N": str(expected)}})

    def remove(self, item_id: str, expected: int | None) -> bool:
        condition = "kind = :kind" if expected is None else "kind = :kind AND version = :expected"
        values = {":kind": {"S": _KIND}} | ({} if expected is None else {":expected": {"N": str(expected)}})
        try:
            self._call(
                self._client.delete_item,
                Key={"id": {"S": item_id}},
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:  # only the failed condition gets here: _call names the rest
            if "kind" not in _present(error):
                return False
            raise StoreConflictError(f"item {item_id} is not at version {expected}") from error
        return True

    def ping(self) -> None:
        self._call(self._client.get_item, Key={"id": {"S": "ping"}}, ProjectionExpression="id")

    def once(
        self, key: str, fingerprint: str, make: Callable[[], str], remaining_ms: Callable[[], int]
    ) -> tuple[str, bool]:
        if self._keys is None:
            # Lazy: Powertools' idempotency takes tens of milliseconds to import, and only keyed requests need it.
            from service.dynamodb_idempotency import Keys  # noqa: PLC0415 (see above)

            self._keys = Keys(self._client, self._table, self._expiry_s)
        with span("DynamoDB idempotency"):
            return self._keys.once(key, fingerprint, make, remaining_ms)

    def close(self) -> None:
        self._client.close()

    def _put(self, item: Item, condition: str, values: dict[str, Any]) -> None:
        row = _row(item)
        try:
            self._call(
                self._client.put_item,
                Item=row,
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **({"ExpressionAttributeValues": values} if values else {}),
            )
        except ClientError as error:  # only the failed condition gets here: _call names the rest
            # When the answer to a write got lost, boto3's retry fails on what the first try has written.
            if _present(error) != row:
                raise StoreConflictError(f"item {item.id} is not as expected: {condition}") from error

    def _call(self, call: Callable[..., Any], **request: Any) -> dict[str, Any]:
        """One request to DynamoDB. A failed condition is raised as it is, all else as UnavailableError."""
        try:
            answer: dict[str, Any] = call(TableName=self._table, **request)
        except BotoCoreError as error:
            raise unavailable(error) from error
        except ClientError as error:
            if error.response["Error"]["Code"] != _CONFLICT:
                raise unavailable(error) from error
            raise
        return answer


def _present(error: ClientError) -> dict[str, Any]:
    """The item that a condition failed on (ReturnValuesOnConditionCheckFailure), {} when there is none."""
    item: dict[str, Any] = cast("dict[str, Any]", error.response).get("Item", {})
    return item


def unavailable(error: Exception) -> UnavailableError:
    """The answer to a DynamoDB error; it names no table, account or key."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in _THROTTLED:
        return UnavailableError("The item store is busy.", retry_after=_THROTTLED_RETRY_AFTER_S, kind="store-busy")
    return UnavailableError("The item store does not answer.", kind="store-unavailable")


def _row(item: Item) -> dict[str, Any]:
    return {
        "id": {"S": item.id},
        "kind": {"S": _KIND},
        "name": {"S": item.name},
        "description": {"S": item.description},
        "price_cents": {"N": str(item.price_cents)},
        "tags": {"L": [{"S": tag} for tag in item.tags]},
        "version": {"N": str(item.version)},
        "created_at": {"S": item.created_at.isoformat()},
        "updated_at": {"S": item.updated_at.isoformat()},
    }


def _item(row: dict[str, Any]) -> Item:
    return Item.model_validate(
        {
            "id": row["id"]["S"],
            "name": row["name"]["S"],
            "description": row["description"]["S"],
            "price_cents": int(row["price_cents"]["N"]),
            "tags": [tag["S"] for tag in row["tags"]["L"]],
            "version": int(row["version"]["N"]),
            "created_at": row["created_at"]["S"],
            "updated_at": row["updated_at"]["S"],
        }
    )
