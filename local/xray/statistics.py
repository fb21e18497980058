"""PURE: requests that ended -> the counts and histograms of the API's ServiceStatistics, EdgeStatistics, Histogram.

Source: those pages of the API, and the example of a service graph on AWS page "Getting data from AWS X-Ray": each
request is counted once, as a fault, else as an error, else as ok; response times are sorted into milliseconds.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from local.xray.chosen import Times
from local.xray.columns import Kind
from local.xray.facts import Measured
from local.xray.summary import seconds


@dataclass(slots=True)
class Statistics:
    ok: int = 0
    errors: int = 0
    throttles: int = 0
    faults: int = 0
    total_s: float = 0.0
    histogram: Counter[float] = field(default_factory=Counter)

    def add(self, request: Measured) -> None:
        """One that is in progress is not counted: nobody knows how it will end."""
        if request["end"] is None:
            return
        if request["fault"]:
            self.faults += 1
        elif request["error"] or request["throttle"]:
            self.errors += 1
            self.throttles += request["throttle"]
        else:
            self.ok += 1
        length = request["end"] - request["start"]
        self.total_s += length
        self.histogram[round(length, 3)] += 1

    def add_all(self, kind: Kind, times: Times) -> None:
        """As add() does with each."""
        if not kind.has_ended:
            return
        count = len(times.starts)
        if kind.fault:
            self.faults += count
        elif kind.error or kind.throttle:
            self.errors += count
            self.throttles += count * kind.throttle
        else:
            self.ok += count
        self.total_s += times.total_s()
        self.histogram.update(times.lengths())

    def join(self, others: "Statistics") -> None:
        self.ok += others.ok
        self.errors += others.errors
        self.throttles += others.throttles
        self.faults += others.faults
        self.total_s += others.total_s
        self.histogram.update(others.histogram)

    def summary(self) -> dict[str, Any]:
        return {
            "OkCount": self.ok,
            "ErrorStatistics": {
                "ThrottleCount": self.throttles,
                "OtherCount": self.errors - self.throttles,
                "TotalCount": self.errors,
            },
            "FaultStatistics": {"OtherCount": self.faults, "TotalCount": self.faults},
            "TotalCount": self.ok + self.errors + self.faults,
            "TotalResponseTime": seconds(self.total_s),
        }


def entries(histogram: Counter[float]) -> list[dict[str, Any]]:
    """The API's Histogram."""
    return [{"Value": value, "Count": count} for value, count in sorted(histogram.items())]
