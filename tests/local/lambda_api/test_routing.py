"""Aliases that two versions share, with a function that really runs.

Expectations are those of the AWS page "Implement Lambda canary deployments using a weighted alias", here "the page",
and of the API reference.
"""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.errors import AwsError
from tests.local.lambda_api.controlled import ARN, Control, play
from tests.local.lambda_runtime.stage import until

ALIAS = {"FunctionName": "items", "Name": "live"}
INVALID = "InvalidParameterValueException"


def shared(weights: Mapping[str, Any]) -> dict[str, Any]:
    return {"AdditionalVersionWeights": dict(weights)}


def chances(*numbers: float) -> Callable[[], float]:
    """Those numbers, and no more than are asked for."""
    rest = iter(numbers)
    return lambda: next(rest)


def test_an_alias_is_shared_by_weight(tmp_path: Path) -> None:
    """The page: "Version 2 of the function receives 3 percent of the traffic. The remaining 97 percent of traffic is
    routed to version 1." The answer, START and the log stream name the version that ran; the ARN is the alias's.
    """

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        created = await control("CreateAlias", **ALIAS, FunctionVersion="1", RoutingConfig=shared({"2": 0.03}))
        assert created["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.03}}
        for version in ("2", "2", "1", "1"):
            answer = await control("Invoke", FunctionName="items:live", Payload=b"{}", LogType="Tail")
            found = json.loads(answer["Payload"])
            assert (answer["ExecutedVersion"], found["version"], found["arn"]) == (version, version, f"{ARN}:live")
            assert f"/[{version}]" in found["stream"]
            start = base64.b64decode(answer["LogResult"]).decode().splitlines()[0]
            assert start.endswith(f" Version: {version}")
        invoked = control.control.invoked("live")
        assert [(await invoked.invoke(b"{}")).version for _ in range(2)] == ["2", "1"]
        assert [(await control.invoke({}, Qualifier=number))["version"] for number in ("1", "2")] == ["1", "2"]
        shown = await control("GetFunctionConfiguration", FunctionName="items", Qualifier="live")
        assert (shown["Version"], shown["MemorySize"]) == ("1", 128)

    play(tmp_path, story, chance=chances(0.0, 0.0299, 0.03, 0.999, 0.0, 0.5))


def test_all_or_nothing(tmp_path: Path) -> None:
    """AliasRoutingConfiguration: "Valid Range: Minimum value of 0.0. Maximum value of 1.0.": both ends are weights."""

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        await control("CreateAlias", **ALIAS, FunctionVersion="1", RoutingConfig=shared({"2": 1.0}))
        assert [(await control.invoke({}, Qualifier="live"))["version"] for _ in range(2)] == ["2", "2"]
        updated = await control("UpdateAlias", **ALIAS, RoutingConfig=shared({"2": 0.0}))
        assert updated["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.0}}
        assert [(await control.invoke({}, Qualifier="live"))["version"] for _ in range(2)] == ["1", "1"]

    play(tmp_path, story, chance=chances(0.0, 0.999999, 0.0, 0.999999))


def test_what_an_update_leaves_out_stays(tmp_path: Path) -> None:
    """UpdateAlias changes what it is given. The page: an empty map "also resets the routing configuration"; without a
    map it is as empty. Each update is another RevisionId.
    """

    async def story(control: Control) -> None:
        await control.publish(128, 256, 512)
        plain = await control("CreateAlias", **ALIAS, FunctionVersion="1")
        assert "RoutingConfig" not in plain
        weighted = await control("UpdateAlias", **ALIAS, RoutingConfig=shared({"2": 0.05}))
        described = await control("UpdateAlias", **ALIAS, Description="a canary")
        moved = await control("UpdateAlias", **ALIAS, FunctionVersion="3")
        for found in (weighted, described, moved, await control("GetAlias", **ALIAS)):
            assert found["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.05}}
        assert (moved["FunctionVersion"], moved["Description"]) == ("3", "a canary")
        listed = await control("ListAliases", FunctionName="items")
        assert listed["Aliases"] == [moved]
        whole = await control("UpdateAlias", **ALIAS, FunctionVersion="2", RoutingConfig=shared({}))
        assert (whole["FunctionVersion"], "RoutingConfig" in whole) == ("2", False)
        await control("UpdateAlias", **ALIAS, RoutingConfig=shared({"1": 0.5}))
        reset = await control("UpdateAlias", **ALIAS, RoutingConfig={})
        assert "RoutingConfig" not in reset
        revisions = {found["RevisionId"] for found in (plain, weighted, described, moved, whole, reset)}
        assert len(revisions) == 6
        stale = await control.refused(
            "UpdateAlias", **ALIAS, RoutingConfig=shared({"1": 0.5}), RevisionId=moved["RevisionId"]
        )
        assert stale[0] == "PreconditionFailedException"
        assert "RoutingConfig" not in await control("GetAlias", **ALIAS)

    play(tmp_path, story)


def test_what_is_refused(tmp_path: Path) -> None:
    """The page: "a maximum of two Lambda function versions", both published: "The alias cannot point to $LATEST."

    AWS's own words are those of its answers in public issues (serverless/serverless 7250, terraform 24957 and others).
    """
    weights = "RoutingConfig.AdditionalVersionWeights"
    latest = "$LATEST is not supported for an alias pointing to more than 1 version"
    included = "Invalid function version 1. Function version 1 is already included in routing configuration."
    refused: list[tuple[str, dict[str, Any], tuple[str, str, int]]] = [
        (
            "1",
            {"2": 0.1, "3": 0.1},
            (INVALID, f"{weights}: 2 versions; Number of items in AdditionalVersionWeights", 400),
        ),
        ("1", {str(number): 0.0 for number in range(5000)}, (INVALID, f"{weights}: 5000 versions; Number of", 400)),
        ("1", {"1": 0.1}, (INVALID, f"{included} {weights} must name another one", 400)),
        ("$LATEST", {"1": 0.1}, (INVALID, f"{weights}: version 1; {latest}", 400)),
        ("1", {"9": 0.1}, ("ResourceNotFoundException", f"Function not found: {ARN}:9", 404)),
        ("1", {"02": 0.1}, ("ResourceNotFoundException", f"Function not found: {ARN}:02", 404)),
        ("9", {"1": 0.1}, ("ResourceNotFoundException", f"Function not found: {ARN}:9", 404)),
        ("1", {"2": float("nan")}, (INVALID, f"{weights}: nan of version 2; it must be from 0.0 to 1.0", 400)),
        ("1", {"2": 1.0001}, (INVALID, f"{weights}: 1.0001 of version 2; it must be from 0.0 to 1.0", 400)),
        ("1", {"2": -0.1}, (INVALID, f"{weights}: -0.1 of version 2; it must be from 0.0 to 1.0", 400)),
    ]

    async def story(control: Control) -> None:
        await control.publish(128, 256, 512)
        kept = await control("CreateAlias", FunctionName="items", Name="kept", FunctionVersion="3")
        for version, given, (code, message, status) in refused:
            for operation, name in (("CreateAlias", "live"), ("UpdateAlias", "kept")):
                where = {"FunctionName": "items", "Name": name, "FunctionVersion": version}
                found = await control.refused(operation, **where, RoutingConfig=shared(given))
                assert (found[0], found[1][: len(message)], found[2]) == (code, message, status)
                assert len(found[1]) < 300
        assert (await control("ListAliases", FunctionName="items"))["Aliases"] == [kept]

    play(tmp_path, story)


def test_the_versions_of_a_shared_alias_stay_two(tmp_path: Path) -> None:
    """A version that is moved to while it still has its weight would be there twice; the page moves it with {}."""

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        before = await control("CreateAlias", **ALIAS, FunctionVersion="1", RoutingConfig=shared({"2": 0.1}))
        for version in ("2", "$LATEST"):
            assert (await control.refused("UpdateAlias", **ALIAS, FunctionVersion=version))[0] == INVALID
        assert await control("GetAlias", **ALIAS) == before

    play(tmp_path, story)


def test_a_version_with_a_weight_is_in_use(tmp_path: Path) -> None:
    """It can't be deleted, and its sandboxes live on, until no alias invokes it any more: then they end.

    API reference, DeleteFunction: "You can't delete a version that an alias references".
    """

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        await control("CreateAlias", **ALIAS, FunctionVersion="1", RoutingConfig=shared({"2": 1.0}))
        first = (await control.invoke({}, Qualifier="live"))["pid"]
        await control("UpdateAlias", **ALIAS, Description="still shared")
        assert (await control.invoke({}, Qualifier="live"))["pid"] == first
        refused = await control.refused("DeleteFunction", FunctionName="items", Qualifier="2")
        message = "Version 2 cannot be deleted: the alias live references it"
        assert refused == ("ResourceConflictException", message, 409)
        await control("UpdateAlias", **ALIAS, RoutingConfig=shared({}))
        await until(lambda: not psutil.pid_exists(first))
        await control("UpdateAlias", **ALIAS, RoutingConfig=shared({"2": 1.0}))
        second = (await control.invoke({}, Qualifier="live"))["pid"]
        await control("DeleteAlias", **ALIAS)
        await until(lambda: not psutil.pid_exists(second))
        await control("DeleteFunction", FunctionName="items", Qualifier="2")

    play(tmp_path, story)


def test_a_deployment_ends_the_sharing(tmp_path: Path) -> None:
    """AWS page "AWS::Serverless::Function", AutoPublishAlias: the alias points at the version that was published."""

    async def story(control: Control) -> None:
        await control.control.deploy("live", 0)
        await control.publish(256)
        await control("UpdateAlias", **ALIAS, RoutingConfig=shared({"2": 1.0}))
        invoked = control.control.invoked("live")
        assert (await invoked.invoke(b"{}")).version == "2"
        await control("UpdateFunctionConfiguration", FunctionName="items", MemorySize=512)
        await control.updated()
        await control.control.deploy("live", 1)
        found = await control("GetAlias", **ALIAS)
        assert (found["FunctionVersion"], "RoutingConfig" in found) == ("3", False)
        assert json.loads((await invoked.invoke(b"{}")).payload)["init"] == "provisioned-concurrency"

    play(tmp_path, story)


def test_provisioned_concurrency_and_weights(tmp_path: Path) -> None:
    """AWS page "Configuring provisioned concurrency": "you can't manage provisioned concurrency settings on the alias
    while the routing configuration is in place". It says that routing may be added to an alias that has some, and not
    how the two versions share it: that is refused by name.
    """

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        await control("CreateAlias", **ALIAS, FunctionVersion="1", RoutingConfig=shared({"2": 0.1}))
        here = {"FunctionName": "items", "Qualifier": "live"}
        put = {**here, "ProvisionedConcurrentExecutions": 1}
        code, message, _ = await control.refused("PutProvisionedConcurrencyConfig", **put)
        assert (code, message.partition(":")[0]) == (
            INVALID,
            "Alias with weights can not be used with Provisioned Concurrency",
        )
        await control("UpdateAlias", **ALIAS, RoutingConfig={})
        await control("PutProvisionedConcurrencyConfig", **put)
        await control.until_available(1)
        code, message, _ = await control.refused("UpdateAlias", **ALIAS, RoutingConfig=shared({"2": 0.1}))
        assert code == "NotSupportedOnTheLaptop"
        assert message.startswith("lambda: RoutingConfig of the alias live, which has provisioned concurrency, is not")
        assert "RoutingConfig" not in await control("GetAlias", **ALIAS)
        await control("UpdateAlias", **ALIAS, Description="still there", RoutingConfig={})
        assert (await control.invoke({}, Qualifier="live"))["init"] == "provisioned-concurrency"

    play(tmp_path, story)


def test_each_attempt_at_an_event_is_routed(tmp_path: Path) -> None:
    """What is tried again goes to a version that the alias has by then: the canary that failed is gone."""
    gate, reached = tmp_path / "gate", tmp_path / "gate.reached"

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        await control("CreateAlias", **ALIAS, FunctionVersion="1", RoutingConfig=shared({"2": 0.5}))
        event = json.dumps({"fail": True, "gate": str(gate)}).encode()
        asked = {"FunctionName": "items:live", "InvocationType": "Event", "Payload": event}
        assert await control("Invoke", **asked) == {"StatusCode": 202}
        await until(reached.exists)
        await control("UpdateAlias", **ALIAS, RoutingConfig={})
        await control("DeleteFunction", FunctionName="items", Qualifier="2")
        gate.touch()
        await until(lambda: len(control.measured) == 3)
        assert sorted(found.executed_version for found in control.measured) == ["1", "1", "2"]

    play(tmp_path, story, chance=chances(0.1), timeout_s=60.0)


def test_what_is_measured_names_the_version(tmp_path: Path) -> None:
    """The page: "For alias invocations, Lambda uses the ExecutedVersion dimension", of whatever alias. One that was
    throttled had its version, too.
    """

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        await control("CreateAlias", **ALIAS, FunctionVersion="1", RoutingConfig=shared({"2": 0.5}))
        for qualifier in ("live", "live", "2", "$LATEST"):
            await control.invoke({}, Qualifier=qualifier)
        await control("UpdateAlias", **ALIAS, RoutingConfig={})
        await control.invoke({}, Qualifier="live")
        await control.invoke({})
        await until(lambda: len(control.measured) == 6)
        await control("PutFunctionConcurrency", FunctionName="items", ReservedConcurrentExecutions=0)
        with pytest.raises(AwsError, match="Rate Exceeded"):
            await control.invoke({}, Qualifier="live")
        assert sorted((one.resource, one.executed_version, one.throttled) for one in control.measured) == [
            ("items", "", False),
            ("items:$LATEST", "", False),
            ("items:2", "", False),
            ("items:live", "1", False),
            ("items:live", "1", False),
            ("items:live", "1", True),
            ("items:live", "2", False),
        ]

    play(tmp_path, story, chance=chances(0.1, 0.9))


def test_many_at_once(tmp_path: Path) -> None:
    """Each is decided for itself, and none comes too early for the sandboxes of the version that it gets."""

    async def story(control: Control) -> None:
        await control.publish(128, 256)
        await control("CreateAlias", **ALIAS, FunctionVersion="1", RoutingConfig=shared({"2": 0.5}))
        answers = await asyncio.gather(*(control.invoke({}, Qualifier="live") for _ in range(4)))
        assert sorted(answer["version"] for answer in answers) == ["1", "1", "1", "2"]

    play(tmp_path, story, chance=chances(0.5, 0.9, 0.1, 0.7))
