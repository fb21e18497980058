"""AWS's APIs by boto3, of the laptop or of AWS: the same calls."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from load_tests.errors import CallRefused

AWS = "aws"
MISSING = "ResourceNotFoundException"
"""The code of Lambda's answer for a function, version or alias that isn't there."""


@dataclass(frozen=True, slots=True)
class Clients:
    function: Any
    logs: Any
    metrics: Any
    endpoint: str
    region: str


def is_loopback(url: str) -> bool:
    """Whether nothing there can cost money."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def connect(endpoint: str, region: str) -> Clients:
    """`endpoint` is a URL, or AWS. On loopback any credentials do, so none are looked for."""
    given: dict[str, Any] = {"region_name": region, "config": Config(retries={"mode": "standard", "max_attempts": 5})}
    if endpoint != AWS:
        given["endpoint_url"] = endpoint
        if is_loopback(endpoint):
            given |= {"aws_access_key_id": "laptop", "aws_secret_access_key": "laptop"}  # no secret: any will do
    session: Any = boto3.session.Session()  # its types name each service, this names three at once
    with refusals("connect"):
        made = {name: session.client(name, **given) for name in ("lambda", "logs", "cloudwatch")}
    return Clients(made["lambda"], made["logs"], made["cloudwatch"], endpoint, region)


@contextmanager
def refusals(doing: str) -> Iterator[None]:
    """Turns what boto3 raises into CallRefused, which says what was being done."""
    try:
        yield
    except ClientError as error:
        found: Mapping[str, Any] = error.response.get("Error", {})
        raise CallRefused(f"{doing}: {found.get('Code', '?')}: {found.get('Message', error)}") from error
    except BotoCoreError as error:
        raise CallRefused(f"{doing}: {error}") from error


def is_code(error: ClientError, code: str) -> bool:
    return bool(error.response.get("Error", {}).get("Code") == code)
