"""Everything `make check` asks of the templates. A check takes a Case and says what is wrong."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deployment.alarms import with_joined_marked
from deployment.errors import NotAskedError
from deployment.gateway import access_log_faults, gateway_response_faults
from deployment.permissions import policies
from deployment.skips import CFN_LINT, CHECKOV, PARLIAMENT
from deployment.templates import Template, load
from deployment.tools import CHECK, SAM, Tools
from deployment.values import Values

RULES = Path(__file__).with_name("promises.guard")
#: Stands for the nested stack's RunbookUrl: promises.guard looks for it.
RUNBOOK = {"RunbookUrl": "RUNBOOK"}


@dataclass(frozen=True)
class Case:
    """A template of ours and the nested one, by their paths."""

    source: Path
    nested: Path
    tools: Tools

    @cached_property
    def expanded(self) -> Template:
        """What SAM's transform makes of the source. Raises ToolError."""
        found: Template = self.tools.module(SAM, "expansion", str(self.source))
        return found

    @cached_property
    def monitoring(self) -> Template:
        return load(self.nested.read_text(), self.nested.name)


def sam_validates(case: Case) -> Iterator[str]:
    result = case.tools.run(SAM, "sam", ["validate", "--lint", "--template", str(case.source)])
    if result.returncode:
        yield (result.stderr + result.stdout).strip()


def cfn_lint_finds(case: Case) -> Iterator[str]:
    """On the source, the nested template and the expanded one; in that one, what the transform brings is let pass."""
    yield from _cfn_lint(case, case.source, {})
    yield from _cfn_lint(case, case.nested, {})
    with _as_file(case.expanded) as path:
        yield from _cfn_lint(case, path, CFN_LINT)


def promises_broken(case: Case) -> Iterator[str]:
    """Raises NotAskedError where there is no cfn-guard."""
    if case.tools.run(CHECK, "python", ["-c", "import cfn_guard_rs"]).returncode:
        raise NotAskedError("cfn-guard-rs has no wheel for this Python; `make clean check PYTHON=python3.12` asks it")
    for name, template in (("expanded", case.expanded), ("nested", case.monitoring)):
        resolved = with_joined_marked({"Resources": Values(template, RUNBOOK).resources()})
        for found in case.tools.module(CHECK, "promise_findings", str(RULES), stdin=json.dumps(resolved)):
            yield f"{name}: {found['rule']}: {found['detail']}"


def permissions_wrong(case: Case) -> Iterator[str]:
    asked = json.dumps(policies(case.expanded))
    found = case.tools.module(CHECK, "permission_findings", stdin=asked)
    kept = {(finding["policy"], finding["issue"]) for finding in found} & PARLIAMENT.keys()
    for finding in found:
        if (finding["policy"], finding["issue"]) not in kept:
            yield f"{finding['policy']}: {finding['issue']}: {finding['detail']}"
    yield from (f"{place}: {issue} is skipped and no longer there" for place, issue in sorted(PARLIAMENT.keys() - kept))


def checkov_finds(case: Case) -> Iterator[str]:
    with _as_file(case.expanded) as path:
        options = ["--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "--output", "json"]
        report = case.tools.ask(CHECK, "checkov", ["--file", str(path), *options])
    if report["summary"]["parsing_errors"] or not report["summary"]["resource_count"]:
        yield f"checkov could not read the template: {report['summary']}"
    failed = report["results"]["failed_checks"]
    for check in failed:
        if check["check_id"] not in CHECKOV:
            yield f"{check['resource']}: {check['check_id']}: {check['check_name']}"
    gone = CHECKOV.keys() - {check["check_id"] for check in failed}
    yield from (f"{check} is skipped and no longer there" for check in sorted(gone))


def access_logs_wrong(case: Case) -> Iterator[str]:
    yield from access_log_faults(case.expanded)


def gateway_responses_wrong(case: Case) -> Iterator[str]:
    yield from gateway_response_faults(case.expanded)


#: In the order of their speed; the name is what is printed.
CHECKS: Mapping[str, Callable[[Case], Iterator[str]]] = {
    "sam validate --lint": sam_validates,
    "access logs": access_logs_wrong,
    "gateway responses": gateway_responses_wrong,
    "cfn-lint": cfn_lint_finds,
    "cfn-guard": promises_broken,
    "parliament": permissions_wrong,
    "checkov": checkov_finds,
}


def _cfn_lint(case: Case, path: Path, ignored: Mapping[str, str]) -> Iterator[str]:
    ignore = ["--ignore-checks", *ignored] if ignored else []
    for found in case.tools.ask(SAM, "cfn-lint", ["--format", "json", *ignore, "--", str(path)]):
        line = found["Location"]["Start"]["LineNumber"]
        yield f"{found['Filename']}:{line}: {found['Rule']['Id']}: {found['Message']}"


@contextmanager
def _as_file(template: Template) -> Iterator[Path]:
    """The template as a file that is gone afterwards: these tools read files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "expanded.json"
        path.write_text(json.dumps(template, indent=1))
        yield path
