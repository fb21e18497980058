"""What API Gateway's deployed resources are, in the template's own terms."""

from collections.abc import Callable, Mapping
from typing import Any

Properties = Mapping[str, Any]
#: client("lambda"), ...
Clients = Callable[[str], Any]
#: (clients, physical id, the properties that were asked for) -> the properties that are.
Reader = Callable[[Clients, str, Properties], Properties | None]


def rest_api(clients: Clients, api: str, _asked: Properties) -> Properties:
    found = clients("apigateway").get_rest_api(restApiId=api)
    resources = clients("apigateway").get_resources(restApiId=api, embed=["methods"])["items"]
    methods = {one["path"]: _methods(one.get("resourceMethods", {})) for one in resources}
    return {"Name": found["name"], "Methods": methods}


def _methods(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name.lower(): {"key": method["apiKeyRequired"], "uri": method["methodIntegration"]["uri"]}
        for name, method in found.items()
    }


def methods_asked(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """PURE: the methods of an OpenAPI definition in the terms of rest_api()."""
    integration = "x-amazon-apigateway-integration"
    return {
        path: {
            name: {"key": {"api_key": []} in one.get("security", []), "uri": one[integration]["uri"]}
            for name, one in item.items()
            if isinstance(one, dict) and integration in one
        }
        for path, item in body["paths"].items()
    }


def stage(clients: Clients, name: str, asked: Properties) -> Properties:
    found = clients("apigateway").get_stage(restApiId=asked["RestApiId"], stageName=name)
    settings = asked.get("MethodSettings", [{}])
    return {
        "StageName": found["stageName"],
        "TracingEnabled": found["tracingEnabled"],
        "MethodSettings": [
            {key: _setting(found["methodSettings"], one, key) for key in one}  # those of them that were asked for
            for one in settings
        ],
        "AccessLogSetting": _access_log(found.get("accessLogSettings")),
    }


def _access_log(found: Properties | None) -> Properties | None:
    return {"DestinationArn": found["destinationArn"], "Format": found["format"]} if found else None


def _setting(found: Properties, asked: Properties, key: str) -> Any:
    if key in ("ResourcePath", "HttpMethod"):
        return asked[key]
    place = "*/*" if asked["ResourcePath"] == "/*" else f"{asked['ResourcePath']}/{asked['HttpMethod']}"
    return found[place][key[0].lower() + key[1:]]


def gateway_response(clients: Clients, _name: str, asked: Properties) -> Properties:
    found = clients("apigateway").get_gateway_response(restApiId=asked["RestApiId"], responseType=asked["ResponseType"])
    return {
        "ResponseType": found["responseType"],
        "ResponseParameters": found["responseParameters"],
        "ResponseTemplates": found["responseTemplates"],
        "StatusCode": found.get("statusCode"),
    }


def api_account(clients: Clients, _name: str, _asked: Properties) -> Properties:
    return {"CloudWatchRoleArn": clients("apigateway").get_account()["cloudwatchRoleArn"]}


def api_key(clients: Clients, key: str, _asked: Properties) -> Properties:
    found = clients("apigateway").get_api_key(apiKey=key)
    return {"Name": found["name"], "Enabled": found["enabled"]}


def usage_plan(clients: Clients, plan: str, _asked: Properties) -> Properties:
    found = clients("apigateway").get_usage_plan(usagePlanId=plan)
    return {
        "UsagePlanName": found["name"],
        "ApiStages": [{"ApiId": one["apiId"], "Stage": one["stage"]} for one in found["apiStages"]],
        "Throttle": {"RateLimit": found["throttle"]["rateLimit"], "BurstLimit": found["throttle"]["burstLimit"]},
    }


def usage_plan_key(clients: Clients, _name: str, asked: Properties) -> Properties:
    found = clients("apigateway").get_usage_plan_key(usagePlanId=asked["UsagePlanId"], keyId=asked["KeyId"])
    return {"KeyId": found["id"], "KeyType": found["type"]}
