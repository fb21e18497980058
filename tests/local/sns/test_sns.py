"""SNS by boto3, over the wire, with receivers that really listen."""

import http.server
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.database import Database
from local.errors import AwsError
from local.sns import SCHEMA, Sns
from local.sns.deliveries import Deliveries
from tests.local.endpoint.serving import Served, serving

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


@dataclass
class House:
    """SNS on a port, a client of it, and the lines that it told."""

    served: Served
    sns: Sns
    client: Any
    lines: "Lines"


class Lines:
    """What was told, from whatever thread."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._came = threading.Condition()

    def put(self, line: str) -> None:
        with self._came:
            self.all.append(line)
            self._came.notify_all()

    def wait_for(self, text: str) -> None:
        with self._came:
            assert self._came.wait_for(lambda: any(text in line for line in self.all), timeout=30)


@dataclass
class Receiver:
    """An HTTP endpoint: what it got, and what it answers, one after the other (200 when that runs out)."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def next(self) -> tuple[dict[str, str], bytes]:
        assert self.came.acquire(timeout=30)
        return self.got[-1]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    database = Database(tmp_path / "aws.sqlite3", [SCHEMA])
    lines, served = Lines(), Served()
    deliveries = Deliveries(lines.put, pause_s=0.0)
    sns = Sns(database, served.url, lines.put, deliveries)
    with serving({"sns": sns.operations()}, None, served):
        yield House(served, sns, served.client("sns"), lines)
    deliveries.close()
    database.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.end_headers()
            found.came.release()

        def log_message(self, *_arguments: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def subscribe(house: House, receiver: Receiver, **attributes: str) -> str:
    """A confirmed subscription's ARN."""
    house.client.subscribe(TopicArn=TOPIC, Protocol="http", Endpoint=receiver.url, Attributes=attributes)
    token = json.loads(receiver.next()[1])["Token"]
    return str(house.client.confirm_subscription(TopicArn=TOPIC, Token=token)["SubscriptionArn"])


def test_topics_are_made_listed_and_deleted(house: House) -> None:
    """CreateTopic twice is one topic; ListTopics pages at 100 (API reference); deleting twice is no error."""
    client = house.client
    assert client.create_topic(Name="alarms")["TopicArn"] == TOPIC
    assert client.create_topic(Name="alarms")["TopicArn"] == TOPIC
    for number in range(100):
        client.create_topic(Name=f"t{number:03}")
    first = client.list_topics()
    assert len(first["Topics"]) == 100
    assert [topic["TopicArn"][-4:] for topic in client.list_topics(NextToken=first["NextToken"])["Topics"]] == ["t099"]
    client.delete_topic(TopicArn=TOPIC)
    client.delete_topic(TopicArn=TOPIC)
    assert refused(client.get_topic_attributes, TopicArn=TOPIC) == ("NotFound", "Topic does not exist", 404)


def test_a_topics_attributes(house: House) -> None:
    """GetTopicAttributes and SetTopicAttributes; one that a laptop does not keep is refused by name."""
    house.client.create_topic(Name="alarms", Attributes={"DisplayName": "old"})
    house.client.set_topic_attributes(TopicArn=TOPIC, AttributeName="DisplayName", AttributeValue="new")
    attributes = house.client.get_topic_attributes(TopicArn=TOPIC)["Attributes"]
    assert attributes == {
        "TopicArn": TOPIC,
        "Owner": "123456789012",
        "DisplayName": "new",
        "SubscriptionsConfirmed": "0",
        "SubscriptionsPending": "0",
        "SubscriptionsDeleted": "0",
    }
    code, message, status = refused(
        house.client.set_topic_attributes, TopicArn=TOPIC, AttributeName="KmsMasterKeyId", AttributeValue="k"
    )
    assert (code, status) == ("NotSupportedOnTheLaptop", 501)
    assert "the topic attribute KmsMasterKeyId is not supported" in message


def test_a_message_goes_to_the_terminal_and_is_kept(house: House) -> None:
    """One line; control characters escaped; the newest message first."""
    house.client.create_topic(Name="alarms")
    house.client.publish(TopicArn=TOPIC, Subject="ALARM", Message="one\x1b[2J\ntwo")
    house.sns.publish(TOPIC, None, "from an alarm")
    assert house.lines.all == ["SNS alarms: ALARM: one\\x1b[2J\\ntwo", "SNS alarms: from an alarm"]
    kept = house.sns.messages()
    assert [(message["Subject"], message["Message"]) for message in kept] == [
        (None, "from an alarm"),
        ("ALARM", "one\x1b[2J\ntwo"),
    ]


def test_an_alarm_to_a_topic_that_is_not_there(house: House) -> None:
    """publish() raises what Publish answers."""
    with pytest.raises(AwsError, match="Topic does not exist"):
        house.sns.publish(TOPIC, "s", "m")


def test_an_http_endpoint_confirms_and_is_notified(house: House, receiver: Receiver) -> None:
    """AWS pages "HTTP/HTTPS subscription confirmation JSON format" and "HTTP/HTTPS notification JSON format": nothing
    is delivered before the SubscribeURL was visited; then the message comes with its headers.
    """
    client = house.client
    client.create_topic(Name="alarms")
    pending = client.subscribe(TopicArn=TOPIC, Protocol="http", Endpoint=receiver.url)
    assert pending["SubscriptionArn"] == "pending confirmation"
    headers, body = receiver.next()
    document = json.loads(body)
    assert headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert headers["content-type"] == "text/plain; charset=UTF-8"
    assert list(document) == [
        "Type",
        "MessageId",
        "Token",
        "TopicArn",
        "Message",
        "SubscribeURL",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
    ]
    assert document["Message"] == (
        f"You have chosen to subscribe to the topic {TOPIC}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )
    (listed,) = client.list_subscriptions()["Subscriptions"]
    assert listed["SubscriptionArn"] == "PendingConfirmation"
    client.publish(TopicArn=TOPIC, Message="too early")
    with urllib.request.urlopen(document["SubscribeURL"]) as answer:  # noqa: S310 - our own http address
        assert answer.status == 200
    (listed,) = client.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert listed["SubscriptionArn"].startswith(f"{TOPIC}:")
    message_id = client.publish(
        TopicArn=TOPIC,
        Message="hello",
        Subject="greeting",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "x"}},
    )["MessageId"]
    headers, body = receiver.next()
    document = json.loads(body)
    assert (document["Type"], document["Message"], document["Subject"]) == ("Notification", "hello", "greeting")
    assert (document["MessageId"], headers["x-amz-sns-message-id"]) == (message_id, message_id)
    assert headers["x-amz-sns-subscription-arn"] == listed["SubscriptionArn"]
    assert document["MessageAttributes"] == {"kind": {"Type": "String", "Value": "x"}}
    with urllib.request.urlopen(document["UnsubscribeURL"]) as answer:  # noqa: S310 - our own http address
        assert answer.status == 200
    assert client.list_subscriptions()["Subscriptions"] == []
    assert len(receiver.got) == 2


def test_an_endpoint_that_fails_is_tried_four_times(house: House, receiver: Receiver) -> None:
    """AWS page "Creating an HTTP/S delivery policy": three retries by default. The message keeps its id; what is given
    up is told.
    """
    house.client.create_topic(Name="alarms")
    subscribe(house, receiver)
    receiver.answers = [500, 503, 404, 200]
    house.client.publish(TopicArn=TOPIC, Message="m")
    ids = {receiver.next()[0]["x-amz-sns-message-id"] for _ in range(4)}
    assert len(ids) == 1
    receiver.answers = [500] * 4
    house.client.publish(TopicArn=TOPIC, Message="n")
    for _ in range(4):
        receiver.next()
    house.lines.wait_for("given up after 4 attempts: status 500")
    assert len(receiver.got) == 9


def test_raw_delivery_and_a_message_for_each_protocol(house: House, receiver: Receiver) -> None:
    """RawMessageDelivery (Subscribe) is the message alone; MessageStructure=json (Publish) has one for http."""
    house.client.create_topic(Name="alarms")
    subscribe(house, receiver, RawMessageDelivery="true")
    house.client.publish(
        TopicArn=TOPIC, MessageStructure="json", Message=json.dumps({"default": "d", "http": "for http"})
    )
    headers, body = receiver.next()
    assert (headers["x-amz-sns-rawdelivery"], body) == ("true", b"for http")
    assert house.sns.messages()[0]["Message"] == "d"


def test_an_e_mail_address_waits_for_ever(house: House) -> None:
    """It is accepted, as the template's topic has one, and never delivered to: nobody here can confirm it."""
    house.client.create_topic(Name="alarms")
    answer = house.client.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="a@b.test")
    assert answer["SubscriptionArn"] == "pending confirmation"
    assert house.client.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["SubscriptionsPending"] == "1"


@pytest.mark.parametrize(
    ("protocol", "endpoint", "said"),
    [
        ("sqs", "arn:aws:sqs:us-east-1:123456789012:q", "the protocol sqs is not supported on the laptop"),
        ("https", "https://127.0.0.1/", "the protocol https is not supported on the laptop"),
        ("http", "http://example.com/", "delivers to loopback addresses only"),
        ("http", "http://localhost.evil.example/", "delivers to loopback addresses only"),
        ("http", "ftp://127.0.0.1/", "Invalid parameter: Endpoint must match the specified protocol"),
        ("email", "nobody", "Invalid parameter: Email address"),
    ],
)
def test_subscriptions_that_are_refused(house: House, protocol: str, endpoint: str, said: str) -> None:
    """By name, and nothing is kept."""
    house.client.create_topic(Name="alarms")
    message = refused(house.client.subscribe, TopicArn=TOPIC, Protocol=protocol, Endpoint=endpoint)[1]
    assert said in message
    assert house.client.list_subscriptions()["Subscriptions"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Message": ""}, "Invalid parameter: Empty message"),
        ({"Message": "x" * 262_145}, "Invalid parameter: Message too long"),
        ({"Message": "é" * 131_073}, "Invalid parameter: Message too long"),
        ({"Message": "m", "Subject": "a\nb"}, "Invalid parameter: Subject"),
        ({"Message": "m", "Subject": " a"}, "Invalid parameter: Subject"),
        ({"Message": "m", "Subject": "s" * 101}, "Invalid parameter: Subject"),
        (
            {"Message": "{}", "MessageStructure": "json"},
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ),
    ],
)
def test_messages_that_are_refused(house: House, given: dict[str, str], said: str) -> None:
    """API reference, Publish: sizes in bytes, the subject's characters, the default of a structured message."""
    house.client.create_topic(Name="alarms")
    assert refused(house.client.publish, TopicArn=TOPIC, **given) == ("InvalidParameter", said, 400)
    assert house.sns.messages() == []


def test_a_batch(house: House) -> None:
    """PublishBatch: each entry on its own; ids must be distinct (API reference)."""
    house.client.create_topic(Name="alarms")
    entries = [{"Id": "a", "Message": "one"}, {"Id": "b", "Message": ""}]
    done = house.client.publish_batch(TopicArn=TOPIC, PublishBatchRequestEntries=entries)
    assert [entry["Id"] for entry in done["Successful"]] == ["a"]
    assert [(entry["Id"], entry["Code"]) for entry in done["Failed"]] == [("b", "InvalidParameter")]
    twice = [{"Id": "a", "Message": "m"}] * 2
    code = refused(house.client.publish_batch, TopicArn=TOPIC, PublishBatchRequestEntries=twice)[0]
    assert code == "BatchEntryIdsNotDistinct"


def test_injected_sql_is_a_name_like_any_other(house: House) -> None:
    """No string reaches the database as a statement."""
    evil = "x'); DROP TABLE sns_topics; --"
    house.client.create_topic(Name="alarms")
    assert refused(house.client.publish, TopicArn=evil, Message=evil)[0] == "NotFound"
    assert refused(house.client.list_topics, NextToken=evil)[0] == "InvalidParameter"
    house.client.publish(TopicArn=TOPIC, Message=evil)
    assert house.sns.messages()[0]["Message"] == evil


def test_only_the_last_thousand_messages_are_kept(house: House) -> None:
    """The store does not grow without bound."""
    house.client.create_topic(Name="alarms")
    for number in range(1001):
        house.sns.publish(TOPIC, None, str(number))
    kept = house.sns.messages()
    assert (len(kept), kept[0]["Message"], kept[-1]["Message"]) == (1000, "1000", "1")
