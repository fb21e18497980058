"""python -m deployment.expansion TEMPLATE: SAM's own transform, offline. Runs in .venv-sam; prints JSON.

What SAM makes of the template is what CloudFormation gets: the linters and our promises look at that.
"""

import json
import sys
from pathlib import Path
from typing import Any

from deployment.templates import load

#: Stand for what `sam deploy` uploads: SAM takes code from S3 only.
CODE = {"CodeUri": "s3://artifacts/function.zip", "ContentUri": "s3://artifacts/layer.zip"}


def expand(template: dict[str, Any]) -> dict[str, Any]:
    """The template that SAM's transform makes of this one, whose parameters have their defaults."""
    # samtranslator is in .venv-sam only, and takes a second.
    from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader  # noqa: PLC0415
    from samtranslator.translator.transform import transform  # noqa: PLC0415

    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties.update({name: uri for name, uri in CODE.items() if name in properties})
    expanded: dict[str, Any] = transform(template, {}, ManagedPolicyLoader(None))
    return expanded


if __name__ == "__main__":
    path = Path(sys.argv[1])
    print(json.dumps(expand(load(path.read_text(), path.name)), indent=1))
