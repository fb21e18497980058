"""PURE: whether the answers and Lambda's reports name the same cold starts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from load_tests.report_line import Report


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Trace ids of cold starts: those that both name, that only the answers do, that only the reports do.

    `unknown`: cold reports without a trace, which belong to nobody that we know of.
    """

    both: frozenset[str]
    only_answers: frozenset[str]
    only_reports: frozenset[str]
    unknown: int

    @property
    def agrees(self) -> bool:
        return not (self.only_answers or self.only_reports)


def confirm(cold: Collection[str], made: Collection[str], reports: Iterable[Report]) -> Confirmation:
    """`cold`: the traces whose answers said so; `made`: all of the run's; both sampled ones only. Other people's cold
    starts are not ours to judge.
    """
    told = [report for report in reports if report.init_ms is not None]
    reported = {report.trace_id for report in told if report.trace_id in made} - {None}
    named = frozenset(trace_id for trace_id in reported if trace_id is not None)
    return Confirmation(
        both=named & frozenset(cold),
        only_answers=frozenset(cold) - named,
        only_reports=named - frozenset(cold),
        unknown=sum(report.trace_id is None for report in told),
    )


def sentences(found: Confirmation, unsampled: int) -> list[str]:
    """What a person is told of it. `unsampled`: cold starts whose traces X-Ray was not to keep."""
    said = [f"{len(found.both)} cold starts by their answers, and REPORT lines with an init duration confirm them"]
    said += [f"REPORT has no init duration for {trace_id}, whose answer has" for trace_id in sorted(found.only_answers)]
    said += [
        f"REPORT has an init duration for {trace_id}, whose answer hasn't" for trace_id in sorted(found.only_reports)
    ]
    if found.unknown:
        said.append(f"{found.unknown} cold starts whose REPORT names no trace: nobody knows whose they were")
    if unsampled:
        said.append(f"{unsampled} cold starts whose traces were not sampled: their REPORT is not looked for")
    return said
