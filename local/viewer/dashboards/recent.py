"""What a live page was told lately: graphs of long periods are asked for again when they can have changed visibly."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from local.viewer.dashboards.drawing import Document

LONGEST_S = 30.0
PART = 10  # of a period: what the newest point of a graph can have changed by then is a tenth of it at most
MOST_PAGES = 32


def good_for_s(period_s: float) -> float:
    """Graphs of a minute are asked for each time, those of five minutes and more twice a minute."""
    return 0.0 if period_s <= 60 else min(LONGEST_S, period_s / PART)


class Recent:
    """The documents of the last pages, by the page's path and query. Only refreshes ask it; a page that is loaded does
    not, nor is what failed kept.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[str, dict[str, tuple[float, Document]]] = OrderedDict()

    def still_good(self, page: str, now_s: float) -> Mapping[str, Document]:
        found = self._pages.get(page, {})
        return {
            key: document
            for key, (asked_s, document) in found.items()
            if now_s - asked_s < good_for_s(document["shortest_period"])
        }

    def keep(self, page: str, documents: Sequence[Document], now_s: float, reused: Mapping[str, Document]) -> None:
        kept = self._pages.setdefault(page, {})
        self._pages.move_to_end(page)
        for document in documents:
            if document.get("shortest_period") and document["key"] not in reused:
                kept[document["key"]] = (now_s, document)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
