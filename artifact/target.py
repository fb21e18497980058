"""What the artifact is built for: the Runtime and the Architectures that sam_template.yaml gives the function."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from artifact.errors import TargetError


class Architecture(enum.Enum):
    """Lambda's two instruction sets, by the names that SAM gives them."""

    ARM64 = "arm64"
    """Graviton."""
    X86_64 = "x86_64"
    """Intel and AMD."""

    @property
    def machine(self) -> str:
        """The name that wheels and the kernel use."""
        return "aarch64" if self is Architecture.ARM64 else "x86_64"


@dataclass(frozen=True)
class Target:
    """A Python ("3.13") on an architecture, under the glibc 2.34 of Amazon Linux 2023."""

    python: str
    architecture: Architecture

    @property
    def platform(self) -> str:
        """How uv names it. manylinux_2_28 is what wheels are made for, and runs on any later glibc."""
        return f"{self.architecture.machine}-manylinux_2_28"

    @classmethod
    def read(cls, template: Path, environ: Mapping[str, str]) -> "Target":
        """TARGET_PYTHON and TARGET_ARCH, else what the template's only function says. Raises TargetError."""
        runtime, architecture = _function(template)
        python = environ.get("TARGET_PYTHON") or runtime
        if not re.fullmatch(r"3\.1[1-9]", python):
            raise TargetError(
                f"TARGET_PYTHON={python!r} is no Python of Lambda's; 3.13 is one (the template's: {runtime})"
            )
        name = environ.get("TARGET_ARCH") or architecture
        try:
            return cls(python, Architecture(name))
        except ValueError:
            raise TargetError(f"TARGET_ARCH={name!r}: it is arm64 or x86_64 (the template's: {architecture})") from None


def _function(template: Path) -> tuple[str, str]:
    document = yaml.load(template.read_text(), Loader=_loader())  # noqa: S506 (derived from SafeLoader)
    functions = [part for part in document["Resources"].values() if part["Type"] == "AWS::Serverless::Function"]
    if len(functions) != 1:
        raise TargetError(f"{template.name} has {len(functions)} functions; the artifact is built for one")
    properties = functions[0]["Properties"]
    [architecture] = properties.get("Architectures", ["x86_64"])
    if isinstance(architecture, _Reference):
        architecture = document["Parameters"][architecture.name]["Default"]
    return str(properties["Runtime"]).removeprefix("python"), str(architecture)


@dataclass(frozen=True)
class _Reference:
    """`!Ref name`."""

    name: str


def _loader() -> type[yaml.SafeLoader]:
    """Reads CloudFormation's tags without knowing what they do."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!Ref", _reference)
    Loader.add_multi_constructor("!", _anything)
    return Loader


def _reference(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    return _Reference(str(loader.construct_scalar(node))) if isinstance(node, yaml.ScalarNode) else None


def _anything(_loader: yaml.SafeLoader, _suffix: str, _node: yaml.Node) -> None:
    return None
