"""python -m artifact function|layer INTO, for `sam build`; python -m artifact host INTO --python P, for `make run`.

It prints to stdout, warnings too: `sam build` shows the stdout of make and hides its stderr.
"""

import argparse
import os
import sys
from pathlib import Path

from artifact.bytecode import compile_tree, without_interpreter
from artifact.errors import ArtifactError
from artifact.function import copy_function
from artifact.host import build_host
from artifact.interpreter import find_interpreter
from artifact.layer import install_layer
from artifact.target import Target
from artifact.tidy import measure, settle

ROOT = Path(__file__).resolve().parent.parent
# Where Lambda puts a function and a layer (AWS page "Working with layers for Python Lambda functions").
TASK_ROOT, LAYER_ROOT = "/var/task", "/opt"


def main() -> int:
    arguments = _parse()
    try:
        into = _folder(arguments.into)
        said = build_host(ROOT, into, arguments.python) if arguments.part == "host" else _build(arguments.part, into)
    except ArtifactError as error:
        print(error, file=sys.stderr)
        return 1
    print(*said, sep="\n")
    return 0


def _build(part: str, into: Path) -> list[str]:
    """Builds for Lambda what the template names; says what it built."""
    target = Target.read(ROOT / "sam_template.yaml", os.environ)
    if part == "function":
        copy_function(ROOT, into)
    else:
        install_layer(ROOT / "requirements.txt", into, target)
    interpreter = find_interpreter(target.python, os.environ)
    if interpreter:
        compile_tree(into, interpreter, TASK_ROOT if part == "function" else LAYER_ROOT)
    settle(into)
    words = f"{part} for Python {target.python} on {target.architecture.value}: {measure(into)}"
    return [words] if interpreter else [words, without_interpreter(target.python)]


def _folder(name: str) -> Path:
    if not name:
        raise ArtifactError("ARTIFACTS_DIR is empty: it names the folder to build into (sam build sets it)")
    return Path(name)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m artifact", description="Builds what is deployed.")
    parser.add_argument("part", choices=["function", "layer", "host"])
    parser.add_argument("into", help="the folder to build into; what is in it goes")
    parser.add_argument("--python", type=Path, help="host: the interpreter to build for")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
