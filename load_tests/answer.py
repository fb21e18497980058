"""PURE: what an answer's own headers tell of it: its trace, and where the time went."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_METRIC = re.compile(r"""\s*(?P<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*(?P<parameters>(?:;[^,]*)?)""")
_DURATION = re.compile(r""";\s*dur\s*=\s*"?(?P<ms>\d+(?:\.\d+)?)"?""")
TRACE_ID = "1-[0-9a-f]{8}-[0-9a-f]{24}"
"""The pattern of an X-Ray trace id."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`handler_ms`: the application's own time; None where the answer is not the application's (a gateway's 429).
    `init_ms`: how long the process took to be ready; only an answer that had to wait for one has it: a cold start.
    """

    trace_id: str | None = None
    sampled: bool = False
    handler_ms: float | None = None
    init_ms: float | None = None

    @property
    def cold(self) -> bool:
        return self.init_ms is not None


def read_answer(headers: Mapping[str, str]) -> Answer:
    """`headers` by lower-case name. What is missing or no such thing is None: a load test meets broken answers too.

    Server-Timing is W3C's "Server Timing"; X-Amzn-Trace-Id is of the AWS page "X-Ray concepts", "Tracing header".
    """
    timings = read_server_timing(headers.get("server-timing", ""))
    trace = dict(part.strip().partition("=")[::2] for part in headers.get("x-amzn-trace-id", "").split(";"))
    root = trace.get("Root", "")
    return Answer(
        trace_id=root if re.fullmatch(TRACE_ID, root) else None,
        sampled=trace.get("Sampled") == "1",
        handler_ms=timings.get("app"),
        init_ms=timings.get("init"),
    )


def read_server_timing(text: str) -> dict[str, float]:
    """Milliseconds by metric. Metrics without a duration are left out; of two of one name the first counts."""
    found: dict[str, float] = {}
    for part in text.split(","):
        metric = _METRIC.fullmatch(part)
        duration = metric and _DURATION.search(metric["parameters"])
        if metric and duration:
            found.setdefault(metric["name"], float(duration["ms"]))
    return found
