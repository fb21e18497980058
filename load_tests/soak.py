"""`make soak`: a long, level load on a stack of its own, and a look at all that it has to have left behind.

    python -m load_tests.soak --duration 600 --rate 200

Ends with 0 if no line, no trace and no answer is missing and every process's memory is flat; with 1 and the reasons if
not; with 2 if it could not be driven.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from load_tests.aws import Aws
from load_tests.errors import LoadTestError
from load_tests.laptop import ENDED, Laptop, end_on_sigterm, laptop
from load_tests.locust_run import locust, read_ledger
from load_tests.memory_watch import MemoryWatch, watch
from load_tests.soak_check import Soaked, findings, growths, missing_lines, missing_traces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from load_tests.made import Made
    from load_tests.memory import Growth

USERS = 10
"""As many as the template lets sandboxes be, so that no request is throttled; at 200 requests/s 20 a second each."""
LINES = '{ $.correlation_id = "load-*" }'
"""The filter pattern of the wide lines that our users' requests left."""
PATIENCE_S = 60.0
PAUSE_S = 1.0
READ_TRACES = 500
"""How many traces are read whole; of the others it is known that they are there."""
SLACK = timedelta(minutes=1)


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    folder = options.folder or Path(".local/soaks") / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{options.rate:g} requests/s for {options.duration} s, kept in {folder}")
    try:
        with laptop(folder / "stack") as stack:
            soaked = soak(stack, folder, options)
    except LoadTestError as error:
        print(f"soak: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return ENDED
    wrong, grown = findings(soaked), growths(soaked)
    print("\n".join(report(soaked, wrong, grown)))
    (folder / "soak.json").write_text(json.dumps(_kept(soaked, wrong, grown), indent=2) + "\n", encoding="utf-8")
    return 1 if wrong else 0


def soak(stack: Laptop, folder: Path, options: argparse.Namespace) -> Soaked:
    """Drives the load and gathers. Raises StackError where Locust did not run to its end."""
    began = datetime.now(UTC)
    shape = ["--shape", "soak", "--users", str(options.users), "--run-time", f"{options.duration}s"]
    with (
        locust(stack.api, folder, [*shape, "--rate", str(options.rate)]) as users,
        watch({"local": stack.pid, "locust": users.pid}) as memory,
    ):
        users.wait()
    made = read_ledger(folder)
    return gather(Aws(stack.aws), made, began, memory, options)


def gather(aws: Aws, made: list[Made], began: datetime, memory: MemoryWatch, options: argparse.Namespace) -> Soaked:
    """Reads lines and traces until none is missing, or nobody would wait longer."""
    [function] = aws.functions()  # the stack's one
    group = aws.log_place(function).group
    since, until = began - SLACK, datetime.now(UTC) + SLACK
    lines = _settled(lambda: _line_ids(aws, group, since, until), lambda found: not missing_lines(made, found))
    ids = _settled(lambda: list(aws.trace_ids(since, until)), lambda found: not missing_traces(made, found))
    sampled = [one.trace_id for one in made if one.trace_id is not None and one.sampled]
    drawn = Random(0).sample(sampled, min(READ_TRACES, len(sampled)))
    return Soaked(
        seconds=options.duration,
        rate=options.rate,
        made=made,
        lines=lines,
        trace_ids=frozenset(ids),
        traces=dict(aws.traces(drawn)),
        memory=memory.samples,
        watched_s=memory.length_s,
    )


def report(soaked: Soaked, wrong: Sequence[str], grown: Sequence[Growth]) -> list[str]:
    """What is printed at the end."""
    cold = sum(one.cold for one in soaked.made)
    lines = [
        f"{len(soaked.made)} requests, {len(soaked.made) / soaked.seconds:.1f} a second, {cold} of them cold starts",
        f"{len(soaked.lines)} wide lines, {len(soaked.trace_ids)} traces, {len(soaked.traces)} of them read",
    ]
    lines += [
        f"{one.process}: {one.typical_mb:.1f} MB, {one.mb:+.1f} MB (of {one.room_mb:.1f} MB that are noise)"
        for one in grown
    ]
    unjudged = sorted(soaked.memory.keys() - {one.process for one in grown})
    if unjudged:
        lines.append(f"too short to judge the memory of {', '.join(unjudged)}")
    return [*lines, *(f"WRONG: {one}" for one in wrong), "held" if not wrong else "did not hold"]


def _settled(read: Callable[[], list[str]], complete: Callable[[list[str]], bool]) -> list[str]:
    deadline = time.monotonic() + PATIENCE_S
    while not complete(found := read()) and time.monotonic() < deadline:
        time.sleep(PAUSE_S)
    return found


def _line_ids(aws: Aws, group: str, since: datetime, until: datetime) -> list[str]:
    """The correlation id of each wide line; of a line in several parts once."""
    lines = (json.loads(message) for message in aws.messages(group, LINES, since, until))
    return [line["correlation_id"] for line in lines if str(line.get("part", "1/")).startswith("1/")]


def _kept(soaked: Soaked, wrong: Sequence[str], grown: Sequence[Growth]) -> dict[str, Any]:
    return {
        "held": not wrong,
        "wrong": list(wrong),
        "seconds": soaked.seconds,
        "requests": len(soaked.made),
        "lines": len(soaked.lines),
        "traces": len(soaked.trace_ids),
        "memory": [
            {"process": one.process, "typical_mb": one.typical_mb, "grown_mb": one.mb, "room_mb": one.room_mb}
            for one in grown
        ],
        "samples": {
            process: [[round(sample.at, 1), sample.rss] for sample in samples]
            for process, samples in soaked.memory.items()
        },
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m load_tests.soak", description="A long, level load, and its check.")
    parser.add_argument("--duration", type=int, default=600, metavar="S", help="seconds (600)")
    parser.add_argument("--rate", type=float, default=200.0, metavar="N", help="requests a second (200)")
    parser.add_argument("--users", type=int, default=USERS, metavar="N", help=f"users that share the rate ({USERS})")
    parser.add_argument("--folder", type=Path, metavar="PATH", help="where all is kept (.local/soaks/<time>)")
    return parser


if __name__ == "__main__":
    end_on_sigterm()
    sys.exit(main(sys.argv[1:]))
