"""PURE: a CloudFormation template's text -> plain values, intrinsic functions in their long form.

Source: AWS page "Intrinsic function reference": `!Ref X` is {"Ref": "X"}, `!GetAtt A.B` is {"Fn::GetAtt": ["A", "B"]}.
"""

from typing import Any

import yaml

from deployment.errors import TemplateError

Template = dict[str, Any]


def load(text: str, name: str) -> Template:
    """Raises TemplateError naming the file."""
    try:
        document = yaml.load(text, _loader())  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise TemplateError(f"{name}: not YAML: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(f"{name}: no Resources; is it a CloudFormation template?")
    return document


def of_type(template: Template, *kinds: str) -> dict[str, dict[str, Any]]:
    """The resources of these types, by logical id."""
    return {name: resource for name, resource in template["Resources"].items() if resource.get("Type") in kinds}


def _loader() -> type[yaml.SafeLoader]:
    """YAML's safe types and CloudFormation's tags."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", _short_form)
    return Loader


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 - YAML has these three only
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}
