"""What a sweep does on AWS: it asks first, moves an alias from version to version, and deletes what it published.

moto has Lambda's versions and aliases, and no provisioned concurrency: the laptop's Lambda API has that.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.server import ThreadedMotoServer

from load_tests.errors import CallRefused, NotReachable, NotRestored, SettingError
from load_tests.observation import Configuration
from load_tests.sweep.aws import Clients, connect, is_loopback
from load_tests.sweep.function import MARK, Function, State
from load_tests.sweep.journal import Entry, Journal
from load_tests.sweep.place import Place, place
from load_tests.sweep.restoring import restore, restore_left
from load_tests.sweep.runner import Sweep, Terminal
from load_tests.sweep.settings import SETTINGS, Settings
from tests.load_tests.sweep.conftest import Stack, Sweeper

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}
AS_DEPLOYED = State(512, 10, 10, None, "1")
NOT_FOUND = {
    "Error": {
        "Code": "ProvisionedConcurrencyConfigNotFoundException",
        "Message": "No Provisioned Concurrency Config found",
    }
}


def client(name: str, **given: str) -> Any:
    make: Any = boto3.client  # its types name each service
    return make(name, **KEYS, **given)


def settings(folder: Path, **given: Any) -> Settings:
    defaults = {setting.field: setting.default for setting in SETTINGS}
    return Settings.read({**defaults, "yes": False, "fresh": False, "dir": str(folder), **given})


@pytest.fixture
def clients() -> Iterator[Clients]:
    """moto's AWS with a function as this template deploys it: alias live on version 1, ten reserved."""
    with mock_aws():
        made = {name: client(name) for name in ("lambda", "logs", "cloudwatch", "iam")}
        function = made["lambda"]
        role = made["iam"].create_role(RoleName="items", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        function.create_function(
            FunctionName="items",
            Runtime="python3.13",
            Role=role,
            Handler="handler.handler",
            Code={"ZipFile": archive()},
            MemorySize=512,
            Timeout=10,
            Environment={"Variables": {"STAGE": "dev"}},
            Publish=True,
        )
        function.create_alias(FunctionName="items", Name="live", FunctionVersion="1")
        function.put_function_concurrency(FunctionName="items", ReservedConcurrentExecutions=10)
        function.meta.events.register("before-call.lambda.GetProvisionedConcurrencyConfig", none_provisioned)
        yield Clients(function, made["logs"], made["cloudwatch"], "aws", "us-east-1")


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("handler.py", "def handler(event, context): ...")
    return packed.getvalue()


class NotFound:
    status_code = 404


def none_provisioned(**_given: object) -> tuple[NotFound, dict[str, Any]]:
    """What AWS answers where none is: moto refuses the call."""
    return NotFound(), {**NOT_FOUND, "ResponseMetadata": {"HTTPStatusCode": 404}}


def set_to(function: Function, wanted: Configuration, mark: str) -> str | None:
    """The version that was published for it."""
    before = function.published()
    function.set(wanted, mark)
    return next((version for version in function.published() if version not in before), None)


def versions(clients: Clients) -> list[str]:
    return [found["Version"] for found in clients.function.list_versions_by_function(FunctionName="items")["Versions"]]


def shown(clients: Clients) -> dict[str, Any]:
    """What the API invokes: the configuration behind the alias."""
    return dict(clients.function.get_function_configuration(FunctionName="items", Qualifier="live"))


def test_state_is_all_that_a_sweep_changes(clients: Clients) -> None:
    """Memory, timeout, reserved and provisioned concurrency, and the alias's version; and where the log is."""
    function = Function(clients, "items", "live")
    assert function.state() == AS_DEPLOYED
    assert (function.facts().architecture, function.facts().log_group) == ("x86_64", "/aws/lambda/items")


def test_a_setting_is_a_version_that_the_alias_shows(clients: Clients) -> None:
    """The other variables stay; the mark differs, so that the version is a new one each time."""
    function = Function(clients, "items", "live")
    first = set_to(function, Configuration(256, 3), "a")
    assert first not in (None, "1")
    found = shown(clients)
    assert (found["Version"], found["MemorySize"], found["Timeout"]) == (first, 256, 3)
    assert found["Environment"]["Variables"] == {"STAGE": "dev", MARK: "a"}
    second = set_to(function, Configuration(256, 3, reserved=5), "b")
    assert second not in (None, first)
    assert function.state().reserved == 5


def test_restoring_is_complete(clients: Clients, tmp_path: Path) -> None:
    """The alias is back on its version, $LATEST as it was, the published versions are deleted, the journal is gone."""
    function, journal = Function(clients, "items", "live"), Journal(tmp_path)
    before = (shown(clients)["CodeSha256"], versions(clients))
    entry = Entry({"where": "aws"}, function.state(), "live")
    journal.write(entry)
    for mark in ("a", "b"):
        set_to(function, Configuration(128, 3, reserved=2), mark)
    assert len(versions(clients)) == 4
    restore(function, journal, entry)
    assert function.state() == AS_DEPLOYED
    assert (shown(clients)["CodeSha256"], versions(clients)) == before
    latest = clients.function.get_function_configuration(FunctionName="items")
    assert latest["Environment"]["Variables"] == {"STAGE": "dev"}
    assert journal.read() is None


def test_restoring_twice_is_restoring_once(clients: Clients, tmp_path: Path) -> None:
    """A kill in the middle of it: what is gone already is no error."""
    function, journal = Function(clients, "items", "live"), Journal(tmp_path)
    entry = Entry({}, AS_DEPLOYED, "live")
    journal.write(entry)
    set_to(function, Configuration(128, 3), "a")
    restore(function, journal, entry)
    restore(function, journal, entry)
    assert function.state() == AS_DEPLOYED


def test_what_was_not_reserved_is_not_reserved_afterwards(clients: Clients) -> None:
    """Reserved concurrency that a sweep brought goes with it."""
    clients.function.delete_function_concurrency(FunctionName="items")
    function = Function(clients, "items", "live")
    before = function.state()
    assert before.reserved is None
    set_to(function, Configuration(128, 3, reserved=2), "a")
    function.restore(before)
    assert function.state().reserved is None


def test_an_alias_that_is_not_there(clients: Clients) -> None:
    """$LATEST is measured then; no version is published, and none can be provisioned."""
    function = Function(clients, "items", "nowhere")
    assert function.state().version is None
    assert set_to(function, Configuration(128, 3), "a") is None
    assert versions(clients) == ["$LATEST", "1"]
    with pytest.raises(SettingError, match=r"--provisioned: what is invoked of items is \$LATEST"):
        set_to(function, Configuration(128, 3, provisioned=1), "b")


def test_an_alias_that_two_versions_share(clients: Clients) -> None:
    """A canary is under way: nothing is measured, and nothing changed."""
    api, function = clients.function, Function(clients, "items", "live")
    api.publish_version(FunctionName="items")
    weights = {"AdditionalVersionWeights": {"2": 0.1}}
    api.update_alias(FunctionName="items", Name="live", RoutingConfig=weights)
    before = (api.get_function_configuration(FunctionName="items"), versions(clients))
    for use in (function.state, lambda: set_to(function, Configuration(128, 3), "a")):
        with pytest.raises(
            SettingError, match=r"the alias items:live invokes version 2 for 10% of its calls"
        ) as raised:
            use()
        assert str(raised.value).endswith("--name live --routing-config AdditionalVersionWeights={}")
    after = api.get_function_configuration(FunctionName="items")
    assert ({**after, "ResponseMetadata": {}}, versions(clients)) == ({**before[0], "ResponseMetadata": {}}, before[1])


def test_what_is_refused_is_said(clients: Clients) -> None:
    """A function that isn't there by its name; AWS's own refusal with its code and what was being done."""
    with pytest.raises(NotReachable, match="there is no function 'orders'; --function names another"):
        Function(clients, "orders", "live").state()
    clients.function.meta.events.register(
        "before-call.lambda.UpdateAlias",
        lambda **_given: (NotFound(), {"Error": {"Code": "AccessDeniedException", "Message": "no"}}),
    )
    with pytest.raises(CallRefused, match="move the alias items:live to version 2: AccessDeniedException: no"):
        set_to(Function(clients, "items", "live"), Configuration(128, 3), "a")


def test_what_cannot_be_restored_is_kept(clients: Clients, tmp_path: Path) -> None:
    """The journal stays, and the error names it."""
    journal = Journal(tmp_path)
    entry = Entry({}, AS_DEPLOYED, "live")
    journal.write(entry)
    clients.function.delete_function(FunctionName="items")
    with pytest.raises(NotRestored, match=str(journal.path)):
        restore(Function(clients, "items", "live"), journal, entry)
    assert journal.read() == entry


def test_another_functions_journal_is_not_followed(clients: Clients, tmp_path: Path) -> None:
    """Nothing is changed, and the journal stays: it is of another function."""
    journal = Journal(tmp_path)
    journal.write(
        Entry({"where": "aws", "region": "eu-west-1", "function": "orders", "since": ""}, AS_DEPLOYED, "live")
    )
    here = Place("https://api.example", clients, "items", "")
    with pytest.raises(NotRestored, match="of orders at aws, not of items at aws"):
        restore_left(here, journal, pytest.fail)
    assert journal.read() is not None


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"state": {}, "target": {}, "alias": "", "versions": []}'])
def test_a_broken_journal_is_not_ignored(tmp_path: Path, text: str) -> None:
    """A function may be changed: somebody has to look."""
    (tmp_path / "journal.json").write_text(text)
    with pytest.raises(NotRestored, match=r"journal\.json"):
        Journal(tmp_path).read()


def test_nothing_is_done_before_the_answer(clients: Clients, tmp_path: Path) -> None:
    """The question has the estimate; without a yes no call changes anything, and no journal is written."""
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    here = Place("https://api.example", clients, "items", "")
    given = settings(tmp_path, memory="128,512", timeout="3", api="https://api.example", endpoint="aws")
    assert Sweep(here, given, Terminal(pytest.fail, no)).run() is None
    assert "items at aws will be set to" in asked[0]
    assert "about 1,420 requests" in asked[0]
    assert Function(clients, "items", "live").state() == AS_DEPLOYED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"endpoint": "aws"}, "--region: no region is given"),
        ({"endpoint": "aws", "region": "eu-west-1"}, "--api: give the API's URL with --endpoint"),
    ],
)
def test_aws_needs_to_be_told(tmp_path: Path, given: dict[str, str], said: str) -> None:
    """Region and API are never guessed."""
    with pytest.raises(SettingError, match=said), place(settings(tmp_path, **given), {}):
        pytest.fail("it went on")


def test_only_loopback_costs_nothing() -> None:
    """Whatever else may be AWS, and is asked about first."""
    costs = [
        "https://lambda.eu-west-1.amazonaws.com",
        "http://10.0.0.1:4566",
        "http://localhost.example.com",
        "aws",
        "",
    ]
    assert [url for url in costs if is_loopback(url)] == []
    assert all(
        is_loopback(url)
        for url in ("http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:1", "http://127.1.2.3")
    )


def test_the_way_of_aws_on_the_laptops_api(stack: Stack, tmp_path: Path) -> None:
    """The same calls, with the question asked and answered, on a real endpoint: all is measured and restored."""
    asked: list[str] = []
    told: list[str] = []
    clients = replace(connect(stack.aws, "us-east-1"), endpoint="aws")
    given = settings(tmp_path / "sweeps", memory="512", timeout="5", rounds="1", cold="1", warm_up="1", duration="2")
    before = stack.configuration()
    page = Sweep(
        Place(stack.api, clients, stack.function, ""),
        given,
        Terminal(told.append, lambda question: not asked.append(question)),  # type: ignore[func-returns-value]
        late_s=0,
    ).run()
    assert page is not None
    report = json.loads((page.parent / "report.json").read_text())
    assert report["about"]["is_model"] is False
    assert report["analysis"]["variants"][0]["outcomes"]["answered"] > 5
    assert len(asked) == 1
    assert told == [f"restored {stack.function}"]
    assert stack.configuration()["MemorySize"] == before["MemorySize"]
    assert (stack.alias(), stack.versions()) == ("1", ["$LATEST", "1"])


def test_provisioned_sandboxes_follow_the_alias(stack: Stack) -> None:
    """They are waited for, belong to the version that is measured, and are gone when none were found."""
    clients = connect(stack.aws, "us-east-1")
    function = Function(clients, stack.function, "live")
    before = function.state()
    assert (before.version, before.provisioned) == ("1", None)
    measured = set_to(function, Configuration(512, 5, provisioned=1), "a")
    found = stack.lambda_api.get_provisioned_concurrency_config(FunctionName=stack.function, Qualifier="live")
    assert (found["Status"], found["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 1)
    assert function.state().version == measured
    set_to(function, Configuration(512, 5, provisioned=0), "b")
    assert function.state().provisioned is None
    set_to(function, Configuration(512, 5, provisioned=1), "c")
    function.restore(before)
    assert function.state() == before


@pytest.fixture
def server() -> Iterator[str]:
    """moto as a server, with a function."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    url = f"http://{host}:{port}"
    role = client("iam", endpoint_url=url).create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    client("lambda", endpoint_url=url).create_function(
        FunctionName="items",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.handler",
        Code={"ZipFile": archive()},
    )
    yield url
    running.stop()


def test_no_answer_is_a_no(server: str, sweeper: Sweeper) -> None:
    """Where nobody can answer, an endpoint that may be AWS is left alone; the exit code tells it from a success.

    The endpoint's name is nobody's: boto3 reaches moto as its proxy.
    """
    sweeper.environment.update(HTTP_PROXY=server, AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any")
    where = ("--endpoint", "http://aws.example", "--region", "us-east-1", "--api", "http://api.example", "--alias", "")
    code, out, err = sweeper.run("sweep", "--memory", "1024", "--timeout", "5", *where)
    assert (code, out) == (2, ""), err
    assert "items at http://aws.example will be set to, one after the other:\n  1024 MB, 5 s\n" in err
    assert err.endswith("Go on? [y/N] nothing was changed\n")
    function = client("lambda", endpoint_url=server)
    assert function.get_function_configuration(FunctionName="items")["MemorySize"] == 128
