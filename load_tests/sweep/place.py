"""Where a sweep runs: the API's URL, AWS's APIs, the function."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from load_tests.errors import NotReachable, SettingError
from load_tests.sweep.aws import AWS, Clients, connect, is_loopback, refusals
from load_tests.sweep.laptop import laptop
from load_tests.sweep.settings import Settings

LAPTOP_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Place:
    """`since` is empty where the function outlives its endpoint: on AWS."""

    api: str
    clients: Clients
    function: str
    since: str

    @property
    def costs_money(self) -> bool:
        return self.clients.endpoint == AWS or not is_loopback(self.clients.endpoint)

    @property
    def target(self) -> dict[str, str]:
        """Which function where: what a journal and a plan belong to."""
        clients = self.clients
        where = "laptop" if self.since else clients.endpoint
        return {"where": where, "region": clients.region, "function": self.function, "since": self.since}


@contextmanager
def place(settings: Settings, environ: Mapping[str, str]) -> Iterator[Place]:
    """Starts the laptop's stack where none runs and no endpoint is given, and stops it again."""
    if settings.endpoint:
        yield _elsewhere(settings, environ)
        return
    with laptop(settings.local_dir, settings.dir, environ) as found:
        clients = connect(found.aws, settings.region or LAPTOP_REGION)
        yield Place(settings.api or found.api, clients, _function(settings, clients), found.since)


def _elsewhere(settings: Settings, environ: Mapping[str, str]) -> Place:
    region = settings.region or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if not region and settings.endpoint != AWS and is_loopback(settings.endpoint):
        region = LAPTOP_REGION
    if not region:
        raise SettingError("--region: no region is given, and AWS_REGION is not set; as in --region eu-central-1")
    if not settings.api:
        raise SettingError("--api: give the API's URL with --endpoint; the stack's output ApiUrl has it")
    clients = connect(settings.endpoint, region)
    return Place(settings.api, clients, _function(settings, clients), "")


def _function(settings: Settings, clients: Clients) -> str:
    """Raises NotReachable unless there is exactly one."""
    if settings.function:
        return settings.function
    with refusals("list the functions"):
        pages = clients.function.get_paginator("list_functions").paginate()
        names = sorted(found["FunctionName"] for page in pages for found in page["Functions"])
    if len(names) != 1:
        shown = ", ".join(names[:10]) or "none"
        raise NotReachable(f"--function: {len(names)} functions are there ({shown}); name the one to measure")
    return str(names[0])
