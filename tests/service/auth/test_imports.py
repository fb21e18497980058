from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("jwt", "cryptography", "urllib.request", "aws_lambda_powertools", "boto3", "botocore")

PROGRAM = f"""
import sys
before = set(sys.modules)
from service.auth import Authentication
from service.settings import AuthMode, AuthSettings
{{}}
print([name for name in {HEAVY!r} if name in sys.modules and name not in before])
"""


@pytest.mark.parametrize(
    "line",
    [
        "Authentication(AuthSettings())",
        "Authentication(AuthSettings(mode=AuthMode.REQUIRED, api_keys_sha256=('0' * 64,)))",
        "Authentication(AuthSettings(AuthMode.WRITES, jwks_url='https://h/', jwt_issuer='i', jwt_audience='a'))",
    ],
)
def test_nothing_heavy_is_imported(line: str) -> None:
    """Cold start is a budget: PyJWT, cryptography and Powertools wait for who uses them."""
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(line)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
