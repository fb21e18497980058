"""How the CPU and memory of a sandbox are held to what Lambda gives a function of its memory size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


class Shape(Protocol):
    """The limits of one sandbox."""

    def command(self, command: Sequence[str]) -> list[str]:
        """The command that starts `command` inside the limits."""

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """The environment that this command needs for the process to see `environment`."""

    def enter(self, pid: int) -> None:
        """Puts the process that was just started under the limits."""

    def throttle(self) -> None:
        """From now on the CPU is limited; memory is from the start."""

    def unthrottle(self) -> None:
        """An initialisation follows: it runs at full speed."""

    def kill(self) -> None:
        """Ends whatever still runs inside the limits."""

    def out_of_memory(self) -> bool:
        """Whether the kernel killed for memory inside these limits since this was last asked."""

    async def remove(self) -> None:
        """Leaves nothing behind."""


class NoShape:
    """No limits at all."""

    def command(self, command: Sequence[str]) -> list[str]:
        return list(command)

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return environment

    def enter(self, pid: int) -> None: ...

    def throttle(self) -> None: ...

    def unthrottle(self) -> None: ...

    def kill(self) -> None: ...

    def out_of_memory(self) -> bool:
        return False

    async def remove(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How sandboxes are shaped on this machine. `description` is one sentence for the start-up line."""

    description: str

    @classmethod
    def detect(cls, setting: Literal["auto", "off"] = "auto") -> "Limits":
        if setting == "off":
            return cls("none: turned off by setting")
        return cls("none: not built yet")

    def shape(self, _memory_mb: int) -> Shape:
        return NoShape()
