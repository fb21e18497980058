"""Two recordings of traces, compared: `python -m observability compare-traces A B`."""

from observability.compare_traces.command import compare_traces

__all__ = ["compare_traces"]
