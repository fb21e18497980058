"""PURE: a small chart as SVG. Colours are classes, so that the page's theme decides them; every text is escaped."""

from collections.abc import Callable, Sequence
from html import escape

from load_tests.report.scales import Scale

WIDTH, HEIGHT = 360, 236
LEFT, RIGHT, TOP, BOTTOM = 52, 346, 14, 196
BAR = 26
LETTER = 6.2  # px, of the axis text: an average


class Drawing:
    """Axes first, then marks; `svg()` at the end."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._parts: list[str] = []

    def svg(self) -> str:
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self._label)}">'
            f"{''.join(self._parts)}</svg>"
        )

    def y_axis(self, scale: Scale, ticks: Sequence[float], show: Callable[[float], str], title: str) -> None:
        for tick in ticks:
            y = scale(tick)
            self.line(LEFT, y, RIGHT, y, "grid")
            self.text(LEFT - 6, y + 3.5, show(tick), "axis end")
        self.text(LEFT, TOP - 4, title, "axis title")

    def x_axis(self, scale: Scale, ticks: Sequence[float], show: Callable[[float], str], title: str) -> None:
        """Labels that would touch their neighbour are left out."""
        reached = -1e9
        for tick in ticks:
            x, text = scale(tick), show(tick)
            half = len(text) * LETTER / 2
            if x - half > reached:
                self.text(x, BOTTOM + 16, text, "axis middle")
                reached = x + half + 4
        self.text((LEFT + RIGHT) / 2, HEIGHT - 5, title, "axis middle")

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        self._parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def text(self, x: float, y: float, text: str, kind: str) -> None:
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>')

    def dot(self, x: float, y: float, kind: str, tip: str, radius: float = 4) -> None:
        circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" class="{kind}">'
        self._parts.append(f"{circle}<title>{escape(tip)}</title></circle>")

    def bar(self, middle: float, y1: float, y2: float, kind: str, tip: str) -> None:
        """From y1 to y2, whichever is above."""
        top, height = min(y1, y2), abs(y2 - y1)
        rect = f'<rect x="{middle - BAR / 2:.1f}" y="{top:.1f}" width="{BAR}" height="{height:.1f}" class="{kind}">'
        self._parts.append(f"{rect}<title>{escape(tip)}</title></rect>")

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        if points:
            way = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            self._parts.append(f'<path d="M{way}" class="{kind}"/>')
