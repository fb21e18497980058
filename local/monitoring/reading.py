"""The template's resources of CloudWatch, and those of the templates that it nests."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from local.errors import LocalError, TemplateError
from local.intrinsics import Resolver, text
from local.monitoring.requests import REQUESTS, Resource
from local.template_yaml import Block, load

NESTED = "AWS::CloudFormation::Stack"


def read_resources(
    path: Path, parameters: Mapping[str, str], region: str, left_out: Callable[[str], None]
) -> Iterator[Resource]:
    """In the templates' order. `left_out` hears of each that can't be read, and why. Raises TemplateError."""
    template = _load(path)
    resolver = Resolver(template, path.name, parameters, region)
    for logical_id, block in resolver.resources().items():
        kind = block["Type"]
        try:
            if kind == NESTED:
                yield from _nested(path, resolver.resolve(block["Properties"], block.line), region, left_out)
            elif kind in REQUESTS:
                yield Resource(kind, logical_id, resolver.resolve(block.get("Properties") or {}, block.line))
        except LocalError as error:
            left_out(f"{logical_id}: {error}")


def _nested(
    parent: Path, properties: Mapping[str, Any], region: str, left_out: Callable[[str], None]
) -> Iterator[Resource]:
    url = str(properties.get("TemplateURL", ""))
    if "://" in url:
        raise TemplateError(f"its TemplateURL {url} is not a file beside {parent.name}")
    given = {name: text(value) for name, value in (properties.get("Parameters") or {}).items()}
    yield from read_resources(parent.resolve().parent / url, given, region, left_out)


def _load(path: Path) -> Block:
    try:
        return load(path.read_text(encoding="utf-8"), path.name)  # JSON is YAML, too
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path}: {error}") from None
