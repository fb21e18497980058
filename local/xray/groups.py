"""CreateGroup, GetGroup, GetGroups, UpdateGroup, DeleteGroup.

Source: AWS pages "Configuring groups in the X-Ray console" and "Configuring sampling, groups, and encryption settings
with the AWS X-Ray API", and the API's pages. Unlike AWS, which sorts traces into groups as they come, a group's filter
is asked when it is used: an updated group has no old version.
"""

from collections.abc import Mapping
from typing import Any

from local.endpoint.call import Answer, Call
from local.errors import NotSupported
from local.xray.configuration import Configuration
from local.xray.filters import Expression, NamedFilter, parse_filter
from local.xray.paging import one_page
from local.xray.problems import invalid
from local.xray.tags import of_list
from local.xray.trace_header import new_segment_id

DEFAULT = "Default"  # takes every trace, and cannot be removed
NO_INSIGHTS = {"InsightsEnabled": False, "NotificationsEnabled": False}


class Groups:
    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def create(self, call: Call) -> Answer:
        given = call.parameters
        name = given["GroupName"]
        _refuse_insights(given)
        if name in self.all(call):
            raise invalid(f"GroupName: a group {name!r} exists already")
        text = _checked(given.get("FilterExpression", ""))
        arn = f"arn:aws:xray:{call.region}:{call.account_id}:group/{name}/{new_segment_id().upper()}"
        group = {"name": name, "arn": arn, "filter": text, "tags": of_list(given.get("Tags", ()))}
        self._configuration.put(group)
        return {"Group": _answer(group)}

    def get(self, call: Call) -> Answer:
        return {"Group": _answer(self._one(call, call.parameters))}

    def get_all(self, call: Call) -> Answer:
        one_page(call.parameters)
        return {"Groups": [_answer(group) for group in self.all(call).values()]}

    def update(self, call: Call) -> Answer:
        _refuse_insights(call.parameters)
        group = self._one(call, call.parameters)
        text = call.parameters.get("FilterExpression")
        if text is not None:
            if group["name"] == DEFAULT:
                raise invalid("FilterExpression: the Default group takes every trace")
            group = {**group, "filter": _checked(text)}
            self._configuration.put(group)
        return {"Group": _answer(group)}

    def delete(self, call: Call) -> Answer:
        group = self._one(call, call.parameters)
        if group["name"] == DEFAULT:
            raise invalid("GroupName: the Default group cannot be deleted")
        self._configuration.remove(group["name"])
        return {}

    def all(self, call: Call) -> dict[str, dict[str, Any]]:
        """Each group's document by its name, Default first."""
        arn = f"arn:aws:xray:{call.region}:{call.account_id}:group/{DEFAULT}"
        return {DEFAULT: {"name": DEFAULT, "arn": arn, "filter": "", "tags": {}}} | self._configuration.all()

    def filters(self, call: Call) -> list[NamedFilter]:
        return [NamedFilter(group["name"], group["arn"], _parsed(group)) for group in self.all(call).values()]

    def filter_of(self, call: Call, named: Mapping[str, Any]) -> Expression | None:
        """The filter of the group with GroupName, GroupARN or both; None takes every trace. Raises AwsError."""
        return _parsed(self._one(call, named))

    def _one(self, call: Call, named: Mapping[str, Any]) -> dict[str, Any]:
        name, arn = named.get("GroupName"), named.get("GroupARN")
        if name is None and arn is None:
            raise invalid("GroupName or GroupARN: one of them is needed")
        for group in self.all(call).values():
            if name in (None, group["name"]) and arn in (None, group["arn"]):
                return group
        raise invalid(f"there is no group {name if arn is None else arn!r}")


def _checked(text: str) -> str:
    if text.strip():
        parse_filter(text)
    return text


def _parsed(group: Mapping[str, Any]) -> Expression | None:
    text = group["filter"]
    return parse_filter(text) if text.strip() else None


def _refuse_insights(given: Mapping[str, Any]) -> None:
    wanted = given.get("InsightsConfiguration", {})
    for member in NO_INSIGHTS:
        if wanted.get(member):
            raise NotSupported(f"xray InsightsConfiguration.{member}: Insights")


def _answer(group: Mapping[str, Any]) -> dict[str, Any]:
    known = {"FilterExpression": group["filter"]} if group["filter"] else {}
    return {"GroupName": group["name"], "GroupARN": group["arn"], **known, "InsightsConfiguration": NO_INSIGHTS}
