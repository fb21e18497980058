"""What is watched of AWS's services, from which value on, and why. PURE data; each alarm's section in docs/runbook.md
has its name.

Mangum answers every exception with a 500, so AWS/Lambda Errors moves for what kills the invocation alone (timeouts,
crashes, failed starts); a fault of the code is in the service's own Faults (thresholds.py).
"""

from __future__ import annotations

from dashboards import filters, platform
from dashboards.alarms import Alarm, Missing, Severity
from dashboards.measures import formula, most, percentile, rate, total
from observability.catalogue import Unit

_NO_REQUESTS = "no requests, no harm: `silence` and `no-traffic` watch for their absence"
_ALWAYS_IGNORED = "alarms on AWS/DynamoDB stay as they are without data, whatever they are told (PutMetricAlarm)"

API_5XX = Alarm(
    name="api-5xx",
    severity=Severity.PAGE,
    measure=formula(
        "100 * errors", Unit.PERCENT, "5XX, % of the API's requests", errors=rate(platform.API_5XX, Stage="${Stage}")
    ),
    above=5,
    unit=Unit.PERCENT,
    period_s=60,
    of=(3, 5),
    because="More than 5 % of the API's answers are 5XX: it counts what the service can't, such as Lambda's throttles,"
    " timeouts and a missing permission.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
    rolls_back=True,
)
LAMBDA_ERRORS = Alarm(
    name="lambda-errors",
    severity=Severity.PAGE,
    measure=total(platform.FUNCTION_ERRORS, "errors"),
    above=0,
    unit=Unit.COUNT,
    period_s=60,
    of=(2, 5),
    because="Invocations die (timeout, out of memory, crash, failed start): no exception of the code gets here, Mangum"
    " answers those with 500. One may be chance; two minutes of five are not.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
    rolls_back=True,
)
LAMBDA_THROTTLES = Alarm(
    name="lambda-throttles",
    severity=Severity.PAGE,
    measure=total(platform.FUNCTION_THROTTLES, "throttles"),
    above=0,
    unit=Unit.COUNT,
    period_s=60,
    of=(2, 5),
    because="Lambda turns requests away for want of concurrency, and their clients get a 5XX. A burst ends within a"
    " minute; two of five are no burst.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
)
CONCURRENCY = Alarm(
    name="concurrency",
    severity=Severity.TICKET,
    measure=formula(
        "100 * sandboxes / ${ReservedConcurrency}",
        Unit.PERCENT,
        "% of the reserve in use",
        sandboxes=most(platform.CONCURRENT_EXECUTIONS),
    ),
    above=80,
    unit=Unit.PERCENT,
    period_s=60,
    of=(3, 5),
    because="More than 80 % of the reserved concurrency is in use: the next burst is throttled.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
    only_if="HasReserve",
)
DURATION = Alarm(
    name="duration",
    severity=Severity.TICKET,
    measure=formula(
        "duration / 10 / ${TimeoutSeconds}",  # 100 * ms / (1000 * s)
        Unit.PERCENT,
        "p99 of Duration, % of the timeout",
        duration=percentile(99, platform.DURATION),
    ),
    above=80,
    unit=Unit.PERCENT,
    period_s=300,
    of=(2, 3),
    because="One invocation in a hundred needs more than 80 % of its timeout: a little slower, and they are killed.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
)
MEMORY = Alarm(
    name="memory",
    severity=Severity.TICKET,
    measure=formula(
        "100 * peak / ${MemorySize}", Unit.PERCENT, "peak, % of the memory", peak=most(filters.PEAK_MEMORY)
    ),
    above=90,
    unit=Unit.PERCENT,
    period_s=300,
    of=(3, 3),
    because="A sandbox held more than 90 % of its memory: what goes over is killed in the middle of its request.",
    missing=Missing.NOT_BREACHING,
    missing_because=_NO_REQUESTS,
)
TABLE_THROTTLES = Alarm(
    name="table-throttles",
    severity=Severity.PAGE,
    measure=formula(
        # Consumption is there whenever the table is used; without it there would be no 0 to end the alarm.
        "reads + writes + index_reads + index_writes + 0 * (read + written)",
        Unit.COUNT,
        "throttled",
        reads=total(platform.READ_THROTTLES),
        writes=total(platform.WRITE_THROTTLES),
        index_reads=total(platform.READ_THROTTLES, GlobalSecondaryIndexName="listing"),
        index_writes=total(platform.WRITE_THROTTLES, GlobalSecondaryIndexName="listing"),
        read=total(platform.CONSUMED_READS),
        written=total(platform.CONSUMED_WRITES),
    ),
    above=10,
    unit=Unit.COUNT,
    period_s=60,
    of=(3, 5),
    because="DynamoDB turns calls away: on demand, that is a hot key or growth beyond twice the last peak. boto3 tries"
    " again, so a few do no harm.",
    missing=Missing.IGNORE,
    missing_because=_ALWAYS_IGNORED,
)
TABLE_ERRORS = Alarm(
    name="table-errors",
    severity=Severity.TICKET,
    measure=formula(
        "gets + puts + updates + deletes + queries + 0 * (read + written)",
        Unit.COUNT,
        "system errors",
        gets=total(platform.TABLE_ERRORS, Operation="GetItem"),
        puts=total(platform.TABLE_ERRORS, Operation="PutItem"),
        updates=total(platform.TABLE_ERRORS, Operation="UpdateItem"),
        deletes=total(platform.TABLE_ERRORS, Operation="DeleteItem"),
        queries=total(platform.TABLE_ERRORS, Operation="Query"),
        read=total(platform.CONSUMED_READS),
        written=total(platform.CONSUMED_WRITES),
    ),
    above=5,
    unit=Unit.COUNT,
    period_s=60,
    of=(3, 5),
    because="DynamoDB itself fails (HTTP 500). boto3 tries again, so a few a minute do no harm.",
    missing=Missing.IGNORE,
    missing_because=_ALWAYS_IGNORED,
)
EMF_ERRORS = Alarm(
    name="emf-errors",
    severity=Severity.TICKET,
    measure=formula(
        "parsing + validation",
        Unit.NONE,
        "EMF errors",
        parsing=total(platform.EMF_PARSING_ERRORS),
        validation=total(platform.EMF_VALIDATION_ERRORS),
    ),
    above=0,
    unit=Unit.NONE,
    period_s=300,
    of=(1, 1),
    because="CloudWatch could not make metrics of a line: alarms are blind to that request, and to all like it.",
    missing=Missing.NOT_BREACHING,
    missing_because="the metric is there only when something happened",
)
LOG_VOLUME = Alarm(
    name="log-volume",
    severity=Severity.TICKET,
    measure=total(platform.INCOMING_BYTES, "bytes an hour"),
    above=1_000_000_000,
    unit=Unit.BYTES,
    period_s=3_600,
    of=(2, 2),
    because="More than 1 GB of logs an hour, $12 a day at $0.50 a GB: some 500,000 wide lines, or a logger gone wild.",
    missing=Missing.NOT_BREACHING,
    missing_because="no lines cost nothing",
)
ALL: tuple[Alarm, ...] = (
    API_5XX,
    LAMBDA_ERRORS,
    LAMBDA_THROTTLES,
    CONCURRENCY,
    DURATION,
    MEMORY,
    TABLE_THROTTLES,
    TABLE_ERRORS,
    EMF_ERRORS,
    LOG_VOLUME,
)
