"""PURE: a trace's facts -> its summary, as GetTraceSummaries answers it.

Source: the API's page of TraceSummary, and the example on AWS page "Getting data from AWS X-Ray".
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.xray.facts import Facts, Visit

_HTTP = {
    "url": "HttpURL",
    "status": "HttpStatus",
    "method": "HttpMethod",
    "user_agent": "UserAgent",
    "client_ip": "ClientIp",
}
_LISTS = (("ResourceARNs", "arn", "ARN"), ("InstanceIds", "instance", "Id"), ("AvailabilityZones", "zone", "Name"))


def summarise(facts: Facts, revision: int) -> Mapping[str, Any]:
    """`revision` counts the documents that the trace was made from. What is not known is left out: a trace in progress
    has no Duration, one without its root no ResponseTime and no EntryPoint. ResponseTimeRootCauses are never made.
    """
    entry = None if facts["entry"] is None else facts["visits"][facts["entry"]]
    visits = facts["visits"]
    return {
        "Id": facts["id"],
        "StartTime": datetime.fromtimestamp(facts["start"], UTC),
        **({} if facts["end"] is None else {"Duration": seconds(facts["end"] - facts["start"])}),
        **_root(entry),
        "HasThrottle": any(visit["throttle"] for visit in visits),
        "IsPartial": facts["partial"],
        "Annotations": _annotations(visits),
        "Users": _users(visits),
        "ServiceIds": _services(visits),
        **{name: [{key: value} for value in _distinct(visits, member)] for name, member, key in _LISTS},
        "FaultRootCauses": facts["faults"],
        "ErrorRootCauses": facts["errors"],
        "Revision": revision,
    }


def service_id(visit: Visit) -> dict[str, Any]:
    """In the shape of the API's ServiceId."""
    return identity(visit["name"], visit["type"], visit["account"])


def identity(name: str, kind: str | None, account: str | None) -> dict[str, Any]:
    """A ServiceId, and what a Service begins with."""
    known = {"AccountId": account, "Type": kind}
    return {"Name": name, "Names": [name], **{member: value for member, value in known.items() if value is not None}}


def seconds(length: float) -> float:
    """To the microsecond: what is beyond is the noise of subtracting two times since the epoch."""
    return round(length, 6)


def _root(entry: Visit | None) -> dict[str, Any]:
    if entry is None:
        return {"HasFault": False, "HasError": False, "Http": {}}
    return {
        **({} if entry["end"] is None else {"ResponseTime": seconds(entry["end"] - entry["start"])}),
        "HasFault": entry["fault"],
        "HasError": entry["error"],
        "Http": {_HTTP[member]: value for member, value in entry["http"].items()},
        "EntryPoint": service_id(entry),
    }


def _annotations(visits: Iterable[Visit]) -> dict[str, list[dict[str, Any]]]:
    """Each key's values, each with the services that gave it."""
    values: dict[str, dict[tuple[type, Any], list[Visit]]] = {}
    for visit in visits:
        for key, given in visit["annotations"].items():
            for value in given:
                values.setdefault(key, {}).setdefault((type(value), value), []).append(visit)
    return {
        key: [{"AnnotationValue": _value(value), "ServiceIds": _services(by)} for (_, value), by in given.items()]
        for key, given in values.items()
    }


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BooleanValue": value}
    return {"StringValue": value} if isinstance(value, str) else {"NumberValue": float(value)}


def _users(visits: Iterable[Visit]) -> list[dict[str, Any]]:
    users: dict[str, list[Visit]] = {}
    for visit in visits:
        if visit["user"] is not None:
            users.setdefault(visit["user"], []).append(visit)
    return [{"UserName": name, "ServiceIds": _services(of)} for name, of in users.items()]


def _services(visits: Iterable[Visit]) -> list[dict[str, Any]]:
    return [service_id(visit) for visit in {(v["name"], v["type"], v["account"]): v for v in visits}.values()]


def _distinct(visits: Iterable[Visit], member: str) -> list[str]:
    return list(dict.fromkeys(value for visit in visits if (value := visit.get(member)) is not None))  # type: ignore[misc]
