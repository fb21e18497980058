"""What the laptop's AWS offers -> docs/aws.md, from the operations themselves and botocore's models of the services."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.aws_languages import sections
from docs.tables import table
from local.aws.asking import StackCalls
from local.aws.channel import Channel
from local.aws.composition import SCHEMAS, compose, database_path
from local.aws.parts import Place
from local.database import Database
from local.endpoint.call import Operations
from local.endpoint.models import Models, Service

HEAD = """\
# AWS on a laptop

Made by `make docs` from the code. `make run` answers these operations at http://127.0.0.1:4566 (`LOCAL_AWS_PORT`), in
every protocol that botocore's models have for the service; any credentials will do. What is not supported, an operation
or a parameter, is refused with the code `NotSupportedOnTheLaptop` and its name: nothing is ignored.

    aws --endpoint-url http://127.0.0.1:4566 lambda invoke --function-name local-items out.json

After the operations come the languages that they take: metric math, alarms, dashboards, filter patterns, Logs Insights
and X-Ray's filter expressions, function by function.

At its start it loads the template's topics, log groups, metric filters, queries, dashboards, alarms, and X-Ray's groups
and sampling rules; what an earlier start loaded and the template no longer has is removed, but for log groups, whose
events would go too. What came through the API stays. Sampling rules are for who asks X-Ray for them: the laptop's
gateway asks for none, and traces every request. The region is `AWS_REGION`, else `AWS_DEFAULT_REGION`, else us-east-1.

The function is what `sam deploy` would make: a version, and the alias of `AutoPublishAlias` that shows it and that the
API invokes; new code or a new template publish the next one. A version keeps its configuration and its code: the newest
runs from the work tree, an older one from its copy under `.local/versions/` (of the handler's package and the folders
of `LOCAL_WATCH`; all else is the work tree's). So an alias that goes back to an older version shows what that one did.

A canary can be rehearsed with a weighted alias, as a deployment moves traffic by one. This gives one request in ten to
version 2, and the rest to version 1:

    aws --endpoint-url http://127.0.0.1:4566 lambda update-alias --function-name local-items --name live \\
        --function-version 1 --routing-config AdditionalVersionWeights={2=0.1}

Which of them ran is in each line (`function_version`), in `platform.start`, in the log stream's name, in
`x-amz-executed-version`, and in the metrics of AWS/Lambda: those of an alias are also there by `ExecutedVersion`,
`FunctionName` and `Resource`. `AdditionalVersionWeights={}` ends it, and so does whatever deploys anew: a save, too.
Each attempt at an asynchronous invocation is drawn for itself. An alias with provisioned concurrency takes no weights
here: at AWS it does, but AWS doesn't say how the two versions divide it.

X-Ray's OTLP endpoint is there too: `POST /v1/traces`, protobuf or JSON, gzip or not, with AWS's limits, signed or not.
So `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4566` sends any OpenTelemetry SDK's traces here. CloudWatch's
`/v1/logs` and `/v1/metrics` are refused by name.

Tests may also `POST /_local/reset`, which empties the store and loads the template's dashboards, alarms, queries and
filters again; `POST /_local/evaluate`, which evaluates every alarm now and not when its period says so; and
`POST /_local/messages`, which answers SNS's last messages, newest first. Nobody but this machine can.
"""


def page() -> str:
    """The page as Markdown."""
    with TemporaryDirectory() as folder:
        services = _offered(Path(folder))
    models = Models(sorted(services)).by_name
    operations = (line for name in models for line in _section(models[name], services[name]))
    return "\n".join([HEAD, *operations, *sections()])


def _offered(folder: Path) -> Mapping[str, Operations]:
    database = Database(database_path(folder), SCHEMAS)
    nobody = StackCalls(Channel(lambda _lines: None, lambda: None))
    parts = compose(Place(folder, folder / "template.yaml", {}, 4566), database, nobody, lambda _text: None)
    database.close()
    return parts.services


def _section(service: Service, operations: Operations) -> Iterator[str]:
    yield f"## {service.model.metadata['serviceId']}"
    yield ""
    yield from table(("operation", "parameters that are refused"), _rows(service, operations))
    yield ""
    refused = [name for name in service.model.operation_names if name not in operations]
    yield f"Refused: {', '.join(refused)}."
    yield ""


def _rows(service: Service, operations: Operations) -> Iterator[tuple[str, str]]:
    for name in sorted(operations):
        shape = service.model.operation_model(name).input_shape
        members = [] if shape is None else list(shape.members)
        refused = [f"`{member}`" for member in members if member not in operations[name].takes]
        yield f"`{name}`", ", ".join(refused) or "none"
