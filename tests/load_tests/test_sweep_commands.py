"""python -m load_tests, and the page that tells of it."""

from pathlib import Path

import pytest

from load_tests.__main__ import COMMANDS, main
from load_tests.sweep.settings import table

PAGE = Path(__file__).resolve().parents[2] / "docs/sweeps.md"


def test_page_has_every_option() -> None:
    """The table of docs/sweeps.md is the options', row by row, with their defaults."""
    rows = [f"| `{option}` | {f'`{default}`' if default else ''} | {meaning} |" for option, default, meaning in table()]
    text = PAGE.read_text()
    start = text.index(rows[0])
    assert text[start:].splitlines()[: len(rows)] == rows


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And says what it is for."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"], {})
    assert ended.value.code == 0
    assert COMMANDS[command][1] in " ".join(capsys.readouterr().out.split())


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """Without one, or with one that isn't there, too."""
    for arguments in (["--help"], [], ["swep"]):
        with pytest.raises(SystemExit):
            main(arguments, {})
        said = capsys.readouterr()
        assert all(command in said.out + said.err for command in COMMANDS)


def test_a_wrong_setting_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """On stderr, with the exit code 1, before anything is started."""
    assert main(["sweep", "--memory", "64", "--dir", str(tmp_path / "sweeps")], {}) == 1
    assert capsys.readouterr().err == (
        "load_tests: --memory '64': '64' is not right; give MB, 128 to 10240, parted by commas\n"
    )
    assert not (tmp_path / "sweeps").exists()
