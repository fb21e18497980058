"""PutTraceSegments and PutTelemetryRecords.

Source: AWS page "Sending trace data to AWS X-Ray" (UnprocessedTraceSegments, InvalidTraceId), and what the service
was seen to say in its issue trackers: MissingId, InvalidName, "Invalid subsegment. ErrorCode: ..., Cause: ...".
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from local.endpoint.call import Answer, Call
from local.json_text import read_json
from local.xray.records import Records
from local.xray.validation import MAX_BYTES, reason_against

_WHERE = re.compile(r"((?:subsegments\[\d+\]\.)*)(\w+)")


class Writing:
    def __init__(self, records: Records) -> None:
        self._records = records

    def put_trace_segments(self, call: Call) -> Answer:
        """Takes the good documents and names the others."""
        good: list[Mapping[str, Any]] = []
        bad: list[dict[str, Any]] = []
        for text in call.parameters["TraceSegmentDocuments"]:
            try:
                documents = _read(text)
            except ValueError as error:
                bad.append(_unprocessed(None, "segment", "ParseError", f"document: {error}"))
                continue
            for document in documents:
                problem = _problem(document)
                if problem is None:
                    good.append(document)
                else:
                    bad.append(problem)
        if good:
            self._records.put_many(good)
        return {"UnprocessedTraceSegments": bad}

    def put_telemetry_records(self, call: Call) -> Answer:
        """What a daemon says of itself. AWS's API has nothing that shows it again, so it is checked and let go."""
        del call
        return {}


def _read(text: str) -> list[Any]:
    """A document, or the documents of an array. Raises ValueError."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    try:
        found = read_json(text)
        json.dumps(found, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    # X-Ray was seen to miss the id of an empty array.
    return found or [{}] if isinstance(found, list) else [found]


def _problem(document: Any) -> dict[str, Any] | None:
    if isinstance(document, Mapping) and "id" not in document:
        return _unprocessed(None, "segment", "MissingId", "id: missing")
    reason = reason_against(document)
    if reason is None:
        return None
    where = _WHERE.match(reason)
    nested, member = where.groups() if where else ("", "document")
    is_subsegment = bool(nested) or (isinstance(document, Mapping) and document.get("type") == "subsegment")
    code = "Missing" if f"{member}: missing" in reason else "Invalid"
    code += "".join(word.capitalize() for word in member.split("_"))
    found = document.get("id") if isinstance(document, Mapping) else None
    return _unprocessed(found, "subsegment" if is_subsegment else "segment", code, reason)


def _unprocessed(found: Any, what: str, code: str, reason: str) -> dict[str, Any]:
    known = {"Id": found} if isinstance(found, str) else {}
    return {**known, "ErrorCode": code, "Message": f"Invalid {what}. ErrorCode: {code}, Cause: {reason}"}
