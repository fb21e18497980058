"""The tools, each in the virtual environment that its pins need. They are asked by command line and answer in JSON."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deployment.errors import ToolError

ROOT = Path(__file__).resolve().parent.parent
SAM, CHECK, MINISTACK = ".venv-sam", ".venv-check", ".venv-ministack"
#: Nobody is asked anything: SAM needs a region to read a template for, not an account, and must find none.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "SAM_CLI_TELEMETRY": "0",
}


class Tools:
    """Runs the programs of the tools' environments below `root`, with `environ` and nothing of AWS's from outside."""

    def __init__(self, root: Path, environ: dict[str, str]) -> None:
        self.root = root
        kept = {
            name: value for name, value in environ.items() if not name.startswith(("AWS_", "SAM_", "MAKE", "MFLAGS"))
        }
        # Else SAM keeps a file of its own in the user's home.
        own = {"PYTHONWARNINGS": "ignore", "__SAM_CLI_APP_DIR": str(root / "build/sam")}
        self.environ = {**kept, **ENVIRONMENT, **own}

    def run(
        self, venv: str, program: str, arguments: Sequence[str], stdin: str | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """The ended process, its output as text. Raises ToolError when there is no such program."""
        command = [str(self.root / venv / "bin" / program), *arguments]
        try:
            with tempfile.TemporaryDirectory(prefix="glasshouse-") as temporary:  # SAM leaves folders in it
                return subprocess.run(
                    command,
                    check=False,
                    cwd=self.root,
                    env={**self.environ, "TMPDIR": temporary, **environ},
                    input=stdin,
                    capture_output=True,
                    text=True,
                )
        except OSError as error:
            raise ToolError(f"{command[0]}: {error.strerror}; `make check` installs it") from None

    def ask(self, venv: str, program: str, arguments: Sequence[str], stdin: str | None = None) -> Any:
        """What the program printed, as JSON: it may exit as it likes. Raises ToolError when it printed no JSON."""
        result = self.run(venv, program, arguments, stdin)
        try:
            return json.loads(result.stdout)
        except ValueError:
            said = (result.stderr or result.stdout).strip()
            raise ToolError(f"{program} {' '.join(arguments)} failed:\n{said}") from None

    def module(self, venv: str, name: str, *arguments: str, stdin: str | None = None) -> Any:
        """What one of this package's modules prints in a tool's environment."""
        return self.ask(venv, "python", ["-m", f"deployment.{name}", *arguments], stdin)
