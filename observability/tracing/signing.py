"""AWS Signature Version 4 for OTLP that goes to X-Ray's own endpoint, by botocore, which Lambda's runtime has.

Source: X-Ray's developer guide, "OpenTelemetry Protocol (OTLP) Endpoint": https://xray.<region>.amazonaws.com/v1/traces
takes what is signed, or has a bearer token in its Authorization.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from observability.errors import MissingPackageError, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["signer"]

_HOST = re.compile(
    r"xray(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)"
)
"""As botocore's endpoint rules of X-Ray have them."""
_SERVICE, _PATH, _AUTHORIZATION = "xray", "/v1/traces", "authorization"


def signer(variable: str, url: str, headers: Mapping[str, str]) -> Callable[[bytes], dict[str, str]] | None:
    """What makes the headers that sign a request's body; it raises OSError. None: nothing is to be signed. Raises
    SettingError where X-Ray could take nothing at this URL.
    """
    place = urlsplit(url)
    found = _HOST.fullmatch(place.hostname or "")
    if found is None:
        return None
    if place.scheme != "https" or place.path != _PATH or place.query:
        raise SettingError(variable, url, f"https://{place.hostname}, with {_PATH} at the end of the traces' own URL")
    if any(name.lower() == _AUTHORIZATION for name in headers):
        return None
    return _Signer(variable, url, found["region"])


class _Signer:
    def __init__(self, variable: str, url: str, region: str) -> None:
        try:
            from botocore import auth, awsrequest, session  # noqa: PLC0415 (100 ms that only this endpoint's users pay)
        except ImportError:
            raise MissingPackageError(variable, url, "botocore") from None
        self._url, self._region = url, region
        self._auth, self._request = auth.SigV4Auth, awsrequest.AWSRequest
        self._credentials: Any = session.Session().get_credentials()
        if self._credentials is None:
            right = "the same with AWS credentials, or with an Authorization in OTEL_EXPORTER_OTLP_HEADERS"
            raise SettingError(variable, url, right)

    def __call__(self, body: bytes) -> dict[str, str]:
        request = self._request(method="POST", url=self._url, data=body)
        try:
            credentials = self._credentials.get_frozen_credentials()  # which renews them when it is time
            self._auth(credentials, _SERVICE, self._region).add_auth(request)
        except Exception as error:  # what renews them raises whatever came to it
            raise OSError(f"not signed: {type(error).__name__}") from error
        return dict(request.headers.items())
