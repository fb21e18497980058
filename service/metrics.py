"""The metrics that this service counts itself, each declared once; dashboards are built from these objects. PURE."""

from __future__ import annotations

from observability import Metric, Unit

ITEMS_CREATED = Metric("ItemsCreated", Unit.COUNT, "Items made; a replayed answer makes none")
ITEMS_CHANGED = Metric("ItemsChanged", Unit.COUNT, "Items replaced or patched")
ITEMS_DELETED = Metric("ItemsDeleted", Unit.COUNT, "Items deleted")
IDEMPOTENT_REPLAYS = Metric(
    "IdempotentReplays", Unit.COUNT, "Answers given again for an Idempotency-Key: clients that retried"
)
STORE_CONFLICTS = Metric(
    "StoreConflicts", Unit.COUNT, "Conditional writes that lost a race, those tried again included: concurrent edits"
)
STALE_EDITS = Metric("StaleEdits", Unit.COUNT, "Writes refused (412): If-Match named a version that is gone")

ALL = (ITEMS_CREATED, ITEMS_CHANGED, ITEMS_DELETED, IDEMPOTENT_REPLAYS, STORE_CONFLICTS, STALE_EDITS)
