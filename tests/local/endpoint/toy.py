"""A service that has a member of every kind of shape, in the protocols that a test asks for."""

from typing import Any

from botocore.model import ServiceModel

SCALARS = ("string", "integer", "long", "float", "double", "boolean", "blob", "timestamp")


def toy(protocol: str) -> ServiceModel:
    """One operation, Echo, which takes and answers the same shape."""
    every: dict[str, Any] = {f"A{kind.title()}": {"shape": kind.title()} for kind in SCALARS}
    every |= {
        "Texts": {"shape": "Texts"},
        "Numbers": {"shape": "Numbers"},
        "Moments": {"shape": "Moments"},
        "Map": {"shape": "Map"},
        "Nested": {"shape": "Nested"},
        "Nesteds": {"shape": "Nesteds"},
        "Iso": {"shape": "Iso"},
        "Http": {"shape": "Http"},
        "Epoch": {"shape": "Epoch"},
        "Renamed": {"shape": "String", "locationName": "other-name"},
    }
    if protocol == "query":
        every |= {"FlatList": {"shape": "FlatList"}, "FlatMap": {"shape": "FlatMap"}, "Named": {"shape": "NamedFlat"}}
    if protocol == "rest-json":
        every |= {
            "Label": {"shape": "Label", "location": "uri", "locationName": "Label"},
            "Fields": {"shape": "Labels", "location": "querystring", "locationName": "fields"},
            "Until": {"shape": "Timestamp", "location": "querystring", "locationName": "until"},
            "Header": {"shape": "Label", "location": "header", "locationName": "x-header"},
            "Flag": {"shape": "Boolean", "location": "header", "locationName": "x-flag"},
        }
    if protocol == "smithy-rpc-v2-cbor":
        del every["Renamed"]
    return ServiceModel(_document(protocol, every), "toy")


def _document(protocol: str, every: dict[str, Any]) -> dict[str, Any]:
    required = ["Label"] if "Label" in every else []
    uri = "/echo/{Label}/x" if "Label" in every else "/"
    return {
        "metadata": {
            "protocol": protocol,
            "protocols": [protocol],
            "apiVersion": "2026-11-26",
            "endpointPrefix": "toy",
            "targetPrefix": "Toy",
            "jsonVersion": "1.1",
            "serviceId": "Toy",
            "xmlNamespace": "http://toy/",
        },
        "operations": {
            "Echo": {
                "name": "Echo",
                "http": {"method": "POST", "requestUri": uri},
                "input": {"shape": "In"},
                "output": {"shape": "Out", **({"resultWrapper": "EchoResult"} if protocol == "query" else {})},
            }
        },
        "shapes": {
            "In": {"type": "structure", "required": required, "members": every},
            "Out": {
                "type": "structure",
                "members": {
                    name: member for name, member in every.items() if member.get("location") not in OUT_OF_BODY
                },
            },
            **{kind.title(): {"type": kind} for kind in SCALARS},
            "Label": {"type": "string", "min": 1},
            "Labels": {"type": "list", "member": {"shape": "Label"}, "min": 1},
            "Texts": {"type": "list", "member": {"shape": "String"}},
            "Numbers": {"type": "list", "member": {"shape": "Double"}},
            "Moments": {"type": "list", "member": {"shape": "Timestamp"}},
            "Map": {"type": "map", "key": {"shape": "String"}, "value": {"shape": "Texts"}},
            "Nested": {
                "type": "structure",
                "members": {"Blobs": {"shape": "Blobs"}, "Deeper": {"shape": "Nested"}, "N": {"shape": "Long"}},
            },
            "Nesteds": {"type": "list", "member": {"shape": "Nested"}},
            "Blobs": {"type": "list", "member": {"shape": "Blob"}},
            "Iso": {"type": "timestamp", "timestampFormat": "iso8601"},
            "Http": {"type": "timestamp", "timestampFormat": "rfc822"},
            "Epoch": {"type": "timestamp", "timestampFormat": "unixTimestamp"},
            "FlatList": {"type": "list", "member": {"shape": "Nested"}, "flattened": True},
            "NamedFlat": {"type": "list", "member": {"shape": "String", "locationName": "Item"}, "flattened": True},
            "FlatMap": {
                "type": "map",
                "key": {"shape": "String", "locationName": "Name"},
                "value": {"shape": "Long", "locationName": "Amount"},
                "flattened": True,
            },
        },
    }


OUT_OF_BODY = ("uri", "querystring")
