"""The rules of tests/architecture.py hold for this repository, and each one notices a tree that breaks it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import (
    environment_readers,
    foreign_imports,
    import_time_effects,
    impure_files,
    long_files,
    open_doors,
    unknown_rooms,
    wrong_arrows,
)

ROOT = Path(__file__).resolve().parent.parent
RULES = [
    wrong_arrows,
    unknown_rooms,
    open_doors,
    foreign_imports,
    environment_readers,
    long_files,
    import_time_effects,
    impure_files,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_keeps_its_rules(rule: Callable[[Path], list[str]]) -> None:
    """No file of this repository breaks a rule of the house."""
    assert rule(ROOT) == []


def tree(root: Path, **files: str) -> Path:
    """A repository with the files given as room__file="text", or by their path without .py."""
    for name, text in files.items():
        path = root / f"{name if '/' in name else name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("observability__a", "from service.settings import Settings"),
        ("observability__a", "def f():\n    import service"),
        ("observability__a", "if TYPE_CHECKING:\n    import local.logs"),
        ("service__a", "from local.errors import LocalError"),
        ("service__a", "import tests.service"),
        ("dashboards__a", "from service.app import create_app"),
        ("dashboards__a", "from service import app"),
        ("local__a", "import observability"),
        ("toolchain__a", "import artifact.errors"),
        ("load_tests__a", "import local"),
    ],
)
def test_arrow_back_is_found(tmp_path: Path, name: str, text: str) -> None:
    """An import against the arrows is found wherever it stands: on top, in a function, for types only."""
    assert len(wrong_arrows(tree(tmp_path, **{name: text}))) == 1


def test_arrows_forward_are_allowed(tmp_path: Path) -> None:
    """Imports along the arrows pass, and so do a room's own and other people's modules."""
    root = tree(
        tmp_path,
        service__a="import observability\nfrom observability.settings import read\nimport service.b\nimport fastapi",
        dashboards__a="from service.metrics import ITEMS\nfrom service import metrics\nimport observability.catalogue",
    )
    assert wrong_arrows(root) == []


def test_room_without_arrows_is_found(tmp_path: Path) -> None:
    """A new folder of Python has to be given its arrows."""
    assert unknown_rooms(tree(tmp_path, helpers__deep__a="")) == ["helpers/ has no arrows"]


@pytest.mark.parametrize(
    "text",
    [
        "from service.a import b",
        "from service.a import b\n__all__ = ['b', 'c']",
        "from service.a import b, c\n__all__ = ['b']",
        "from service.a import b\n__all__ = ['b', 'b']",
        "from service.a import b\n__all__ = ['b']\nprint(b)",
        "def b(): ...\n__all__ = ['b']",
    ],
)
def test_open_door_is_found(tmp_path: Path, text: str) -> None:
    """A door that forgets __all__, differs from it, repeats in it or does anything else is found."""
    assert open_doors(tree(tmp_path, **{"service/__init__": text})) != []


@pytest.mark.parametrize("text", ["", '"""Words."""', "from a import b as c\n__all__ = ['c']"])
def test_guarded_door_passes(tmp_path: Path, text: str) -> None:
    """Imports and their names in __all__ make a door; so does nothing at all."""
    assert open_doors(tree(tmp_path, **{"service/__init__": text})) == []


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("observability__record", "import boto3", 1),
        ("observability__record", "def f():\n    from starlette import routing", 1),
        ("observability__middleware", "if TYPE_CHECKING:\n    from fastapi import FastAPI", 1),
        ("observability__fastapi", "from fastapi import FastAPI\nimport starlette.routing", 0),
        ("observability__fastapi", "import mangum", 1),
        ("observability__record", "import json, contextvars\nfrom observability.settings import read", 0),
    ],
)
def test_library_imports_the_standard_library_only(tmp_path: Path, name: str, text: str, found: int) -> None:
    """observability/ names a framework in the one file made for it, and nowhere else."""
    assert len(foreign_imports(tree(tmp_path, **{name: text}))) == found


@pytest.mark.parametrize("text", ["os.environ['A']", "x = os.getenv('A')", "def f():\n    return dict(os.environ)"])
def test_reader_of_the_environment_is_found(tmp_path: Path, text: str) -> None:
    """The environment is an argument everywhere but in the composition roots."""
    root = tree(tmp_path, service__a=f"import os\n{text}", service__handler=f"import os\n{text}")
    assert [found.split(":")[0] for found in environment_readers(root)] == ["service/a.py"]


def test_long_file_is_found(tmp_path: Path) -> None:
    """300 lines pass, 301 don't."""
    root = tree(tmp_path, local__a="#\n" * 300, service__a="#\n" * 301)
    assert long_files(root) == ["service/a.py has 301 lines"]


@pytest.mark.parametrize(
    "text",
    [
        "print('hello')",
        "app = FastAPI()\napp.include_router(router)",
        "for name in names:\n    pass",
        "with lock:\n    pass",
        "WORDS = open('words').read()",
        "WORDS = Path('words').read_text()",
        "TABLE = boto3.client('dynamodb')",
        "if DEBUG:\n    start()",
        "try:\n    start()\nexcept OSError:\n    pass",
    ],
)
def test_work_at_import_is_found(tmp_path: Path, text: str) -> None:
    """A module that does something when imported is found; service/handler.py may, and says why."""
    root = tree(tmp_path, service__a=text, service__handler=text)
    assert [found.split(":")[0] for found in import_time_effects(root)] == ["service/a.py"]


def test_declarations_are_no_work(tmp_path: Path) -> None:
    """Constants, compiled patterns, guarded imports and a main guard are declarations."""
    text = (
        '"""Words."""\nimport re\nWORD = re.compile("a")\nLIMIT: int = 3\nNAMES = frozenset({"a"})\n'
        "try:\n    import fcntl\nexcept ImportError:\n    fcntl = None\n"
        "if TYPE_CHECKING:\n    import a\nif __name__ == '__main__':\n    main()\n"
    )
    assert import_time_effects(tree(tmp_path, local__a=text)) == []


@pytest.mark.parametrize(
    "text",
    ["import socket", "import time\nnow = time.time", "import os\nid = os.urandom", "def f():\n    open('x')"],
)
def test_false_purity_is_found(tmp_path: Path, text: str) -> None:
    """A file that says PURE and reaches for a clock, chance, a file or the network is found."""
    root = tree(tmp_path, local__a=f'"""PURE: a -> b."""\n{text}', local__b=text)
    assert [found.split(":")[0] for found in impure_files(root)] == ["local/a.py"]


def test_pure_file_passes(tmp_path: Path) -> None:
    """What depends on its arguments only is pure: formatting a given time, joining a path."""
    text = (
        '"""PURE: a -> b."""\nimport os, time\nfrom http import HTTPStatus\nx = time.gmtime(0)\ny = os.path.join("a")'
    )
    assert impure_files(tree(tmp_path, local__a=text)) == []
