"""The embedded metric format: AWS's page "Specification: Embedded metric format"."""

import json
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics import EmfBatch
from local.cloudwatch.metrics.datum import Datum
from local.cloudwatch.metrics.emf import Extraction, Wrong
from tests.local.cloudwatch.metrics.laptop import MINUTE, NOW, Laptop, query

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

NOW_MS = int(NOW.timestamp() * 1000)


def document(
    metrics: list[Any] | None = None, dimensions: Any = None, namespace: Any = "App", at_ms: Any = NOW_MS, **root: Any
) -> dict[str, Any]:
    directive = {
        "Namespace": namespace,
        "Dimensions": [[]] if dimensions is None else dimensions,
        "Metrics": [{"Name": "time", "Unit": "Milliseconds"}] if metrics is None else metrics,
    }
    return {"_aws": {"Timestamp": at_ms, "CloudWatchMetrics": [directive]}, "time": 100, **root}


def put(laptop: Laptop, event: Any) -> None:
    message = event if isinstance(event, str) else json.dumps(event)
    laptop.metrics.put_emf_batches([EmfBatch("/aws/lambda/f", [(NOW_MS, message)])])


def listed(laptop: Laptop) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (found["Namespace"], found["MetricName"], {each["Name"]: each["Value"] for each in found["Dimensions"]})
        for found in laptop.call("ListMetrics")["Metrics"]
    ]


def value(laptop: Laptop, namespace: str, metric: str, statistic: str = "Sum", **dimensions: str) -> list[float]:
    asked = query("m1", namespace, metric, statistic, dimensions=dimensions)
    found: list[float] = laptop.data(asked, start=NOW, end=NOW + MINUTE)[0]["Values"]
    return found


def errors(laptop: Laptop) -> tuple[list[float], list[float]]:
    """Of parsing, of validation."""
    return (
        value(laptop, "AWS/Logs", "EMFParsingErrors", LogGroupName="/aws/lambda/f"),
        value(laptop, "AWS/Logs", "EMFValidationErrors", LogGroupName="/aws/lambda/f"),
    )


def test_example_of_the_specification(laptop: Laptop) -> None:
    """The document of "Embedded metric format example and JSON schema", at its own time."""
    laptop.now = datetime(2019, 11, 18, 20, 43, tzinfo=UTC)
    put(
        laptop,
        """{
          "_aws": {
            "Timestamp": 1574109732004,
            "CloudWatchMetrics": [
              {
                "Namespace": "lambda-function-metrics",
                "Dimensions": [["functionVersion"]],
                "Metrics": [{"Name": "time", "Unit": "Milliseconds", "StorageResolution": 60}]
              }
            ]
          },
          "functionVersion": "$LATEST",
          "time": 100,
          "requestId": "989ffbf8-9ace-4817-a57c-e4dd734019ee"
        }""",
    )
    assert listed(laptop) == [("lambda-function-metrics", "time", {"functionVersion": "$LATEST"})]
    asked = {"Namespace": "lambda-function-metrics", "MetricName": "time", "Statistics": ["Sum"], "Period": 60}
    dimensions = [{"Name": "functionVersion", "Value": "$LATEST"}]
    start = datetime(2019, 11, 18, 20, 40, tzinfo=UTC)
    found = laptop.call(
        "GetMetricStatistics", **asked, Dimensions=dimensions, StartTime=start, EndTime=start + 5 * MINUTE
    )
    assert found["Datapoints"] == [
        {"Timestamp": datetime(2019, 11, 18, 20, 42, tzinfo=UTC), "Sum": 100, "Unit": "Milliseconds"}
    ]


def test_all_dimension_sets_and_directives(laptop: Laptop) -> None:
    """ "Every DimensionSet used creates a new metric in CloudWatch", in every directive; a set may be empty."""
    event = document(dimensions=[[], ["service"], ["service", "route"]], service="s", route="/x")
    event["_aws"]["CloudWatchMetrics"].append(
        {"Namespace": "Other", "Dimensions": [["route"]], "Metrics": [{"Name": "count"}]}
    )
    put(laptop, {**event, "count": 3})
    assert listed(laptop) == [
        ("App", "time", {}),
        ("App", "time", {"service": "s"}),
        ("App", "time", {"route": "/x", "service": "s"}),
        ("Other", "count", {"route": "/x"}),
    ]
    assert value(laptop, "App", "time", service="s", route="/x") == [100]
    assert value(laptop, "Other", "count", route="/x") == [3]


def test_arrays_are_as_many_samples(laptop: Laptop) -> None:
    """ "Metric targets MUST be either a numeric value or an array of numeric values", of up to 100."""
    put(laptop, document(time=[1, 2.5, 3]))
    assert value(laptop, "App", "time", "SampleCount") == [3]
    assert value(laptop, "App", "time", "p50") == [2.5]
    put(laptop, document(time=[1] * 101))
    assert errors(laptop) == ([], [1])


def test_high_resolution(laptop: Laptop) -> None:
    """StorageResolution 1 keeps the second."""
    put(laptop, document([{"Name": "time", "StorageResolution": 1}], at_ms=NOW_MS + 7_000))
    found = laptop.data(query("m1", "App", "time", "Sum", 1), start=NOW, end=NOW + MINUTE)
    assert found[0]["Timestamps"] == [NOW + timedelta(seconds=7)]


def test_targets_are_members_of_the_root(laptop: Laptop) -> None:
    """A reference "A.a" is the member of that name, never a nested one."""
    put(laptop, {**document([{"Name": "A.a"}]), "A.a": 5, "A": {"a": 6}})
    assert value(laptop, "App", "A.a") == [5]
    put(laptop, {**document([{"Name": "B.b"}]), "B": {"b": 6}})
    assert errors(laptop) == ([], [1])


def test_metadata_before_the_document(laptop: Laptop) -> None:
    """ "While Lambda may prepend log events with metadata such as timestamp and request id", it is still one."""
    put(laptop, "2026-01-05T12:00:00.000Z\t989ffbf8\tINFO\t" + json.dumps(document()) + "\n")
    assert value(laptop, "App", "time") == [100]


def test_other_events_are_left_alone(laptop: Laptop) -> None:
    """Text, JSON, and metadata that has no metrics."""
    for event in ("", "hello", '{"message": "hello"}', '{"_aws": {"Other": 1}}', "_aws CloudWatchMetrics", "[1]"):
        put(laptop, event)
    assert listed(laptop) == []


@pytest.mark.parametrize(
    "event",
    [
        '{"_aws": {"Timestamp": 1, "CloudWatchMetrics": [',
        json.dumps(document()) + " and more",
        json.dumps({**document(), "time": float("nan")}),
        '["_aws", "CloudWatchMetrics"] {"a": 1}',
        document(at_ms="1767614400000"),
        document(at_ms=1.5),
        document(at_ms=True),
        {"_aws": {"CloudWatchMetrics": []}},
        {"_aws": {"Timestamp": NOW_MS, "CloudWatchMetrics": {}}},
        {"_aws": "CloudWatchMetrics", "CloudWatchMetrics": 1},
        document(dimensions=[]),
        document(dimensions=["service"]),
        document(dimensions=[[1]]),
        document([{"Unit": "Count"}]),
        document(["time"]),
        document(namespace=None),
        json.dumps({**document(), "padding": "x" * 1_048_576}),
        '{"_aws": {"Timestamp": 1, "CloudWatchMetrics": ' + "[" * 100_000,
    ],
    ids=range(18),
)
def test_parsing_errors(laptop: Laptop, event: Any) -> None:
    """ "logs are identified as embedded metric format but do not follow the correct format": one error, no metrics."""
    put(laptop, event)
    assert errors(laptop) == ([1], [])
    assert {namespace for namespace, _, _ in listed(laptop)} == {"AWS/Logs"}


@pytest.mark.parametrize(
    ("event", "number"),
    [
        (document([{"Name": "missing"}]), 1),
        (document(time="fast"), 1),
        (document(time=True), 1),
        (document(time=None), 1),
        (document(time=[]), 1),
        (document(time=10**400), 1),
        (document(time=["1"]), 1),
        (document([{"Name": "time", "Unit": "Bananas"}]), 1),
        (document([{"Name": "time", "StorageResolution": 5}]), 1),
        (document([{"Name": "x" * 256}], **{"x" * 256: 1}), 1),
        (document([{"Name": "time"}] * 101), 1),
        (document(dimensions=[["missing"]]), 1),
        (document(dimensions=[["d"]], d=1), 1),
        (document(dimensions=[["d"]], d=""), 1),
        (document(dimensions=[["d"]], d="x" * 1025), 1),
        (document(dimensions=[["d", "d"]], d="x"), 1),
        ({**document(dimensions=[[f"d{n}" for n in range(31)]]), **{f"d{n}": "x" for n in range(31)}}, 1),
        (document(namespace=""), 1),
        (document(namespace="AWS/Lambda"), 1),
        (document(at_ms=NOW_MS - 14 * 86_400_000 - 1_000), 1),
        (document(at_ms=NOW_MS + 2 * 3_600_000 + 1_000), 1),
        (document([{"Name": "one"}, {"Name": "two"}], dimensions=[["three"]]), 3),
    ],
    ids=range(22),
)
def test_validation_errors(laptop: Laptop, event: dict[str, Any], number: int) -> None:
    """ "metric definitions within embedded metric format logs do not adhere to the embedded metric format and
    MetricDatum specifications".
    """
    put(laptop, event)
    assert errors(laptop) == ([], [number])
    assert {namespace for namespace, _, _ in listed(laptop)} == {"AWS/Logs"}


def test_what_is_right_beside_what_is_wrong(laptop: Laptop) -> None:
    """A wrong metric or set of dimensions takes no other with it."""
    event = document([{"Name": "time"}, {"Name": "missing"}], dimensions=[["missing"], ["service"]], service="s")
    put(laptop, event)
    assert value(laptop, "App", "time", service="s") == [100]
    assert errors(laptop) == ([], [2])


def test_limits_are_taken(laptop: Laptop) -> None:
    """100 metrics in a directive, 30 dimensions in a set, 100 values in an array."""
    names = [f"m{n}" for n in range(100)]
    keys = [f"d{n}" for n in range(30)]
    root = {**{name: list(range(100)) for name in names}, **dict.fromkeys(keys, "x")}
    put(laptop, document([{"Name": name} for name in names], dimensions=[keys], **root))
    assert value(laptop, "App", "m99", "SampleCount", **dict.fromkeys(keys, "x")) == [100]


def test_events_in_a_batch(laptop: Laptop) -> None:
    """Many events are one transaction; errors are counted by their log group."""
    laptop.metrics.put_emf_batches(
        [
            EmfBatch("/a", [(NOW_MS, json.dumps(document(time=1))), (NOW_MS, "START RequestId")]),
            EmfBatch("/b", [(NOW_MS, json.dumps(document(time="x"))), (NOW_MS, json.dumps(document(time=2)))]),
        ]
    )
    assert value(laptop, "App", "time") == [3]
    assert value(laptop, "AWS/Logs", "EMFValidationErrors", LogGroupName="/b") == [1]
    assert value(laptop, "AWS/Logs", "EMFValidationErrors", LogGroupName="/a") == []


def extracted(message: str) -> tuple[list[Datum], Wrong | None]:
    extraction = Extraction[None](NOW.timestamp())
    extraction.add(message, None)
    data, wrong = extraction.result()
    return data, wrong[0][1] if wrong else None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@QUIET
@given(json_values, json_values, json_values, json_values, json_values)
def test_any_document_is_counted_or_taken(metrics: Any, dimensions: Any, at_ms: Any, time: Any, root: Any) -> None:
    """Whatever stands where the specification wants something else, it is an error of the event, never of ours."""
    for event in (
        document(metrics, dimensions, at_ms=at_ms, time=time),
        document(time=time, **(root if isinstance(root, dict) else {})),
        {"_aws": {"CloudWatchMetrics": root, "Timestamp": NOW_MS}},
        {"_aws": root, "CloudWatchMetrics": 1},
    ):
        data, wrong = extracted(json.dumps(event))
        assert data or wrong or metrics == [] or root == []


@QUIET
@given(st.text(max_size=50))
def test_any_text_is_taken(text: str) -> None:
    """Text that has the format's words in it is a parsing error at most."""
    assert extracted(text + '"_aws" "CloudWatchMetrics"' + text) == ([], Wrong(parsing_errors=1))


EVENTS = st.builds(
    document,
    metrics=st.sampled_from([None, [{"Name": "time", "StorageResolution": 1}, {"Name": "size"}], [{"Name": ""}]]),
    dimensions=st.sampled_from([None, [["s"]], [["s"], ["s", "r"], []], [["r", "r"]]]),
    at_ms=st.sampled_from([NOW_MS, NOW_MS + 400, NOW_MS + 1_000, NOW_MS + 61_000, 0]),
    time=st.sampled_from([1, 2.5, [1, 2], "x", 10**400]),
    size=st.sampled_from([7, None]),
    s=st.sampled_from(["a", "b", "", 7, ["a"]]),
    r=st.sampled_from(["c", "x" * 2_000]),
)


@QUIET
@given(st.lists(EVENTS, max_size=6))
def test_events_together_are_what_each_is_alone(events: list[Any]) -> None:
    """Whatever they have in common, and however their times and their dimensions differ: the same samples in the same
    periods of the same series, and the same errors.
    """
    together, alone = Extraction[int](NOW.timestamp()), [extracted(json.dumps(event)) for event in events]
    for number, event in enumerate(events):
        together.add(json.dumps(event), number)
    data, wrong = together.result()
    assert sorted(wrong) == [(number, wrong) for number, (_, wrong) in enumerate(alone) if wrong is not None]
    assert samples(data) == samples(datum for data, _ in alone for datum in data)


def samples(data: Iterable[Datum]) -> dict[Any, list[tuple[float, float]]]:
    """Of each period; their order says nothing."""
    found: dict[Any, list[tuple[float, float]]] = {}
    for datum in data:
        period = datum.at_s // datum.resolution_s
        pairs = zip(datum.pairs[::2], datum.pairs[1::2], strict=True)
        found.setdefault((datum.metric, datum.unit, datum.resolution_s, period), []).extend(pairs)
    return {key: sorted(pairs) for key, pairs in found.items()}


# Members of a root as an event may spell them, in JSON and not quite: names twice, with escapes, numbers of any size.
SPELLED = st.tuples(
    st.sampled_from(["time", "tim\\u0065", "size", "s", "r", "other", "_aws", "\\ud800", "\\q", 'a\\"b']),
    st.sampled_from(
        [
            *(
                "1",
                "-2.5e3",
                "1e400",
                "true",
                "null",
                "NaN",
                "01",
                '"a"',
                '"\\u0061"',
                '"\\ud800"',
                '"\x01"',
                "[1, 2.5]",
            ),
            *("[]", '[1, "x"]', '{"a": [{}]}', "12345678901234567890123", "[[", '{"Timestamp": 1}', '"caf\u00e9"'),
        ]
    ),
)
DIRECTIVES = [
    {"Namespace": "App", "Dimensions": [["s"], []], "Metrics": [{"Name": "time"}, {"Name": "size"}]},
    {"Namespace": "App", "Dimensions": [["s", "r"]], "Metrics": [{"Name": "s"}, {"Name": 'a"b'}]},
    {"Namespace": "App", "Dimensions": [["_aws"], ["s"]], "Metrics": [{"Name": "_aws"}, {"Name": "time"}]},
    {"Namespace": "App", "Dimensions": [["s"]], "Metrics": [{"Name": f"m{number}"} for number in range(3)]},
]


@QUIET
@given(
    st.lists(
        st.tuples(st.lists(SPELLED, max_size=5), st.lists(st.sampled_from(DIRECTIVES), max_size=2), st.integers(0, 5)),
        max_size=4,
    )
)
def test_a_reader_of_its_own_takes_what_the_whole_event_says(events: list[Any]) -> None:
    """The same datapoints and the same errors, however an event is spelled and whichever came before."""
    texts = []
    for spelled, directives, place in events:
        members = [f'"{name}": {value}' for name, value in spelled]
        metadata = json.dumps({"Timestamp": NOW_MS, "CloudWatchMetrics": directives})
        members.insert(place, f'"_aws": {metadata}')
        texts.append(f"{{{', '.join(members)}}}")
    assert outcome(texts) == outcome([f"2026-01-01 {text}" for text in texts], whole=True)


def outcome(texts: list[str], *, whole: bool = False) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        if whole:
            patch.setattr(Extraction, "_members", staticmethod(read_whole))
        extraction = Extraction[int](NOW.timestamp())
        for number, text in enumerate(texts):
            extraction.add(text, number)
        data, wrong = extraction.result()
    return samples(data), sorted(wrong)


def read_whole(document: str) -> Any:
    del document
    raise msgspec.ValidationError


def test_only_what_directives_name_is_read() -> None:
    """However much else an event has: of 20 MB of members less than 1 MB is made objects of."""
    events = [json.dumps(document(time=number, other=[[] for _ in range(100_000)])) for number in range(3)]
    extraction = Extraction[int](NOW.timestamp())
    extraction.add(json.dumps(document()), 0)
    tracemalloc.start()
    try:
        for number, event in enumerate(events, 1):
            extraction.add(event, number)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [datum.pairs for datum in extraction.result()[0]] == [[100, 1, 0, 1, 1, 1, 2, 1]]
    assert peak < 1_000_000


def test_large_directives_are_not_kept() -> None:
    """Memory stays bounded whatever comes: 20 events with directives of 500 kB, each another, leave less than 5 MB."""
    tracemalloc.start()
    try:
        for number in range(20):
            event = document([{"Name": "time", "Note": f"{number} {'x' * 500_000}"}])
            assert len(extracted(json.dumps(event))[0]) == 1
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 5_000_000


def test_long_values_are_not_kept() -> None:
    """Memory stays bounded whatever comes: 20 events with dimensions of 500 kB, each another, leave less than 5 MB."""
    tracemalloc.start()
    try:
        for number in range(20):
            event = document(dimensions=[["s"]], s=f"{number} {'x' * 500_000}")
            assert extracted(json.dumps(event)) == ([], Wrong(validation_errors=1))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 5_000_000
