"""PURE: one readable line a request."""

from datetime import datetime, tzinfo

from local.api_gateway.record import RequestRecord
from local.plain_text import cut, one_line
from local.wide_lines import WideLine

ROUTE_WIDTH = 32
HEADER = f"{'time':12}  {'method':7} {'route':{ROUTE_WIDTH}} status {'ms':>9}  start  trace"


def request_line(record: RequestRecord, wide: WideLine | None, zone: tzinfo | None = None) -> str:
    """`12:34:56.789  GET     /api/items/{item_id}   200      12.3  warm   1-...`; `zone` None is local time."""
    at = datetime.fromtimestamp(record.time_ms / 1000, zone)
    time = f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"
    method = cut(one_line(record.method), 12)
    route = cut(one_line(route_of(record, wide)), 120)
    return (
        f"{time}  {method:7} {route:{ROUTE_WIDTH}} {record.status:6} {record.duration_ms:9.1f}  "
        f"{start_of(record, wide):5}  {record.trace_id}"
    )


def route_of(record: RequestRecord, wide: WideLine | None) -> str:
    """The function's route template, else the gateway's resource, else the path that matched nothing."""
    return (wide.route if wide else None) or record.resource or record.path


def start_of(record: RequestRecord, wide: WideLine | None) -> str:
    """`cold` or `warm`; `-` when the function was not reached."""
    if wide is not None and wide.cold_start is not None:
        return "cold" if wide.cold_start else "warm"
    if record.function_request_id is None:
        return "-"
    return "warm" if record.init_ms is None else "cold"
