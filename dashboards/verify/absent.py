"""PURE data: what may have no data for a reason that the stack tells, and what to do where there is no reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLISHERS: Mapping[str, str] = {
    "AWS/DynamoDB": "AWS::DynamoDB::Table",
}
"""Namespace -> the type of the resources that publish into it. Where the stack says of each such resource of its own
that it isn't there (on a laptop items are in a SQLite file), their metrics are "not here", with the stack's reason."""

ALWAYS = (
    "send requests to the API, wait two minutes, ask again; still none: its name, namespace or dimensions are not what"
    " is published (`python -m dashboards contract`)"
)
FAULTS = "no request has failed; one that does (a 500) is enough"
ADVICE: tuple[tuple[str, str], ...] = (
    (
        "EMFParsingErrors",
        "no line was refused: put one with a broken _aws member into the log group (logs put-log-events)",
    ),
    ("Provisioned", "set ProvisionedConcurrency above 0, and invoke the alias"),
    ("by the alias", "invoke the alias: API Gateway does"),
    ("platform.initReport", "no start has failed; one does with a setting that is wrong, such as AUTH_MODE=nonsense"),
    ('record.status != "success"', "nothing was killed; a request beyond the function's timeout is"),
    ("NearTimeouts", "no request has hung; one beyond the function's timeout does"),
    (
        "TelemetryFailures",
        "no telemetry was lost; it is where AWS_XRAY_DAEMON_ADDRESS names an address that takes none",
    ),
    ("auth_refused", "no credential was refused; send a wrong X-Api-Key where AuthMode is `required`"),
    ("Faults > 0", FAULTS),
    ("ColdStarts > 0", "no sandbox has started in this time: ask for more --minutes"),
)
"""Text in what was asked -> what to do; the first that is in it. Without one: ALWAYS."""


def advice(asked: str) -> str:
    return next((what for text, what in ADVICE if text in asked), ALWAYS)
