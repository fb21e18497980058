"""`pip install .` gives the library alone."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_wheel_holds_the_library_alone(tmp_path: Path) -> None:
    """A wheel of a clean copy has observability/ and its metadata, nothing of the other rooms; it needs Mangum only."""
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info")
    shutil.copytree(ROOT, source, ignore=ignored)
    # Not isolated from the user's pip settings, which lead to the package index.
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [archive.read(name).decode() for name in names if name.endswith("METADATA")]
        archive.extractall(tmp_path / "installed")
    assert {name.split("/")[0] for name in names} == {"observability", "glasshouse-0.1.0.dist-info"}
    assert "observability/py.typed" in names
    assert re.findall(r"^Requires-Dist: (\w+)", metadata, re.MULTILINE) == ["mangum"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "installed")}
    subprocess.run(
        [sys.executable, "-S", "-c", "import observability; observability.current().add(x=1)"],
        env=environment,
        cwd=tmp_path,
        check=True,
    )
