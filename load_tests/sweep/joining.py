"""PURE: what the client saw of each request, joined with what Lambda reported of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from load_tests.observation import Observation, Outcome, Phase
from load_tests.sweep.log_records import Report, WideLine

THROTTLED, SERVER_ERROR, GATEWAY_TIMEOUT = 429, 500, 504


@dataclass(frozen=True, slots=True)
class Answer:
    """A request as its client saw it. `status` 0: no answer. `gateway_id` is API Gateway's request id, or empty."""

    phase: Phase
    at_s: float
    client_ms: float
    status: int
    gateway_id: str
    route: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """`missing`: how many requests reached the function and have no REPORT yet. `sizes`: MB, as the REPORTs say."""

    observations: list[Observation]
    missing: int
    sizes: frozenset[int]


def join(answers: Sequence[Answer], reports: Mapping[str, Report], lines: Mapping[str, WideLine]) -> Joined:
    """Where no line tells which invocation any answer's was, reports go to the answers in the order they came in."""
    known = [lines.get(answer.gateway_id) for answer in answers]
    own = [reports.get(line.request_id) if line else None for line in known]
    missing = sum(line is not None and report is None for line, report in zip(known, own, strict=True))
    if not any(own):
        own = _in_order(answers, reports.values())
        missing = max(0, sum(map(_reached, answers)) - len(reports))
    found = [_observation(*each) for each in zip(answers, known, own, strict=True)]
    return Joined(found, missing, frozenset(report.memory_mb for report in own if report))


def _in_order(answers: Sequence[Answer], reports: Iterable[Report]) -> list[Report | None]:
    """For a service without wide lines: to the answers that reached it, by when they came back."""
    ended = sorted(range(len(answers)), key=lambda at: answers[at].at_s + answers[at].client_ms / 1000)
    reached = [at for at in ended if _reached(answers[at])]
    given = dict(zip(reached, reports, strict=False))
    return [given.get(at) for at in range(len(answers))]


def _observation(answer: Answer, line: WideLine | None, report: Report | None) -> Observation:
    return Observation(
        phase=answer.phase,
        outcome=_outcome(answer, line, report),
        route=line.route if line else answer.route,
        at_s=round(answer.at_s, 3),
        client_ms=round(answer.client_ms, 3),
        status=answer.status or None,
        duration_ms=report.duration_ms if report else None,
        billed_ms=report.billed_ms if report else None,
        init_ms=report.init_ms if report else None,
        used_mb=report.used_mb if report else None,
    )


def _outcome(answer: Answer, line: WideLine | None, report: Report | None) -> Outcome:
    if (report is not None and report.status == "timeout") or (answer.status == GATEWAY_TIMEOUT):
        return Outcome.TIMEOUT
    if report is not None and report.status != "success":
        return Outcome.FAULT
    if answer.status == THROTTLED and line is None and report is None:
        return Outcome.THROTTLED
    if not answer.status:
        return Outcome.LOST
    return Outcome.FAULT if answer.status >= SERVER_ERROR else Outcome.ANSWERED


def _reached(answer: Answer) -> bool:
    return bool(answer.status) and answer.status != THROTTLED
