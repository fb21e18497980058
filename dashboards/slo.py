"""What the service promises, one line each; burn-rate alarms, composites, graphs and budgets follow from it. PURE."""

from __future__ import annotations

from dashboards.objectives import available, fast
from observability.catalogue import FAULTS, LATENCY, REQUESTS

# 99.9 %: 43 minutes of every month may fail; a REST API, Lambda and DynamoDB in one region promise little more.
AVAILABILITY = available(goal=99.9, days=28, requests=REQUESTS, faults=FAULTS)
# 500 ms: a page still feels quick; a cold start here takes about a second, so one request in a hundred may be one.
SPEED = fast(goal=99, within_ms=500, days=28, requests=REQUESTS, latency=LATENCY)

ALL = (AVAILABILITY, SPEED)
