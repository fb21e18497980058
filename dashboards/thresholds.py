"""What is watched of the service itself, from which value on, and why. PURE data; each alarm's section in
docs/runbook.md has its name. What is watched of AWS's services stands in aws_thresholds.py.

There is no alarm on what can't move: this service never answers 429 itself, so Throttles is shown and not watched.
"""

from __future__ import annotations

from dashboards import platform
from dashboards.alarms import Alarm, Missing, Severity
from dashboards.measures import formula, percentile, samples, total
from observability import catalogue
from observability.catalogue import Unit

_NO_REQUESTS = "no requests, no harm: `silence` and `no-traffic` watch for their absence"

FAULT_RATE = Alarm(
    name="fault-rate",
    severity=Severity.PAGE,
    measure=formula(
        "100 * faults / requests",
        Unit.PERCENT,
        "faults, % of requests",
        faults=total(catalogue.FAULTS),
        requests=total(catalogue.REQUESTS),
    ),
    above=5,
    unit=Unit.PERCENT,
    period_s=60,
    of=(3, 5),
    because="More than 5 % of requests fail, 50 times what the objective allows: faster than any burn rate tells, and"
    " soon enough to take a deployment back.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
    rolls_back=True,
)
LATENCY = Alarm(
    name="latency",
    severity=Severity.TICKET,
    measure=percentile(99, catalogue.LATENCY, "p99"),
    above=2_000,
    unit=Unit.MILLISECONDS,
    period_s=60,
    of=(3, 5),
    because="One request in a hundred takes more than 2 s: twice a cold start, so starts alone don't reach it.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
    rolls_back=True,
)
NEAR_TIMEOUTS = Alarm(
    name="near-timeouts",
    severity=Severity.TICKET,
    measure=total(catalogue.NEAR_TIMEOUTS, "near timeouts"),
    above=0,
    unit=Unit.COUNT,
    period_s=300,
    of=(1, 1),
    because="A request hung until Lambda was about to kill it. Its line says where: one is worth a look.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
)
COLD_STARTS = Alarm(
    name="cold-starts",
    severity=Severity.TICKET,
    measure=formula(
        "IF(requests >= 100, 100 * colds / requests, 0)",
        Unit.PERCENT,
        "cold starts, % of requests",
        colds=total(catalogue.COLD_STARTS),
        requests=total(catalogue.REQUESTS),
    ),
    above=5,
    unit=Unit.PERCENT,
    period_s=900,
    of=(2, 2),
    because="More than 5 % of requests wait for a start, five times what the latency objective leaves room for. Under"
    " 100 requests in a quarter of an hour starts are the rule, and it is silent.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
)
TELEMETRY_FAILURES = Alarm(
    name="telemetry-failures",
    severity=Severity.TICKET,
    measure=total(catalogue.TELEMETRY_FAILURES, "telemetry failures"),
    above=0,
    unit=Unit.COUNT,
    period_s=300,
    of=(3, 3),
    because="Telemetry was lost or repaired for a quarter of an hour: what the other graphs show is not all of it.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
)
SILENCE = Alarm(
    name="silence",
    severity=Severity.PAGE,
    measure=formula(
        # A missing term counts as 0 here: no lines at all are 0 %, no requests at the API no datapoint. What the API
        # itself refused never was the service's to tell; a 4XX of the service counts twice, and hides nothing.
        "100 * (lines + refused) / calls",
        Unit.PERCENT,
        "% of the API's requests that left a line, or a 4XX",
        lines=total(catalogue.REQUESTS),
        refused=total(platform.API_4XX, Stage="${Stage}"),
        calls=samples(platform.API_COUNT, Stage="${Stage}"),
    ),
    below=50,
    unit=Unit.PERCENT,
    period_s=300,
    of=(3, 3),
    because="The API gets requests, and fewer than half leave a line or a 4XX: they don't reach the service, or it"
    " can't tell. Every other alarm on the service is blind then.",
    missing=Missing.NOT_BREACHING,
    missing_because="without requests at the API there is nothing to be silent about",
)
NO_TRAFFIC = Alarm(
    name="no-traffic",
    severity=Severity.PAGE,
    measure=total(catalogue.REQUESTS, "requests"),
    below=1,
    unit=Unit.COUNT,
    period_s=300,
    of=(3, 3),
    because="Not one request in a quarter of an hour, where there should be some: DNS, a certificate, whoever calls.",
    missing=Missing.BREACHING,
    missing_because="no data is the very thing it is to tell",
    only_if="ExpectsTraffic",
)

ALL: tuple[Alarm, ...] = (FAULT_RATE, LATENCY, NEAR_TIMEOUTS, COLD_STARTS, TELEMETRY_FAILURES, SILENCE, NO_TRAFFIC)
