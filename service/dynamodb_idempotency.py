"""Idempotency keys in the items' table, by Powertools' idempotency utility. Imported with the first keyed request.

A request that dies between writing its item and keeping its answer leaves the key taken until its invocation would
have timed out; a retry after that makes a second item. (SQLite has no such moment: there both are one transaction.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from service.dynamodb_store import unavailable
from service.errors import KeyInUseError, KeyReusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
    from mypy_boto3_dynamodb import DynamoDBClient

_PREFIX = "idempotency"
"""A row's id is this, #, and a SHA-256: no item's id looks like it, and the key itself is kept nowhere."""


class Keys:
    def __init__(self, client: DynamoDBClient, table: str, expiry_s: int) -> None:
        self._expiry_s = expiry_s
        self._layer = DynamoDBPersistenceLayer(table_name=table, boto3_client=client)

    def once(
        self, key: str, fingerprint: str, make: Callable[[], str], remaining_ms: Callable[[], int]
    ) -> tuple[str, bool]:
        """As service/store.py says."""
        replayed: list[bool] = []

        def kept(response: Any, idempotent_data: DataRecord) -> Any:  # noqa: ARG001 (Powertools names it)
            replayed.append(True)
            return response

        config = IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="fingerprint",
            expires_after_seconds=self._expiry_s,
            hash_function="sha256",
            lambda_context=_Deadline(remaining_ms),  # type: ignore[arg-type] # it asks for the remaining time, no more
            response_hook=kept,
        )

        def attempt(request: dict[str, str]) -> str:  # noqa: ARG001 (Powertools reads it)
            return make()

        guarded = idempotent_function(
            attempt, data_keyword_argument="request", persistence_store=self._layer, config=config, key_prefix=_PREFIX
        )
        try:
            answer = guarded(request={"key": key, "fingerprint": fingerprint})
        except IdempotencyValidationError as error:
            raise KeyReusedError from error
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError) as error:
            raise KeyInUseError from error
        except IdempotencyPersistenceLayerError as error:
            raise unavailable(_cause(error)) from error
        return str(answer), bool(replayed)


class _Deadline:
    """The one thing that Powertools asks of a Lambda context: after this, an unfinished request's key is free."""

    def __init__(self, remaining_ms: Callable[[], int]) -> None:
        self.get_remaining_time_in_millis = remaining_ms


def _cause(error: IdempotencyPersistenceLayerError) -> Exception:
    return error.__cause__ if isinstance(error.__cause__, Exception) else error
