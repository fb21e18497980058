"""python -m docs: writes the pages that are made from the code. A test holds them together."""

import sys
from pathlib import Path

from docs.settings_page import page

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    (FOLDER / "settings.md").write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
