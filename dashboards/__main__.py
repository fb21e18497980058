"""python -m dashboards build | check | contract | verify."""

from __future__ import annotations

import sys

from dashboards.commands import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
