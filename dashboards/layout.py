"""PURE: rows of widgets -> their places in a dashboard's 24 columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dashboards import limits
from dashboards.errors import BoardError
from dashboards.origin import here
from dashboards.widgets import OnlyIf, Widget, rendered


@dataclass(frozen=True)
class Row:
    """Widgets side by side; those without a width of their own share what is left. `height` in CloudWatch's rows."""

    widgets: tuple[Widget, ...]
    height: int = 6
    origin: str = field(default_factory=here, compare=False)


def row(*widgets: Widget, height: int = 6) -> Row:
    return Row(widgets, height)


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """`name` ends its name in CloudWatch and its links; `start`: how far back it looks when it is opened. Raises
    BoardError.
    """

    name: str
    title: str
    about: str
    rows: tuple[Row, ...]
    route: str = ""
    """The route shown first where the dashboard has a variable for it."""
    start: str = "-PT3H"
    origin: str = field(default_factory=here, compare=False)

    def __post_init__(self) -> None:
        if not limits.DASHBOARD_NAME.fullmatch(self.name):
            raise BoardError(self.origin, f"dashboard {self.name!r}: letters, digits, - and _ (PutDashboard)")

    def widgets(self) -> tuple[Widget, ...]:
        return tuple(widget for one in self.rows for widget in one.widgets)


def body(dashboard: Dashboard, header: Row) -> dict[str, Any]:
    """The dashboard's body. Raises BoardError for what CloudWatch would refuse."""
    found = {
        "start": dashboard.start,
        "periodOverride": "inherit",
        "variables": [*_variables(dashboard)],
        "widgets": _placed((header, *dashboard.rows)),
    }
    for fault in limits.broken_by(everything(found)):
        raise BoardError(dashboard.origin, f"dashboard {dashboard.name}: {fault}")
    return found


def everything(value: Any) -> Any:
    """The value with what is conditional in it, as if every condition held."""
    if isinstance(value, OnlyIf):
        return everything(value.value)
    if isinstance(value, dict):
        return {key: everything(item) for key, item in value.items()}
    return [everything(item) for item in value] if isinstance(value, list) else value


def _placed(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    found, top = [], 0
    for one in rows:
        left = 0
        for widget, width in zip(one.widgets, _widths(one), strict=True):
            found.append({"x": left, "y": top, "width": width, "height": one.height, **rendered(widget)})
            left += width
        top += one.height
    return found


def _widths(one: Row) -> list[int]:
    """Whole columns; the leftmost of the sharing ones get what doesn't divide."""
    free = limits.COLUMNS.most - sum(widget.width for widget in one.widgets)
    sharing = sum(widget.width == 0 for widget in one.widgets)
    if free < sharing:
        raise BoardError(one.origin, f"a row wider than {limits.COLUMNS.most} columns")
    each, more = divmod(free, sharing) if sharing else (0, 0)
    widths = []
    for widget in one.widgets:
        extra = int(widget.width == 0 and more > 0)
        more -= extra
        widths.append(widget.width or each + extra)
    return widths


def _variables(dashboard: Dashboard) -> list[dict[str, Any]]:
    """The stage's name wherever it stands in the body: in the namespace, and in each resource's name that has it."""
    found = [
        {
            "type": "pattern",
            "pattern": "${Stage}",
            "inputType": "input",
            "id": "stage",
            "label": "Stage",
            "defaultValue": "${Stage}",
            "visible": True,
        }
    ]
    if dashboard.route:
        found.append(
            {
                "type": "property",
                "property": "route",
                "inputType": "select",
                "id": "route",
                "label": "Route",
                "defaultValue": dashboard.route,
                "visible": True,
                "search": '{"${Namespace}",service,route} MetricName="Requests" service="${ServiceName}"',
                "populateFrom": "route",
            }
        )
    return found
