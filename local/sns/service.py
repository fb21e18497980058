"""SNS's operations."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from local.database import Database
from local.endpoint.call import Answer, Call, Operation, Operations
from local.errors import AwsError, NotSupported
from local.sns.checks import (
    DELIVERED,
    MOST_ENTRIES,
    check_attributes,
    check_message,
    check_subscription,
    check_topic_name,
    invalid,
    structured,
)
from local.sns.deliveries import Deliveries
from local.sns.notification import Message, Subscription, confirmation, notification
from local.sns.store import SCHEMA, Store
from local.sns.terminal_line import terminal_line

PAGE = 100  # "up to 100" topics or subscriptions a page
ATTRIBUTES = ("DisplayName",)  # those of a topic that a laptop keeps
PENDING_ARN = "PendingConfirmation"

__all__ = ["SCHEMA", "Sns"]


class Sns:
    """Topics of one account. `url` is where this AWS is reached; `tell` prints a line on the terminal, which is where
    every message goes beside its topic's subscriptions.
    """

    def __init__(
        self, database: Database, url: str, tell: Callable[[str], None], deliveries: Deliveries | None = None
    ) -> None:
        self._store = Store(database)
        self._url = url
        self._tell = tell
        self._deliveries = deliveries or Deliveries(tell)

    def operations(self) -> Operations:
        return {
            "ConfirmSubscription": Operation(self._confirm, frozenset({"TopicArn", "Token"})),
            "CreateTopic": Operation(self._create, frozenset({"Name", "Attributes"})),
            "DeleteTopic": Operation(self._delete, frozenset({"TopicArn"})),
            "GetTopicAttributes": Operation(self._get_attributes, frozenset({"TopicArn"})),
            "ListSubscriptions": Operation(self._list_subscriptions, frozenset({"NextToken"})),
            "ListSubscriptionsByTopic": Operation(self._list_subscriptions, frozenset({"TopicArn", "NextToken"})),
            "ListTopics": Operation(self._list_topics, frozenset({"NextToken"})),
            "Publish": Operation(
                self._publish, frozenset({"TopicArn", "Message", "Subject", "MessageStructure", "MessageAttributes"})
            ),
            "PublishBatch": Operation(self._publish_batch, frozenset({"TopicArn", "PublishBatchRequestEntries"})),
            "SetTopicAttributes": Operation(
                self._set_attributes, frozenset({"TopicArn", "AttributeName", "AttributeValue"})
            ),
            "Subscribe": Operation(
                self._subscribe,
                frozenset({"TopicArn", "Protocol", "Endpoint", "Attributes", "ReturnSubscriptionArn"}),
            ),
            "Unsubscribe": Operation(self._unsubscribe, frozenset({"SubscriptionArn"})),
        }

    def publish(self, topic_arn: str, subject: str | None, message: str) -> str:
        """For alarms: the message's id. Raises AwsError where there is no such topic."""
        return self._send(topic_arn, {"Message": message, **({} if subject is None else {"Subject": subject})})

    def messages(self) -> list[dict[str, Any]]:
        """The last messages, newest first."""
        return self._store.messages()

    def reset(self) -> None:
        self._store.empty()

    def _create(self, call: Call) -> Answer:
        """One of the same name is the same topic."""
        name, attributes = call.parameters["Name"], dict(call.parameters.get("Attributes", {}))
        check_topic_name(name)
        for attribute in attributes:
            _check_attribute(attribute)
        arn = f"arn:aws:sns:{call.region}:{call.account_id}:{name}"
        existing = self._store.attributes(arn)
        if existing is None:
            self._store.put_topic(arn, attributes)
        elif any(existing.get(key) != value for key, value in attributes.items()):
            raise invalid("Attributes Reason: Topic already exists with different attributes")
        return {"TopicArn": arn}

    def _delete(self, call: Call) -> Answer:
        """One that is not there is no error: deleting is idempotent."""
        self._store.delete_topic(call.parameters["TopicArn"])
        return {}

    def _get_attributes(self, call: Call) -> Answer:
        arn = call.parameters["TopicArn"]
        attributes = self._topic(arn)
        confirmed = [subscription.confirmed for subscription in self._store.subscriptions(arn)]
        return {
            "Attributes": {
                "TopicArn": arn,
                "Owner": call.account_id,
                "DisplayName": "",
                **attributes,
                "SubscriptionsConfirmed": str(sum(confirmed)),
                "SubscriptionsPending": str(len(confirmed) - sum(confirmed)),
                "SubscriptionsDeleted": "0",
            }
        }

    def _set_attributes(self, call: Call) -> Answer:
        arn, name = call.parameters["TopicArn"], call.parameters["AttributeName"]
        attributes = self._topic(arn)
        _check_attribute(name)
        self._store.put_topic(arn, {**attributes, name: call.parameters.get("AttributeValue", "")})
        return {}

    def _list_topics(self, call: Call) -> Answer:
        return _page("Topics", [{"TopicArn": arn} for arn in self._store.topics()], call)

    def _subscribe(self, call: Call) -> Answer:
        parameters = call.parameters
        topic, protocol, endpoint = parameters["TopicArn"], parameters["Protocol"], parameters.get("Endpoint", "")
        self._topic(topic)
        check_subscription(protocol, endpoint)
        raw = _raw(parameters.get("Attributes", {}))
        subscription = Subscription(f"{topic}:{uuid.uuid4()}", topic, protocol, endpoint, uuid.uuid4().hex, raw=raw)
        existing = self._store.same(subscription)
        if existing is None:
            self._store.put_subscription(subscription)
        else:
            subscription = existing
        if not subscription.confirmed and protocol in DELIVERED:
            self._deliveries.put(confirmation(subscription, str(uuid.uuid4()), _now(), self._url))
        shown = subscription.confirmed or parameters.get("ReturnSubscriptionArn", False)
        return {"SubscriptionArn": subscription.arn if shown else "pending confirmation"}

    def _confirm(self, call: Call) -> Answer:
        topic, token = call.parameters["TopicArn"], call.parameters["Token"]
        self._topic(topic)
        for subscription in self._store.subscriptions(topic):
            if subscription.token == token:
                self._store.put_subscription(replace(subscription, confirmed=True))
                return {"SubscriptionArn": subscription.arn}
        raise invalid("Token")

    def _unsubscribe(self, call: Call) -> Answer:
        arn = call.parameters["SubscriptionArn"]
        if arn.count(":") != 6:
            raise invalid(f"SubscriptionArn Reason: An ARN must have at least 6 elements, not {arn.count(':') + 1}")
        self._store.delete_subscription(arn)
        return {}

    def _list_subscriptions(self, call: Call) -> Answer:
        topic = call.parameters.get("TopicArn")
        if topic is not None:
            self._topic(topic)
        found = [
            {
                "SubscriptionArn": subscription.arn if subscription.confirmed else PENDING_ARN,
                "Owner": call.account_id,
                "Protocol": subscription.protocol,
                "Endpoint": subscription.endpoint,
                "TopicArn": subscription.topic_arn,
            }
            for subscription in self._store.subscriptions(topic)
        ]
        return _page("Subscriptions", found, call)

    def _publish(self, call: Call) -> Answer:
        topic = call.parameters.get("TopicArn")
        if topic is None:
            raise invalid("TopicArn or TargetArn Reason: no value for required parameter")
        return {"MessageId": self._send(topic, call.parameters)}

    def _publish_batch(self, call: Call) -> Answer:
        topic, entries = call.parameters["TopicArn"], call.parameters["PublishBatchRequestEntries"]
        _check_batch(entries)
        self._topic(topic)
        done: list[dict[str, str]] = []
        failed: list[dict[str, Any]] = []
        for entry in entries:
            try:
                done.append({"Id": entry["Id"], "MessageId": self._send(topic, entry)})
            except AwsError as error:
                failed.append({"Id": entry["Id"], "Code": error.code, "Message": error.message, "SenderFault": True})
        return {"Successful": done, "Failed": failed}

    def _send(self, topic: str, given: Mapping[str, Any]) -> str:
        """Keeps the message, prints it, and leaves it to the deliveries. Raises AwsError."""
        self._topic(topic)
        subject, attributes = given.get("Subject"), given.get("MessageAttributes", {})
        check_message(given["Message"], subject)
        check_attributes(attributes)
        texts = structured(given["Message"], given.get("MessageStructure"))
        message = Message(str(uuid.uuid4()), topic, texts["default"], _now(), subject, attributes)
        self._store.put_message(message)
        line = terminal_line(topic.rpartition(":")[2], subject, message.text)
        if line is not None:
            self._tell(line)
        for subscription in self._store.subscriptions(topic):
            if subscription.confirmed and subscription.protocol in DELIVERED:
                text = texts.get(subscription.protocol, message.text)
                self._deliveries.put(notification(replace(message, text=text), subscription, self._url))
        return message.id

    def _topic(self, arn: str) -> dict[str, str]:
        attributes = self._store.attributes(arn)
        if attributes is None:
            raise AwsError("NotFound", "Topic does not exist", status=404)
        return attributes


def _check_attribute(name: str) -> None:
    if name not in ATTRIBUTES:
        kept = ", ".join(ATTRIBUTES)
        raise NotSupported(f"sns: the topic attribute {name} is not supported on the laptop; {kept} is")


def _raw(attributes: Mapping[str, str]) -> bool:
    for name in attributes:
        if name != "RawMessageDelivery":
            raise NotSupported(f"sns Subscribe: the attribute {name} is not supported on the laptop")
    value = attributes.get("RawMessageDelivery", "false").lower()
    if value not in ("true", "false"):
        raise invalid("Attributes Reason: RawMessageDelivery: Invalid value. Must be true or false")
    return value == "true"


def _check_batch(entries: Sequence[Mapping[str, Any]]) -> None:
    if not entries:
        raise AwsError("EmptyBatchRequest", "The batch request doesn't contain any entries.")
    if len(entries) > MOST_ENTRIES:
        message = f"The batch request contains more entries than permissible: {len(entries)} of {MOST_ENTRIES}."
        raise AwsError("TooManyEntriesInBatchRequest", message)
    if len({entry["Id"] for entry in entries}) < len(entries):
        raise AwsError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")


def _page(name: str, items: Sequence[Any], call: Call) -> dict[str, Any]:
    token = call.parameters.get("NextToken", "0")
    if not (token.isascii() and token.isdigit() and len(token) < 10):
        raise invalid("NextToken")
    end = int(token) + PAGE
    more = {"NextToken": str(end)} if end < len(items) else {}
    return {name: list(items[int(token) : end]), **more}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
