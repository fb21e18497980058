"""The real sam build, deploy, update and delete, against ministack: what `make deploy-check` runs."""

import json
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3

from deployment.api_client import ApiClient
from deployment.errors import TrialError
from deployment.ministack import ministack
from deployment.refused import NOT_KEPT, refusal
from deployment.requests import call_for
from deployment.shapes import call_faults
from deployment.stacks import ACCOUNT, Deployed, deployed, faults, left_over
from deployment.templates import Template, load
from deployment.tools import MINISTACK, SAM, Tools
from deployment.trial_copy import deployed_otherwise, without_refused
from deployment.values import Values

STACK = "glasshouse-dev"  # of samconfig.toml
MONITORING = "Monitoring"
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
#: What is deployed first; an update changes the second and leaves the rest.
FIRST = {"Stage": "dev", "AlarmEmail": "oncall@example.com", "DeploymentPreference": "AllAtOnce"}
SECOND = {**FIRST, "MemorySize": "1024", "LogRetentionDays": "30", "ApiKeyRequired": "true"}
#: What the template's Rules refuse.
CONTRADICTION = {**FIRST, "SnapStart": "PublishedVersions", "ProvisionedConcurrency": "5"}

Say = Callable[[str], None]


class Trial:
    """One trial. `folder` is its own, made and removed; `say` hears what happens. Raises TrialError."""

    def __init__(self, tools: Tools, folder: Path, say: Say) -> None:
        self._tools = tools
        self._folder = folder
        self._say = say
        self._url = ""

    def run(self) -> None:
        if platform.system() != "Linux":
            raise TrialError("the trial runs what is built for Lambda, which is Linux, and so needs Linux itself")
        try:
            source, monitoring = self._build()
            copies = self._copy(source, monitoring)
            self._check_refused(monitoring)
            with ministack(self._tools, self._folder / "ministack") as self._url:
                self._deploy_update_delete(*copies)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _build(self) -> tuple[Template, Template]:
        """The built template and the nested one. They are built for this machine and the Python that will run them."""
        python = self._tools.run(MINISTACK, "python", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
        target = {"TARGET_ARCH": _architecture(), "TARGET_PYTHON": python.stdout.strip()}
        shutil.rmtree(self._folder, ignore_errors=True)
        self._sam("build", "--build-dir", str(self._folder / "built"), **target)
        built = self._folder / "built"
        self._say(f"sam build: for {target['TARGET_ARCH']}, Python {target['TARGET_PYTHON']}")
        source, nested = built / "template.yaml", built / MONITORING / "template.yaml"
        return load(source.read_text(), "template.yaml"), load(nested.read_text(), f"{MONITORING}/template.yaml")

    def _copy(self, source: Template, monitoring: Template) -> tuple[Template, Template]:
        """Writes the copies that are deployed and says what is different in them."""
        plain, first = deployed_otherwise(source)
        plain, second = without_refused(plain, "sam_template")
        nested, third = without_refused(monitoring, "monitoring")
        (self._folder / "built/trial.json").write_text(json.dumps(plain, indent=1))
        (self._folder / "built" / MONITORING / "template.yaml").write_text(json.dumps(nested, indent=1))
        for difference in [*first, *second, *third]:
            self._say(f"  {difference.where}: {difference.why}")
        for entry in NOT_KEPT:
            self._say(f"  {entry.kind}.{entry.name}: ministack forgets it; checked {entry.checked}")
        return plain, nested

    def _check_refused(self, monitoring: Template) -> None:
        """What ministack refuses, against the shape of the call that CloudFormation would make for it."""
        expanded: Template = self._tools.module(SAM, "expansion", str(self._tools.root / "sam_template.yaml"))
        outside = Values(expanded).resources()
        inside = Values(monitoring, outside[MONITORING]["Properties"]["Parameters"]).resources()
        refused = [(name, part) for name, part in [*outside.items(), *inside.items()] if refusal(part)]
        found = [fault for name, part in refused for fault in call_faults(call_for(name, part))]
        self._fail("what ministack refuses", found)
        self._say(f"by the shapes of their calls: {', '.join(name for name, _ in refused)}")

    def _deploy_update_delete(self, plain: Template, nested: Template) -> None:
        self._deploy(FIRST)
        resources = self._compare(plain, nested, FIRST)
        self._fail("HTTP", self._http(resources).items_are_kept())
        self._say("HTTP: an item made, read and listed through the deployed API and its table")
        self._refuse(CONTRADICTION, "Lambda takes one of the two")
        self._deploy(SECOND)
        resources = self._compare(plain, nested, SECOND)
        self._fail("HTTP", self._http(resources).key_is_asked_for(self._key(resources)))
        self._say("HTTP: without the API key a problem document, with it an answer")
        self._name_s3_as_aws_does()
        self._sam("delete", "--stack-name", STACK, "--no-prompts", "--region", "us-east-1")
        self._fail("sam delete", left_over(self._clients, resources))
        kept = ", ".join(one.logical_id for one in resources if one.retained)
        self._say(f"sam delete: all gone but what is retained: {kept}")

    def _http(self, resources: list[Deployed]) -> ApiClient:
        api = _one(resources, "AWS::ApiGateway::RestApi")
        # In the copy, gateway responses are resources that the stack's own deployment may have come before.
        self._clients("apigateway").create_deployment(restApiId=api, stageName=FIRST["Stage"])
        return ApiClient(f"{self._url}/restapis/{api}/{FIRST['Stage']}/_user_request_")

    def _key(self, resources: list[Deployed]) -> str:
        key = _one(resources, "AWS::ApiGateway::ApiKey")
        return str(self._clients("apigateway").get_api_key(apiKey=key, includeValue=True)["value"])

    def _name_s3_as_aws_does(self) -> None:
        """`sam delete` reads where the nested template lies by its URL, and knows those of S3's own hosts only."""
        client = self._clients("cloudformation")
        body = client.get_template(StackName=STACK, TemplateStage="Original")["TemplateBody"]
        text = body if isinstance(body, str) else json.dumps(body)
        names = [one["ParameterKey"] for one in client.describe_stacks(StackName=STACK)["Stacks"][0]["Parameters"]]
        client.update_stack(
            StackName=STACK,
            TemplateBody=text.replace(self._url, "https://s3.us-east-1.amazonaws.com"),
            Parameters=[{"ParameterKey": name, "UsePreviousValue": True} for name in names],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        client.get_waiter("stack_update_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})

    def _deploy(self, parameters: Mapping[str, str]) -> None:
        self._sam(*self._deployment(parameters))
        self._say(f"sam deploy: {' '.join(_overrides(parameters))}")

    def _refuse(self, parameters: Mapping[str, str], reason: str) -> None:
        try:
            self._sam(*self._deployment(parameters))
        except TrialError as refused:
            if reason not in str(refused):
                raise
        else:
            raise TrialError(f"deployed, and should have been refused: {' '.join(_overrides(parameters))}")
        self._say(f"sam deploy refuses: {' '.join(_overrides(parameters))}")

    def _deployment(self, parameters: Mapping[str, str]) -> list[str]:
        template = str(self._folder / "built/trial.json")
        config = ["--config-file", str(self._tools.root / "samconfig.toml")]
        return ["deploy", "--template-file", template, *config, "--parameter-overrides", *_overrides(parameters)]

    def _compare(self, plain: Template, nested: Template, parameters: Mapping[str, str]) -> list[Deployed]:
        path = self._folder / "expanded-of.json"
        path.write_text(json.dumps(plain))
        expanded: Template = self._tools.module(SAM, "expansion", str(path))
        given = dict(one.split("=", 1) for one in _overrides(parameters))
        resources = deployed(self._clients, STACK, expanded, {MONITORING: nested}, given)
        self._fail("what is deployed", faults(self._clients, resources))
        self._say(f"read back: {len(resources)} resources are as the templates say")
        return resources

    def _clients(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload] # any service
            service,
            endpoint_url=self._url,
            region_name="us-east-1",
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key=ACCOUNT,
        )

    def _sam(self, *arguments: str, **environ: str) -> None:
        """Runs SAM with nobody to answer it. Raises TrialError with what it said."""
        endpoint = {"AWS_ENDPOINT_URL": self._url} if self._url else {}
        result = self._tools.run(SAM, "sam", arguments, stdin="", **endpoint, **environ)
        if result.returncode:
            raise TrialError(f"sam {arguments[0]} failed:\n{result.stdout}\n{result.stderr}")

    def _fail(self, what: str, found: Iterable[str]) -> None:
        if sentences := list(found):
            raise TrialError("\n  ".join([f"{what}:", *sentences]))


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in {**parameters, "Architecture": _architecture()}.items()]


def _architecture() -> str:
    return ARCHITECTURES[platform.machine().lower()]


def _one(resources: list[Deployed], kind: str) -> str:
    [found] = [one.physical for one in resources if one.kind == kind]
    return found
