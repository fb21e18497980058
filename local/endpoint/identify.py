"""Which service, protocol and operation a request means."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

from botocore.model import OperationModel

from local.endpoint.models import Models, Service
from local.endpoint.protocols import AwsJson, Query, RestJson, RpcV2Cbor, WireProtocol, action_fields, has_action
from local.endpoint.scope import Scope, read_scope
from local.endpoint.wire import WireRequest
from local.errors import AwsError, NotSupported

_CBOR_PATH = re.compile(r"/service/([^/]+)/operation/([^/]+)")
# "you can visit the SubscribeURL": what a link in a message does is not signed.
_UNSIGNED = {"ConfirmSubscription": "sns", "Unsubscribe": "sns"}


class Target(NamedTuple):
    service: Service
    operation: OperationModel
    region: str


class Identifier:
    """Knows the services that are offered."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._json = {version: AwsJson(version) for version in ("1.0", "1.1")}
        self._cbor, self._query, self._rest = RpcV2Cbor(), Query(), RestJson()

    def protocol(self, request: WireRequest) -> WireProtocol:
        """By the request's form alone, so that whatever is wrong with it is said in its own protocol."""
        if request.path != "/" and _CBOR_PATH.fullmatch(request.path):
            return self._cbor
        if "x-amz-target" in request.headers:
            return self._json["1.1" if request.media_type.endswith("-1.1") else "1.0"]
        return self._query if has_action(request) else self._rest

    def service(self, request: WireRequest) -> Service | None:
        """The one whose errors the request's are; None where it can't be told."""
        try:
            scope = read_scope(request)
        except AwsError:
            return None
        return None if scope is None else self._models.by_signing_name.get(scope.service)

    def target(self, request: WireRequest, protocol: WireProtocol) -> Target:
        """Raises AwsError."""
        scope = read_scope(request) or self._unsigned(request, protocol)
        service = self._models.by_signing_name.get(scope.service)
        if service is None:
            offered = ", ".join(self._models.names)
            raise NotSupported(f"the service {scope.service!r} is not offered on the laptop; {offered} are")
        name = self._operation(request, protocol, service)
        operation = None if name is None else service.operation(name)
        if operation is None:
            raise _unknown(request, protocol)
        return Target(service, operation, scope.region)

    def _unsigned(self, request: WireRequest, protocol: WireProtocol) -> Scope:
        if protocol is self._query:
            action = action_fields(request).get("Action", "")
            if _UNSIGNED.get(action) in self._models.names:
                return Scope("us-east-1", _UNSIGNED[action])
            raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
        raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", status=403)

    def _operation(self, request: WireRequest, protocol: WireProtocol, service: Service) -> str | None:
        if protocol is self._cbor and (found := _CBOR_PATH.fullmatch(request.path)):
            self._same(service, found[1], request, protocol)
            return found[2] if "smithy-rpc-v2-cbor" in service.protocols else None
        if isinstance(protocol, AwsJson):
            prefix, _, name = request.headers["x-amz-target"].rpartition(".")
            self._same(service, prefix, request, protocol)
            return name if "json" in service.protocols else None
        if protocol is self._query:
            return self._query_action(request, service) if "query" in service.protocols else None
        return service.routes.find(request) if "rest-json" in service.protocols else None

    def _same(self, service: Service, prefix: str, request: WireRequest, protocol: WireProtocol) -> None:
        """What the target says and what the signature says must be one service."""
        named = self._models.by_target.get(prefix)
        if named is None:
            raise _unknown(request, protocol)
        if named is not service:
            message = f"Credential should be scoped to correct service: '{named.signing_name}'."
            raise AwsError("InvalidSignatureException", message, status=403)

    def _query_action(self, request: WireRequest, service: Service) -> str:
        given = action_fields(request)
        version = given.get("Version", service.model.api_version)
        if version != service.model.api_version:
            right = f"the laptop has {service.model.api_version}"
            raise AwsError("InvalidAction", f"Could not find operation for version {version}; {right}")
        return given.get("Action", "")


def _unknown(request: WireRequest, protocol: WireProtocol) -> AwsError:
    if isinstance(protocol, Query):
        action = dict(parse_qsl(request.body.decode("utf-8", "replace") or request.query)).get("Action", "")
        return AwsError("InvalidAction", f"Could not find operation {action[:200]}")
    where = request.headers.get("x-amz-target", f"{request.method} {request.path}")
    return AwsError("UnknownOperationException", f"Unknown operation: {where[:200]}", status=404)
