"""PURE: what SNS sends to HTTP endpoints.

Sources: the AWS pages "HTTP/HTTPS headers", "HTTP/HTTPS subscription confirmation JSON format" and "HTTP/HTTPS
notification JSON format". Signature is what no key of AWS has made: a receiver that verifies it refuses it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

UNSIGNED = {"SignatureVersion": "1", "Signature": "not-signed-on-a-laptop", "SigningCertURL": ""}


@dataclass(frozen=True, slots=True)
class Message:
    """`time` is ISO 8601 in UTC with milliseconds. `attributes` are as Publish takes them."""

    id: str
    topic_arn: str
    text: str
    time: str
    subject: str | None = None
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subscription:
    """`token` confirms it; `raw` is RawMessageDelivery."""

    arn: str
    topic_arn: str
    protocol: str
    endpoint: str
    token: str
    confirmed: bool = False
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """An HTTP request to an endpoint."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def notification(message: Message, subscription: Subscription, service_url: str) -> Post:
    text = message.text
    headers = _headers("Notification", message.id, subscription, confirmed=True)
    if subscription.raw:
        return Post(subscription.endpoint, {**headers, "x-amz-sns-rawdelivery": "true"}, text.encode())
    subject = {} if message.subject is None else {"Subject": message.subject}
    attributes = {"MessageAttributes": _attributes(message)} if message.attributes else {}
    query = urlencode({"Action": "Unsubscribe", "SubscriptionArn": subscription.arn})
    document = {
        "Type": "Notification",
        "MessageId": message.id,
        "TopicArn": message.topic_arn,
        **subject,
        "Message": text,
        "Timestamp": message.time,
        **UNSIGNED,
        "UnsubscribeURL": f"{service_url}/?{query}",
        **attributes,
    }
    return Post(subscription.endpoint, headers, json.dumps(document, indent=2).encode())


def confirmation(subscription: Subscription, message_id: str, time: str, service_url: str) -> Post:
    topic = subscription.topic_arn
    query = urlencode({"Action": "ConfirmSubscription", "TopicArn": topic, "Token": subscription.token})
    document = {
        "Type": "SubscriptionConfirmation",
        "MessageId": message_id,
        "Token": subscription.token,
        "TopicArn": topic,
        "Message": (
            f"You have chosen to subscribe to the topic {topic}.\n"
            "To confirm the subscription, visit the SubscribeURL included in this message."
        ),
        "SubscribeURL": f"{service_url}/?{query}",
        "Timestamp": time,
        **UNSIGNED,
    }
    headers = _headers("SubscriptionConfirmation", message_id, subscription, confirmed=False)
    return Post(subscription.endpoint, headers, json.dumps(document, indent=2).encode())


def _headers(kind: str, message_id: str, subscription: Subscription, *, confirmed: bool) -> dict[str, str]:
    arn = {"x-amz-sns-subscription-arn": subscription.arn} if confirmed else {}
    return {
        "x-amz-sns-message-type": kind,
        "x-amz-sns-message-id": message_id,
        "x-amz-sns-topic-arn": subscription.topic_arn,
        **arn,
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
    }


def _attributes(message: Message) -> dict[str, dict[str, Any]]:
    return {
        name: {"Type": value["DataType"], "Value": value.get("StringValue", "")}
        for name, value in message.attributes.items()
    }
