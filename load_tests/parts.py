"""PURE: where a request's time went."""

from collections.abc import Iterable, Mapping
from typing import Any

from load_tests.made import Made

STAGE = "AWS::ApiGateway::Stage"


def told_parts(made: Made) -> dict[str, float]:
    """Milliseconds by part, as far as the answer itself tells. Nothing where the service did not answer."""
    if made.handler_ms is None:
        return {}
    init_ms = made.init_ms or 0.0
    known = {"init": made.init_ms} if made.init_ms is not None else {}
    return {**known, "handler": made.handler_ms, "around it": _left(made.ms, init_ms, made.handler_ms)}


def traced_parts(made: Made, documents: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """What `around it` was made of, by the trace's segment documents: Lambda, the gateway, and the network with the
    client in it. Nothing where the gateway left no segment of the request (an HTTP API leaves none).

    The gateway's segment has a subsegment that is as long as it waited for Lambda. Lambda's own segments may be longer:
    a sandbox still tidies up when the answer is out.
    """
    stage = next((document for document in documents if document.get("origin") == STAGE), {})
    whole = _length_ms(stage)
    waits = [length for one in stage.get("subsegments", ()) if (length := _length_ms(one)) is not None]
    if made.handler_ms is None or whole is None or not waits:
        return {}
    return {
        "Lambda": _left(sum(waits), made.init_ms or 0.0, made.handler_ms),
        "gateway": _left(whole, *waits),
        "network": _left(made.ms, whole),
    }


def _left(whole: float, *parts: float) -> float:
    """Of several clocks and roundings: what comes out below nothing is nothing."""
    return max(0.0, whole - sum(parts))


def _length_ms(document: Mapping[str, Any]) -> float | None:
    start, end = document.get("start_time"), document.get("end_time")
    return None if start is None or end is None else (end - start) * 1000
