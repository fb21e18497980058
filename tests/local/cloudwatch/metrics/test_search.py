"""SEARCH: AWS's page "CloudWatch search expression syntax", its tables and its examples."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.cloudwatch.metrics import ExpressionError
from local.cloudwatch.metrics.identity import Metric
from local.cloudwatch.metrics.searching import matches, parse_search
from local.cloudwatch.metrics.searching.tokens import tokenize
from local.errors import NotSupported

QUIET = settings(deadline=None, database=None)  # no time limits: the machine may be busy

INSTANCE = (("InstanceId", "i-1234567890123456"),)
CPU = Metric("AWS/EC2", "CPUUtilization", INSTANCE)
PACKETS = Metric("AWS/EC2", "NetworkPacketsIn", INSTANCE)
OTHER_CPU = Metric("AWS/EC2", "CPUUtilization", (("InstanceId", "i-6543210987654321"),))
BY_TYPE = Metric("AWS/EC2", "CPUUtilization", (("InstanceType", "t2.micro"),))
READ_OPS = Metric("AWS/EBS", "VolumeReadOps", (("VolumeId", "vol-ProjectA"),))
LAMBDA_ERRORS = Metric("AWS/Lambda", "Errors", (("FunctionName", "checkout"),))
LAMBDA_A = Metric("AWS/Lambda", "Invocations", (("FunctionName", "ProjectA-orders"),))
LAMBDA_C = Metric("AWS/Lambda", "Invocations", (("FunctionName", "ProjectC-orders"),))
COUNT = Metric("MyNamespace", "CustomCount1")
DASHED = Metric("Mine", "Network-Errors-2")
JOINED = Metric("Mine", "NetworkErrors2")
LCUS = Metric("AWS/NetworkELB", "ConsumedLCUs", (("LoadBalancer", "net/a"),))
FLOWS = Metric("AWS/NetworkELB", "ActiveFlowCount", (("LoadBalancer", "net/a"),))
FRANCE = Metric("Mine", "Europe\\France Traffic(Network)")
SPECIAL = Metric("My Namespace", "Custom:Name[Special_Characters", (("Dimension@Name", "x"),))
EVERYTHING = [
    *(CPU, PACKETS, OTHER_CPU, BY_TYPE, READ_OPS, LAMBDA_ERRORS, LAMBDA_A, LAMBDA_C, COUNT, DASHED, JOINED),
    *(LCUS, FLOWS, FRANCE, SPECIAL),
]


@pytest.mark.parametrize(
    ("name", "whole", "pieces"),
    [
        ("CustomCount1", "customcount1", ["custom", "count", "1"]),
        ("SDBFailure", "sdbfailure", ["sdb", "failure"]),
        ("Project2-trial333", "project2trial333", ["project", "2", "trial", "333"]),
        ("couNT", "count", ["cou", "nt"]),
        ("Network-Errors_2", "networkerrors2", ["network", "errors", "2"]),
    ],
)
def test_tokens_of_the_page(name: str, whole: str, pieces: list[str]) -> None:
    """The table of "CloudWatch search expressions: Tokenization"."""
    tokens = tokenize(name)
    assert tokens.whole == whole
    assert [piece.lower() for piece in tokens.pieces] == pieces


@pytest.mark.parametrize(
    ("search", "found"),
    [
        # Partial matches
        ("count", [COUNT, FLOWS]),
        ("Count", [COUNT, FLOWS]),
        ("COUNT", [COUNT, FLOWS]),
        ("couNT", []),
        ("CustomCount", [COUNT]),
        ("Count1", [COUNT]),
        ("customcount", []),
        ("count1", []),
        # Exact matches
        ('{MyNamespace}, "CustomCount1" ', [COUNT]),
        ('{MyNamespace}, "customcount1"', []),
        ('{MyNamespace}, "Custom"', []),
        ('{AWS/NetworkELB, LoadBalancer} "ConsumedLCUs" OR flow', [LCUS, FLOWS]),
        ('{"My Namespace", "Dimension@Name"}, "Custom:Name[Special_Characters"', [SPECIAL]),
        ('"Europe\\\\France Traffic\\(Network\\)"', [FRANCE]),
        # The metric schema
        ('{AWS/EC2,InstanceId} MetricName="CPUUtilization"', [CPU, OTHER_CPU]),
        ('{AWS/EC2, InstanceType} "CPUUtilization"', [BY_TYPE]),
        ("{MyNamespace}", [COUNT]),
        ('"CPUUtilization"', [CPU, OTHER_CPU, BY_TYPE]),
        ('"AWS/EC2" MetricName="CPUUtilization"', [CPU, OTHER_CPU, BY_TYPE]),
        # Property names
        ('MetricName="CustomCount1"', [COUNT]),
        ("InstanceType=micro", [BY_TYPE]),
        ('InstanceType="t2.micro" Namespace="AWS/EC2"', [BY_TYPE]),
        # Non-alphanumeric characters
        ("network/errors", [DASHED, JOINED]),
        ("network+errors", [DASHED, JOINED]),
        ("network-errors", [DASHED, JOINED]),
        ("Network_Errors", [DASHED, JOINED]),
        ('"Network-Errors-2"', [DASHED]),
        ('"Network_Errors_2"', []),
        # Boolean operators
        ("{AWS/EC2,InstanceId} network AND packets", [PACKETS]),
        ("{AWS/EC2,InstanceId} network packets", [PACKETS]),
        ('{AWS/EC2,InstanceId} MetricName="CPUUtilization" NOT i-1234567890123456', [OTHER_CPU]),
        ("NOT Namespace=AWS", [COUNT, DASHED, JOINED, FRANCE, SPECIAL]),
        ('NOT Namespace=AWS NOT "CustomCount1" NOT Network', [SPECIAL]),
        ("(EC2 OR EBS) AND MetricName=ReadOps", [READ_OPS]),
        ("(EC2 OR EBS) MetricName=ReadOps", [READ_OPS]),
        ("(EC2 OR EBS) AND ReadOps AND ProjectA", [READ_OPS]),
        (
            '{AWS/Lambda,FunctionName} MetricName="Errors" OR (MetricName="Invocations" AND (ProjectA OR ProjectB))',
            [LAMBDA_ERRORS, LAMBDA_A],
        ),
        ('FunctionName=("checkout" OR ProjectC)', [LAMBDA_ERRORS, LAMBDA_C]),
    ],
)
def test_searches_of_the_page(search: str, found: list[Metric]) -> None:
    """The examples of the page's sections find what they say."""
    parsed = parse_search(search)
    assert [metric for metric in EVERYTHING if matches(parsed, metric)] == found


@pytest.mark.parametrize(
    ("search", "position"),
    [
        ("", 0),
        ("   ", 0),
        ("{}", 1),
        ("{AWS/EC2", 8),
        ("(a OR b", 7),
        ("a OR", 4),
        ("AND a", 0),
        ('MetricName="a', 11),
        ("a)", 1),
        ("MetricName=", 11),
        ("---", 0),
        ("x" * 1025, 1024),
    ],
)
def test_no_search_says_where(search: str, position: int) -> None:
    """What can't be read is an error with its position."""
    with pytest.raises(ExpressionError) as caught:
        parse_search(search)
    assert caught.value.position == position


def test_accounts_are_refused() -> None:
    """There is one account."""
    with pytest.raises(NotSupported, match="AccountId"):
        parse_search(":aws.AccountId = 444455556666")


@QUIET
@given(st.text(alphabet='ab{},="()\\ -NOTANDOR1', max_size=60) | st.text(max_size=40))
def test_any_text_is_a_search_or_our_error(text: str) -> None:
    """No text makes another error, in reading or in looking."""
    error = None
    try:
        matches(parse_search(text), COUNT)
    except ExpressionError as raised:
        error = raised
    assert error is None or 0 <= error.position <= len(text)
