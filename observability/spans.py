"""A timed piece of work of one request. PURE."""

from __future__ import annotations

from typing import Any


class Span:
    """A timed piece of work: an X-Ray subsegment.

    `aws`, `http` and `sql` are X-Ray's blocks of these names: change them while the work goes on. `namespace`:
    "aws" for a call to AWS, "remote" for one to anything else outside, None for our own work.
    """

    __slots__ = (
        "annotations",
        "aws",
        "children",
        "ended",
        "exception",
        "http",
        "id",
        "metadata_",
        "name",
        "namespace",
        "parent_id",
        "sql",
        "started",
        "told",
    )

    def __init__(self, name: str, span_id: str, started: float) -> None:
        self.name = name
        self.id = span_id
        self.started = started
        self.ended: float | None = None
        self.namespace: str | None = None
        self.exception: BaseException | None = None
        self.children: list[Span] = []
        self.annotations: dict[str, Any] = {}
        self.metadata_: dict[str, Any] = {}
        self.aws: dict[str, Any] = {}
        self.http: dict[str, Any] = {}
        self.sql: dict[str, Any] = {}
        self.parent_id: str | None = None
        """Of a parent that is no Span of ours (the OpenTelemetry SDK's): then it isn't where the tree says."""
        self.told: Told | None = None
        """What another tracing API than span() said of it."""

    def annotate(self, **annotations: Any) -> None:
        """Adds annotations: indexed, for filter expressions. X-Ray takes texts, numbers and booleans."""
        self.annotations.update(annotations)

    def metadata(self, **metadata: Any) -> None:
        """Adds metadata: shown with the trace, not indexed, any JSON."""
        self.metadata_.update(metadata)

    def fault(self, exception: BaseException) -> None:
        """Marks the work as failed because of the exception."""
        self.exception = exception

    def tell(self) -> Told:
        """Where another tracing API keeps what X-Ray's blocks have no place for."""
        if self.told is None:
            self.told = Told()
        return self.told


class Told:
    """What OpenTelemetry's API or the X-Ray SDK says of a span. `kind`: OpenTelemetry's SpanKind by name. `events`:
    name, seconds since the epoch, attributes. `links`: trace id and span id in hexadecimal, attributes. `failed`:
    the status was set to ERROR, for the `reason`. `cause` and `flags`: X-Ray's, as its SDK makes them. `metadata`:
    by namespace. `entity`: the X-Ray SDK's subsegment that this span was made for, and the span above.
    """

    # No dataclass: to make one takes a millisecond of every cold start.
    __slots__ = (
        "attributes",
        "cause",
        "entity",
        "events",
        "exception",
        "failed",
        "flags",
        "kind",
        "links",
        "metadata",
        "reason",
    )

    def __init__(self) -> None:
        self.kind = "INTERNAL"
        self.attributes: dict[str, Any] = {}
        self.events: list[tuple[str, float, dict[str, Any]]] = []
        self.links: list[tuple[str, str, dict[str, Any]]] = []
        self.exception: BaseException | None = None
        self.failed = False
        self.reason: str | None = None
        self.cause: dict[str, Any] | str | None = None
        self.flags: dict[str, bool] = {}
        self.metadata: dict[str, dict[str, Any]] = {}
        self.entity: Any = None


def client_error(error: BaseException | None) -> int | None:
    """The status that an exception answers the client with, if it is from 400 to 499."""
    status = getattr(error, "status_code", None) or getattr(error, "status", None)
    return status if isinstance(status, int) and 400 <= status < 500 else None
