"""PURE: sam_template.yaml's parameters -> docs/deploy.md, between what is written here."""

from collections.abc import Iterable, Sequence
from typing import Any

from docs.tables import table
from local.template_yaml import load

HEAD = """\
# Deploy

    make install-sam                                     # or a SAM CLI of your own
    .venv-sam/bin/sam build
    .venv-sam/bin/sam deploy                             # the stack glasshouse-dev
    .venv-sam/bin/sam deploy --config-env prod           # the stack glasshouse-prod

## The first time

SAM asks nothing; AWS wants a few things to be there:

- **Credentials and a region** where SAM finds them: `aws configure`, `AWS_PROFILE`, or the CI's own role. They must be
  able to make what the template names, roles included (`CAPABILITY_IAM`; `CAPABILITY_AUTO_EXPAND` is for the nested
  stack).
- **Python 3.13**, so that the artifact has its bytecode; without one `sam build` warns and goes on. See
  [artifact.md](artifact.md).
- **API Gateway's role for logs.** There is one for an account and region. The stack makes it, and replaces the one that
  is set. Where another stack keeps it, deploy with `ApiGatewayLogRole=existing`.
- **A click.** With `AlarmEmail` set, AWS sends a mail that asks; until it is confirmed no alarm arrives.

Give parameters in `samconfig.toml`, or once: `sam deploy --parameter-overrides Stage=dev AlarmEmail=you@example.com`.
A stage is one stack: two of one stage in a region would quarrel about X-Ray's names.

## Parameters

Made by `make docs` from `sam_template.yaml`; edit that.
"""

TAIL = """\
`SnapStart=PublishedVersions` and a `ProvisionedConcurrency` above 0 exclude each other; the deployment is refused.

## An API key

`ApiKeyRequired=true` makes a key and a usage plan. The key is AWS's to make and is in no file of ours:

    aws apigateway get-api-key --include-value --query value --api-key "$(aws cloudformation describe-stacks \\
        --stack-name glasshouse-dev --query 'Stacks[0].Outputs[?OutputKey==`ApiKeyId`].OutputValue' --output text)"

Callers send it as `x-api-key`. It tells callers apart and slows them down; who may do what is `AuthMode`'s.

## What it costs to have

With nobody calling, in us-east-1, by AWS's price pages as we knew them in November 2026 (check them):

| | a month |
|---|---|
| the key that encrypts alarms on their way | $1 |
| each metric in an alarm | $0.10 |
| each dashboard beyond the account's first three | $3 |
| each metric of our namespace, and each of a method of API Gateway, once it is written | $0.30 |
| provisioned concurrency 5 at 512 MB on arm64 (`prod`) | about $22 |
| function, API, table, topic, saved queries, X-Ray's group and rule | nothing until they are used |

With callers, logs cost $0.50 a GB taken in, traces $5 a million recorded: `LogRetentionDays` bounds what is kept,
`TraceRate` what is traced, and `ThrottleRate` with `ReservedConcurrency` what a flood can cost.

## Go back

A new version gets a tenth of the traffic for five minutes (`DeploymentPreference`). If requests fail or are slow
meanwhile, the two alarms that the deployment watches send all traffic back to the old version, and the stack with it.

- While it moves: `aws deploy stop-deployment --auto-rollback-enabled --deployment-id ID`.
- Later: check out the commit that was good, then `sam build && sam deploy`. Items stay; so does their table.
- At once: this moves all traffic to version N, which is still there; the empty weights take a canary's share away.
  Deploy what belongs to N afterwards, or the next deployment moves it forward again.

      aws lambda update-alias --function-name NAME --name live --function-version N \\
          --routing-config AdditionalVersionWeights={}

The same command moves the alias on a laptop; [aws.md](aws.md) has a canary to rehearse there.

## Undo

    .venv-sam/bin/sam delete --stack-name glasshouse-dev

What stays, because it could be missed:

- **the table** with the items; `aws dynamodb delete-table --table-name NAME` (the output `TableName`);
- **API Gateway's role for logs**, which the region's other APIs write by;
- **the function's published versions**, which go with the function.

The logs go. The key goes after seven days, in which `aws kms cancel-key-deletion` keeps it.

## What is known before

`make check` asks SAM's and CloudFormation's linters, cfn-guard with our promises (`deployment/promises.guard`),
parliament, checkov, and looks at what none of them sees: the access log's variables and the gateway's own answers.
What checkov and parliament find and we keep is in `deployment/skips.py`, each with its reason.

`make deploy-check` runs the real `sam build`, `sam deploy`, an update and `sam delete` against ministack on this
machine (Linux), sends HTTP through what is deployed, and compares what is there with the template. ministack has no
CodeDeploy, X-Ray, composite alarms, alarms on metric math or saved queries: it lists what it takes out, and checks
each of them against the shape of the call that makes it. That no canary has moved traffic and no mail has arrived is
what neither of the two can tell.
"""


def page(template: str) -> str:
    """The page as Markdown; `template` is the text of sam_template.yaml."""
    lines = table(("parameter", "default", "values", "meaning"), _rows(template))
    return "\n".join([HEAD, *lines, "", TAIL])


def _rows(template: str) -> Iterable[Sequence[str]]:
    for name, parameter in load(template, "sam_template.yaml")["Parameters"].items():
        default = str(parameter["Default"])
        yield f"`{name}`", f"`{default}`" if default else "empty", _values(parameter), parameter["Description"]


def _values(parameter: dict[str, Any]) -> str:
    if "AllowedValues" in parameter:
        return ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    least, most = parameter.get("MinValue"), parameter.get("MaxValue")
    if least is not None:
        return f"{least} to {most}" if most is not None else f"from {least}"
    return "text"
