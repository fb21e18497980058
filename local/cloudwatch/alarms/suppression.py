"""PURE: a composite alarm's actions, held back while another alarm says so ("Alarm suppression", CloudWatch)."""

from dataclasses import dataclass, replace

WAIT, EXTENSION, ALARM = "WaitPeriod", "ExtensionPeriod", "Alarm"


@dataclass(frozen=True, slots=True)
class Suppressor:
    """The other alarm: whether it is in ALARM, and how long is waited for it to get there and after it has left."""

    in_alarm: bool
    wait_s: int
    extension_s: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """Actions that have not been taken yet: by what they are held (`WaitPeriod`, `ExtensionPeriod`, `Alarm`), until
    when if it is a period, and what the alarm's state was before.
    """

    by: str
    until_s: float | None
    old_state: str


def changed(suppressor: Suppressor, old_state: str, now_s: float) -> Withheld | None:
    """After the composite alarm's state has changed; what was held before is discarded. None: take the actions."""
    if suppressor.in_alarm:
        return Withheld(ALARM, None, old_state)
    return _period(WAIT, suppressor.wait_s, old_state, now_s)


def passed(withheld: Withheld, suppressor: Suppressor, now_s: float) -> Withheld | None:
    """As time goes by and the suppressor's state changes. None: take the actions, those of the state it has now."""
    if suppressor.in_alarm:
        return replace(withheld, by=ALARM, until_s=None)
    if withheld.until_s is None:
        return _period(EXTENSION, suppressor.extension_s, withheld.old_state, now_s)
    return withheld if now_s < withheld.until_s else None


def _period(by: str, length_s: int, old_state: str, now_s: float) -> Withheld | None:
    return Withheld(by, now_s + length_s, old_state) if length_s > 0 else None
