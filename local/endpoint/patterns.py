"""PURE: the regular expressions of AWS's service models, which are Java's, as Python's."""

import re
from functools import cache

from local.errors import NotSupported

# Java's Unicode categories, for the ones that Python's classes can say. \w is letters, digits and the underscore, which
# every pattern of the models that has \p{L} allows too.
_CATEGORIES = {"L": r"\w", "N": r"\d", "Z": r"\s", "Zs": r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"}
_CATEGORY = re.compile(r"\\p\{(\w+)\}")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Raises NotSupported for one that Python cannot say."""
    try:
        return re.compile(_CATEGORY.sub(lambda found: _CATEGORIES[found[1]], pattern).replace(r"\w-_", r"\w\-_"))
    except (KeyError, re.error):
        raise NotSupported(f"the pattern {pattern} of the service's model can't be checked on the laptop") from None


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text fits, as Java's matches() means it; a pattern with anchors says for itself."""
    if pattern.startswith("^") or pattern.endswith("$"):
        return compiled(pattern).search(text) is not None
    return compiled(pattern).fullmatch(text) is not None
