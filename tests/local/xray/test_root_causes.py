"""Where faults and errors came from (the API's pages of FaultRootCause and ErrorRootCause)."""

from typing import Any

from local.xray.facts import gather
from local.xray.tree import build

TRACE_ID = "1-5759e988-bd862e3fe1be46a994272793"
TIMES = {"start_time": 1.0, "end_time": 2.0}


def entity(number: int, name: str, **members: Any) -> dict[str, Any]:
    return {"id": f"{number:016x}", "name": name, **TIMES, **members}


def segment(number: int, name: str, parent: int | None = None, **members: Any) -> dict[str, Any]:
    above = {} if parent is None else {"parent_id": f"{parent:016x}"}
    return {**entity(number, name, **members), "trace_id": TRACE_ID, **above}


def step(name: str, *, remote: bool = False, exceptions: Any = ()) -> dict[str, Any]:
    return {"Name": name, "Exceptions": list(exceptions), "Remote": remote}


def service(name: str, *path: dict[str, Any], inferred: bool = False, **members: Any) -> dict[str, Any]:
    return {"Name": name, "Names": [name], **members, "EntityPath": list(path), "Inferred": inferred}


def test_a_path_through_services() -> None:
    """From the service that the client saw fail, through its failed call, to the exception in the last."""
    raised = {"exceptions": [{"id": "0" * 16, "type": "KeyError", "message": "k"}, {"id": "1" * 16}]}
    call = entity(2, "get_temperature", fault=True, namespace="remote")
    inner = entity(4, "deserialize", fault=True, cause=raised)
    facts = gather(
        build(
            TRACE_ID,
            [
                segment(1, "GetWeatherData", fault=True, subsegments=[entity(9, "fine"), call]),
                segment(3, "GetTemperature", 2, fault=True, aws={"account_id": "1"}, subsegments=[inner]),
            ],
        )
    )
    exceptions = [{"Name": "KeyError", "Message": "k"}, {"Name": "", "Message": ""}]
    assert facts["faults"] == [
        {
            "Services": [
                service("GetWeatherData", step("GetWeatherData"), step("get_temperature", remote=True)),
                service(
                    "GetTemperature",
                    step("GetTemperature"),
                    step("deserialize", exceptions=exceptions),
                    AccountId="1",
                ),
            ],
            "ClientImpacting": True,
        }
    ]
    assert facts["errors"] == []


def test_an_inferred_service() -> None:
    """A call to a service without a segment ends in the service that is inferred; handled, it impacts no client."""
    call = entity(2, "DynamoDB", error=True, namespace="aws", aws={"table_name": "users"})
    facts = gather(build(TRACE_ID, [segment(1, "api", subsegments=[call])]))
    assert facts["errors"] == [
        {
            "Services": [
                service("api", step("api"), step("DynamoDB", remote=True)),
                service("users", step("DynamoDB"), inferred=True, Type="AWS::DynamoDB::Table"),
            ],
            "ClientImpacting": False,
        }
    ]


def test_below_a_service_segment() -> None:
    """The function below the Lambda service is reached by the service's own id."""
    facts = gather(
        build(TRACE_ID, [segment(1, "f", fault=True), segment(2, "f", 1, fault=True, origin="AWS::Lambda::Function")])
    )
    (cause,) = facts["faults"]
    assert [one.get("Type") for one in cause["Services"]] == [None, "AWS::Lambda::Function"]


def test_two_causes() -> None:
    """Each innermost failure is a cause of its own."""
    calls = [entity(number, f"c{number}", fault=True) for number in (2, 3)]
    facts = gather(build(TRACE_ID, [segment(1, "s", fault=True, subsegments=calls)]))
    assert [cause["Services"][0]["EntityPath"][-1]["Name"] for cause in facts["faults"]] == ["c2", "c3"]


def test_segments_in_a_circle() -> None:
    """Segments that name each other as parents end the walk."""
    facts = gather(build(TRACE_ID, [segment(1, "a", 2, fault=True), segment(2, "b", 1, fault=True)]))
    assert facts["entry"] is None
    assert facts["faults"] == []
