"""The stacks that the templates on disk would make: the root first, then those that it nests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.cloudformation.outputs import at_home
from local.cloudformation.physical import BECOME, NAMING, NESTED, physical_id, reason_why_not
from local.cloudformation.stack import Output, Stack, StackResource, Urls
from local.errors import LocalError, TemplateError
from local.intrinsics import PSEUDO_PARAMETERS, Resolver, text
from local.template_yaml import Block, load


@dataclass(frozen=True, slots=True)
class Known:
    """What the laptop knows of what it made: the ids of query definitions by their names; why a resource, by its type
    and logical id, could not be made; the ARNs of trace groups and sampling rules by their type and name.
    """

    queries: Mapping[str, str]
    failures: Mapping[tuple[str, str], str]
    arns: Mapping[tuple[str, str], str] = field(default_factory=dict)


class StackReader:
    """Raises TemplateError."""

    def __init__(self, region: str, urls: Urls, known: Known, files: "TemplateFiles") -> None:
        self._region = region
        self._urls = urls
        self._known = known
        self._files = files

    def read(self, template: Path, parameters: Mapping[str, str]) -> list[Stack]:
        return self._read(template, parameters, (PSEUDO_PARAMETERS["AWS::StackName"],))

    def _read(self, path: Path, given: Mapping[str, str], names: tuple[str, ...]) -> list[Stack]:
        """`names`: the stack's logical id, and before it those of the stacks that nest it."""
        template = self._files.load(path)
        resolver = Resolver(template, path.name, given, self._region)
        nested, failed = self._all_nested(path, resolver, names)
        attributes = {
            (logical_id, f"Outputs.{output.key}"): output.value
            for logical_id, (child, *_) in nested.items()
            for output in child.outputs
        }
        resolver = Resolver(template, path.name, given, self._region, attributes)
        outputs, unresolved = self._outputs(template, resolver)
        own = Stack(
            id=self._stack_id(names),
            name="-".join(names),
            description=str(template.get("Description", "")),
            parameters={key: _parameter(resolver, key) for key in template.get("Parameters") or {}},
            outputs=outputs,
            resources=tuple(self._resources(resolver, nested, failed)),
            parent=self._stack_id(names[:-1]) if names[1:] else "",
            root=self._stack_id(names[:1]) if names[1:] else "",
            unresolved=unresolved,
        )
        return [own, *(stack for stacks in nested.values() for stack in stacks)]

    def _stack_id(self, names: tuple[str, ...]) -> str:
        account = PSEUDO_PARAMETERS["AWS::AccountId"]
        return f"arn:aws:cloudformation:{self._region}:{account}:stack/{'-'.join(names)}/local"

    def _all_nested(
        self, path: Path, resolver: Resolver, names: tuple[str, ...]
    ) -> tuple[dict[str, list[Stack]], dict[str, str]]:
        """By logical id: the nested stack and what it nests itself; and why some can't be read."""
        found, failed = {}, {}
        for logical_id, block in resolver.resources(NESTED).items():
            try:
                properties = resolver.resolve(block.get("Properties") or {}, block.line)
                found[logical_id] = self._nested(path, properties, (*names, logical_id))
            except LocalError as error:
                failed[logical_id] = f"not on the laptop: {error}"
        return found, failed

    def _nested(self, path: Path, properties: Mapping[str, Any], names: tuple[str, ...]) -> list[Stack]:
        url = str(properties.get("TemplateURL", ""))
        if "://" in url:
            raise TemplateError(f"its TemplateURL {url} is not a file beside {path.name}")
        given = {key: text(value) for key, value in (properties.get("Parameters") or {}).items()}
        return self._read(path.resolve().parent / url, given, names)

    def _resources(
        self, resolver: Resolver, nested: Mapping[str, list[Stack]], failed: Mapping[str, str]
    ) -> Iterator[StackResource]:
        for logical_id, block in resolver.resources().items():
            kind = block["Type"]
            reason, physical = failed.get(logical_id) or reason_why_not(kind), ""
            if logical_id in nested:
                physical = nested[logical_id][0].id
            elif not reason:
                physical, reason = self._physical(resolver, logical_id, block)
            yield StackResource(logical_id, physical, BECOME.get(kind, kind), reason)

    def _physical(self, resolver: Resolver, logical_id: str, block: Block) -> tuple[str, str]:
        """Its id, or why it has none."""
        kind = block["Type"]
        if failure := self._known.failures.get((kind, logical_id)):
            return "", f"not on the laptop: {failure}"
        try:
            ref = text(resolver.resolve({"Ref": logical_id}, block.line))
            named = {
                key: resolver.resolve(value, block.line)
                for key, value in (block.get("Properties") or {}).items()
                if key in NAMING
            }
        except LocalError as error:
            return "", f"not on the laptop: {error}"
        found = physical_id(kind, ref, named, self._known.queries, self._known.arns)
        return found, "" if found else f"not on the laptop: there is no {named.get('Name', ref)}"

    def _outputs(self, template: Block, resolver: Resolver) -> tuple[tuple[Output, ...], tuple[str, ...]]:
        found, unresolved = [], []
        for key, block in (template.get("Outputs") or {}).items():
            try:
                if "Condition" in block and not resolver.resolve({"Condition": block["Condition"]}, block.line):
                    continue
                value = text(resolver.resolve(block["Value"], block.line))
            except LocalError as error:
                unresolved.append(f"Outputs.{key}: {error}")
                continue
            found.append(Output(key, at_home(value, self._urls), str(block.get("Description", ""))))
        return tuple(found), tuple(unresolved)


def _parameter(resolver: Resolver, name: str) -> str:
    value = resolver.resolve({"Ref": name})
    return ",".join(value) if isinstance(value, list) else text(value)


class TemplateFiles:
    """Templates by their paths, parsed again only when the file has changed: the monitoring one takes half a second."""

    def __init__(self) -> None:
        self._parsed: dict[Path, tuple[tuple[int, int], Block]] = {}

    def load(self, path: Path) -> Block:
        """Raises TemplateError."""
        try:
            stat = path.stat()
            state = (stat.st_mtime_ns, stat.st_size)
            known = self._parsed.get(path)
            if known is None or known[0] != state:
                source = path.read_text(encoding="utf-8")
                known = self._parsed[path] = (state, load(source, path.name))  # JSON is YAML, too
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(f"{path}: {error}") from None
        return known[1]
