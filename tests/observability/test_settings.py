"""Settings from an environment: what parses, what is refused and how, and the table that docs are made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import pytest

from observability import Settings
from observability.settings import Row, SettingError, Tracing, read, setting, table


class Colour(Enum):
    RED = "red"
    DARK_BLUE = "dark-blue"


@dataclass(frozen=True)
class Inner:
    ratio: float = setting(env="RATIO", default=0.5, meaning="a ratio")


@dataclass(frozen=True)
class Sample:
    inner: Inner
    name: str = setting(env="NAME", default="nobody", meaning="a name")
    wait: int = setting(env="WAIT", default=20, unit="ms", meaning="a wait")
    on: bool = setting(env="ON", default=False, meaning="a switch")
    colour: Colour = setting(env="COLOUR", default=Colour.RED, meaning="a colour")
    many: tuple[str, ...] = setting(env="MANY", default=(), meaning="some names")
    maybe: str | None = setting(env="MAYBE", default=None, meaning="a name or none")
    some: int | None = setting(env="SOME", default=None, meaning="a number or none")


def test_every_kind_parses() -> None:
    """Texts, numbers, switches, enums, lists and optional ones are read from their variables, sections too."""
    found = read(
        Sample,
        {
            "RATIO": "0.25",
            "NAME": " me ",
            "WAIT": "-3",
            "ON": "Yes",
            "COLOUR": "DARK-BLUE",
            "MANY": "a, b,,c",
            "MAYBE": "x",
            "SOME": "7",
        },
    )
    assert found == Sample(Inner(0.25), "me", -3, True, Colour.DARK_BLUE, ("a", "b", "c"), "x", 7)


def test_unset_and_empty_variables_leave_the_default() -> None:
    """CloudFormation can't leave a variable out, only empty: empty or blank is as if it weren't set."""
    assert read(Sample, {"WAIT": "", "MAYBE": "  ", "COLOUR": ""}) == Sample(Inner())


@pytest.mark.parametrize(
    ("variable", "value", "would_be_right"),
    [
        ("WAIT", "20ms", "a whole number"),
        ("WAIT", "1_000", "a whole number"),
        ("WAIT", "٣", "a whole number"),
        ("ON", "maybe", "true or false"),
        ("COLOUR", "green", "one of red, dark-blue"),
        ("RATIO", "nan", "a number such as 0.5"),
        ("SOME", "1.5", "a whole number"),
    ],
)
def test_a_value_that_cannot_be_is_refused(variable: str, value: str, would_be_right: str) -> None:
    """The error names the variable, the value and what would be right."""
    with pytest.raises(SettingError) as caught:
        read(Sample, {variable: value})
    text = str(caught.value)
    assert variable in text
    assert repr(value) in text
    assert would_be_right in text


def test_the_table_has_every_setting() -> None:
    """One table has each setting's variable, kind, default, unit and meaning: the docs are made from it."""
    assert table(Sample) == (
        Row("RATIO", "a number", "0.5", "", "a ratio"),
        Row("NAME", "text", "nobody", "", "a name"),
        Row("WAIT", "a whole number", "20", "ms", "a wait"),
        Row("ON", "true or false", "false", "", "a switch"),
        Row("COLOUR", "one of red, dark-blue", "red", "", "a colour"),
        Row("MANY", "texts, separated by commas", "", "", "some names"),
        Row("MAYBE", "text", "", "", "a name or none"),
        Row("SOME", "a whole number", "", "", "a number or none"),
    )


def test_the_librarys_own_settings_come_from_lambdas_variables() -> None:
    """The variables that Powertools and Lambda use are the ones that are read."""
    found = Settings.from_env(
        {
            "POWERTOOLS_SERVICE_NAME": "items",
            "POWERTOOLS_METRICS_NAMESPACE": "Shop",
            "OBSERVABILITY_TRACING": "off",
            "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
            "AWS_LAMBDA_FUNCTION_NAME": "items-fn",
            "AWS_LAMBDA_FUNCTION_VERSION": "7",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": "eu-central-1",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency",
        }
    )
    assert found.service == "items"
    assert found.metrics_namespace == "Shop"
    assert found.tracing is Tracing.OFF
    assert found.daemon == ("169.254.79.129", 2000)
    assert (found.function_name, found.function_version, found.function_memory_size) == ("items-fn", "7", 512)
    assert found.region == "eu-central-1"
    assert found.initialization_type == "provisioned-concurrency"


def test_the_namespace_is_the_services_name_by_default() -> None:
    """Metrics have a namespace without anybody setting one."""
    assert Settings.from_env({"POWERTOOLS_SERVICE_NAME": "items"}).metrics_namespace == "items"


@pytest.mark.parametrize(
    ("address", "daemon"),
    [
        ("127.0.0.1:2000", ("127.0.0.1", 2000)),
        ("tcp:10.0.0.1:2001 udp:10.0.0.2:2002", ("10.0.0.2", 2002)),
        ("udp:10.0.0.2:2002 tcp:10.0.0.1:2001", ("10.0.0.2", 2002)),
        ("xray-daemon:2000", ("xray-daemon", 2000)),
        ("[::1]:2000", ("::1", 2000)),
    ],
)
def test_both_forms_of_the_daemons_address_are_read(address: str, daemon: tuple[str, int]) -> None:
    """AWS_XRAY_DAEMON_ADDRESS is host:port, or tcp:host:port udp:host:port (X-Ray SDK documentation)."""
    assert Settings.from_env({"AWS_XRAY_DAEMON_ADDRESS": address}).daemon == daemon


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1"),
        ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:0"),
        ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:65536"),
        ("AWS_XRAY_DAEMON_ADDRESS", "tcp:127.0.0.1:2000"),
        ("POWERTOOLS_METRICS_NAMESPACE", "AWS/Lambda"),
        ("POWERTOOLS_METRICS_NAMESPACE", "über"),
        ("POWERTOOLS_SERVICE_NAME", "ein Dienst für alle"),
        ("OBSERVABILITY_TRACING", "jaeger"),
    ],
)
def test_a_setting_that_would_lose_telemetry_is_refused_at_the_start(variable: str, value: str) -> None:
    """A namespace that CloudWatch refuses, or an address that is none, would lose everything silently later."""
    with pytest.raises(SettingError, match=variable):
        Settings.from_env({variable: value})
