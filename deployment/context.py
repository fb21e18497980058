"""PURE: API Gateway's $context variables for REST APIs, as data.

Sources: AWS pages "Variables for access logging for API Gateway" (ACCESS_LOG), "Variables for data transformations for
API Gateway" (TEMPLATE) and "Gateway responses in API Gateway". They are case-sensitive, and an unknown one is written
as `-` or as nothing, in silence. A name that ends in `.*` has members of the caller's own naming.
"""

import re

_IDENTITY = (
    "accountId",
    "apiKey",
    "apiKeyId",
    "caller",
    "clientCert.clientCertPem",
    "clientCert.issuerDN",
    "clientCert.serialNumber",
    "clientCert.subjectDN",
    "clientCert.validity.notAfter",
    "clientCert.validity.notBefore",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "sourceIp",
    "user",
    "userAgent",
    "userArn",
    "vpcId",
    "vpceId",
)
#: What a gateway response's template may name as well as an access log's format.
TEMPLATE = frozenset(
    {
        "accountId",
        "apiId",
        "authorizer.claims.*",
        "authorizer.principalId",
        "authorizer.*",
        "awsEndpointRequestId",
        "deploymentId",
        "domainName",
        "domainPrefix",
        "error.message",
        "error.messageString",
        "error.responseType",
        "error.validationErrorString",
        "extendedRequestId",
        "httpMethod",
        "isCanaryRequest",
        "path",
        "protocol",
        "requestId",
        "requestTime",
        "requestTimeEpoch",
        "resourceId",
        "resourcePath",
        "stage",
        "wafResponseCode",
        "webaclArn",
        "xrayTraceId",
        *(f"identity.{name}" for name in _IDENTITY),
    }
)
#: What is known when the answer is on its way, and so to the access log only.
ACCESS_LOG = TEMPLATE | {
    "authenticate.error",
    "authenticate.latency",
    "authenticate.status",
    "authorize.error",
    "authorize.latency",
    "authorize.status",
    "authorizer.error",
    "authorizer.integrationLatency",
    "authorizer.integrationStatus",
    "authorizer.latency",
    "authorizer.requestId",
    "authorizer.status",
    "customDomain.basePathMatched",
    "endpointType",
    "integration.error",
    "integration.integrationStatus",
    "integration.latency",
    "integration.requestId",
    "integration.status",
    "integrationLatency",
    "integrationStatus",
    "responseLatency",
    "responseLength",
    "status",
    "waf.error",
    "waf.latency",
    "waf.status",
}
_VARIABLE = re.compile(r"\$context((?:\.[A-Za-z0-9_-]+)+)")


def variables(text: str) -> list[str]:
    """The names after `$context.`, in their order."""
    return [found[1:] for found in _VARIABLE.findall(text)]


def unknown(text: str, known: frozenset[str]) -> list[str]:
    """The variables of `text` that are not among `known`."""
    return [name for name in variables(text) if name not in known and not _is_member(name, known)]


def filled(text: str, value: str = "x") -> str:
    """The text as API Gateway writes it: `error.messageString` comes with its quotes, everything else without."""
    return _VARIABLE.sub(lambda found: f'"{value}"' if found[1] == ".error.messageString" else value, text)


def _is_member(name: str, known: frozenset[str]) -> bool:
    parts = name.split(".")
    return any(".".join([*parts[:end], "*"]) in known and len(parts) == end + 1 for end in range(1, len(parts)))
