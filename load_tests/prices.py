"""PURE: what AWS asks for what a load test uses. One table, dated.

Region us-east-1, first tier, without the free tier. Lambda: its public price list (service AWSLambda, effective
2025-10-01). Since 2025-08-01 the initialisation of managed runtimes is billed too. API Gateway and CloudWatch Logs: as
public pages quote their pricing pages. The bill is what counts.
"""

from dataclasses import dataclass

from load_tests.errors import SettingError

AS_OF = "2025-10-01"
REGION = "us-east-1"

REQUEST_DOLLARS = 0.20e-6
"""A request of Lambda's, on both architectures."""
REST_REQUEST_DOLLARS = 3.50e-6
"""A request of a REST API; an HTTP API's is 1.00e-6."""
LOG_GIGABYTE_DOLLARS = 0.50
"""A GB taken in by CloudWatch Logs."""


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a GB-second: of a running request, of one in a provisioned sandbox, of a provisioned sandbox."""

    on_demand: float
    provisioned: float
    waiting: float


PRICES = {
    "x86_64": Price(on_demand=0.0000166667, provisioned=0.0000097222, waiting=0.0000041667),
    "arm64": Price(on_demand=0.0000133334, provisioned=0.0000077778, waiting=0.0000033334),
}


def price_of(architecture: str) -> Price:
    """Raises SettingError for an architecture that Lambda hasn't got."""
    if architecture not in PRICES:
        raise SettingError(f"architecture {architecture!r} has no price; {', '.join(PRICES)} have")
    return PRICES[architecture]
