"""PURE: who signed a request for what: the credential scope of Signature Version 4. The signature is not verified.

Source: the AWS page "AWS Signature Version 4 for API requests": the Authorization header, or X-Amz-Credential.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from local.endpoint.wire import WireRequest
from local.errors import AwsError

_CREDENTIAL = re.compile(r"Credential=([^,\s]+)")
FORM = "AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, SignedHeaders=..., Signature=..."


@dataclass(frozen=True, slots=True)
class Scope:
    region: str
    service: str


def read_scope(request: WireRequest) -> Scope | None:
    """None for a request that is not signed. Raises AwsError where the credential is no credential."""
    credential = _credential(request)
    if credential is None:
        return None
    return _scope(credential)


@lru_cache(1_000)
def _scope(credential: str) -> Scope:
    """A client has the same one for a day."""
    parts = credential.split("/")
    if len(parts) < 5 or parts[-1] != "aws4_request" or not all(parts[-5:]):
        raise AwsError("IncompleteSignature", f"the credential {credential!r} is not of the form {FORM}", status=403)
    return Scope(region=parts[-3], service=parts[-2])


def _credential(request: WireRequest) -> str | None:
    header = request.headers.get("authorization")
    if header is None:
        fields = parse_qsl(request.query, keep_blank_values=True)
        return next((value for name, value in fields if name.lower() == "x-amz-credential"), None)
    found = _CREDENTIAL.search(header)
    if not header.startswith("AWS4-") or found is None:
        raise AwsError("IncompleteSignature", f"Authorization is not of the form {FORM}", status=403)
    return found[1]
