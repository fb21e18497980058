"""Who is asking: API keys, JWTs verified against a JWKS, and the claims that an API Gateway authorizer verified."""

from service.auth.authentication import Authentication
from service.auth.principal import ANONYMOUS, Kind, Principal

__all__ = ["ANONYMOUS", "Authentication", "Kind", "Principal"]
