"""What a published version runs when the work tree has gone on. Source: the AWS page "Manage Lambda function versions":
a published version's "code, runtime, architecture, memory, layers, and most other configuration settings are
immutable", and where $LATEST is identical to a published version there is no new one.
"""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from local.endpoint import Call
from local.errors import StartError
from local.lambda_api import LambdaControl, Snapshots
from local.lambda_runtime import Code
from tests.local.lambda_runtime.stage import Stage

HANDLER = """
from pathlib import Path
from parts import words

def handler(event, context):
    return [words.WORD, Path("note.txt").read_text(), __file__]
"""


def write(root: Path, word: str) -> None:
    (root / "parts").mkdir(exist_ok=True)
    (root / "parts" / "words.py").write_text(f"WORD = {word!r}\n")


def test_a_version_keeps_its_code(tmp_path: Path) -> None:
    """An older version runs what it was published with, by its number and by an alias, in sandboxes of before and in
    new ones; what is beside the code is the work tree's. The newest runs from the work tree. An unchanged tree is no
    new version, however often it is saved; another description alone is one.
    """

    async def story() -> None:
        root = tmp_path / "code"
        root.mkdir()
        stage = Stage(root)
        write(root, "first")
        (root / "note.txt").write_text("note")
        async with stage.running(HANDLER) as function:
            control = LambdaControl(function, Snapshots(tmp_path / "versions", ["app.py", "parts"]), print)

            async def ask(operation: str, **parameters: object) -> dict[str, object]:
                return dict(await control.answer(Call("lambda", operation, {"FunctionName": "items", **parameters})))

            async def invoke(qualifier: str) -> list[str]:
                answer = await ask("Invoke", Qualifier=qualifier, Payload=b"{}")
                found: list[str] = json.loads(answer["Payload"])  # type: ignore[arg-type] # bytes
                return found

            async def publish() -> object:
                await function.replace()  # as a save does
                return (await ask("PublishVersion"))["Version"]

            assert [await publish(), await publish()] == ["1", "1"]
            await ask("CreateAlias", Name="stable", FunctionVersion="1")
            assert await invoke("1") == ["first", "note", str(root / "app.py")]
            write(root, "second")
            (root / "note.txt").write_text("another note")
            assert await publish() == "2"
            assert await invoke("2") == ["second", "another note", str(root / "app.py")]
            assert (await invoke("1"))[0] == "first"  # the sandbox that was there
            await ask("CreateAlias", Name="other", FunctionVersion="2")
            await ask("UpdateAlias", Name="stable", FunctionVersion="2")  # which lets the sandboxes of 1 rest
            await ask("UpdateAlias", Name="stable", FunctionVersion="1")
            kept = str(tmp_path / "versions" / "1" / "app.py")
            assert await invoke("stable") == ["first", "another note", kept]
            await ask("UpdateAlias", Name="stable", FunctionVersion="2")
            await ask("DeleteFunction", Qualifier="1")
            assert not (tmp_path / "versions" / "1").exists()
            await ask("UpdateFunctionConfiguration", Description="another")
            while (await ask("GetFunctionConfiguration"))["LastUpdateStatus"] == "InProgress":  # noqa: ASYNC110 (the API has no event)
                await asyncio.sleep(0)
            assert [await publish(), await publish()] == ["3", "3"]
            await control.stop()

    asyncio.run(story())


def test_copies_are_small(tmp_path: Path) -> None:
    """A file that has not changed is there once, whatever the number of versions; what is not frozen is linked; no
    bytecode is kept; a new start begins with none.
    """
    root, folder = tmp_path / "code", tmp_path / "versions"
    root.mkdir()
    (root / "src").mkdir()
    write(root / "src", "first")
    (root / "src" / "parts" / "__pycache__").mkdir()
    (root / "src" / "parts" / "__pycache__" / "words.pyc").write_bytes(b"")
    (root / "src" / "data").write_text("data")
    (root / "src" / "parts" / "same.py").write_text("")
    code = Code(root, Path(sys.executable))
    snapshots = Snapshots(folder, ["src/parts", "not_there"])
    before = snapshots.digest(code)
    first = snapshots.take("1", code).task_root / "src"
    write(root / "src", "second")
    assert snapshots.digest(code) != before
    second = snapshots.take("2", code).task_root / "src"
    assert (first / "parts" / "words.py").read_text() == "WORD = 'first'\n"
    assert (second / "parts" / "words.py").read_text() == "WORD = 'second'\n"
    assert (first / "parts" / "same.py").samefile(second / "parts" / "same.py")
    assert (first / "data").samefile(root / "src" / "data")
    assert not (first / "parts" / "__pycache__").exists()
    Snapshots(folder, [])
    assert not folder.exists()


def test_where_files_can_not_be_linked_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not every file system has links, and the version that a file was copied for may be gone."""
    root = tmp_path / "code"
    root.mkdir()
    write(root, "first")
    code, snapshots = Code(root, Path(sys.executable)), Snapshots(tmp_path / "versions", ["parts"])
    snapshots.take("1", code)
    snapshots.forget("1")
    found = [snapshots.take("2", code)]
    monkeypatch.setattr("os.link", lambda *_: (_ for _ in ()).throw(PermissionError("no links here")))
    found.append(snapshots.take("3", code))
    assert [(one.task_root / "parts" / "words.py").read_text() for one in found] == ["WORD = 'first'\n"] * 2


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    """Is said with the way out."""
    (tmp_path / "versions").write_text("a file")
    (tmp_path / "app.py").write_text("")
    with pytest.raises(StartError, match=r"version 1 can't keep its code: .*; LOCAL_DIR names another folder"):
        Snapshots(tmp_path / "versions", ["app.py"]).take("1", Code(tmp_path, Path(sys.executable)))
