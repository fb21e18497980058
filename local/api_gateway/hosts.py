"""PURE: which Host headers the front answers.

Only loopback names, and those of LOCAL_HOSTS. An API is what browsers reach: without this, a web page that rebinds its
own DNS name to 127.0.0.1 could read and write through the visitor's browser. API Gateway refuses unknown names too.
"""

_LOOPBACK = frozenset({"", "localhost", "[::1]"})


def host_name(host: str | None) -> str:
    """`Example.com:8000` -> `example.com`; `[::1]:8000` -> `[::1]`; none -> the empty string (HTTP/1.0)."""
    name = (host or "").strip().lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def is_served(name: str, more: frozenset[str]) -> bool:
    return name in _LOOPBACK or name.endswith(".localhost") or _is_loopback_address(name) or name in more


def _is_loopback_address(name: str) -> bool:
    parts = name.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(part.isdigit() and part.isascii() for part in parts)
