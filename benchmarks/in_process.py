"""A handler called in its own process, without the runtime client: what the telemetry of a request costs by itself."""

import json
import subprocess
from types import TracebackType
from typing import Self

from benchmarks import event
from benchmarks.code_tree import interpreter
from benchmarks.place import Place
from benchmarks.variants import Variant


class InProcess:
    """`call` as often as one likes; closed, its process is gone."""

    def __init__(self, place: Place, variant: Variant) -> None:
        self._variant = variant
        command = [str(interpreter()), "-S", str(place.task / "in_process.py"), json.dumps(event.EVENT)]
        with place.output.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, variant.handler],
                cwd=place.task,
                env=place.environment(variant),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,  # Ctrl-C is ours to handle, in order
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def call(self, times: int) -> list[float]:
        """Milliseconds of each call. Raises RuntimeError when it ends instead."""
        assert self._process.stdin is not None  # noqa: S101 (both asked for above)
        assert self._process.stderr is not None  # noqa: S101
        self._process.stdin.write(f"{times}\n")
        self._process.stdin.flush()
        said = ""
        for line in self._process.stderr:  # what a library warns of comes first
            if line.startswith("[") and line.endswith("]\n"):
                return [float(one) for one in json.loads(line)]
            said += line
        raise RuntimeError(f"{self._variant.handler} ended; its last words:\n{said[-2000:]}")
