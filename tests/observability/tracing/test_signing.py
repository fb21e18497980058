"""OTLP to X-Ray's own endpoint: signed as AWS's page "Create a signed AWS API request" says."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import socket
import ssl
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from botocore.credentials import RefreshableCredentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from observability import Settings
from observability.errors import MissingPackageError, SettingError
from observability.tracing.otlp_http import OtlpHttp
from observability.tracing.sending import sender
from observability.tracing.signing import signer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HOST = "xray.us-west-2.amazonaws.com"
_URL = f"https://{_HOST}/v1/traces"
_KEY, _SECRET, _TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session-token"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those that Lambda gives a function, and no others of this machine."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", _KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", _SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", _TOKEN)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))


def expected_signature(headers: Mapping[str, str], body: bytes) -> str:
    """The four steps of AWS's page, for a POST of `body` with the headers that the request says are signed."""
    signed = headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    values = {name.lower(): value for name, value in headers.items()} | {"host": _HOST}
    canonical_headers = "".join(f"{name}:{values[name]}\n" for name in signed.split(";"))
    hashed = hashlib.sha256(body).hexdigest()
    canonical = f"POST\n/v1/traces\n\n{canonical_headers}\n{signed}\n{hashed}"
    moment = values["x-amz-date"]
    scope = f"{moment[:8]}/us-west-2/xray/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{_SECRET}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


def test_the_signature() -> None:
    """AWS4-HMAC-SHA256 over host, date and the session's token, in the scope of the endpoint's region."""
    sign = signer("X", _URL, {"api-key": "other"})
    assert sign is not None
    headers = sign(b"the request")
    kind, _, rest = headers["Authorization"].partition(" ")
    said = dict(part.split("=", 1) for part in rest.split(", "))
    assert kind == "AWS4-HMAC-SHA256"
    assert said["Credential"] == f"{_KEY}/{headers['X-Amz-Date'][:8]}/us-west-2/xray/aws4_request"
    assert said["SignedHeaders"] == "host;x-amz-date;x-amz-security-token"
    assert said["Signature"] == expected_signature(headers, b"the request")
    assert headers["X-Amz-Security-Token"] == _TOKEN


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://xray.eu-central-1.amazonaws.com/v1/traces", "eu-central-1"),
        ("https://xray.cn-north-1.amazonaws.com.cn/v1/traces", "cn-north-1"),
        ("https://xray-fips.us-gov-west-1.amazonaws.com/v1/traces", "us-gov-west-1"),
        ("https://xray.us-east-1.api.aws/v1/traces", "us-east-1"),
    ],
)
def test_hosts_of_xray(url: str, region: str) -> None:
    """The host's region, whatever the function's is; forms as botocore's endpoint rules have them."""
    sign = signer("X", url, {})
    assert sign is not None
    assert f"/{region}/xray/aws4_request" in sign(b"")["Authorization"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4318/v1/traces",
        "https://xray.us-west-2.amazonaws.com.example.com/v1/traces",
        "https://logs.us-west-2.amazonaws.com/v1/logs",
    ],
)
def test_nobody_else_is_sent_a_signature(url: str) -> None:
    """Nor the credentials' token."""
    assert signer("X", url, {}) is None


def test_a_bearer_token_is_sent_as_it_is() -> None:
    """AWS's page "Setting up bearer token authentication for traces": it stands in Authorization."""
    assert signer("X", _URL, {"authorization": "Bearer abc"}) is None


@pytest.mark.parametrize("url", [f"http://{_HOST}/v1/traces", f"https://{_HOST}", f"https://{_HOST}/v1/traces?x=1"])
def test_a_url_that_xray_does_not_serve(url: str) -> None:
    """Refused when the application starts, by the variable's name."""
    with pytest.raises(SettingError, match=r"OTEL_X=.*https://xray\.us-west-2\.amazonaws\.com, with /v1/traces"):
        signer("OTEL_X", url, {})


def test_the_general_endpoint() -> None:
    """What follows OTEL_EXPORTER_OTLP_ENDPOINT is the path that X-Ray serves; where its own variable lacks it, that one
    is named.
    """
    of_xray = {"OBSERVABILITY_TRACING": "otel", "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://{_HOST}/"}
    sender(Settings.from_env(of_xray))
    with pytest.raises(SettingError, match="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        sender(Settings.from_env({**of_xray, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"https://{_HOST}/"}))


def test_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused when the application starts: nothing could ever be sent."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(SettingError, match="with AWS credentials, or with an Authorization in OTEL_EXPORTER_OTLP"):
        signer("OTEL_X", _URL, {})


def test_without_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is the line to type."""
    monkeypatch.setitem(sys.modules, "botocore", None)
    with pytest.raises(MissingPackageError, match=r"pip install botocore$"):
        signer("OTEL_X", _URL, {})


def test_credentials_that_cannot_be_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that SnapStart has restored gets its credentials over HTTP; where that fails a trace is lost, and
    counted: OSError, as of everything that can't be sent, whatever botocore raises.
    """
    long_ago = "2020-01-01T00:00:00Z"
    old = {"access_key": _KEY, "secret_key": _SECRET, "token": _TOKEN, "expiry_time": long_ago}
    kept = RefreshableCredentials.create_from_metadata(old, lambda: old, "container-role")
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda _: kept)
    sign = signer("X", _URL, {})
    assert sign is not None
    with pytest.raises(OSError, match=r"^not signed: RuntimeError$"):
        sign(b"")


def test_over_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What leaves for the endpoint's name, by TLS, has the signature of the body that it carries."""
    listening = socket.create_server(("127.0.0.1", 0))
    address, connect = listening.getsockname(), socket.create_connection
    monkeypatch.setenv("SSL_CERT_FILE", str(certified(tmp_path)))
    monkeypatch.setattr(socket, "create_connection", lambda asked, *rest: connect((address, asked)[0], *rest))
    taken: list[bytes] = []

    def serve() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
        with context.wrap_socket(listening.accept()[0], server_side=True) as connection:
            came = b""
            while not came.endswith(b"the request"):
                came += connection.recv(65_536)
            taken.append(came)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with listening:
        serving = threading.Thread(target=serve)
        serving.start()
        OtlpHttp("X", _URL, {"api-key": "k"}, 5, at_once=True).send(b"the request")
        serving.join()
    head, _, body = taken[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "POST /v1/traces HTTP/1.1"
    assert (headers["Host"], headers["api-key"], headers["Content-Type"]) == (_HOST, "k", "application/x-protobuf")
    assert headers["Authorization"].endswith(f"Signature={expected_signature(headers, body)}")


def certified(folder: Path) -> Path:
    """A certificate of the endpoint's name that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _HOST)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return file
