"""PURE: where a request's time went."""

from collections.abc import Iterable, Mapping
from typing import Any

from load_tests.made import Made

STAGE, SERVICE = "AWS::ApiGateway::Stage", "AWS::Lambda"


def told_parts(made: Made) -> dict[str, float]:
    """Milliseconds by part, as far as the answer itself tells. Nothing where the service did not answer."""
    if made.handler_ms is None:
        return {}
    init_ms = made.init_ms or 0.0
    known = {"init": made.init_ms} if made.init_ms is not None else {}
    return {**known, "handler": made.handler_ms, "around it": _left(made.ms, init_ms, made.handler_ms)}


def traced_parts(made: Made, documents: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """What `around it` was made of, by the trace's segment documents: Lambda, the gateway, and the network with the
    client in it. Nothing where the trace lacks the gateway's segment or Lambda's (an HTTP API writes none).
    """
    lengths = {document.get("origin"): _length_ms(document) for document in documents}
    stage, service = lengths.get(STAGE), lengths.get(SERVICE)
    if made.handler_ms is None or stage is None or service is None:
        return {}
    return {
        "Lambda": _left(service, made.init_ms or 0.0, made.handler_ms),
        "gateway": _left(stage, service),
        "network": _left(made.ms, stage),
    }


def _left(whole: float, *parts: float) -> float:
    """Of several clocks and roundings: what comes out below nothing is nothing."""
    return max(0.0, whole - sum(parts))


def _length_ms(document: Mapping[str, Any]) -> float | None:
    start, end = document.get("start_time"), document.get("end_time")
    return None if start is None or end is None else (end - start) * 1000
