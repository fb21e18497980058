"""PURE: whose AWS the viewer shows."""

from dataclasses import dataclass
from pathlib import Path

LAPTOP_REGION = "us-east-1"
LAPTOP_ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True)
class Place:
    """The laptop (`endpoint_url` is its AWS, `profile` is none) or an account (`profile` names its credentials).

    `root` is the project's folder, for docs/runbook.md. `runs_widgets`: a reader may have a dashboard's custom widgets
    run their Lambda functions; on the laptop always.
    """

    region: str = LAPTOP_REGION
    endpoint_url: str | None = None
    profile: str | None = None
    root: Path = Path()
    runs_widgets: bool = False

    @property
    def is_laptop(self) -> bool:
        return self.endpoint_url is not None

    @property
    def may_run_widgets(self) -> bool:
        return self.is_laptop or self.runs_widgets

    @property
    def title(self) -> str:
        """What a page's header says: `laptop`, `prod · eu-west-1`."""
        return "laptop" if self.is_laptop else f"{self.profile or 'default'} · {self.region}"
