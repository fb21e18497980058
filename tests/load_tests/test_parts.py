"""load_tests/parts.py: where the time of a request went."""

from load_tests.parts import told_parts, traced_parts
from tests.load_tests.making import made

STAGE = {
    "origin": "AWS::ApiGateway::Stage",
    "start_time": 1000.000,
    "end_time": 1000.400,
    "subsegments": [{"name": "Lambda", "start_time": 1000.010, "end_time": 1000.395}],
}


def rounded(parts: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in parts.items()}


def test_answer_tells_init_and_handler() -> None:
    """Of 450 ms, 300 were init and 40 the handler's: 110 were around them. A warm one has no init."""
    assert rounded(told_parts(made(ms=450.0, init_ms=300.0, handler_ms=40.0))) == {
        "init": 300.0,
        "handler": 40.0,
        "around it": 110.0,
    }
    assert rounded(told_parts(made(ms=10.0, handler_ms=2.0))) == {"handler": 2.0, "around it": 8.0}


def test_trace_tells_network_gateway_and_lambda() -> None:
    """The gateway took 400 ms of 450 and waited 385 of them for Lambda: network 50, gateway 15, Lambda's own 45."""
    one = made(ms=450.0, init_ms=300.0, handler_ms=40.0)
    longer = {"origin": "AWS::Lambda", "start_time": 1000.010, "end_time": 1000.600}
    assert rounded(traced_parts(one, [longer, STAGE])) == {"Lambda": 45.0, "gateway": 15.0, "network": 50.0}


def test_parts_add_up() -> None:
    """Init, handler, Lambda, gateway and network are the whole."""
    one = made(ms=450.0, init_ms=300.0, handler_ms=40.0)
    told = told_parts(one)
    assert round(told["init"] + told["handler"] + sum(traced_parts(one, [STAGE]).values()), 3) == 450.0


def test_nothing_is_made_up() -> None:
    """Where the service did not answer, or the gateway left no whole segment, there are no parts."""
    assert told_parts(made(status=429, handler_ms=None)) == {}
    assert traced_parts(made(handler_ms=None), [STAGE]) == {}
    assert traced_parts(made(), [{"origin": "AWS::Lambda", "start_time": 1, "end_time": 2}]) == {}
    assert traced_parts(made(), [{**STAGE, "subsegments": []}]) == {}
    assert traced_parts(made(), [{"origin": "AWS::ApiGateway::Stage", "start_time": 1, "in_progress": True}]) == {}


def test_clocks_that_differ_give_nothing_below_nothing() -> None:
    """The gateway's clock may say more than the client's: that part is 0."""
    parts = traced_parts(made(ms=399.0, handler_ms=390.0), [STAGE])
    assert rounded(parts) == {"Lambda": 0.0, "gateway": 15.0, "network": 0.0}
