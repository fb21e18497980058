"""PURE: which function, version or alias a name means: a name, an ARN, a part of an ARN, each with a qualifier or none.

Source: the API reference of Lambda, e.g. Invoke, FunctionName ("Name formats").
"""

import re
from dataclasses import dataclass

from local.errors import AwsError

LATEST = "$LATEST"
_NAME = re.compile(
    r"(?:arn:aws[a-zA-Z-]*:lambda:(?P<region>[a-z0-9-]+):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)(?::(?P<qualifier>[^:]+))?"
)


@dataclass(frozen=True, slots=True)
class Named:
    """`qualifier` is a version or an alias, None where none was said."""

    name: str
    qualifier: str | None


def read_name(text: str, qualifier: str | None = None) -> Named:
    """Raises AwsError where the two qualifiers are not one."""
    found = _NAME.fullmatch(text)
    if found is None:
        raise AwsError("InvalidParameterValueException", f"{text!r} is no name and no ARN of a function")
    own: str | None = found["qualifier"]
    if own is not None and qualifier is not None and own != qualifier:
        message = "The derived qualifier from the function name does not match the specified qualifier."
        raise AwsError("InvalidParameterValueException", message, members={"Type": "User"})
    return Named(found["name"], own or qualifier)
