"""What telemetry itself costs. PURE: one table, dated.

CloudWatch and X-Ray pricing pages, us-east-1, first tier, without the free tier. As far as public pages quoted them on
that day; the bill is what counts.
"""

from __future__ import annotations

AS_OF = "2025-08-01"

LOG_GIGABYTE = 0.50
"""Dollars a GB taken in by CloudWatch Logs, standard class."""
CUSTOM_METRIC = 0.30
"""Dollars a month for a metric: each set of dimension values is one."""
ALARM_METRIC = 0.10
"""Dollars a month for each metric in a standard-resolution alarm."""
COMPOSITE_ALARM = 0.50
"""Dollars a month for a composite alarm."""
DASHBOARD = 3.00
"""Dollars a month for a dashboard."""
TRACES_MILLION = 5.00
"""Dollars for a million recorded traces."""
