"""TagResource, UntagResource, ListTagsForResource, for groups and sampling rules."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.endpoint.call import Answer, Call
from local.errors import AwsError
from local.xray.configuration import Configuration
from local.xray.paging import one_page
from local.xray.problems import invalid, not_found

MAX_TAGS = 50  # of a resource (AWS page "Tagging X-Ray sampling rules and groups")
_RESERVED = "aws:"

Documents = Callable[[Call], Mapping[str, dict[str, Any]]]


class Tags:
    """`kinds`: what finds the documents of a kind, and where they are kept."""

    def __init__(self, kinds: Iterable[tuple[Documents, Configuration]]) -> None:
        self._kinds = tuple(kinds)

    def tag(self, call: Call) -> Answer:
        document, kept = self._find(call)
        tags = {**document["tags"], **of_list(call.parameters["Tags"])}
        if len(tags) > MAX_TAGS:
            arn = call.parameters["ResourceARN"]
            message = f"{len(tags)} tags, more than {MAX_TAGS}"
            raise AwsError("TooManyTagsException", message, members={"ResourceName": arn})
        kept.put({**document, "tags": tags})
        return {}

    def untag(self, call: Call) -> Answer:
        document, kept = self._find(call)
        gone = set(call.parameters["TagKeys"])
        kept.put({**document, "tags": {key: value for key, value in document["tags"].items() if key not in gone}})
        return {}

    def list(self, call: Call) -> Answer:
        one_page(call.parameters)
        document, _ = self._find(call)
        return {"Tags": [{"Key": key, "Value": value} for key, value in document["tags"].items()]}

    def _find(self, call: Call) -> tuple[dict[str, Any], Configuration]:
        arn = call.parameters["ResourceARN"]
        for documents, kept in self._kinds:
            for document in documents(call).values():
                if document["arn"] == arn:
                    return document, kept
        raise not_found(arn)


def of_list(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags in the shape of the API -> by key. Raises AwsError."""
    found = {tag["Key"]: tag["Value"] for tag in tags}
    for key in found:
        if key.lower().startswith(_RESERVED):
            raise invalid(f"Tags: the key {key!r} begins with {_RESERVED}, which is AWS's own")
    return found
