"""PURE: what a soak has to have left behind, and what it hasn't."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from load_tests.made import Made
from load_tests.memory import Growth, Sample, growth
from load_tests.outcome import Outcome

SHOWN = 5
"""How many ids a finding names: enough to look one up."""
LEAST_RATE = 0.9
"""Of the requests a second that were asked for: less would be another soak. A tenth is its gentle start and its end."""
GATEWAY, SERVICE, FUNCTION = "AWS::ApiGateway::Stage", "AWS::Lambda", "AWS::Lambda::Function"
"""The segments of a whole trace, by their origin; in the function's is what the application sent itself, ..."""
LAMBDAS_OWN = frozenset({"Initialization", "Invocation", "Overhead"})
"""... beside these of Lambda (AWS page "Visualize Lambda function invocations using AWS X-Ray")."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """What was made, and what was then found: correlation ids of wide lines (one for each line), ids of traces, the
    documents of a sample of them, and memory samples by process.
    """

    seconds: float
    rate: float
    made: Sequence[Made]
    lines: Sequence[str]
    trace_ids: Collection[str]
    traces: Mapping[str, Sequence[Mapping[str, Any]]]
    memory: Mapping[str, Sequence[Sample]]
    watched_s: float


def findings(soaked: Soaked) -> list[str]:
    """What is wrong, a sentence each; nothing if the soak held."""
    return [
        *_rate(soaked),
        *_wrong_answers(soaked.made),
        *_lines(soaked.made, soaked.lines),
        *_traces(soaked.made, soaked.trace_ids),
        *_pieces(soaked.traces),
        *_memory(growths(soaked)),
    ]


def growths(soaked: Soaked) -> list[Growth]:
    """Of the processes that were there long enough to be judged."""
    found = (growth(process, samples, soaked.watched_s) for process, samples in sorted(soaked.memory.items()))
    return [one for one in found if one is not None]


def missing_lines(made: Iterable[Made], lines: Iterable[str]) -> set[str]:
    """Correlation ids of requests that the service answered and that have no line."""
    return {one.correlation_id for one in made if one.handler_ms is not None} - set(lines)


def missing_traces(made: Iterable[Made], trace_ids: Collection[str]) -> set[str]:
    """Ids of sampled traces that are not there."""
    return {one.trace_id for one in made if one.trace_id is not None and one.sampled} - set(trace_ids)


def _rate(soaked: Soaked) -> list[str]:
    reached = len(soaked.made) / soaked.seconds
    if reached >= soaked.rate * LEAST_RATE:
        return []
    return [f"{reached:.0f} requests/s were made of the {soaked.rate:g} that were asked for: too little of a soak"]


def _wrong_answers(made: Iterable[Made]) -> list[str]:
    wrong = Counter((one.status, one.method, one.route) for one in made if one.outcome is Outcome.WRONG)
    return [
        f"{count} times {status or 'no answer'} to {method} {route}, which nobody asked for"
        for (status, method, route), count in sorted(wrong.items())
    ]


def _lines(made: Sequence[Made], lines: Sequence[str]) -> list[str]:
    lost = missing_lines(made, lines)
    twice = {correlation_id for correlation_id, count in Counter(lines).items() if count > 1}
    return [*_named("requests have no wide line", lost), *_named("requests have more than one wide line", twice)]


def _traces(made: Sequence[Made], trace_ids: Collection[str]) -> list[str]:
    return _named("sampled traces are not there", missing_traces(made, trace_ids))


def _pieces(traces: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    broken = {trace_id for trace_id, documents in traces.items() if not _is_whole(documents)}
    return _named(f"of {len(traces)} traces that were read lack a segment", broken)


def _is_whole(documents: Sequence[Mapping[str, Any]]) -> bool:
    by_origin = {document.get("origin"): document for document in documents}
    inside = {below.get("name") for below in by_origin.get(FUNCTION, {}).get("subsegments", ())}
    return {GATEWAY, SERVICE, FUNCTION} <= by_origin.keys() and bool(inside - LAMBDAS_OWN)


def _memory(found: Sequence[Growth]) -> list[str]:
    return [
        f"{one.process} grew by {one.mb:.1f} MB ({one.mb_per_hour:.0f} MB/h) at {one.typical_mb:.0f} MB; "
        f"up to {one.room_mb:.1f} MB is noise"
        for one in found
        if not one.flat
    ]


def _named(what: str, ids: Collection[str]) -> list[str]:
    if not ids:
        return []
    shown = ", ".join(sorted(ids)[:SHOWN])
    return [f"{len(ids)} {what}: {shown}{', ...' if len(ids) > SHOWN else ''}"]
