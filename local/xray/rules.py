"""CreateSamplingRule, GetSamplingRules, UpdateSamplingRule, DeleteSamplingRule.

Source: AWS page "Configuring sampling, groups, and encryption settings with the AWS X-Ray API", and the API's pages.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.endpoint.call import Answer, Call
from local.errors import AwsError, NotSupported
from local.xray.configuration import Configuration
from local.xray.paging import one_page
from local.xray.problems import invalid
from local.xray.tags import of_list

DEFAULT = "Default"
MAX_RULES = 25  # of an account, beside the default rule (AWS X-Ray endpoints and quotas)
DEFAULT_RULE: Mapping[str, Any] = {
    "RuleName": DEFAULT,
    "ResourceARN": "*",
    "Priority": 10_000,
    "FixedRate": 0.05,
    "ReservoirSize": 1,
    "ServiceName": "*",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "Version": 1,
    "Attributes": {},
}
_OF_DEFAULT = frozenset({"RuleName", "RuleARN", "FixedRate", "ReservoirSize"})  # what of the default rule may change
_LEAST_AND_MOST = {"Priority": (1, 9999), "FixedRate": (0, 1), "ReservoirSize": (0, None), "Version": (1, 1)}


class Rules:
    def __init__(self, configuration: Configuration, clock: Callable[[], float]) -> None:
        self._configuration = configuration
        self._clock = clock

    def create(self, call: Call) -> Answer:
        rule = dict(call.parameters["SamplingRule"])
        name = rule.get("RuleName")
        if name is None or "RuleARN" in rule:
            raise invalid("SamplingRule: a new rule has a RuleName and no RuleARN")
        _check(rule)
        known = self.all(call)
        if name in known:
            raise invalid(f"RuleName: a rule {name!r} exists already")
        if len(known) > MAX_RULES:
            raise AwsError("RuleLimitExceededException", f"there are {MAX_RULES} sampling rules, which is the most")
        rule["RuleARN"] = f"arn:aws:xray:{call.region}:{call.account_id}:sampling-rule/{name}"
        now = int(self._clock())
        tags = of_list(call.parameters.get("Tags", ()))
        rule = {**rule, "Attributes": rule.get("Attributes", {})}
        document = _document(rule, created=now, modified=now) | {"tags": tags}
        self._configuration.put(document)
        return {"SamplingRuleRecord": _record(document)}

    def get_all(self, call: Call) -> Answer:
        one_page(call.parameters)
        return {"SamplingRuleRecords": [_record(document) for document in self.all(call).values()]}

    def update(self, call: Call) -> Answer:
        change = dict(call.parameters["SamplingRuleUpdate"])
        document = self._one(call, change)
        _check(change)
        if document["name"] == DEFAULT and (wrong := sorted(set(change) - _OF_DEFAULT)):
            raise invalid(f"{wrong[0]}: of the default rule only FixedRate and ReservoirSize can be changed")
        rule = {**document["rule"], **change, "RuleName": document["name"], "RuleARN": document["arn"]}
        changed = {**document, "rule": rule, "modified": int(self._clock())}
        self._configuration.put(changed)
        return {"SamplingRuleRecord": _record(changed)}

    def delete(self, call: Call) -> Answer:
        document = self._one(call, call.parameters)
        if document["name"] == DEFAULT:
            raise invalid("RuleName: the default rule cannot be deleted")
        self._configuration.remove(document["name"])
        return {"SamplingRuleRecord": _record(document)}

    def all(self, call: Call) -> dict[str, dict[str, Any]]:
        """Each rule's document by its name, the default rule first."""
        arn = f"arn:aws:xray:{call.region}:{call.account_id}:sampling-rule/{DEFAULT}"
        default = _document({**DEFAULT_RULE, "RuleARN": arn}, created=0, modified=0)
        return {DEFAULT: default} | self._configuration.all()

    def last_modification(self, call: Call) -> datetime:
        return datetime.fromtimestamp(max(document["modified"] for document in self.all(call).values()), UTC)

    def _one(self, call: Call, named: Mapping[str, Any]) -> dict[str, Any]:
        name, arn = named.get("RuleName"), named.get("RuleARN")
        if (name is None) == (arn is None):
            raise invalid("a sampling rule is named by either its RuleName or its RuleARN, and not both")
        for document in self.all(call).values():
            if name == document["name"] or arn == document["arn"]:
                return document
        raise invalid(f"there is no sampling rule {name or arn!r}")


def _check(rule: Mapping[str, Any]) -> None:
    if "SamplingRateBoost" in rule:
        raise NotSupported("xray SamplingRule.SamplingRateBoost: adaptive sampling")
    for member, (least, most) in _LEAST_AND_MOST.items():
        value = rule.get(member, least)
        if value < least or (most is not None and value > most):
            raise invalid(f"{member}: {value} is not {least} to {'any' if most is None else most}")


def _document(rule: Mapping[str, Any], *, created: int, modified: int) -> dict[str, Any]:
    names = {"name": rule["RuleName"], "arn": rule["RuleARN"]}
    return {**names, "rule": dict(rule), "created": created, "modified": modified, "tags": {}}


def _record(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "SamplingRule": document["rule"],
        "CreatedAt": datetime.fromtimestamp(document["created"], UTC),
        "ModifiedAt": datetime.fromtimestamp(document["modified"], UTC),
    }
