"""PURE: PutMetricData's MetricData -> datapoints, or the error that AWS answers.

Source: PutMetricData, MetricDatum, Dimension, StatisticSet (API reference).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Any, NamedTuple

from local.cloudwatch.metrics.identity import Metric, metric_of
from local.cloudwatch.metrics.limits import (
    LARGEST_VALUE,
    LONGEST_DIMENSION_VALUE,
    LONGEST_NAME,
    MOST_DATUMS,
    MOST_DIMENSIONS,
    MOST_VALUES,
    NEWEST_S,
    OLDEST_S,
    RESOLUTIONS_S,
    UNITS,
)
from local.errors import AwsError, NotSupported

XML = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")  # Extensible Markup Language 1.0, "Char"


@dataclass(frozen=True, slots=True)
class Summary:
    """A statistic set whose values aren't known."""

    samples: float
    total: float
    least: float
    most: float


class Datum(NamedTuple):
    """`pairs` are value, count, value, count, ...; where there is a `summary` there are none."""

    metric: Metric
    unit: str
    resolution_s: int
    at_s: float
    pairs: Sequence[float] = ()
    summary: Summary | None = None


def parse_data(namespace: str, data: Sequence[Mapping[str, Any]], now_s: float) -> list[Datum]:
    """Raises AwsError at the first datum that AWS would refuse."""
    check_text(namespace, "Namespace", LONGEST_NAME)
    if not data:
        raise AwsError("MissingParameter", "The parameter MetricData is required.")
    if len(data) > MOST_DATUMS:
        raise invalid(f"The collection MetricData must not have a size greater than {MOST_DATUMS}.")
    return [_datum(namespace, datum, f"MetricData.member.{n}", now_s) for n, datum in enumerate(data, 1)]


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def check_text(text: str, name: str, longest: int, *, colon: bool = False) -> None:
    """ASCII without control characters, not blank; `colon` lets it begin with one."""
    if not text:
        raise AwsError("MissingParameter", f"The parameter {name} is required.")
    if len(text) > longest:
        raise invalid(f"The parameter {name} must be shorter than {longest + 1} characters.")
    if not is_text(text, colon=colon):
        raise invalid(
            f"The value {text} for parameter {name} is invalid. It must be ASCII without control characters, with at"
            f" least one character that is no space{'' if colon else ', and not begin with a colon'}."
        )


def is_text(text: str, *, colon: bool = False) -> bool:
    return text.isascii() and text.isprintable() and not text.isspace() and (colon or not text.startswith(":"))


def check_name(name: str, parameter: str) -> None:
    """A metric's: characters of XML's, of any language ("Amazon CloudWatch concepts")."""
    if not name:
        raise AwsError("MissingParameter", f"The parameter {parameter} is required.")
    if len(name) > LONGEST_NAME:
        raise invalid(f"The parameter {parameter} must be shorter than {LONGEST_NAME + 1} characters.")
    if not is_name(name):
        raise invalid(f"The value {name!r} for parameter {parameter} is invalid. It must consist of XML's characters.")


def is_name(name: str) -> bool:
    return XML.fullmatch(name) is not None


def check_dimensions(dimensions: Sequence[Mapping[str, str]], path: str, most: int = MOST_DIMENSIONS) -> None:
    if len(dimensions) > most:
        raise invalid(f"The collection {path} must not have a size greater than {most}.")
    for n, dimension in enumerate(dimensions, 1):
        check_text(dimension["Name"], f"{path}.member.{n}.Name", LONGEST_NAME)
        check_text(dimension["Value"], f"{path}.member.{n}.Value", LONGEST_DIMENSION_VALUE, colon=True)
    if len({dimension["Name"] for dimension in dimensions}) != len(dimensions):
        raise invalid(f"The collection {path} must not have two dimensions with the same name.")


def _datum(namespace: str, datum: Mapping[str, Any], path: str, now_s: float) -> Datum:
    check_name(datum["MetricName"], f"{path}.MetricName")
    dimensions = datum.get("Dimensions", ())
    check_dimensions(dimensions, f"{path}.Dimensions")
    unit, resolution_s = datum.get("Unit", "None"), datum.get("StorageResolution", 60)
    if unit not in UNITS:
        raise invalid(f"The parameter {path}.Unit must be a value in the set [ {', '.join(UNITS)} ].")
    if resolution_s not in RESOLUTIONS_S:
        raise invalid(f"The parameter {path}.StorageResolution must be 1 or 60, not {resolution_s}.")
    pairs, summary = _samples(datum, path)
    at_s = datum["Timestamp"].timestamp() if "Timestamp" in datum else now_s
    _check_time(at_s, path, now_s)
    return Datum(metric_of(namespace, datum["MetricName"], dimensions), unit, resolution_s, at_s, pairs, summary)


def is_in_time(at_s: float, now_s: float) -> bool:
    return now_s - OLDEST_S <= at_s <= now_s + NEWEST_S


def _check_time(at_s: float, path: str, now_s: float) -> None:
    if is_in_time(at_s, now_s):
        return
    allowed = "no more than two hours in the future" if at_s > now_s else "within the past two weeks"
    raise invalid(f"The parameter {path}.Timestamp must specify a time {allowed}.")


def _samples(datum: Mapping[str, Any], path: str) -> tuple[tuple[float, ...], Summary | None]:
    given = [name for name in ("Value", "Values", "StatisticValues") if name in datum]
    if "Counts" in datum and given and given[0] != "Values":
        raise _exclusive(path, given[0], "Counts")
    match given:
        case ["Value"]:
            return (_value(datum["Value"], f"{path}.Value"), 1.0), None
        case ["Values"]:
            return _values(datum["Values"], datum.get("Counts"), path), None
        case ["StatisticValues"]:
            return _statistic_set(datum["StatisticValues"], f"{path}.StatisticValues")
        case ["Values", "StatisticValues"]:
            raise NotSupported(f"{path}.Values together with {path}.StatisticValues: which of them counts is not said")
        case []:
            names = f"{path}.Value, {path}.Values or {path}.StatisticValues"
            raise AwsError("MissingParameter", f"At least one of the parameters {names} must be specified.")
        case _:
            raise _exclusive(path, given[0], given[1])


def _exclusive(path: str, first: str, second: str) -> AwsError:
    return AwsError(
        "InvalidParameterCombination",
        f"The parameters {path}.{first} and {path}.{second} are mutually exclusive and you have specified both.",
    )


def is_value(value: float) -> bool:
    return abs(value) <= LARGEST_VALUE  # which no infinity is, nor what is no number


def _value(value: float, name: str) -> float:
    if not is_value(value):
        raise invalid(f"The value {value} for parameter {name} is invalid. It must be from -2^360 to 2^360.")
    return float(value)


def _values(values: Sequence[float], counts: Sequence[float] | None, path: str) -> tuple[float, ...]:
    if not values:
        raise AwsError("MissingParameter", f"The parameter {path}.Values is required.")
    if len(values) > MOST_VALUES:
        raise invalid(f"The collection {path}.Values must not have a size greater than {MOST_VALUES}.")
    if counts is not None and len(counts) != len(values):
        raise invalid(f"The parameters {path}.Values and {path}.Counts must be of the same size.")
    return tuple(_flat(values, counts or [1.0] * len(values), path))


def _flat(values: Iterable[float], counts: Iterable[float], path: str) -> Iterable[float]:
    for n, (value, count) in enumerate(zip(values, counts, strict=True), 1):
        yield _value(value, f"{path}.Values.member.{n}")
        yield _positive(count, f"{path}.Counts.member.{n}")


def _positive(count: float, name: str) -> float:
    if not (is_value(count) and count > 0):
        raise invalid(f"The value {count} for parameter {name} is invalid. It must be greater than 0.")
    return float(count)


def _statistic_set(given: Mapping[str, float], path: str) -> tuple[tuple[float, ...], Summary | None]:
    """A set that says what its values were is these values (CloudWatch statistics definitions, "Requirements")."""
    samples = _positive(given["SampleCount"], f"{path}.SampleCount")
    total, least, most = (_value(given[name], f"{path}.{name}") for name in ("Sum", "Minimum", "Maximum"))
    if most < least:
        raise invalid(f"The parameter {path}.Maximum must be greater than {path}.Minimum.")
    if least == most and isclose(total, least * samples):
        return (least, samples), None
    return (), Summary(samples, total, least, most)
