"""PURE: a log widget's query -> the log groups it names and the rest.

Source: AWS page "Dashboard body structure and syntax", "Properties of a log widget object".
"""

import re

_SOURCE = re.compile(r"\s*SOURCE\s+(?:'([^']*)'|\"([^\"]*)\"|`([^`]*)`|([^\s|]+))\s*(?:\||$)", re.IGNORECASE)


def split(query: str) -> tuple[list[str], str]:
    """`SOURCE 'a' | SOURCE 'b' | stats count()` -> (["a", "b"], "stats count()")."""
    groups, position = [], 0
    while found := _SOURCE.match(query, position):
        groups.append(next(group for group in found.groups() if group is not None))
        position = found.end()
    return groups, query[position:].strip()


def sources(query: str) -> list[str]:
    return split(query)[0]
