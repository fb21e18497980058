"""A token issuer for tests: real keys, real tokens, and a real HTTP server for its JWKS."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER = "https://issuer.example.com/"
AUDIENCE = "items-api"

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: SigningKey, key_id: str, **members: str) -> dict[str, Any]:
    """The key's public half as its issuer would publish it (RFC 7517, section 4)."""
    if isinstance(key, rsa.RSAPrivateKey):
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, "kid": key_id, "use": "sig", **members}


def claims(**changes: object) -> dict[str, object]:
    """A good token's claims; a change to None takes that claim out."""
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "user-7", "iat": now, "exp": now + 600, **changes}
    return {name: value for name, value in whole.items() if value is not None}


class Issuer:
    """Serves `published` at `url` from a thread. `answer`, when set, replaces the response; `fetches` counts."""

    def __init__(self, published: list[dict[str, Any]]) -> None:
        self.published = published
        self.answer: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.fetches = 0
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False  # closing waits for them: a test leaves no thread behind
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self.stop()

    def stop(self) -> None:
        """Takes the server down: from now on its port refuses connections."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.fetches += 1
                if issuer.answer is not None:
                    issuer.answer(self)
                else:
                    reply(self, json.dumps({"keys": issuer.published}).encode())

            def log_message(self, *_: object) -> None:
                """Silent: a test reads what the service writes."""

        return Handler


def reply(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
