"""PURE: what a query's SQL needs beside its text: bound values, regular expressions, percentiles."""

from collections.abc import Sequence

from local.cloudwatch.logs.regexes import Regex


class Parameters:
    """All that comes from the user goes to SQLite through here, by name."""

    def __init__(self, account_id: str, now_s: int) -> None:
        self.account_id = account_id
        self.now_s = now_s
        self.values: dict[str, str | float] = {}
        self._names: dict[tuple[type, str | float], str] = {}
        self.regexes: list[Regex] = []
        self.globs: list[tuple[str, ...]] = []
        self.percents: list[float] = []

    def bind(self, value: str | float) -> str:
        """Equal values are one parameter, so that equal expressions are equal SQL."""
        name = self._names.setdefault((type(value), value), f"p{len(self.values)}")
        self.values[name] = value
        return f":{name}"

    def bind_all(self, values: Sequence[int]) -> str:
        return ", ".join(self.bind(value) for value in values)

    def constant(self, sql: str) -> str | float | None:
        """The value that was bound as this parameter; None if the SQL is no parameter."""
        return self.values.get(sql[1:]) if sql.startswith(":") else None

    def regex(self, expression: Regex) -> int:
        self.regexes.append(expression)
        return len(self.regexes) - 1

    def glob(self, parts: tuple[str, ...]) -> int:
        self.globs.append(parts)
        return len(self.globs) - 1

    def percentile(self, percent: float) -> int:
        self.percents.append(percent)
        return len(self.percents) - 1
