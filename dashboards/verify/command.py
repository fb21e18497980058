"""python -m dashboards verify --stack NAME."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from dashboards.errors import VerifyError
from dashboards.verify.account import Account, Span
from dashboards.verify.finding import Verdict
from dashboards.verify.judge import Judge
from dashboards.verify.report import report

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOPBACK = ("127.0.0.1", "localhost")
MINUTES = 180
"""As far back as the dashboards themselves show."""


def verify(arguments: Sequence[str]) -> int:
    """0: all has data, or is named as not here; 1: something has none, it is named. Raises VerifyError."""
    options = _parser().parse_args(arguments)
    now_s = int(time.time())
    try:
        account = Account(_session(options), options.endpoint_url)
        findings = list(Judge(account, options.stack, Span(now_s - 60 * options.minutes, now_s)).findings())
    except (BotoCoreError, ClientError) as error:
        raise VerifyError(str(error)) from None
    sys.stdout.write(report(findings))
    return int(any(one.verdict is Verdict.NONE for one in findings))


def _session(options: argparse.Namespace) -> boto3.Session:
    """A laptop takes any credentials, and has one region: nobody has to make them up."""
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    if urlsplit(options.endpoint_url or "").hostname not in LOOPBACK:
        return session
    region = session.region_name or "us-east-1"
    if session.get_credentials() is not None:
        return boto3.Session(profile_name=options.profile, region_name=region)
    return boto3.Session(aws_access_key_id="any", aws_secret_access_key="any", region_name=region)  # noqa: S106


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dashboards verify",
        description="Shows that every widget of a stack's dashboards has data, every saved query returns rows, and"
        " every alarm knows its state. Asks AWS's APIs only. Exit code 1: what has none is named, with what to do.",
    )
    parser.add_argument("--stack", required=True, help="the stack's name or id; on a laptop: local")
    parser.add_argument("--endpoint-url", help="of another AWS, such as the laptop's http://127.0.0.1:4566")
    parser.add_argument("--region", help="default: boto3's own")
    parser.add_argument("--profile", help="in ~/.aws; default: boto3's own")
    parser.add_argument("--minutes", type=_minutes, default=MINUTES, help=f"back from now (default {MINUTES})")
    return parser


def _minutes(text: str) -> int:
    minutes = int(text)
    if minutes < 1:
        raise argparse.ArgumentTypeError(f"{text} minutes; at least 1")
    return minutes
