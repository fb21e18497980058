"""Code and template reload, with a real stack and real edits."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.errors import StartError
from local.reload import Watcher, watched

Up = Callable[..., Any]
ANSWER = "def handler(event, context):\n    return {'statusCode': 200, 'body': %r}\n"


def edit(path: Path, text: str) -> None:
    """As editors do: the whole new file in one step."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def test_an_edit_is_served_and_said(up: Up, app: Path) -> None:
    """A changed file makes new sandboxes; the terminal names it; the next request meets the new code."""
    stack = up(LOCAL_RELOAD="on")
    stack.request("GET", "/x")
    edit(app / "app.py", ANSWER % "the second edition")
    stack.wait_for("reloaded: app.py\n")
    assert stack.request("GET", "/x")[2] == b"the second edition"


def test_a_broken_edit_is_shown_and_the_next_one_recovers(up: Up, app: Path) -> None:
    """A syntax error: the request gets 502, the terminal shows the error; a good edit is served again."""
    stack = up(LOCAL_RELOAD="on")
    edit(app / "app.py", "def handler(:\n")
    stack.wait_for("reloaded: app.py\n")
    assert stack.request("GET", "/x")[0] == 502
    assert "Runtime.UserCodeSyntaxError" in stack.wait_for("SyntaxError")
    edit(app / "app.py", ANSWER % "better now, and longer")
    stack.wait_until(lambda: stack.printed().count("reloaded: app.py\n") == 2)
    assert stack.request("GET", "/x")[2] == b"better now, and longer"


def test_the_template_is_read_again(up: Up, app: Path) -> None:
    """A changed template changes the function's configuration and the API's routes; a broken one changes nothing."""
    stack = up(LOCAL_RELOAD="on")
    template = app / "template.yaml"
    text = template.read_text()
    edit(template, text.replace("Path: /,", "Path: none,"))
    stack.wait_for("not reloaded, the former version goes on: template.yaml, line 16: Tiny.Events.Root.Path is 'none'")
    assert stack.request("GET", "/x")[0] == 200
    edit(template, text.replace('"/{proxy+}"', "/env").replace("Default: 256", "Default: 1024"))
    stack.wait_for("reloaded: template.yaml\n")
    assert stack.request("GET", "/x")[0] == 403
    assert json.loads(stack.request("GET", "/env")[2])["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "1024"


def test_the_alias_moves_with_each_edit(up: Up, app: Path) -> None:
    """With AutoPublishAlias the API invokes a version, as deployed; an edit publishes the next one, as `sam deploy`
    would, and the alias shows it.
    """
    template = app / "template.yaml"
    edit(template, template.read_text().replace("Tracing: Active", "Tracing: Active\n      AutoPublishAlias: live"))
    stack = up(LOCAL_RELOAD="on")
    assert "function   Tiny:live: 256 MB" in stack.printed()
    first = json.loads(stack.request("GET", "/env")[2])
    assert first["AWS_LAMBDA_FUNCTION_VERSION"] == "1"
    assert "/[1]" in first["AWS_LAMBDA_LOG_STREAM_NAME"]
    edit(app / "app.py", (app / "app.py").read_text() + "# edited\n")
    stack.wait_for("reloaded: app.py\n")
    assert json.loads(stack.request("GET", "/env")[2])["AWS_LAMBDA_FUNCTION_VERSION"] == "2"
    edit(template, template.read_text().replace("AutoPublishAlias: live", "MemorySize: 512"))
    stack.wait_for("reloaded: template.yaml\n")
    assert json.loads(stack.request("GET", "/env")[2])["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"


def test_reload_can_be_turned_off(up: Up, app: Path) -> None:
    """LOCAL_RELOAD=off: the sandboxes stay, whatever changes."""
    stack = up(LOCAL_RELOAD="off")
    stack.request("GET", "/x")
    edit(app / "app.py", ANSWER % "the second edition")
    assert json.loads(stack.request("GET", "/x")[2])["path"] == "/x"


@pytest.mark.parametrize(
    ("handler", "folders", "files"),
    [
        ("service.handler.lambda_handler", ["service", "observability"], []),
        ("app.handler", ["app", "service", "observability"], ["app.py"]),
        ("pack/module.handler", ["pack", "service", "observability"], []),
    ],
)
def test_what_is_watched(tmp_path: Path, handler: str, folders: list[str], files: list[str]) -> None:
    """The handler's own package or module, and the folders of LOCAL_WATCH."""
    (tmp_path / "app.py").write_text("")
    found = watched(tmp_path, handler, ["service", "observability"])
    assert found == ([tmp_path / name for name in folders], [tmp_path / name for name in files])


def test_what_cannot_be_watched_is_said(tmp_path: Path) -> None:
    """When the operating system refuses, the error names LOCAL_RELOAD."""

    async def run() -> None:
        async def unexpected(paths: list[Path]) -> None:
            raise AssertionError(paths)

        watcher = Watcher([], [tmp_path / "none" / "template.yaml"], unexpected)
        with pytest.raises(StartError, match="LOCAL_RELOAD=off does without"):
            await watcher.start()
        await watcher.stop()

    asyncio.run(run())
