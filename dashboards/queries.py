"""The questions that logs and traces answer: Logs Insights queries, saved under these names, and X-Ray filters. PURE.

The fields are those of the wide line (docs/telemetry.md) and of Lambda's own records (platform.report ...).
"""

from __future__ import annotations

from dashboards.saved import SavedQuery, TraceFilter

FAULTS = SavedQuery(
    name="faults",
    answers="What failed last, and why",
    query="""\
filter Faults > 0
| fields @timestamp, status, method, route, error_type, error_message, xray_trace_id, request_id
| sort @timestamp desc
| limit 50""",
)
FAULT_KINDS = SavedQuery(
    name="fault-kinds",
    answers="Which faults, on which route, how many, since when",
    query="""\
filter Faults > 0
| stats count(*) as faults, min(@timestamp) as first, max(@timestamp) as last by route, error_type
| sort faults desc
| limit 50""",
)
ROUTES = SavedQuery(
    name="routes",
    answers="Each route: requests, faults, errors, times, price",
    query="""\
filter ispresent(Requests)
| stats sum(Requests) as requests, sum(Faults) as faults, sum(Errors) as errors, pct(duration_ms, 50) as p50_ms,
 pct(duration_ms, 99) as p99_ms, avg(cpu_ms) as mean_cpu_ms, sum(cost_microdollars / 1000000) as dollars by route
| sort requests desc
| limit 100""",
)
SLOWEST = SavedQuery(
    name="slowest",
    answers="The slowest requests, and what they spent: processor, or waiting",
    query="""\
filter ispresent(Requests)
| fields @timestamp, duration_ms, cpu_ms, init_ms, cold_start, method, route, status, xray_trace_id
| sort duration_ms desc
| limit 50""",
)
NEAR_TIMEOUTS = SavedQuery(
    name="near-timeouts",
    answers="Requests that Lambda was about to kill, and where they hung",
    query="""\
filter NearTimeouts > 0
| fields @timestamp, method, route, error_message, error_stack, remaining_ms, xray_trace_id
| sort @timestamp desc
| limit 20""",
)
COLD_STARTS = SavedQuery(
    name="cold-starts",
    answers="Starts, how long they took, and of which version",
    query="""\
filter ColdStarts > 0
| stats count(*) as starts, avg(init_ms) as mean_ms, max(init_ms) as longest_ms by function_version, bin(15m)""",
)
CALLERS = SavedQuery(
    name="callers",
    answers="Who calls, and whose calls fail",
    query="""\
filter ispresent(Requests)
| stats sum(Requests) as requests, sum(Errors) as errors, sum(Faults) as faults by client_ip, user_agent, principal
| sort requests desc
| limit 50""",
)
REFUSED = SavedQuery(
    name="refused-credentials",
    answers="Credentials that were refused, and why",
    query="""\
filter ispresent(auth_refused)
| stats count(*) as refusals by auth_refused, client_ip
| sort refusals desc
| limit 50""",
)
ONE_REQUEST = SavedQuery(
    name="one-request",
    answers="All lines of one request: put its id in place of REQUEST-ID",
    query="""\
filter request_id = "REQUEST-ID" or correlation_id = "REQUEST-ID" or function_request_id = "REQUEST-ID"
| fields @timestamp, level, message, status, duration_ms, error_type, error_message, xray_trace_id
| sort @timestamp asc
| limit 200""",
)
TELEMETRY = SavedQuery(
    name="telemetry-failures",
    answers="What went wrong in telemetry itself",
    query="""\
filter TelemetryFailures > 0
| fields @timestamp, route, TelemetryFailures, telemetry_errors.0, request_id
| sort @timestamp desc
| limit 50""",
)
VOLUME = SavedQuery(
    name="log-volume",
    answers="Which lines fill the log group",
    query="""\
stats count(*) as lines, sum(strlen(@message)) as bytes by level, route, type
| sort bytes desc
| limit 50""",
)
KILLED = SavedQuery(
    name="killed",
    answers="Invocations that Lambda stopped, or whose process died",
    query="""\
filter type = "platform.report" and record.status != "success"
| fields @timestamp, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB,
 record.requestId
| sort @timestamp desc
| limit 50""",
)
FAILED_STARTS = SavedQuery(
    name="failed-starts",
    answers="Starts that failed, and what the function said meanwhile",
    query="""\
filter type = "platform.initReport" and record.status != "success"
| fields @timestamp, record.phase, record.status, record.errorType, record.metrics.durationMs
| sort @timestamp desc
| limit 20""",
)
REPORTS = SavedQuery(
    name="reports",
    answers="Lambda's own reports: durations, memory, starts",
    query="""\
filter type = "platform.report"
| stats count(*) as invocations, pct(record.metrics.durationMs, 99) as p99_ms,
 max(record.metrics.maxMemoryUsedMB) as peak_mb, max(record.metrics.memorySizeMB) as size_mb,
 count(record.metrics.initDurationMs) as starts, max(record.metrics.initDurationMs) as longest_start_ms by bin(5m)""",
)
TRACED = SavedQuery(
    name="traced",
    answers="Invocations, and how many of them X-Ray has a trace of",
    query="""\
filter type = "platform.report"
| stats count(*) as invocations, sum(strcontains(record.tracing.value, "Sampled=1")) as traced by bin(15m)""",
)
GATEWAY = SavedQuery(
    name="gateway",
    answers="What the API itself logged last, requests included that never reached the function",
    query="""\
fields @timestamp, @message
| sort @timestamp desc
| limit 50""",
    group="AccessLogGroupName",
)

ALL: tuple[SavedQuery, ...] = (
    FAULTS,
    FAULT_KINDS,
    ROUTES,
    SLOWEST,
    NEAR_TIMEOUTS,
    COLD_STARTS,
    CALLERS,
    REFUSED,
    ONE_REQUEST,
    TELEMETRY,
    VOLUME,
    KILLED,
    FAILED_STARTS,
    REPORTS,
    TRACED,
    GATEWAY,
)

FAULTY_TRACES = TraceFilter(answers="faults", expression='service("${FunctionName}") { fault = true }')
SLOW_TRACES = TraceFilter(answers="slower than a second", expression='service("${FunctionName}") AND responsetime > 1')
COLD_TRACES = TraceFilter(answers="cold starts", expression="annotation.cold_start = true")
ROUTE_TRACES = TraceFilter(answers="one route", expression='annotation.route = "/api/items/"')

TRACE_FILTERS: tuple[TraceFilter, ...] = (FAULTY_TRACES, SLOW_TRACES, COLD_TRACES, ROUTE_TRACES)
