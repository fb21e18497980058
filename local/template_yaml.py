"""PURE: a CloudFormation template's YAML as plain values, intrinsic functions in their long form."""

from collections.abc import Iterator
from typing import Any

import yaml

from local.errors import TemplateError


class Block(dict[str, Any]):
    """A mapping of the template that knows its line (from 1)."""

    line = 0


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> Iterator[Block]:
    block = Block()
    block.line = node.start_mark.line + 1
    yield block
    loader.flatten_mapping(node)
    block.update({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()})


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Block:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_object(node, deep=True) if suffix == "" else _deep_mapping(loader, node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    block = Block({suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value})
    block.line = node.start_mark.line + 1
    return block


def _deep_mapping(loader: yaml.SafeLoader, node: yaml.Node) -> Block:
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - YAML has scalars, sequences and mappings only
    return Block({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()})


class _Loader(yaml.SafeLoader):
    """YAML's safe types, mappings with their lines, and CloudFormation's tags."""

    yaml_constructors = {  # noqa: RUF012 - PyYAML's own registry, by its name and type
        **yaml.SafeLoader.yaml_constructors,
        yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG: _mapping,
    }
    yaml_multi_constructors = {"!": _short_form}  # noqa: RUF012 - the same


def load(text: str, name: str) -> Block:
    """The template's mappings as Blocks, short forms as long ones (`!Ref X` as {"Ref": "X"}). Raises TemplateError."""
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise TemplateError(f"{name}, line {line}: not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise TemplateError(f"{name}: not YAML: {error}") from None
    if not isinstance(document, Block) or not isinstance(document.get("Resources"), Block):
        raise TemplateError(f"{name}: no Resources; is it a CloudFormation template?")
    return document
