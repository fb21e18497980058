"""PURE: how a segment or subsegment went.

Source: AWS page "AWS X-Ray segment documents" (Errors and exceptions): `error` for a 4xx status, `throttle` for 429,
`fault` for 5xx. A sender that gives the status and not the mark means the same.
"""

from typing import Literal, TypeAlias

from local.xray.tree import Document

Mark: TypeAlias = Literal["error", "fault", "throttle"]


def is_marked(document: Document, mark: Mark) -> bool:
    if document.get(mark) is True:
        return True
    status = document.get("http", {}).get("response", {}).get("status", 0)
    if mark == "throttle":
        return bool(status == 429)
    return bool(400 <= status < 500) if mark == "error" else bool(500 <= status < 600)
