"""PURE: a log widget's query -> the log groups it names and the rest.

Source: AWS page "Dashboard body structure and syntax", "Properties of a log widget object".
"""

import re
from collections.abc import Sequence

_SOURCE = re.compile(r"\s*SOURCE\s+(?:'([^']*)'|\"([^\"]*)\"|`([^`]*)`|([^\s|]+))\s*(?:\||$)", re.IGNORECASE)


def split(query: str) -> tuple[list[str], str]:
    """`SOURCE 'a' | SOURCE 'b' | stats count()` -> (["a", "b"], "stats count()")."""
    groups, position = [], 0
    while found := _SOURCE.match(query, position):
        groups.append(next(group for group in found.groups() if group is not None))
        position = found.end()
    return groups, query[position:].strip()


def group_arns(names: Sequence[str], region: str, account: str) -> list[str]:
    """StartQuery's `logGroupIdentifiers` for groups of another account, which answers where the two are linked."""
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    return [f"arn:{partition}:logs:{region}:{account}:log-group:{name}" for name in names]


def sources(query: str) -> list[str]:
    return split(query)[0]
