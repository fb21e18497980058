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


def join(
    answers: Sequence[Answer], reports: Mapping[str, Report], lines: Mapping[str, WideLine]
) -> tuple[list[Observation], int]:
    """The observations, and how many requests reached the function and have no REPORT yet.

    Where no line tells which invocation an answer's was, its route and its REPORT stay apart: reports that no line
    claims are observations of their own if no answer has one.
    """
    claimed: set[str] = set()
    found, missing = [], 0
    for answer in answers:
        line = lines.get(answer.gateway_id)
        report = reports.get(line.request_id) if line else None
        if report is not None:
            claimed.add(report.request_id)
        elif line is not None:
            missing += 1
        found.append(_observation(answer, line, report))
    if not claimed:
        found = _unlined(answers, found, reports.values())
        missing = max(0, sum(_reached(answer) for answer in answers) - len(reports))
    return found, missing


def _unlined(answers: Sequence[Answer], found: list[Observation], reports: Iterable[Report]) -> list[Observation]:
    """A service without wide lines: reports in the order they came in, answers that reached it in theirs."""
    ours = iter(sorted(range(len(answers)), key=lambda at: answers[at].at_s + answers[at].client_ms / 1000))
    for report in reports:
        at = next((at for at in ours if _reached(answers[at])), None)
        if at is None:
            break
        found[at] = _observation(answers[at], None, report)
    return found


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
