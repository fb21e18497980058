"""Lambda's control API, with a function that really runs. Messages and codes are those of Lambda's API reference."""

import asyncio
import base64
import json
from pathlib import Path

import pytest

from local.errors import AwsError, InvokeError
from local.lambda_api.names import Named, read_name
from tests.local.lambda_api.controlled import ARN, Control, play
from tests.local.lambda_runtime.stage import until


@pytest.mark.parametrize(
    ("text", "qualifier", "named"),
    [
        ("items", None, Named("items", None)),
        ("items:live", None, Named("items", "live")),
        ("items", "3", Named("items", "3")),
        ("items:3", "3", Named("items", "3")),
        ("function:items", None, Named("items", None)),
        ("123456789012:function:items", None, Named("items", None)),
        ("123456789012:function:items:live", None, Named("items", "live")),
        (ARN, None, Named("items", None)),
        (f"{ARN}:$LATEST", None, Named("items", "$LATEST")),
    ],
)
def test_names(text: str, qualifier: str | None, named: Named) -> None:
    """Name, ARN, partial ARN (API reference, Invoke, FunctionName), with a qualifier or none."""
    assert read_name(text, qualifier) == named


def test_two_qualifiers_must_be_one() -> None:
    """The one in the name and the one beside it."""
    with pytest.raises(AwsError, match="The derived qualifier from the function name does not match"):
        read_name("items:3", "4")


def test_invoke(tmp_path: Path) -> None:
    """RequestResponse: payload, executed version, the end of the log, the client context."""

    async def story(control: Control) -> None:
        context = base64.b64encode(b'{"custom": {"a": "b"}}').decode()
        answer = await control(
            "Invoke", FunctionName=ARN, Payload=b'{"who": "me"}', LogType="Tail", ClientContext=context
        )
        assert (answer["StatusCode"], answer["ExecutedVersion"], "FunctionError" in answer) == (200, "$LATEST", False)
        found = json.loads(answer["Payload"])
        assert (found["event"], found["client"], found["arn"]) == ({"who": "me"}, {"a": "b"}, ARN)
        tail = base64.b64decode(answer["LogResult"]).decode().splitlines()
        assert tail[0].startswith("START RequestId: ")
        assert tail[1] == "a line of me"
        assert tail[3].startswith("REPORT RequestId: ")
        without = await control("Invoke", FunctionName="items")
        assert json.loads(without["Payload"])["event"] == {}
        assert "LogResult" not in without

    play(tmp_path, story)


def test_the_log_tail_is_the_last_4_kb(tmp_path: Path) -> None:
    """API reference, Invoke, LogResult: the last 4 KB of the execution log."""

    async def story(control: Control) -> None:
        answer = await control(
            "Invoke", FunctionName="items", Payload=json.dumps({"who": "x" * 9000}).encode(), LogType="Tail"
        )
        tail = base64.b64decode(answer["LogResult"])
        assert len(tail) == 4096
        assert b"REPORT RequestId: " in tail

    play(tmp_path, story)


def test_function_errors(tmp_path: Path) -> None:
    """FunctionError is Unhandled whether the handler raised or the process ended; the status stays 200."""

    async def story(control: Control) -> None:
        for event, kind in (({"fail": 1}, "ValueError"), ({"exit": 1}, "Runtime.ExitError")):
            answer = await control("Invoke", FunctionName="items", Payload=json.dumps(event).encode())
            assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
            assert json.loads(answer["Payload"])["errorType"] == kind
        assert [measured.failed for measured in control.measured] == [True, True]

    play(tmp_path, story)


def test_dry_run_and_event(tmp_path: Path) -> None:
    """DryRun is 204 and invokes nothing; Event is 202 and invokes in its own time."""

    async def story(control: Control) -> None:
        assert await control("Invoke", FunctionName="items", InvocationType="DryRun") == {"StatusCode": 204}
        assert control.measured == []
        answer = await control("Invoke", FunctionName="items", InvocationType="Event", Payload=b'{"who": "later"}')
        assert answer == {"StatusCode": 202}
        await until(lambda: len(control.measured) == 1)
        too_large = b'"' + b"x" * 1024 * 1024 + b'"'
        code, _, status = await control.refused(
            "Invoke", FunctionName="items", InvocationType="Event", Payload=too_large
        )
        assert (code, status) == ("RequestTooLargeException", 413)

    play(tmp_path, story)


def test_an_event_that_fails_is_tried_twice_more(tmp_path: Path) -> None:
    """AWS page "How Lambda handles errors and retries with asynchronous invocation"; then it is told."""

    async def story(control: Control) -> None:
        await control("Invoke", FunctionName="items", InvocationType="Event", Payload=b'{"fail": 1}')
        await until(lambda: control.told)
        assert control.told == ["Lambda: an asynchronous invocation failed 3 times and is given up"]
        await until(lambda: len(control.measured) == 3)
        assert [measured.failed for measured in control.measured] == [True, True, True]

    play(tmp_path, story)


def test_what_invoke_refuses(tmp_path: Path) -> None:
    """Codes and statuses of Invoke's errors in the API reference."""

    async def story(control: Control) -> None:
        refused = control.refused
        missing = "arn:aws:lambda:us-east-1:123456789012:function:other"
        assert await refused("Invoke", FunctionName="other") == (
            "ResourceNotFoundException",
            f"Function not found: {missing}",
            404,
        )
        assert (await refused("Invoke", FunctionName="items", Qualifier="7"))[1] == f"Function not found: {ARN}:7"
        code, message, _ = await refused("Invoke", FunctionName="items", Payload=b"{")
        assert code == "InvalidRequestContentException"
        assert message.startswith("Could not parse request body into json: ")
        code, message, _ = await refused("Invoke", FunctionName="items", ClientContext="%")
        assert (code, message) == (
            "InvalidRequestContentException",
            "Client context must be a valid Base64-encoded JSON object.",
        )
        large = b'"' + b"x" * 6_291_456 + b'"'
        assert (await refused("Invoke", FunctionName="items", Payload=large))[::2] == ("RequestTooLargeException", 413)

    play(tmp_path, story)


def test_throttling(tmp_path: Path) -> None:
    """Reserved concurrency 0 throttles all: 429 with its Reason; without it the function runs again."""

    async def story(control: Control) -> None:
        put = await control("PutFunctionConcurrency", FunctionName="items", ReservedConcurrentExecutions=0)
        assert put == {"ReservedConcurrentExecutions": 0}
        with pytest.raises(AwsError) as raised:
            await control.invoke({})
        assert (raised.value.code, raised.value.status) == ("TooManyRequestsException", 429)
        assert raised.value.members["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
        function = await control("GetFunction", FunctionName="items")
        assert function["Concurrency"] == {"ReservedConcurrentExecutions": 0}
        assert [measured.throttled for measured in control.measured] == [True]
        await control("DeleteFunctionConcurrency", FunctionName="items")
        assert await control("GetFunctionConcurrency", FunctionName="items") == {}
        assert (await control.invoke({}))["version"] == "$LATEST"
        code, message, _ = await control.refused(
            "PutFunctionConcurrency", FunctionName="items", ReservedConcurrentExecutions=901
        )
        assert code == "InvalidParameterValueException"
        assert message.endswith("UnreservedConcurrentExecution below its minimum value of [100].")

    play(tmp_path, story)


def test_update_is_a_new_generation(tmp_path: Path) -> None:
    """Memory, timeout, environment: InProgress, then Successful, another RevisionId; what runs afterwards has it."""

    async def story(control: Control) -> None:
        before = await control("GetFunctionConfiguration", FunctionName="items")
        assert (await control.invoke({}))["memory"] == "128"
        answer = await control(
            "UpdateFunctionConfiguration",
            FunctionName="items",
            MemorySize=256,
            Timeout=7,
            Environment={"Variables": {"STAGE": "test"}},
            RevisionId=before["RevisionId"],
        )
        assert (answer["LastUpdateStatus"], answer["MemorySize"], answer["Timeout"]) == ("InProgress", 256, 7)
        code, message, status = await control.refused("UpdateFunctionConfiguration", FunctionName="items", Timeout=8)
        assert (code, status) == ("ResourceConflictException", 409)
        assert message == (
            f"The operation cannot be performed at this time. An update is in progress for resource: {ARN}"
        )
        after = await control.updated()
        assert after["LastUpdateStatus"] == "Successful"
        assert after["Environment"] == {"Variables": {"STAGE": "test"}}
        found = await control.invoke({})
        assert (found["memory"], found["stage"]) == ("256", "test")
        code, _, status = await control.refused(
            "UpdateFunctionConfiguration", FunctionName="items", Timeout=8, RevisionId=before["RevisionId"]
        )
        assert (code, status) == ("PreconditionFailedException", 412)

    play(tmp_path, story)


def test_an_update_keeps_the_reserved_concurrency(tmp_path: Path) -> None:
    """It belongs to the function and not to its configuration: no new revision, and no update undoes it."""

    async def story(control: Control) -> None:
        before = await control("GetFunctionConfiguration", FunctionName="items")
        await control("PutFunctionConcurrency", FunctionName="items", ReservedConcurrentExecutions=7)
        same = await control("GetFunctionConfiguration", FunctionName="items")
        assert same["RevisionId"] == before["RevisionId"]
        await control("UpdateFunctionConfiguration", FunctionName="items", Timeout=5)
        await control.updated()
        found = await control("GetFunctionConcurrency", FunctionName="items")
        assert found == {"ReservedConcurrentExecutions": 7}

    play(tmp_path, story)


def test_what_lambda_does_not_take_as_a_configuration(tmp_path: Path) -> None:
    """Reserved names and more than 4 KB of variables are InvalidParameterValueException, and nothing changes."""

    async def story(control: Control) -> None:
        for variables in ({"AWS_REGION": "x"}, {"LONG": "x" * 4096}):
            code, _, status = await control.refused(
                "UpdateFunctionConfiguration", FunctionName="items", Environment={"Variables": variables}
            )
            assert (code, status) == ("InvalidParameterValueException", 400)
        found = await control("GetFunctionConfiguration", FunctionName="items")
        assert (found["LastUpdateStatus"], found["Environment"]) == ("Successful", {"Variables": {}})

    play(tmp_path, story)


def test_versions_are_frozen_configurations(tmp_path: Path) -> None:
    """A version keeps its memory when $LATEST changes; publishing twice without a change is one version."""

    async def story(control: Control) -> None:
        first = await control("PublishVersion", FunctionName="items", Description="one")
        assert (first["Version"], first["FunctionArn"], first["Description"]) == ("1", f"{ARN}:1", "one")
        assert (await control("PublishVersion", FunctionName="items"))["Version"] == "1"
        await control("UpdateFunctionConfiguration", FunctionName="items", MemorySize=256)
        await control.updated()
        second = await control("PublishVersion", FunctionName="items")
        assert (second["Version"], second["MemorySize"], second["State"]) == ("2", 256, "Active")
        listed = await control("ListVersionsByFunction", FunctionName="items", MaxItems=2)
        assert [version["Version"] for version in listed["Versions"]] == ["$LATEST", "1"]
        rest = await control("ListVersionsByFunction", FunctionName="items", Marker=listed["NextMarker"])
        assert [version["Version"] for version in rest["Versions"]] == ["2"]
        one, two = await control.invoke({}, Qualifier="1"), await control.invoke({}, Qualifier="2")
        assert [(found["version"], found["memory"]) for found in (one, two)] == [("1", "128"), ("2", "256")]
        assert one["arn"] == f"{ARN}:1"
        await until(lambda: len(control.measured) == 2)
        assert [measured.resource for measured in control.measured] == ["items:1", "items:2"]
        code, message, _ = await control.refused("ListVersionsByFunction", FunctionName="items", Marker="nonsense")
        assert (code, message.startswith("Marker: 'nonsense'")) == ("InvalidParameterValueException", True)
        functions = await control("ListFunctions", FunctionVersion="ALL")
        assert [each["FunctionArn"] for each in functions["Functions"]] == [f"{ARN}:$LATEST", f"{ARN}:1", f"{ARN}:2"]

    play(tmp_path, story)


def test_aliases(tmp_path: Path) -> None:
    """Created, invoked by name, moved, listed, deleted; conflicts and what is not there by AWS's codes."""

    async def story(control: Control) -> None:
        await control("PublishVersion", FunctionName="items")
        created = await control("CreateAlias", FunctionName="items", Name="live", FunctionVersion="1")
        assert (created["AliasArn"], created["FunctionVersion"]) == (f"{ARN}:live", "1")
        found = await control.invoke({}, Qualifier="live")
        assert (found["version"], found["arn"]) == ("1", f"{ARN}:live")
        again = await control.refused("CreateAlias", FunctionName="items", Name="live", FunctionVersion="1")
        assert again == ("ResourceConflictException", f"Alias already exists: {ARN}:live", 409)
        missing = await control.refused("UpdateAlias", FunctionName="items", Name="live", FunctionVersion="9")
        assert missing == ("ResourceNotFoundException", f"Function not found: {ARN}:9", 404)
        moved = await control("UpdateAlias", FunctionName="items", Name="live", FunctionVersion="$LATEST")
        assert moved["RevisionId"] != created["RevisionId"]
        stale = await control.refused(
            "UpdateAlias", FunctionName="items", Name="live", RevisionId=created["RevisionId"]
        )
        assert stale[::2] == ("PreconditionFailedException", 412)
        assert (await control.invoke({}, Qualifier="live"))["version"] == "$LATEST"
        assert await control("ListAliases", FunctionName="items", FunctionVersion="1") == {"Aliases": []}
        assert [each["Name"] for each in (await control("ListAliases", FunctionName="items"))["Aliases"]] == ["live"]
        for _ in range(2):
            assert await control("DeleteAlias", FunctionName="items", Name="live") == {}
        gone = await control.refused("GetAlias", FunctionName="items", Name="live")
        assert gone == ("ResourceNotFoundException", f"Cannot find alias arn: {ARN}:live", 404)

    play(tmp_path, story)


def test_a_version_is_deleted(tmp_path: Path) -> None:
    """Not one that an alias shows, nor $LATEST; its number is never given again; what it runs finishes.

    API reference, DeleteFunction: "You can't delete a version that an alias references".
    """

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        await control("CreateAlias", FunctionName="items", Name="live", FunctionVersion="1")
        code, message, status = await control.refused("DeleteFunction", FunctionName="items", Qualifier="1")
        assert (code, status) == ("ResourceConflictException", 409)
        assert message == "Version 1 cannot be deleted: the alias live references it"
        refused = [await control.refused("DeleteFunction", FunctionName="items", Qualifier=q) for q in ("$LATEST", "7")]
        assert [code for code, _, _ in refused] == ["InvalidParameterValueException", "ResourceNotFoundException"]
        assert (await control.refused("DeleteFunction", FunctionName="items"))[0] == "NotSupportedOnTheLaptop"
        running = asyncio.create_task(control.invoke({"sleep": 0.3}, Qualifier="2"))
        await asyncio.sleep(0.2)
        await control("DeleteFunction", FunctionName="items", Qualifier="2")
        assert (await running)["version"] == "2"
        assert (await control.refused("Invoke", FunctionName="items", Qualifier="2"))[0] == "ResourceNotFoundException"
        assert (await control("PublishVersion", FunctionName="items"))["Version"] == "3"
        listed = await control("ListVersionsByFunction", FunctionName="items")
        assert [version["Version"] for version in listed["Versions"]] == ["$LATEST", "1", "3"]

    play(tmp_path, story)


def test_what_an_api_invokes(tmp_path: Path) -> None:
    """The alias, where a deployment put it; a new one moves it, with what is provisioned; an update alone doesn't.

    AWS page "AWS::Serverless::Function", AutoPublishAlias: SAM publishes a version and points the alias at it.
    """

    async def story(control: Control) -> None:
        invoked = control.control.invoked("live")
        with pytest.raises(InvokeError, match=":live"):
            await invoked.invoke(b"{}")
        await control.control.deploy("live", 1)
        first = json.loads((await invoked.invoke(b"{}")).payload)
        assert (first["version"], first["arn"], first["memory"]) == ("1", f"{ARN}:live", "128")
        assert first["init"] == "provisioned-concurrency"
        await control("UpdateFunctionConfiguration", FunctionName="items", MemorySize=256)
        await control.updated()
        assert json.loads((await invoked.invoke(b"{}")).payload)["memory"] == "128"
        await control.control.deploy("live", 2)
        status = await control("GetProvisionedConcurrencyConfig", FunctionName="items", Qualifier="live")
        assert (status["Status"], status["AvailableProvisionedConcurrentExecutions"]) == ("READY", 2)
        second = json.loads((await invoked.invoke(b"{}")).payload)
        assert (second["version"], second["memory"], second["init"]) == ("2", "256", "provisioned-concurrency")
        await control.control.deploy("live", 0)
        third = json.loads((await invoked.invoke(b"{}")).payload)
        assert (third["version"], third["init"]) == ("2", "on-demand")
        invoked.alias = None
        assert json.loads((await invoked.invoke(b"{}")).payload)["version"] == "$LATEST"
        assert control.measured[0].resource == "items:live"

    play(tmp_path, story)


def test_many_requests_at_once_to_a_new_version(tmp_path: Path) -> None:
    """None comes too early for the version's sandboxes."""

    async def story(control: Control) -> None:
        await control("PublishVersion", FunctionName="items")
        answers = await asyncio.gather(*(control.invoke({}, Qualifier="1") for _ in range(4)))
        assert [answer["version"] for answer in answers] == ["1"] * 4

    play(tmp_path, story)


def test_provisioned_concurrency_of_an_alias(tmp_path: Path) -> None:
    """IN_PROGRESS, then READY; the invocation finds an initialised sandbox; measured; gone when it is deleted."""

    async def story(control: Control) -> None:
        await control("PublishVersion", FunctionName="items")
        await control("CreateAlias", FunctionName="items", Name="live", FunctionVersion="1")
        here = {"FunctionName": "items", "Qualifier": "live"}
        put = await control("PutProvisionedConcurrencyConfig", **here, ProvisionedConcurrentExecutions=1)
        assert (put["Status"], put["RequestedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 1)
        async with asyncio.timeout(30):
            while (  # noqa: ASYNC110 - clients of AWS poll
                found := await control("GetProvisionedConcurrencyConfig", **here)
            )["Status"] == "IN_PROGRESS":
                await asyncio.sleep(0.01)
        assert (found["Status"], found["AvailableProvisionedConcurrentExecutions"]) == ("READY", 1)
        invoked = await control.invoke({}, Qualifier="live")
        assert invoked["init"] == "provisioned-concurrency"
        (measured,) = await until(lambda: control.measured)
        assert (measured.provisioned, measured.busy, measured.allocated) == (True, 1, 1)
        listed = await control("ListProvisionedConcurrencyConfigs", FunctionName="items")
        assert [each["FunctionArn"] for each in listed["ProvisionedConcurrencyConfigs"]] == [f"{ARN}:live"]
        twice = await control.refused(
            "PutProvisionedConcurrencyConfig", FunctionName="items", Qualifier="1", ProvisionedConcurrentExecutions=1
        )
        assert "already Provisioned version" in twice[1]
        await control("DeleteProvisionedConcurrencyConfig", **here)
        gone = await control.refused("GetProvisionedConcurrencyConfig", **here)
        assert gone[0] == "ProvisionedConcurrencyConfigNotFoundException"
        assert (await control.invoke({}, Qualifier="live"))["init"] == "on-demand"

    play(tmp_path, story)


def test_a_provisioned_sandbox_that_dies_is_replaced(tmp_path: Path) -> None:
    """As many as were asked for are kept ready."""

    async def story(control: Control) -> None:
        await control.control.deploy("live", 1)
        invoked = control.control.invoked("live")
        assert (await invoked.invoke(b'{"exit": true}')).outcome.name != "OK"
        for count in (0, 1):
            await control.until_available(count)
        assert json.loads((await invoked.invoke(b"{}")).payload)["init"] == "provisioned-concurrency"

    play(tmp_path, story)


def test_a_version_that_no_alias_shows_rests(tmp_path: Path) -> None:
    """Its processes end with what they do; by its number it is still invoked, in a new sandbox."""

    async def story(control: Control) -> None:
        await control.control.deploy("live", 0)
        invoked = control.control.invoked("live")
        running = asyncio.create_task(invoked.invoke(b'{"sleep": 0.3}'))
        await asyncio.sleep(0.2)
        await control("UpdateFunctionConfiguration", FunctionName="items", MemorySize=256)
        await control.updated()
        await control.control.deploy("live", 0)
        assert json.loads((await running).payload)["version"] == "1"
        assert json.loads((await invoked.invoke(b"{}")).payload)["version"] == "2"
        assert (await control.invoke({}, Qualifier="1"))["version"] == "1"

    play(tmp_path, story)


def test_what_provisioned_concurrency_refuses(tmp_path: Path) -> None:
    """$LATEST has none; more than the reserved concurrency is too much."""

    async def story(control: Control) -> None:
        put = "PutProvisionedConcurrencyConfig"
        latest = {"FunctionName": "items", "Qualifier": "$LATEST", "ProvisionedConcurrentExecutions": 1}
        assert (await control.refused(put, **latest))[1] == (
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
        await control("PublishVersion", FunctionName="items")
        too_many = {"FunctionName": "items", "Qualifier": "1", "ProvisionedConcurrentExecutions": 4}
        assert (await control.refused(put, **too_many))[1] == (
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
        )

    play(tmp_path, story, reserved_concurrency=3)


def test_how_many_can_be_provisioned(tmp_path: Path) -> None:
    """Those of all versions and aliases together, against what is reserved; without a reserve 100 here."""

    async def story(control: Control) -> None:
        await control.publish(256, 512)
        put = "PutProvisionedConcurrencyConfig"
        many = {"FunctionName": "items", "Qualifier": "1", "ProvisionedConcurrentExecutions": 101}
        code, message, _ = await control.refused(put, **many)
        assert (code, message.startswith("lambda: more than 100 provisioned")) == ("NotSupportedOnTheLaptop", True)
        await control("PutFunctionConcurrency", FunctionName="items", ReservedConcurrentExecutions=3)
        await control(put, FunctionName="items", Qualifier="1", ProvisionedConcurrentExecutions=2)
        second = {"FunctionName": "items", "Qualifier": "2", "ProvisionedConcurrentExecutions": 2}
        assert (await control.refused(put, **second))[0] == "InvalidParameterValueException"

    play(tmp_path, story)


def test_reserved_concurrency_is_over_all_versions(tmp_path: Path) -> None:
    """What runs in a version counts for the function."""

    async def story(control: Control) -> None:
        await control("PublishVersion", FunctionName="items")
        assert (await control.invoke({}, Qualifier="1"))["version"] == "1"
        await control("PutFunctionConcurrency", FunctionName="items", ReservedConcurrentExecutions=0)
        with pytest.raises(AwsError, match="Rate Exceeded"):
            await control.invoke({}, Qualifier="1")

    play(tmp_path, story, reserved_concurrency=1)
