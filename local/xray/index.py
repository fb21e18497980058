"""PURE: a trace's facts -> its row in `xray_found`: what most questions ask for, narrow enough to be read fast.

A row finds; the facts decide. `words` has the annotations' keys and values, each between line ends, so a trace that
has not the wanted one cannot meet a filter; and which of RESOURCES there are. A value that SQLite cannot hold as it is
makes the row `odd`: it is found by any question.
"""

import json
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from local.xray.facts import RESOURCES, Facts, Visit
from local.xray.summary import seconds

Condition: TypeAlias = tuple[str, Mapping[str, Any]]
"""SQL over xray_found, and its parameters."""

ALWAYS: Condition = ("1", {})
ID_DRIFT_S = 24 * 3600  # ours: an id whose time is this far from its trace's start has no time in it, only chance
MAX_INTEGER = 2**63 - 1  # SQLite's
_REQUEST = {"method": "method", "url": "url", "agent": "user_agent", "address": "client_ip"}
_ODD = re.compile("[\0\ud800-\udfff]")

SCHEMA = """
DROP TABLE IF EXISTS xray_index; -- of before the annotations, ...
DROP TABLE IF EXISTS xray_trace_index; -- ... and of before the texts of the root's request
-- Beside xray_traces, in the order of GetTraceSummaries. NULL: not known. `fault` and `error` are the root's;
-- `throttle`, `failed` and `erred`: of anything in it, `longest` and `highest` the most seconds and the highest status.
-- `services` is one of xray_services, a trace's services as JSON; `annotations` are JSON, a key's values in an array,
-- numbers by their places; and as if they were one, under their presence_word(), RESOURCES.
CREATE TABLE IF NOT EXISTS xray_found (
    began REAL NOT NULL,
    trace_id TEXT NOT NULL,
    started REAL NOT NULL,
    ended REAL NOT NULL,
    odd INTEGER NOT NULL,
    ok INTEGER,
    error INTEGER,
    fault INTEGER,
    throttle INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    inferred INTEGER NOT NULL,
    erred INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    responsetime REAL,
    duration REAL,
    longest REAL,
    status INTEGER,
    highest INTEGER,
    method TEXT,
    url TEXT,
    agent TEXT,
    address TEXT,
    services INTEGER NOT NULL,
    words TEXT NOT NULL,
    annotations TEXT NOT NULL,
    PRIMARY KEY (began, trace_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS xray_found_started ON xray_found (started, ended);
CREATE INDEX IF NOT EXISTS xray_found_length ON xray_found (ended - started);
CREATE TABLE IF NOT EXISTS xray_services (id INTEGER PRIMARY KEY, members TEXT NOT NULL UNIQUE);
"""

KEEP_SERVICES = "INSERT INTO xray_services (members) VALUES (:members) ON CONFLICT DO NOTHING"
REMOVE = """
DELETE FROM xray_found
WHERE trace_id = :trace_id AND began = (SELECT began FROM xray_traces WHERE trace_id = :trace_id)
RETURNING started
"""
# Of a trace that was removed in between nothing is kept.
KEEP = """
INSERT INTO xray_found
SELECT :began, :trace_id, :started, :ended, :odd, :ok, :error, :fault, :throttle, :partial, :inferred, :erred, :failed,
    :responsetime, :duration, :longest, :status, :highest, :method,
    :url, :agent, :address,
    (SELECT id FROM xray_services WHERE members = :members), :words, :annotations
WHERE EXISTS (SELECT 1 FROM xray_traces WHERE trace_id = :trace_id)
"""


def index_row(facts: Facts) -> dict[str, Any]:
    """The parameters of KEEP_SERVICES, REMOVE and KEEP."""
    visits = facts["visits"]
    start = facts["start"]
    entry = None if facts["entry"] is None else visits[facts["entry"]]
    works = [*visits, *facts["passages"]]
    return {
        "began": _began(facts),
        "trace_id": facts["id"],
        "started": start,
        "ended": _ended(facts),
        "throttle": any(visit["throttle"] for visit in visits),
        "partial": facts["partial"],
        "inferred": any(visit["inferred"] for visit in visits),
        "erred": bool(facts["errors"]) or any(work["error"] for work in works),
        "failed": bool(facts["faults"]) or any(work["fault"] for work in works),
        "duration": None if facts["end"] is None else seconds(facts["end"] - start),
        "longest": max(_lengths(facts), default=None),
        **_root(entry),
        **_texts(facts, entry),
    }


def number_word(value: float) -> str:
    """A number among the words: 5 and 5.0 are one."""
    return f"#{float(value)}"


def presence_word(keyword: str) -> str:
    """Among the words where a keyword has a value."""
    return f"@{keyword}"


def number_place(value: float) -> int:
    """Where a double stands among all of them: places compare as doubles do, and SQLite reads them without rounding."""
    (bits,) = struct.unpack(">q", struct.pack(">d", value))
    return int(bits if bits >= 0 else -(bits & MAX_INTEGER))


def is_plain(text: str) -> bool:
    """Whether SQLite's functions see all of it: no NUL, at which they stop, and no half of a surrogate pair."""
    return _ODD.search(text) is None


def _began(facts: Facts) -> float:
    in_id = float(int(facts["id"][2:10], 16))
    return in_id if abs(in_id - facts["start"]) <= ID_DRIFT_S else facts["start"]


def _ended(facts: Facts) -> float:
    """The last that is known of a trace in progress may be that something began."""
    known = [facts["start"], *(visit["start"] for visit in facts["visits"])]
    return max(known if facts["end"] is None else [facts["end"], *known])


def _root(entry: Visit | None) -> dict[str, Any]:
    if entry is None:
        return dict.fromkeys(("ok", "error", "fault", "responsetime"))
    return {
        "ok": not (entry["error"] or entry["fault"] or entry["throttle"]),
        "error": entry["error"],
        "fault": entry["fault"],
        "responsetime": None if entry["end"] is None else seconds(entry["end"] - entry["start"]),
    }


def _texts(facts: Facts, entry: Visit | None) -> dict[str, Any]:
    http = {} if entry is None else entry["http"]
    services = sorted({(visit["name"], visit["type"], visit["account"]) for visit in facts["visits"]}, key=str)
    works = (*facts["visits"], *facts["passages"])
    statuses = [work["http"]["status"] for work in works if "status" in work["http"]]
    words = "\n".join(["", *dict.fromkeys(_words(facts)), ""])
    names = "".join(part for service in services for part in service if part is not None)
    annotations = _annotations(facts["visits"])
    request = "".join(value for value in http.values() if isinstance(value, str))
    resources = "".join(value for visit in facts["visits"] for _, value in _resources(visit))
    is_odd = (
        not is_plain(f"{words}{names}{request}{resources}")
        or annotations is None
        or any(abs(status) > MAX_INTEGER for status in statuses)
    )
    return {
        "odd": is_odd,
        "status": None if is_odd else http.get("status"),
        "highest": None if is_odd else max(statuses, default=None),
        **{column: None if is_odd else http.get(member) for column, member in _REQUEST.items()},
        "words": "" if is_odd else words,
        "annotations": "{}" if is_odd else annotations,
        "members": json.dumps(services, separators=(",", ":")),
    }


def _lengths(facts: Facts) -> Iterator[float]:
    for visit in facts["visits"]:
        yield from (seconds(end - visit["start"]) for end in (visit["end"], visit["last"]) if end is not None)
    for passage in facts["passages"]:
        if passage["end"] is not None:
            yield seconds(passage["end"] - passage["start"])


def _annotations(visits: list[Visit]) -> str | None:
    """None where one of the numbers is no double."""
    found: dict[str, dict[tuple[type, Any], Any]] = {}
    for visit in visits:
        for keyword, value in _resources(visit):
            found.setdefault(presence_word(keyword), {})[str, value] = value
        for key, values in visit["annotations"].items():
            for value in values:
                is_number = not isinstance(value, bool | str)
                if is_number and float(value) != value:
                    return None
                found.setdefault(key, {})[type(value), value] = number_place(value) if is_number else value
    return json.dumps(
        {key: list(values.values()) for key, values in found.items()}, ensure_ascii=False, separators=(",", ":")
    )


def _words(facts: Facts) -> Iterator[str]:
    for visit in facts["visits"]:
        yield from (presence_word(keyword) for keyword, _ in _resources(visit))
        for key, values in visit["annotations"].items():
            yield key
            yield from (value if isinstance(value, str) else number_word(value) for value in values)


def _resources(visit: Visit) -> Iterator[tuple[str, str]]:
    return ((keyword, value) for keyword, of in RESOURCES.items() if (value := of(visit)) is not None)
