"""What the locustfile adds to Locust's own options."""

from argparse import SUPPRESS
from typing import Any

from load_tests.steps import STEPS, UNPAUSED

SLOWEST = 20


def add_options(parser: Any) -> None:
    """`parser`: Locust's, which is configargparse's and takes each option from its variable too."""
    for option, variable, default, given in _OPTIONS:
        parser.add_argument(option, env_var=variable, default=default, **given)
    # Told to the workers, which share the rate between all users and know only their own.
    parser.add_argument("--pace-users", type=int, default=0, help=SUPPRESS, include_in_web_ui=False)


def problem_of(options: Any) -> str | None:
    """What is wrong with them, in a sentence; None if nothing is."""
    if options.rate < 0:
        return f"--rate {options.rate:g}: it must be 0 or more requests a second"
    if options.rate and options.shape in UNPAUSED:
        return f"--rate {options.rate:g}: users of --shape {options.shape} never pause; take out one of the two"
    if options.slowest < 0:
        return f"--slowest {options.slowest}: it must be 0 or more requests"
    if options.aws_endpoint and not options.function:
        return f"--aws-endpoint {options.aws_endpoint}: nothing is asked there without --function"
    return None


_OPTIONS: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
    (
        "--shape",
        "LOAD_SHAPE",
        None,
        {
            "choices": sorted(STEPS),
            "help": "how the number of users goes over the run; without it as --users and --spawn-rate say",
            "include_in_web_ui": False,  # there --class-picker chooses it
        },
    ),
    (
        "--rate",
        "LOAD_RATE",
        0.0,
        {"type": float, "help": "requests a second of all users together; 0: as their think times make them"},
    ),
    (
        "--api-key",
        "LOAD_API_KEY",
        "",
        {"help": "sent as X-Api-Key, where the service wants one", "is_secret": True},
    ),
    (
        "--slowest",
        "LOAD_SLOWEST",
        SLOWEST,
        {"type": int, "help": "how many of the slowest requests are listed with their traces"},
    ),
    (
        "--ledger",
        "LOAD_LEDGER",
        "",
        {"help": "a file that gets a JSON line for each request made", "include_in_web_ui": False},
    ),
    (
        "--function",
        "LOAD_FUNCTION",
        "",
        {"help": "the Lambda function whose REPORT lines and traces confirm what its answers say"},
    ),
    (
        "--aws-endpoint",
        "LOAD_AWS_ENDPOINT",
        "",
        {"help": "where AWS's APIs are, such as http://127.0.0.1:4566; without it at AWS"},
    ),
)
