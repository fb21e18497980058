"""The template's resources made by the APIs' own operations, at the start and after a reset."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.endpoint.call import Operations
from local.endpoint.models import Models
from local.errors import AwsError, LocalError
from local.monitoring.asking import Asking, known_arns, known_queries
from local.monitoring.reading import read_resources
from local.monitoring.record import Made, Record
from local.monitoring.requests import REQUESTS, SAMPLING_RULE, Request, Resource

_NONE = ("ResourceNotFound", "ResourceNotFoundException", "DashboardNotFoundError", "NotFound")


@dataclass(frozen=True, slots=True)
class Source:
    """The template, its parameters' values, and the region that its stack is in."""

    template: Path
    parameters: Mapping[str, str]
    region: str


class Loader:
    """`services` are looked at when load() is called: rooms may be offered after this. `tell` prints a line.

    What the template has is the template's, also where somebody made it before; what it
    never had stays as it is.
    """

    def __init__(
        self, source: Source, services: Mapping[str, Operations], tell: Callable[[str], None], record: Record
    ) -> None:
        self._source = source
        self._region = source.region
        self._services = services
        self._tell = tell
        self._record = record
        self._failures: dict[tuple[str, str], str] = {}

    def failures(self) -> Mapping[tuple[str, str], str]:
        """Why a resource of a type and logical id could not be made, the last time."""
        return dict(self._failures)

    def load(self) -> None:
        """Says in one line what was loaded, in one what was removed, and in one each what wasn't, and why."""
        counted: Counter[str] = Counter()
        self._failures = {}
        unread: list[str] = []
        found: list[Resource] = []
        try:
            found += read_resources(self._source.template, self._source.parameters, self._region, unread.append)
        except LocalError as error:
            unread.append(str(error))
        for what in unread:
            self._left_out(what)
        models = Models(self._services)
        if not unread:
            self._remove_elsewhere(models)
        asking = Asking(self._services, models, self._region)
        queries = known_queries(self._services, self._region)
        for kind in REQUESTS:
            waiting = [resource for resource in found if resource.kind == kind]
            counted[REQUESTS[kind].words] += self._make_all(waiting, asking, queries)
        said = ", ".join(f"{number} {words}" for words, number in counted.items() if number)
        if said:
            self._tell(f"{'monitoring':10} {said}: loaded from {self._source.template.name}")
        if not unread:  # what can't be read may still have it
            self._remove_dropped(found, models)
        self._tell_of_sampling(found)

    def _make_all(self, waiting: list[Resource], asking: Asking, queries: Mapping[str, str]) -> int:
        """How many were made. One that needs another of its kind (a composite's child) waits for it."""
        made: list[Resource] = []
        while waiting:
            refused: list[tuple[Resource, LocalError]] = []
            for resource in waiting:
                try:
                    self._make(resource, asking, queries)
                    made.append(resource)
                except LocalError as error:
                    refused.append((resource, error))
            if len(refused) == len(waiting):
                for resource, why in refused:
                    self._failures[resource.kind, resource.logical_id] = str(why)
                    self._left_out(f"{resource.logical_id}: {why}")
                break
            waiting = [resource for resource, _ in refused]
        self._record.add(self._removable(made))
        return len(made)

    def _make(self, resource: Resource, asking: Asking, queries: Mapping[str, str]) -> None:
        kind = REQUESTS[resource.kind]
        request = kind.request(resource)
        if request.operation == "PutQueryDefinition" and request.parameters.get("name") in queries:
            known = {"queryDefinitionId": queries[request.parameters["name"]]}
            request = Request(request.service, request.operation, {**request.parameters, **known})
        elif kind.change is not None and (resource.kind, request.name) in known_arns(self._services, self._region):
            request = kind.change(request)
        asking.make(request)

    def _remove_elsewhere(self, models: Models) -> None:
        """The laptop has one stack: what an earlier start loaded in another region was of the same."""
        for region in sorted({one.region for one in self._record.all()} - {self._region}):
            gone = [one for one in self._record.all() if one.region == region]
            if removed := self._remove(gone, models):
                number = sum(len(names) for names in removed.values())
                self._tell(f"{'removed':10} {number} resources of {region}: the stack is in {self._region} now")

    def _remove_dropped(self, found: list[Resource], models: Models) -> None:
        """What was loaded at an earlier start and is not in the template now."""
        kept = set(self._removable(found))
        if removed := self._remove([one for one in self._record.all() if one not in kept], models):
            said = "; ".join(f"{words} {', '.join(names)}" for words, names in removed.items())
            self._tell(f"{'removed':10} {said}: no longer in {self._source.template.name}")

    def _remove(self, gone: list[Made], models: Models) -> dict[str, list[str]]:
        """Composites before their children. The names of what is not there any more, by kind."""
        queries = known_queries(self._services, self._region)
        removed: dict[str, list[str]] = {}
        for kind in reversed(list(REQUESTS)):
            for one in (one for one in gone if one.kind == kind):
                try:
                    Asking(self._services, models, one.region).remove(one.request, queries)
                except LocalError as error:
                    if not isinstance(error, AwsError) or error.code not in _NONE:
                        self._tell(f"{'not removed':10} {one.name}: {error}")
                        continue
                self._record.remove(one)
                removed.setdefault(REQUESTS[kind].words, []).append(one.name)
        return removed

    def _tell_of_sampling(self, found: Iterable[Resource]) -> None:
        if any(one.kind == SAMPLING_RULE and (one.kind, one.logical_id) not in self._failures for one in found):
            self._tell(f"{'sampling':10} rules are for who asks X-Ray for them; the gateway here traces every request")

    def _left_out(self, what: str) -> None:
        self._tell(f"{'not loaded':10} {what}")

    def _removable(self, resources: Iterable[Resource]) -> list[Made]:
        """Those of a type that is removed, and that the request to make them names."""
        found = []
        for resource in resources:
            kind = REQUESTS[resource.kind]
            if kind.removal is not None:
                try:
                    found.append(Made.of(self._region, resource.kind, kind.removal(kind.request(resource))))
                except (KeyError, TypeError, AttributeError):
                    continue  # without a name it was never made
        return found
