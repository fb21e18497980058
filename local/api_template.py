"""PURE: an AWS::Serverless::Api's properties -> what the front serves: routes, own answers, access log, throttling.

Sources: AWS pages "x-amazon-apigateway-integration object", "AWS::Serverless::Api" and "AWS::ApiGateway::Stage
MethodSetting". What would be answered otherwise here than it is deployed is refused by its name.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from local.api_gateway import AccessLog, OwnAnswer, Route, Throttle
from local.api_gateway.context import RESPONSE_VARIABLES, ContextText
from local.intrinsics import Resolver, text
from local.supported import API_KEPT
from local.template_yaml import Block

ANY_METHOD, INTEGRATION = "x-amazon-apigateway-any-method", "x-amazon-apigateway-integration"
INTEGRATION_TIMEOUT_MS = "29000"
#: What a path or an operation may have beside an integration and its security: words that change no answer.
SILENT_MEMBERS = frozenset({"description", "operationId", "parameters", "responses", "summary", "tags"})
METHOD_SETTINGS = frozenset(
    {"HttpMethod", "MetricsEnabled", "ResourcePath", "ThrottlingBurstLimit", "ThrottlingRateLimit"}
)
#: Settings that are about CloudWatch only, or that are off as here.
SILENT_SETTINGS = frozenset({"DataTraceEnabled", "LoggingLevel"})


class ApiStage:
    """`resolved` holds the properties that are kept here, but for the definition: that one names the deployed alias."""

    def __init__(self, resolver: Resolver, api_id: str, properties: Block) -> None:
        self._resolver = resolver
        self._api_id = api_id
        self._properties = properties
        kept = {name: properties[name] for name in API_KEPT - {"DefinitionBody"} if name in properties}
        self.resolved: Mapping[str, Any] = resolver.resolve(kept)

    def routes(self, function_id: str, events: tuple[Route, ...]) -> tuple[Route, ...]:
        """Those of the definition if there is one. Each needs its event: of that SAM makes the permission to call."""
        definition = self._properties.get("DefinitionBody")
        if definition is None:
            return events
        found = tuple(
            self._route(path, method, operation)
            for path, item in definition.get("paths", {}).items()
            for method, operation in item.items()
            if method not in SILENT_MEMBERS
        )
        if set(found) != set(events):
            routes = ", ".join(sorted(f"{route.method} {route.path}" for route in set(found) ^ set(events)))
            self._refuse(f"DefinitionBody and {function_id}.Events differ in {routes}")
        return found

    def own_answers(self) -> dict[str, OwnAnswer]:
        found = self.resolved.get("GatewayResponses", {})
        return {kind: self._own_answer(f"GatewayResponses.{kind}", response) for kind, response in found.items()}

    def access_log(self) -> AccessLog | None:
        setting = self.resolved.get("AccessLogSetting")
        if setting is None:
            return None
        group = text(setting.get("DestinationArn", "")).partition(":log-group:")[2].removesuffix(":*")
        if not group:
            self._refuse("AccessLogSetting.DestinationArn is no log group's; local writes to log groups")
        return AccessLog(group, ContextText.read(text(setting.get("Format", ""))))

    def throttle(self) -> Throttle | None:
        """The stage's rate and burst; settings of single methods are refused."""
        throttle = None
        for setting in self.resolved.get("MethodSettings", []):
            where = (setting.get("ResourcePath", "/*"), setting.get("HttpMethod", "*"))
            if where != ("/*", "*"):
                self._refuse(f"MethodSettings of {' '.join(where)} are not supported here; those of /* and * are")
            for name in sorted(set(setting) - METHOD_SETTINGS - SILENT_SETTINGS):
                self._refuse(f"MethodSettings.{name} is not supported here")
            if "ThrottlingRateLimit" in setting:
                rate, burst = setting["ThrottlingRateLimit"], setting.get("ThrottlingBurstLimit", 5000)
                throttle = Throttle(float(rate), int(burst))
        return throttle

    def detailed_metrics(self) -> bool:
        """Whether each method and resource has metrics of its own."""
        settings = self.resolved.get("MethodSettings", [])
        return any(text(setting.get("MetricsEnabled", "false")) == "true" for setting in settings)

    def _route(self, path: str, method: str, operation: Block) -> Route:
        where = f"DefinitionBody {method} {path}"
        integration = operation.get(INTEGRATION, {})
        if integration.get("type") != "aws_proxy":
            self._refuse(f"{where} has an integration of type {integration.get('type')}; local has aws_proxy")
        if text(integration.get("timeoutInMillis", INTEGRATION_TIMEOUT_MS)) != INTEGRATION_TIMEOUT_MS:
            self._refuse(f"{where} has another timeoutInMillis than {INTEGRATION_TIMEOUT_MS}, which is local's")
        if self._resolver.resolve(operation.get("security", [])):
            self._refuse(f"{where} asks for an API key or another credential; local knows none, so leave it out here")
        for name in sorted(set(operation) - SILENT_MEMBERS - {INTEGRATION, "security"}):
            self._refuse(f"{where} has {name}, which is not supported here")
        return Route(path.rstrip("/") or "/", "ANY" if method == ANY_METHOD else method.upper())

    def _own_answer(self, where: str, response: Mapping[str, Any]) -> OwnAnswer:
        status = response.get("StatusCode")
        parameters = response.get("ResponseParameters", {})
        for place in sorted(set(parameters) - {"Headers"}):
            self._refuse(f"{where}.ResponseParameters.{place} is not supported here; Headers are")
        given = parameters.get("Headers", {})
        headers = tuple((name, self._static(where, name, value)) for name, value in given.items())
        bodies = response.get("ResponseTemplates", {"application/json": '{"message":$context.error.messageString}'})
        if len(bodies) != 1:
            self._refuse(f"{where} has {len(bodies)} templates; local does not choose among them")
        [(kind, body)] = bodies.items()
        form = ContextText.read(text(body))
        for name in sorted(form.variables - RESPONSE_VARIABLES):
            self._refuse(f"{where} names $context.{name}, which has no value here")
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers = (("Content-Type", kind), *headers)
        return OwnAnswer(None if status is None else int(status), headers, form)

    def _static(self, where: str, name: str, value: Any) -> str:
        """`'text'` without its quotes: the one kind of header that is filled in here."""
        found = text(value)
        if len(found) < 2 or found[0] != "'" or found[-1] != "'":
            self._refuse(f"{where}: the header {name} is {found}; local has 'text in quotes' only")
        return found[1:-1]

    def _refuse(self, message: str) -> NoReturn:
        self._resolver.fail(f"{self._api_id}.{message}", self._properties.line)
