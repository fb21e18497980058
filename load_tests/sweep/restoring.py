"""Putting a function back as a journal says it was."""

from collections.abc import Callable

from load_tests.errors import LoadTestError, NotRestored
from load_tests.sweep.function import Function
from load_tests.sweep.journal import Entry, Journal
from load_tests.sweep.place import Place


def restore(function: Function, journal: Journal, entry: Entry) -> None:
    """Raises NotRestored, and keeps the journal then."""
    try:
        function.restore(entry.state)
        for version in function.published():
            function.forget(version)
    except LoadTestError as error:
        raise NotRestored(
            f"{function.name} is not as it was: {error}; {journal.path} says how it was, "
            "and the next sweep, or `python -m load_tests restore`, tries again"
        ) from error
    journal.clear()


def restore_left(place: Place, journal: Journal, tell: Callable[[str], None]) -> None:
    """What a killed sweep left. Raises NotRestored where the journal is another function's."""
    entry = journal.read()
    if entry is None:
        return
    if entry.target == place.target:
        restore(Function(place.clients, place.function, entry.alias), journal, entry)
        tell(f"restored {place.function}, which a sweep before this one had left changed")
    elif entry.target.get("where") == "laptop" == place.target["where"]:
        # A stack that starts reads the template: what was set ended with the stack of then.
        journal.clear()
        tell("a sweep before this one did not end; its stack is gone, and what it had set with it")
    else:
        raise NotRestored(
            f"{journal.path} is of {entry.target.get('function')} at {entry.target.get('where')}, not of "
            f"{place.function} at {place.target['where']}; `python -m load_tests restore` takes that one's --endpoint"
        )
