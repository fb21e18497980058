"""The environment variables of a function on a laptop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.intrinsics import Resolver, text
from local.supported import ANY_ENDPOINT, ENDPOINTS, SILENT


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An environment variable that the function does not get, and why."""

    variable: str
    reason: str


class FunctionVariables:
    """The function's variables: the template's, those of `up` in their place, and none that leads nowhere."""

    def __init__(self, resolver: Resolver, environ: Mapping[str, str]) -> None:
        self._resolver = resolver
        self._environ = environ
        self.left_out: list[LeftOut] = []
        self.overridden: list[str] = []
        self.passed: set[str] = set()

    def read(self, variables: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        for name, value in variables.items():
            if name in self._environ:
                found[name] = self._environ[name]
                self.overridden.append(name)
            elif (resolved := self._resolved(name, value)) is not None:
                found[name] = resolved
        return {**found, **{name: self._environ[name] for name in self.passed}}

    def _resolved(self, name: str, value: Any) -> str | None:
        with self._resolver.watching() as touched:
            resolved = self._resolver.resolve(value)
        kinds = self._resolver.resources()
        for logical_id in sorted(touched):
            kind = kinds[logical_id]["Type"] if logical_id in kinds else "of a condition that is false"
            if kind not in SILENT and not self._reachable(kind):
                wanted = ENDPOINTS.get(kind, ANY_ENDPOINT)
                reason = f"{logical_id} ({kind}) is not run here; {wanted} names one that is"
                self.left_out.append(LeftOut(name, reason))
                return None
        return text(resolved) if isinstance(resolved, str | int | float) else None

    def _reachable(self, kind: str) -> bool:
        for endpoint in (ENDPOINTS.get(kind, ANY_ENDPOINT), ANY_ENDPOINT):
            if self._environ.get(endpoint):
                self.passed.add(endpoint)
                return True
        return False
