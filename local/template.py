"""sam_template.yaml -> what to run here: one function, its REST API, and a list of what is not run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from local.api_gateway.routing import METHODS, RestApi, Route
from local.api_template import ApiStage
from local.errors import TemplateError
from local.function_variables import FunctionVariables, LeftOut
from local.intrinsics import Resolver, text
from local.lambda_runtime.function import FunctionConfig
from local.supported import (
    API,
    API_KEPT,
    API_REFUSED,
    API_SILENT,
    FUNCTION,
    FUNCTION_KEPT,
    FUNCTION_REFUSED,
    FUNCTION_SILENT,
    PERMISSIONS,
    SILENT,
)
from local.template_yaml import Block, load

ALIAS = re.compile(r"(?!\d+\Z)[A-Za-z0-9_-]{1,128}")  # API reference, CreateAlias: Name
RESOURCE_PATH = re.compile(r"/|(/([\w.:$~%@!*'()&=+,;-]+|\{[\w.-]+\}))*(/\{[\w.-]+\+\})?/?")


@dataclass(frozen=True, slots=True)
class Application:
    """What a template says to run. Paths are absolute. `alias` is what the API invokes of the function, where there is
    one (AutoPublishAlias); without one it invokes $LATEST.
    """

    function: FunctionConfig
    alias: str | None
    code_root: Path
    layers: tuple[Path, ...]
    api: RestApi
    not_run: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    overridden: tuple[str, ...]
    passed: tuple[str, ...]

    @property
    def latest(self) -> FunctionConfig:
        """$LATEST, which can have no provisioned concurrency: that is the alias's."""
        return replace(self.function, provisioned_concurrency=0)


def read_application(path: Path, parameters: Mapping[str, str], environ: Mapping[str, str]) -> Application:
    """Raises TemplateError naming the file, the line and what is wrong or not supported."""
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateError(f"{path}: {error.strerror}; LOCAL_TEMPLATE names another template") from None
    except UnicodeDecodeError:
        raise TemplateError(f"{path}: not UTF-8 text; LOCAL_TEMPLATE names another template") from None
    return _Reader(load(source, path.name), path, parameters, environ).application()


class _Reader:
    def __init__(self, template: Block, path: Path, parameters: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._template = template
        self._folder = path.resolve().parent
        self._environ = environ
        self._region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        self._resolver = Resolver(template, path.name, parameters, self._region)
        self._resolver.check_rules()
        self._fail = self._resolver.fail
        self._unknown: list[str] = []

    def application(self) -> Application:
        logical_id, block = self._only_function()
        properties = self._merged("Function", block.get("Properties") or Block())
        self._refuse(logical_id, properties, FUNCTION_REFUSED, block.line)
        environment = FunctionVariables(self._resolver, self._environ)
        variables = environment.read(self._part(properties, "Environment").get("Variables") or {})
        config = self._config(logical_id, properties, variables)
        alias = self._alias(logical_id, properties, config)
        invoked_arn = f"{config.arn}:{alias}" if alias else config.arn
        api = self._api(logical_id, properties, config, invoked_arn, block.line)
        return Application(
            function=config,
            alias=alias,
            code_root=self._path(properties.get("CodeUri", ".")),
            layers=self._layers(properties),
            api=api,
            not_run=self._not_run(logical_id, properties),
            left_out=tuple(environment.left_out),
            overridden=tuple(environment.overridden),
            passed=tuple(sorted(environment.passed)),
        )

    def _only_function(self) -> tuple[str, Block]:
        functions = self._resolver.resources(FUNCTION)
        if len(functions) != 1:
            names = ", ".join(functions) or "none"
            line = list(functions.values())[1].line if functions else 0
            self._fail(f"local runs exactly one {FUNCTION}, found: {names}; LOCAL_TEMPLATE names the template", line)
        return next(iter(functions.items()))

    def _merged(self, kind: str, own: Block) -> Block:
        merged: Block = _merge((self._template.get("Globals") or {}).get(kind) or Block(), own)
        return merged

    def _config(self, logical_id: str, properties: Block, variables: dict[str, str]) -> FunctionConfig:
        name = self._text(properties, "FunctionName", logical_id)
        logging = self._part(properties, "LoggingConfig")
        log_format = logging.get("LogFormat", "Text")
        if log_format not in ("Text", "JSON"):
            self._fail(f"LoggingConfig.LogFormat is {log_format!r}, not Text or JSON", properties.line)
        provisioned = self._part(properties, "ProvisionedConcurrencyConfig")
        checked: Literal["Text", "JSON"] = "JSON" if log_format == "JSON" else "Text"
        return FunctionConfig(
            name=name,
            handler=self._required(properties, "Handler", logical_id),
            runtime=self._runtime(properties, logical_id),
            memory_mb=self._integer(properties, "MemorySize", 128),
            timeout_s=float(self._integer(properties, "Timeout", 3)),
            environment=variables,
            region=self._region,
            log_group=text(logging.get("LogGroup", f"/aws/lambda/{name}")),
            log_format=checked,
            tracing=self._text(properties, "Tracing", "PassThrough") == "Active",
            reserved_concurrency=self._optional_integer(properties, "ReservedConcurrentExecutions"),
            provisioned_concurrency=self._integer(provisioned, "ProvisionedConcurrentExecutions", 0),
        )

    def _alias(self, logical_id: str, properties: Block, config: FunctionConfig) -> str | None:
        alias = self._text(properties, "AutoPublishAlias", "") or None
        if alias is not None and not ALIAS.fullmatch(alias):
            right = "letters, digits, - and _, up to 128 and not digits alone"
            self._fail(f"{logical_id}.AutoPublishAlias is {alias!r}; an alias is {right}", properties.line)
        if alias is None and config.provisioned_concurrency:
            reason = "provisioned concurrency is of an alias: AutoPublishAlias must name it"
            self._fail(f"{logical_id}.ProvisionedConcurrencyConfig: {reason}", properties.line)
        return alias

    def _runtime(self, properties: Block, logical_id: str) -> str:
        runtime = self._required(properties, "Runtime", logical_id)
        if not runtime.startswith("python3."):
            self._fail(f"{logical_id}.Runtime is {runtime!r}; local runs python3.x functions only", properties.line)
        return runtime

    def _api(self, function_id: str, properties: Block, config: FunctionConfig, invoked_arn: str, line: int) -> RestApi:
        events = [(name, event) for name, event in (properties.get("Events") or {}).items()]
        for name, event in events:
            if event.get("Type") == "HttpApi":
                self._fail(f"{function_id}.Events.{name} is of type HttpApi; local serves REST APIs (Api)", event.line)
        ours = [(name, self._resolver.resolve(event)) for name, event in events if event.get("Type") == "Api"]
        if not ours:
            self._fail(f"{function_id} has no event of type Api: there is nothing to serve", line)
        api_ids = {self._api_id(event["Properties"].get("RestApiId")) for _, event in events if event["Type"] == "Api"}
        if len(api_ids) > 1:
            self._fail(
                f"{function_id} has events of several APIs ({', '.join(sorted(api_ids))}); local serves one", line
            )
        api_id = api_ids.pop()
        api = self._merged("Api", self._resolver.resources(API).get(api_id, Block()).get("Properties") or Block())
        self._refuse(api_id, api, API_REFUSED, api.line)
        self._unknown = [f"{api_id}.{name}" for name in sorted(set(api) - API_KEPT - API_SILENT)]
        events_routes = tuple(self._route(f"{function_id}.Events.{name}", event) for name, event in ours)
        stage = ApiStage(self._resolver, api_id, api)
        resolved = stage.resolved
        return RestApi(
            name=self._text(api, "Name", api_id),
            stage=text(resolved.get("StageName", "Prod")),
            routes=stage.routes(function_id, events_routes),
            function_arn=invoked_arn,
            tracing=text(resolved.get("TracingEnabled", "false")) == "true",
            binary_media_types=tuple(map(text, resolved.get("BinaryMediaTypes", []))),
            stage_variables={key: text(value) for key, value in resolved.get("Variables", {}).items()},
            region=config.region,
            own_answers=stage.own_answers(),
            access_log=stage.access_log(),
            throttle=stage.throttle(),
            detailed_metrics=stage.detailed_metrics(),
        )

    def _api_id(self, reference: Any) -> str:
        if reference is None:
            return "ServerlessRestApi"  # the one that SAM makes for events without RestApiId
        if isinstance(reference, dict) and "Ref" in reference:
            logical_id = str(reference["Ref"])
            if logical_id in self._resolver.resources(API):
                return logical_id
        return self._fail(f"RestApiId {reference!r} is not a !Ref of an {API}", getattr(reference, "line", 0))

    def _route(self, name: str, event: Block) -> Route:
        properties = event.get("Properties") or {}
        path, method = text(properties.get("Path", "")), text(properties.get("Method", "")).upper()
        if not RESOURCE_PATH.fullmatch(path):
            right = "a path is / and segments like items, {id} and, at the end, {proxy+}"
            self._fail(f"{name}.Path is {path!r}; {right}", event.line)
        if method not in METHODS:
            self._fail(f"{name}.Method is {method!r}; {', '.join(sorted(METHODS))} are methods", event.line)
        self._refuse(name, Block(properties), frozenset({"Auth"}), event.line)
        return Route(path.rstrip("/") or "/", method)

    def _layers(self, properties: Block) -> tuple[Path, ...]:
        """Folders that stand for /opt/python. A layer that has to be built has none: its packages are the venv's."""
        found = []
        for reference in properties.get("Layers") or []:
            layer = self._template["Resources"].get(reference.get("Ref") if isinstance(reference, dict) else None)
            if layer is None:
                self._fail(f"Layers holds {reference!r}; local runs layers of this template only", properties.line)
            folder = self._path((layer.get("Properties") or {}).get("ContentUri", ".")) / "python"
            if "BuildMethod" not in (layer.get("Metadata") or {}) and folder.is_dir():
                found.append(folder)
        return tuple(found)

    def _not_run(self, logical_id: str, properties: Block) -> tuple[str, ...]:
        quiet = SILENT | PERMISSIONS
        others = [f"{name} ({r['Type']})" for name, r in self._resolver.resources().items() if r["Type"] not in quiet]
        events = [
            f"{logical_id}.Events.{name} ({event['Type']})"
            for name, event in (properties.get("Events") or {}).items()
            if event.get("Type") != "Api"
        ]
        unknown = set(properties) - FUNCTION_KEPT - FUNCTION_SILENT
        if self._part(properties, "SnapStart").get("ApplyOn") == "None":  # off, as here
            unknown -= {"SnapStart"}
        return (*others, *events, *(f"{logical_id}.{name}" for name in sorted(unknown)), *self._unknown)

    def _refuse(self, logical_id: str, properties: Block, refused: frozenset[str], line: int) -> None:
        for name in sorted(refused & set(properties)):
            if name != "PackageType" or properties[name] != "Zip":
                self._fail(f"{logical_id}.{name} is not supported here", getattr(properties[name], "line", 0) or line)

    def _part(self, properties: Block, name: str) -> Block:
        """A sub-mapping: resolved, but for the environment's variables, which are resolved one by one."""
        part = properties.get(name) or Block()
        found = part if name == "Environment" else self._resolver.resolve(part)
        if not isinstance(found, Block):  # !If [..., !Ref AWS::NoValue]
            return Block()
        return found

    def _text(self, properties: Block, name: str, default: str) -> str:
        found = self._resolver.resolve(properties.get(name, default), properties.line)
        return text(found) if isinstance(found, str | int | float) else default

    def _required(self, properties: Block, name: str, logical_id: str) -> str:
        found = self._text(properties, name, "")
        return found or self._fail(f"{logical_id} has no {name}", properties.line)

    def _integer(self, properties: Block, name: str, default: int) -> int:
        found = self._optional_integer(properties, name)
        return default if found is None else found

    def _optional_integer(self, properties: Block, name: str) -> int | None:
        found = self._text(properties, name, "")
        if not found:
            return None
        if not found.isascii() or not found.isdigit():
            self._fail(f"{name} is {found!r}, not a whole number", properties.line)
        return int(found)

    def _path(self, value: Any) -> Path:
        found = self._resolver.resolve(value)
        if not isinstance(found, str) or found.startswith("s3://"):
            self._fail(f"{found!r} is not a folder beside the template", getattr(value, "line", 0))
        return (self._folder / found).resolve()


def _merge(base: Any, own: Any) -> Any:
    """SAM's Globals: maps are merged, lists joined, and of two scalars the resource's own wins."""
    if isinstance(base, Block) and isinstance(own, Block):
        merged = Block({**base, **{key: _merge(base[key], own[key]) if key in base else own[key] for key in own}})
        merged.line = own.line
        return merged
    if isinstance(base, list) and isinstance(own, list):
        return [*base, *own]
    return own
