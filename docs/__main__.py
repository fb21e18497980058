"""python -m docs: writes the pages that are made from the code. A test holds them together."""

import sys
from pathlib import Path

from docs import aws_page, deploy_page, settings_page, telemetry_page

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    (FOLDER / "aws.md").write_text(aws_page.page(), encoding="utf-8")
    (FOLDER / "settings.md").write_text(settings_page.page(), encoding="utf-8")
    template = (FOLDER.parent / "sam_template.yaml").read_text(encoding="utf-8")
    (FOLDER / "deploy.md").write_text(deploy_page.page(template), encoding="utf-8")
    (FOLDER / "telemetry.md").write_text(telemetry_page.page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
