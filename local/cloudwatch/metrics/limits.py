"""PURE: CloudWatch's numbers as data, each with its unit and the page that says it."""

from dataclasses import dataclass

UNITS = (
    *("Seconds", "Microseconds", "Milliseconds"),
    *("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"),
    *("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"),
    *("Percent", "Count"),
    *("Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second"),
    *("Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second"),
    *("Count/Second", "None"),
)

# PutMetricData, MetricDatum, Dimension (API reference)
MOST_DATUMS = 1_000
MOST_VALUES = 150
MOST_DIMENSIONS = 30
LONGEST_NAME = 255
LONGEST_DIMENSION_VALUE = 1_024
LARGEST_VALUE = 2.0**360
OLDEST_S = 14 * 86_400
NEWEST_S = 2 * 3_600
RESOLUTIONS_S = (1, 60)

# Specification: Embedded metric format
MOST_EMF_METRICS = 100
MOST_EMF_VALUES = 100
LONGEST_EMF_DIMENSION_NAME = 250
LARGEST_EMF_BYTES = 1_048_576

# GetMetricData, GetMetricStatistics, ListMetrics (API reference)
MOST_QUERIES = 500
MOST_DATAPOINTS = 100_800
MOST_STATISTICS_DATAPOINTS = 1_440
MOST_STATISTICS = 5
MOST_EXTENDED_STATISTICS = 10
LONGEST_EXPRESSION = 2_048
LISTED_AT_ONCE = 500
MOST_DIMENSION_FILTERS = 10
RECENTLY_ACTIVE_S = 3 * 3_600
LISTED_FOR_S = 14 * 86_400
SHORT_PERIODS_S = (1, 5, 10, 20, 30)
LONGEST_PERIOD_S = 2**31 - 1  # Period is an integer of 32 bits

# CloudWatch search expression syntax; Metrics Insights query components and syntax; Using dynamic labels
LONGEST_SEARCH = 1_024
MOST_FOUND = 500
MOST_SELECTED = 500
SELECTED_FOR_S = 14 * 86_400
MOST_DYNAMIC_VALUES = 5


@dataclass(frozen=True, slots=True)
class Tier:
    """How long datapoints of a resolution can be had: periods that are a multiple of `period_s`, for `kept_s`."""

    period_s: int
    kept_s: int


# Amazon CloudWatch concepts, "Metrics retention"
TIERS = (Tier(1, 3 * 3_600), Tier(60, 15 * 86_400), Tier(300, 63 * 86_400), Tier(3_600, 455 * 86_400))
