"""PutDashboard, GetDashboard, ListDashboards and DeleteDashboards (CloudWatch API reference)."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from local.cloudwatch.dashboards import SCHEMA, Dashboards
from local.database import Database
from local.endpoint.call import Answer, Call
from local.errors import AwsError

BODY = '{"widgets": [ ]}'
MODEL = botocore.session.Session().get_service_model("cloudwatch")


class Room:
    """Dashboards in a database of their own, asked as the endpoint would ask."""

    def __init__(self, path: Path) -> None:
        self.now_s = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
        self.database = Database(path, [SCHEMA])
        self.dashboards = Dashboards(self.database, lambda: self.now_s)
        self.operations = self.dashboards.operations()

    def ask(self, operation: str, **parameters: Any) -> Answer:
        taken = self.operations[operation]
        assert set(parameters) <= taken.takes
        answer = taken.run(Call("cloudwatch", operation, parameters))
        assert isinstance(answer, Mapping)
        shape = MODEL.operation_model(operation).output_shape
        assert shape is not None
        report = ParamValidator().validate(dict(answer), shape)
        assert not report.has_errors(), report.generate_report()
        return answer

    def put(self, name: str, body: str = BODY) -> Answer:
        return self.ask("PutDashboard", DashboardName=name, DashboardBody=body)

    def names(self, **parameters: Any) -> list[str]:
        return [entry["DashboardName"] for entry in self.ask("ListDashboards", **parameters)["DashboardEntries"]]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    opened = Room(tmp_path / "aws.sqlite3")
    yield opened
    opened.database.close()


def test_what_was_put_is_got(room: Room) -> None:
    """The body comes back as it was, with the dashboard's ARN, which has no region."""
    assert room.put("shop") == {"DashboardValidationMessages": []}
    assert room.ask("GetDashboard", DashboardName="shop") == {
        "DashboardArn": "arn:aws:cloudwatch::123456789012:dashboard/shop",
        "DashboardBody": '{"widgets": [ ]}',
        "DashboardName": "shop",
    }


def test_update_replaces(room: Room) -> None:
    """ "If you update a dashboard, the entire contents are replaced with what you specify here"."""
    room.put("shop", '{"widgets": [], "start": "-PT6H"}')
    room.put("shop")
    assert room.ask("GetDashboard", DashboardName="shop")["DashboardBody"] == BODY


def test_body_with_errors_is_refused(room: Room) -> None:
    """DashboardInvalidInputError with its messages, in AWS's words; the dashboard stays as it was."""
    room.put("shop")
    with pytest.raises(AwsError) as refused:
        room.put("shop", '{"widgets": [{"type": "text", "properties": {}}]}')
    error = refused.value
    assert (error.code, error.status) == ("DashboardInvalidInputError", 400)
    at = "/widgets/0/properties"
    assert error.members == {
        "dashboardValidationMessages": [{"DataPath": at, "Message": "Should have required property 'markdown'"}]
    }
    start, listed = error.message.split("\n", 1)
    assert start == "The dashboard body is invalid, there are 1 validation errors:"
    assert json.loads(listed) == [{"dataPath": at, "message": "Should have required property 'markdown'"}]
    assert room.ask("GetDashboard", DashboardName="shop")["DashboardBody"] == BODY


def test_body_with_warnings_is_kept(room: Room) -> None:
    """ "If this result includes only warning messages, then the input was valid enough" to be kept."""
    answer = room.put("shop", '{"widgets": [], "theme": "dark"}')
    assert answer == {
        "DashboardValidationMessages": [{"DataPath": "/theme", "Message": "Should NOT have additional properties"}]
    }
    assert room.names() == ["shop"]


@pytest.mark.parametrize("name", ["", "a b", "a.b", "a/b", "ü", "a" * 256, "'; DROP TABLE dashboards; --", "a\n"])
def test_names(room: Room, name: str) -> None:
    """ "The maximum length is 255, and valid characters are A-Z, a-z, 0-9, "-", and "_" "."""
    room.put("a-Z_9" + "x" * 250)
    with pytest.raises(AwsError) as refused:
        room.put(name)
    assert refused.value.code == "InvalidParameterValueException"


def test_listing(room: Room) -> None:
    """By name, those with the prefix; size in bytes and when it was changed."""
    for name in ("web", "shop-b", "shop-a"):
        room.put(name, '{"widgets": [], "variables": [] }')
    assert room.names() == ["shop-a", "shop-b", "web"]
    assert room.names(DashboardNamePrefix="shop-") == ["shop-a", "shop-b"]
    assert room.names(DashboardNamePrefix="SHOP") == []
    (entry,) = room.ask("ListDashboards", DashboardNamePrefix="web")["DashboardEntries"]
    assert entry == {
        "DashboardName": "web",
        "DashboardArn": "arn:aws:cloudwatch::123456789012:dashboard/web",
        "LastModified": datetime(2026, 11, 26, 12, tzinfo=UTC),
        "Size": 33,
    }


def test_size_is_in_bytes(room: Room) -> None:
    """ "The size of the dashboard, in bytes", not in characters."""
    room.put("shop", '{"widgets": [{"type": "text", "properties": {"markdown": "☃"}}]}')
    (entry,) = room.ask("ListDashboards")["DashboardEntries"]
    assert entry["Size"] == 66


def test_pages_of_a_thousand(room: Room) -> None:
    """ "ListDashboards returns up to 1000 results on one page"."""
    rows = [(f"shop-{number:04}", BODY, 0.0) for number in range(1001)]
    with room.database.write() as connection:
        connection.executemany("INSERT INTO dashboards VALUES (?, ?, ?)", rows)
    first = room.ask("ListDashboards")
    assert len(first["DashboardEntries"]) == 1000
    second = room.ask("ListDashboards", NextToken=first["NextToken"])
    assert [entry["DashboardName"] for entry in second["DashboardEntries"]] == ["shop-1000"]
    assert "NextToken" not in second


@pytest.mark.parametrize("parameters", [{"NextToken": "x"}, {"NextToken": "MQ=="}, {"DashboardNamePrefix": "a b"}])
def test_false_listings(room: Room, parameters: dict[str, str]) -> None:
    """A token that was never given, a prefix that no name has: InvalidParameterValue."""
    with pytest.raises(AwsError) as refused:
        room.ask("ListDashboards", **parameters)
    assert refused.value.code == "InvalidParameterValueException"


def test_nobody_s_dashboard(room: Room) -> None:
    """DashboardNotFoundError (GetDashboard, errors)."""
    with pytest.raises(AwsError) as refused:
        room.ask("GetDashboard", DashboardName="shop")
    assert (refused.value.code, refused.value.status) == ("DashboardNotFoundError", 404)
    assert refused.value.message == "Dashboard shop does not exist"


def test_deletion(room: Room) -> None:
    """ "If there is an error during this call, the operation attempts to delete as many dashboards as possible"."""
    for name in ("a", "b", "c"):
        room.put(name)
    room.ask("DeleteDashboards", DashboardNames=["a"])
    with pytest.raises(AwsError) as refused:
        room.ask("DeleteDashboards", DashboardNames=["nobody", "b", "b"])
    assert refused.value.code == "DashboardNotFoundError"
    assert "nobody" in refused.value.message
    assert room.names() == ["c"]


def test_at_most_100_are_deleted_at_once(room: Room) -> None:
    """ "You can specify up to 100 dashboards to delete"."""
    room.put("a")
    with pytest.raises(AwsError) as refused:
        room.ask("DeleteDashboards", DashboardNames=["a"] * 101)
    assert refused.value.code == "InvalidParameterValueException"
    assert room.names() == ["a"]


def test_tags_are_left_to_be_refused(room: Room) -> None:
    """What is not in `takes` the endpoint refuses by name."""
    assert "Tags" not in room.operations["PutDashboard"].takes


def test_reset_forgets_everything(room: Room) -> None:
    """No dashboard is left."""
    room.put("shop")
    room.dashboards.reset()
    assert room.names() == []


def test_restart_keeps_dashboards(room: Room, tmp_path: Path) -> None:
    """Another process with the same file has them."""
    room.put("shop")
    again = Room(tmp_path / "aws.sqlite3")
    assert again.names() == ["shop"]
    again.database.close()
