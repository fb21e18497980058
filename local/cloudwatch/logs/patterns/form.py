"""PURE: what each form of a filter pattern can be asked."""

from collections.abc import Mapping
from typing import Protocol

from local.cloudwatch.logs.patterns.condition import Value
from local.cloudwatch.logs.patterns.event import Event


class Pattern(Protocol):
    """`regexes` is how many regular expressions it has; `needed` are texts that are in every message it matches."""

    @property
    def regexes(self) -> int: ...

    @property
    def names(self) -> tuple[str, ...] | None:
        """What value() takes; None for any `$.selector`."""
        ...

    @property
    def needed(self) -> tuple[str, ...]: ...

    def matches(self, event: Event) -> bool: ...

    def extracted(self, event: Event) -> Mapping[str, str]:
        """What TestMetricFilter shows of a message that matches: `$.selector` or `$name` -> its text."""
        ...

    def value(self, event: Event, name: str) -> Value | None:
        """What `name` stands for in a metric filter's value or dimensions: `$.selector` or `$name`."""
        ...
