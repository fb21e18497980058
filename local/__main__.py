"""python -m local up | down | status | reset."""

import sys

OLDEST, NEWEST = (3, 11), (3, 14)


def main(arguments: list[str]) -> int:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        running = ".".join(map(str, sys.version_info[:3]))
        sys.stderr.write(f"local: Python {running} is not supported, 3.11 to 3.14 are; PYTHON=python3.13 picks one\n")
        return 1
    try:
        # Not at the top: older Pythons fail on these modules before they could be told so, and a missing package
        # deserves a sentence.
        from local.commands import run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"local: {error.name} is not installed for {sys.executable}; "
            "pip install -r requirements.txt -r requirements-local.txt\n"
        )
        return 1
    try:
        return run(arguments)
    except KeyboardInterrupt:  # before the event loop took the signals
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
