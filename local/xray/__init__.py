"""X-Ray on a laptop: the UDP daemon, the documents that it keeps, and the API that answers from them."""

from local.xray.filters import FilterError, parse_filter
from local.xray.otlp_endpoint import otlp_paths
from local.xray.schema import SCHEMA
from local.xray.traces import Traces

__all__ = ["SCHEMA", "FilterError", "Traces", "otlp_paths", "parse_filter"]
