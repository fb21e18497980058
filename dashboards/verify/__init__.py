"""Whether what was deployed shows anything: every widget, alarm and saved query of a stack. The door."""

from __future__ import annotations

from dashboards.verify.command import verify

__all__ = ["verify"]
