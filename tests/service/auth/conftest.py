from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.auth.issuer import Issuer, ec_key, public_jwk, rsa_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric import ec, rsa


@pytest.fixture(scope="session")
def signing_rsa() -> rsa.RSAPrivateKey:
    return rsa_key()


@pytest.fixture(scope="session")
def signing_ec() -> ec.EllipticCurvePrivateKey:
    return ec_key()


@pytest.fixture
def issuer(signing_rsa: rsa.RSAPrivateKey, signing_ec: ec.EllipticCurvePrivateKey) -> Iterator[Issuer]:
    published = [public_jwk(signing_rsa, "rsa-1", alg="RS256"), public_jwk(signing_ec, "ec-1", alg="ES256")]
    with Issuer(published) as running:
        yield running
