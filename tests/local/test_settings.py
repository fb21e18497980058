"""The settings table, its variables and its options."""

import argparse
from pathlib import Path

import pytest

from local.errors import SettingError
from local.settings import SETTINGS, Settings, add_options, misnamed, table


def test_defaults() -> None:
    """An empty environment serves on 8000, 2000 and 4566, out of sam_template.yaml, into .local."""
    settings = Settings.from_env({})
    assert settings == Settings(
        port=8000,
        xray_port=2000,
        aws_port=4566,
        viewer_port=8001,
        dir=Path(".local"),
        template=Path("sam_template.yaml"),
        parameters={},
        artifact=None,
        shaping="auto",
        runtime="auto",
        reload=True,
        watch=("service", "observability"),
        stage_path=False,
        hosts=(),
        verbose=False,
    )


def test_an_option_wins_over_its_variable() -> None:
    """--port over LOCAL_PORT over the default."""
    assert Settings.from_env({"LOCAL_PORT": "1"}).port == 1
    assert Settings.from_env({"LOCAL_PORT": "1"}, {"port": "2"}).port == 2
    assert Settings.from_env({"LOCAL_PORT": "1"}, {"port": None}).port == 1


def test_values_are_read() -> None:
    """Switches, paths, lists of names and template parameters."""
    environ = {
        "LOCAL_VERBOSE": "1",
        "LOCAL_RELOAD": "off",
        "LOCAL_ARTIFACT": "build/host",
        "LOCAL_HOSTS": "a.test, b.test",
        "LOCAL_PARAMETERS": "Stage=dev Empty= Memory=256",
    }
    settings = Settings.from_env(environ)
    assert (settings.verbose, settings.reload) == (True, False)
    assert settings.artifact == Path("build/host")
    assert settings.hosts == ("a.test", "b.test")
    assert settings.parameters == {"Stage": "dev", "Empty": "", "Memory": "256"}


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("LOCAL_PORT", "http", "LOCAL_PORT='http' is wrong: it takes a port, 0 for any free one"),
        ("LOCAL_PORT", "65536", "LOCAL_PORT='65536' is wrong: it takes a port, 0 for any free one"),
        ("LOCAL_SHAPING", "on", "LOCAL_SHAPING='on' is wrong: it takes auto or off"),
        ("LOCAL_RUNTIME", "", "LOCAL_RUNTIME='' is wrong: it takes auto, awslambdaric or stdlib"),
        ("LOCAL_VERBOSE", "loud", "LOCAL_VERBOSE='loud' is wrong: it takes on or off"),
        ("LOCAL_DIR", "", "LOCAL_DIR='' is wrong: it takes a path"),
        (
            "LOCAL_PARAMETERS",
            "Stage",
            "LOCAL_PARAMETERS='Stage' is wrong: it takes Name=value words, separated by spaces",
        ),
    ],
)
def test_a_bad_value_is_named(variable: str, value: str, message: str) -> None:
    """The error names the setting, the value, and what would be right."""
    with pytest.raises(SettingError) as error:
        Settings.from_env({variable: value})
    assert str(error.value) == message


def test_a_bad_option_is_named_as_the_option() -> None:
    """What was typed is what the error names."""
    with pytest.raises(SettingError, match=r"^--xray-port='x' is wrong"):
        Settings.from_env({"LOCAL_XRAY_PORT": "1"}, {"xray_port": "x"})


def test_a_variable_that_is_none_is_told_of() -> None:
    """A slip of the pen is not silence: what is near is named, and what is the settings' own is not."""
    assert misnamed({"LOCAL_PORT": "1", "HOME": "/", "LC_ALL": "C"}) == []
    assert misnamed({"LOCAL_VIEWERPORT": "1", "LOCAL_QQQQQQQQQQ": "1"}) == [
        "LOCAL_QQQQQQQQQQ is no setting and does nothing; python -m local up --help has them all",
        "LOCAL_VIEWERPORT is no setting and does nothing; there is LOCAL_VIEWER_PORT, LOCAL_PORT, LOCAL_AWS_PORT",
    ]


def test_every_setting_is_an_option_and_a_field() -> None:
    """One table: --help names each variable and default, Settings has a field for each, the docs get the same rows."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    text = " ".join(parser.format_help().split())
    assert len(SETTINGS) == len(Settings.__dataclass_fields__)
    for setting, row in zip(SETTINGS, table(), strict=True):
        assert setting.variable in text
        assert setting.field in Settings.__dataclass_fields__
        assert row == (setting.variable, setting.default, setting.meaning, setting.allowed)
    assert vars(parser.parse_args(["--verbose", "--port", "1"]))["verbose"] == "on"
