"""PURE: what SNS refuses of a message, a topic or a subscription, in its own words.

Sources: the API reference of SNS, CreateTopic, Publish, Subscribe and PublishBatch.
"""

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from local.errors import AwsError, NotSupported

MOST_BYTES = 256 * 1024  # "at most 256 KB in size (262,144 bytes, not 262,144 characters)"
MOST_ENTRIES = 10  # of PublishBatch
SUBJECT_CHARACTERS = 100
_TOPIC_NAME = re.compile(r"[a-zA-Z0-9_-]{1,256}")
# "must be ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks or control
# characters; and must be less than 100 characters long"
_SUBJECT = re.compile(r"[!-~][ -~]*")
DELIVERED, PENDING = ("http",), ("email", "email-json")


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {message}")


def check_topic_name(name: str) -> None:
    if name.endswith(".fifo"):
        raise NotSupported(f"sns CreateTopic: {name}: FIFO topics are not supported on the laptop")
    if not _TOPIC_NAME.fullmatch(name):
        raise invalid("Topic Name")


def check_subscription(protocol: str, endpoint: str) -> None:
    """HTTP endpoints on loopback get messages; e-mail addresses are kept, and wait for a confirmation for ever."""
    if protocol in PENDING:
        if "@" not in endpoint:
            raise invalid("Email address")
        return
    if protocol not in DELIVERED:
        kept = ", ".join((*DELIVERED, *PENDING))
        raise NotSupported(f"sns Subscribe: the protocol {protocol} is not supported on the laptop; {kept} are")
    where = urlsplit(endpoint)
    if where.scheme != "http" or not where.hostname:
        raise invalid("Endpoint must match the specified protocol")
    if not _is_loopback(where.hostname):
        raise NotSupported(f"sns Subscribe: {endpoint}: the laptop delivers to loopback addresses only")


def check_message(text: str, subject: str | None) -> None:
    if not text:
        raise invalid("Empty message")
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise invalid("Message too long")
    if subject is not None and (len(subject) > SUBJECT_CHARACTERS or not _SUBJECT.fullmatch(subject)):
        raise invalid("Subject")


def structured(text: str, structure: str | None) -> Mapping[str, str]:
    """The message for each protocol; `default` is for those that it does not name."""
    if structure is None:
        return {"default": text}
    if structure != "json":
        raise invalid("MessageStructure")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise invalid("Message Structure - JSON message body failed to parse") from None
    if not isinstance(document, dict) or not isinstance(document.get("default"), str):
        raise invalid("Message Structure - No default entry in JSON message body")
    return {name: value for name, value in document.items() if isinstance(value, str)}


def check_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> None:
    for name, value in attributes.items():
        if "BinaryValue" in value:
            raise NotSupported(f"sns Publish: {name}: binary message attributes are not supported on the laptop")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
