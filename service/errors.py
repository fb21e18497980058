"""What can go wrong in this service, and the document a client gets for it (RFC 9457). PURE.

ServiceError                        everything this service raises on purpose
├── ProblemError                    answered to the client as application/problem+json
│   ├── BadRequestError        400  the request can't be read: cursor, Idempotency-Key, If-Match
│   ├── UnauthorizedError      401  no credential, or one that doesn't hold (WWW-Authenticate)
│   ├── ForbiddenError         403  a good credential that isn't enough
│   ├── NotFoundError          404  no such item
│   ├── ConflictError          409  somebody else is at it: try again (Retry-After)
│   ├── PreconditionFailedError 412 If-Match named another version
│   ├── UnprocessableError     422  understood, but it contradicts itself or an earlier request
│   └── UnavailableError       503  a thing we depend on doesn't answer (Retry-After)
├── StoreConflictError              a conditional write lost its race; items.py decides what that means
├── KeyInUseError                   an Idempotency-Key whose first request is still at work
└── KeyReusedError                  an Idempotency-Key that came with another body before
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROBLEM_MEDIA_TYPE = "application/problem+json"
"""RFC 9457, section 3."""

_DETAILS = {
    400: "The request can't be read.",
    404: "There is nothing at this path.",
    405: "This path doesn't have this method: see Allow.",
}

_URN = "urn:glasshouse:problem:"


class ServiceError(Exception):
    """The root of this package's errors."""


class ProblemError(ServiceError):
    """An error whose answer is a problem document.

    `kind` is a short name such as "version-mismatch"; it becomes the document's `type`, a URN. Without one the
    type is "about:blank", which says no more than the status does (RFC 9457, section 4.2.1).
    `detail` goes to the client: never put a token, a key or a request's value in it.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        kind: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail
        self.kind = kind
        self.headers = dict(headers or {})


class BadRequestError(ProblemError):
    def __init__(self, detail: str, *, kind: str | None = None) -> None:
        super().__init__(400, "Bad Request", detail, kind=kind)


class UnauthorizedError(ProblemError):
    """`challenge` is the WWW-Authenticate header's value, which a 401 must carry (RFC 9110, section 15.5.2)."""

    def __init__(self, detail: str, *, challenge: str) -> None:
        super().__init__(401, "Unauthorized", detail, headers={"WWW-Authenticate": challenge})


class ForbiddenError(ProblemError):
    """`challenge`, when given, names the scope that is missing (RFC 6750, section 3.1)."""

    def __init__(self, detail: str, *, challenge: str | None = None) -> None:
        super().__init__(403, "Forbidden", detail, headers={"WWW-Authenticate": challenge} if challenge else None)


class NotFoundError(ProblemError):
    def __init__(self, detail: str, *, kind: str | None = None) -> None:
        super().__init__(404, "Not Found", detail, kind=kind)


class ConflictError(ProblemError):
    """`retry_after`: seconds after which the same request may well succeed."""

    def __init__(self, detail: str, *, retry_after: int, kind: str | None = None) -> None:
        super().__init__(409, "Conflict", detail, kind=kind, headers={"Retry-After": str(retry_after)})


class PreconditionFailedError(ProblemError):
    def __init__(self, detail: str, *, kind: str | None = None) -> None:
        super().__init__(412, "Precondition Failed", detail, kind=kind)


class UnprocessableError(ProblemError):
    def __init__(self, detail: str, *, kind: str | None = None) -> None:
        super().__init__(422, "Unprocessable Content", detail, kind=kind)


class UnavailableError(ProblemError):
    """`retry_after`: seconds after which it is worth asking again."""

    def __init__(self, detail: str, *, retry_after: int = 1, kind: str | None = None) -> None:
        super().__init__(503, "Service Unavailable", detail, kind=kind, headers={"Retry-After": str(retry_after)})


class StoreConflictError(ServiceError):
    """The item changed, or went, between being read and being written."""


class KeyInUseError(ServiceError):
    """The first request with this Idempotency-Key is still at work."""


class KeyReusedError(ServiceError):
    """An Idempotency-Key that came with another body before."""


def document(
    problem: ProblemError,
    *,
    path: str,
    trace_id: str | None,
    request_id: str | None,
    errors: Sequence[Mapping[str, str]] = (),
) -> dict[str, object]:
    """The members of a problem document (RFC 9457, section 3.1).

    `instance` is the request's path without its query string, which may hold secrets. `errors` has one member
    for each thing that is wrong with the request: {"in", "pointer", "code", "detail"}.
    """
    members: dict[str, object] = {
        "type": "about:blank" if problem.kind is None else _URN + problem.kind,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": quote(path, safe="/:@!$&'()*+,;=~", errors="replace"),
        "trace_id": trace_id,
        "request_id": request_id,
    }
    if errors:
        members["errors"] = [dict(error) for error in errors]
    return members


def from_status(status: int, headers: Mapping[str, str] | None = None) -> ProblemError:
    """A problem that says no more than its HTTP status does (`status` is a registered one, else ValueError)."""
    phrase = HTTPStatus(status).phrase
    return ProblemError(status, phrase, _DETAILS.get(status, phrase), headers=headers)
