"""Each trick of a fast start: that it still does what it is for, and nothing else. All in fresh interpreters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from observability.errors import SettingError
from observability.tricks import Trick, tricks

if TYPE_CHECKING:
    from pathlib import Path

ALL = "collector,openapi,plugins,pydantic-v1,stdlib,s3transfer,prime"

APPLICATION = """
import gc, json, sys
from observability import fast_imports
with fast_imports() as used:
    from typing import Annotated
    from fastapi import Depends, FastAPI
    from fastapi.security import APIKeyHeader, HTTPBearer, OAuth2PasswordBearer
    from pydantic import BaseModel
    class Lamp(BaseModel):
        name: str
        watts: int
    app = FastAPI()
    @app.post("/lamps/{number}", responses={404: {"description": "no"}})
    def lamp(number: int, lamp: Lamp, key: Annotated[str, Depends(APIKeyHeader(name="x-key"))],
             token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="/token"))],
             bearer: Annotated[object, Depends(HTTPBearer())]) -> Lamp:
        return lamp
    loaded = sorted(sys.modules)
"""

CALL = """
import asyncio
def call(method, path, body=b"", *headers):
    sent, asked = [], []
    async def receive():
        if asked:
            await asyncio.Event().wait()
        asked.append(True)
        return {"type": "http.request", "body": body, "more_body": False}
    async def send(message):
        sent.append(message)
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
             "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": b"",
             "headers": [(b"content-type", b"application/json"), *headers], "client": None, "server": None}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()
"""


def run(code: str, using: str, *, path: Path | None = None) -> Any:
    """What the code leaves in `found`, run in a fresh interpreter with these tricks."""
    environ = {"PATH": os.environ["PATH"], "OBSERVABILITY_COLD_START": using}
    if path is not None:
        environ["PYTHONPATH"] = str(path)
    code += "\nprint('\\n' + json.dumps(found))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("trick", [*Trick], ids=lambda trick: trick.value)
def test_each_can_be_used_alone(trick: Trick) -> None:
    """Every trick finds what it is for in the installed FastAPI and pydantic: an upgrade that moves it fails here."""
    assert run(APPLICATION + "found = sorted(trick.value for trick in used)", trick.value) == [trick.value]


def test_all_and_none() -> None:
    """All is the default, and none leaves the interpreter as it was."""
    code = APPLICATION + "found = sorted(trick.value for trick in used), gc.get_freeze_count() > 20_000"
    assert run(code, "") == [["collector", "openapi", "plugins", "prime", "pydantic-v1", "s3transfer", "stdlib"], True]
    assert run(code, "all") == [
        ["collector", "openapi", "plugins", "prime", "pydantic-v1", "s3transfer", "stdlib"],
        True,
    ]
    assert run(code, "none") == [[], False]


def test_collector() -> None:
    """No collection walks through what was imported: none runs meanwhile, all is frozen, and then it is on again."""
    code = """
import gc, json
from observability import fast_imports
before, own = sum(one["collections"] for one in gc.get_stats()), gc.get_freeze_count()  # Python 3.12 freezes some
with fast_imports():
    on = gc.isenabled()
    import fastapi
    frozen = gc.get_freeze_count() - own
    collected = sum(one["collections"] for one in gc.get_stats()) - before
found = on, collected, frozen, gc.get_freeze_count() > 20_000, gc.isenabled()
"""
    assert run(code, "collector") == [False, 0, 0, True, True]


def test_collector_stays_off() -> None:
    """Who has turned the collector off finds it off afterwards, also when the import fails."""
    code = """
import gc, json
from observability import fast_imports
gc.disable()
with fast_imports():
    pass
off = gc.isenabled()
gc.enable()
try:
    with fast_imports():
        raise ImportError("the application's own")
except ImportError as error:
    found = off, str(error), gc.isenabled()
"""
    assert run(code, ALL) == [False, "the application's own", True]


BUILT = """
from fastapi.openapi import models
kinds = [one for one in vars(models).values() if isinstance(one, type) and issubclass(one, BaseModel)]
found = len(kinds) > 30, sum(kind.__pydantic_complete__ for kind in kinds) / len(kinds)
"""


def test_openapi_models_are_built_later() -> None:
    """With the trick most of FastAPI's models of a document have no validator yet; without it most do, and a service's
    own models always do.
    """
    many, built = run(APPLICATION + BUILT, "openapi")
    assert many
    assert built < 0.4
    many, built = run(APPLICATION + BUILT, "none")
    assert many
    assert built > 0.8
    assert run(APPLICATION + "found = Lamp.__pydantic_complete__", "openapi") is True


@pytest.mark.parametrize("using", [ALL, "openapi", "pydantic-v1", "plugins", "stdlib"])
def test_same_document(using: str) -> None:
    """The OpenAPI document is byte by byte what it is without any trick."""
    code = APPLICATION + CALL + "found = call('GET', '/openapi.json')"
    status, document = run(code, using)
    assert status == 200
    assert "APIKeyHeader" in document
    assert [status, document] == run(code, "none")


def test_same_answers() -> None:
    """Answers, and what is said of a request that isn't valid, are those without any trick."""
    code = (
        APPLICATION
        + CALL
        + """
keys = (b"x-key", b"k"), (b"authorization", b"Bearer t")
found = [call("POST", "/lamps/1", b'{"name": "a", "watts": 5}', *keys),
         call("POST", "/lamps/one", b'{"name": 1}', *keys), call("POST", "/lamps/1", b'{', *keys),
         call("POST", "/lamps/1", b'{"name": "a", "watts": 5}'), call("GET", "/lamps/1"), call("GET", "/nothing")]
"""
    )
    found = run(code, ALL)
    assert [status for status, _ in found] == [200, 422, 422, 401, 405, 404]
    assert found == run(code, "none")


def test_models_made_afterwards() -> None:
    """pydantic is as it was after the imports: a model made later is built at once."""
    code = """
import json
from observability import fast_imports
with fast_imports():
    import fastapi
from pydantic import BaseModel
class Later(BaseModel):
    name: "Name"
class Name(BaseModel):
    first: str
found = [Later.__pydantic_complete__, Later.model_rebuild(), BaseModel.model_config, Name.__pydantic_complete__]
"""
    assert run(code, ALL) == [False, True, {}, True]


def test_pydantic_v1_is_not_loaded() -> None:
    """A service that doesn't use pydantic.v1 doesn't load it. Without the trick FastAPI does: were that to change,
    the trick could go.
    """
    code = APPLICATION + "found = 'pydantic.v1' in sys.modules"
    assert run(code, "pydantic-v1") is False
    assert run(code, "none") is True


def test_pydantic_v1_is_still_refused() -> None:
    """Who uses a pydantic.v1 model in a route hears from FastAPI what is wrong, as without the trick."""
    code = """
import json, warnings
from observability import fast_imports
with fast_imports():
    from fastapi import FastAPI
    from pydantic.v1 import BaseModel
    class Old(BaseModel):
        name: str
    app = FastAPI()
    try:
        @app.get("/")
        def old() -> list[Old]: ...
        [route.matches({"type": "http", "method": "GET", "path": "/", "headers": []}) for route in app.routes]
        found = "taken"
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
"""
    said = run(code, "pydantic-v1")
    assert "pydantic.v1" in said
    assert said == run(code, "none")


def test_importlib_metadata_is_not_loaded() -> None:
    """Where nobody offers pydantic a plugin, importlib.metadata isn't loaded to find that out, and it is itself
    again when a service asks for it. Without the trick it is loaded.
    """
    code = APPLICATION + "found = 'importlib.metadata' in loaded"
    assert run(code, "plugins") is False
    assert run(code, "none") is True
    code = APPLICATION + "import importlib.metadata as m\nfound = m.version('fastapi') != '', m.__file__ is not None"
    assert run(code, "plugins") == [True, True]


@pytest.mark.parametrize("using", ["plugins", "none"])
def test_plugins_are_found(tmp_path: Path, using: str) -> None:
    """A plugin that a package offers to pydantic is loaded, with the trick as without."""
    (tmp_path / "plugged.py").write_text(
        "seen = []\nclass Plugin:\n    def new_schema_validator(self, *args, **kwargs):\n"
        "        seen.append(1)\n        return None, None, None\nplugin = Plugin()\n"
    )
    about = tmp_path / "plugged-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[pydantic]\nplugged = plugged:plugin\n")
    assert run(APPLICATION + "import plugged\nfound = len(plugged.seen) > 0", using, path=tmp_path) is True


LATE = ("tempfile", "html", "http.client", "secrets", "hashlib", "http.cookies")


def test_what_few_requests_need_is_not_loaded() -> None:
    """None of them is loaded by starting. Without the trick all are: what no longer is, the trick can let go."""
    code = APPLICATION + f"found = [name for name in {LATE} if name in loaded]"
    assert run(code, "stdlib,plugins") == []
    assert run(code, "none") == list(LATE)


def test_what_few_requests_need_works() -> None:
    """Upload files, debug pages, status phrases, cookies, files with their tags and ranges, and secrets are what they
    are without the trick, and who imports one of the modules gets the module itself.
    """
    code = (
        APPLICATION
        + CALL
        + """
import starlette.formparsers, starlette.exceptions
found = [starlette.exceptions.HTTPException(status).detail for status in (404, 418, 599)]
with starlette.formparsers.SpooledTemporaryFile(max_size=10) as file:
    found += [type(file).__module__, file.write(b"lamp")]
app.debug = True
@app.get("/broken")
def broken():
    raise ValueError("<b>")
try:
    call("GET", "/broken", b"", (b"accept", b"text/html"))
except ValueError as error:
    found.append(str(error))
from fastapi import Request, Response
from fastapi.responses import FileResponse
from pydantic import SecretStr
@app.get("/cookies")
def cookies(request: Request, response: Response) -> dict[str, str]:
    response.set_cookie("lamp", "on")
    return request.cookies
@app.get("/file")
def file() -> FileResponse:
    return FileResponse(starlette.exceptions.__file__)
found += [call("GET", "/cookies", b"", (b"cookie", b'a="b c"; d=e')), call("GET", "/file")[0],
          call("GET", "/file", b"", (b"range", b"bytes=0-1,5-6"))[0], SecretStr("a") == SecretStr("a")]
import hashlib, html, http, http.client, http.cookies, secrets, tempfile
late = html, http.client, tempfile, hashlib, http.cookies, secrets
found += [module.__file__ is not None for module in late] + [http.cookies.SimpleCookie("a=b")["a"].value]
found += [hashlib.sha256(b"").hexdigest()[:4], len(secrets.token_bytes(3))]
found += [http.client.HTTPConnection.__name__, tempfile.gettempdir() != "", html.unescape("&lt;")]
"""
    )
    found = run(code, ALL)
    assert found[:5] == ["Not Found", "I'm a Teapot", "", "tempfile", 4]
    assert found == run(code, "none")


def test_a_stand_in_is_the_module_for_others() -> None:
    """Whoever imports something else from a module meanwhile gets it, and http.client through http alone as well."""
    code = """
import json, sys
from observability.placeholders import metadata, standing_in, seldom_needed
with standing_in(metadata(), *seldom_needed()):
    from importlib.metadata import PackageNotFoundError, version
    from tempfile import TemporaryDirectory
    import http.client
    found = [PackageNotFoundError.__module__, TemporaryDirectory.__module__]
import http
found += [version("fastapi") != "", http.client.HTTPConnection.__module__, "html" in sys.modules]
"""
    assert run(code, "") == ["importlib.metadata", "tempfile", True, "http.client", False]


BOTO3 = """
import json, sys
from observability import fast_imports
with fast_imports():
    import boto3.compat
    loaded = sorted(sys.modules)
"""


def test_boto3_transfers_nothing_yet() -> None:
    """Importing boto3 loads neither s3transfer nor multiprocessing. Without the trick it does: were that to change, the
    trick could go. What boto3 found out meanwhile is right.
    """
    code = (
        BOTO3
        + """
late = [name for name in ("multiprocessing", "s3transfer.manager", "s3transfer") if name in loaded]
found = late, boto3.compat.TRANSFER_CONFIG_SUPPORTS_CRT, "s3transfer.manager" in sys.modules
"""
    )
    assert run(code, "s3transfer") == [["s3transfer.manager"], True, False]  # what stands in its place
    assert run(code, "none") == [["multiprocessing", "s3transfer.manager", "s3transfer"], True, True]


@pytest.mark.parametrize("using", ["s3transfer", "none"])
def test_who_transfers_files_gets_the_module(using: str) -> None:
    """While the application is imported and afterwards: an S3 client has its transfers, with the real classes."""
    code = """
import json, sys
from observability import fast_imports
with fast_imports():
    import boto3
    about = {"region_name": "eu-west-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("s3", **about)
    from s3transfer.manager import TransferConfig, TransferManager
    import boto3.s3.transfer
import s3transfer.manager
found = [hasattr(client, "upload_file"), TransferConfig is s3transfer.manager.TransferConfig,
         issubclass(boto3.s3.transfer.TransferConfig, TransferConfig), boto3.s3.transfer.TransferConfig().io_chunksize,
         boto3.s3.transfer.create_transfer_manager(client, boto3.s3.transfer.TransferConfig()).client is client]
"""
    assert run(code, using) == [True, True, True, 262_144, True]


def test_a_boto3_that_has_nothing_to_ask(tmp_path: Path) -> None:
    """Of an s3transfer without the attribute boto3 finds none."""
    (tmp_path / "s3transfer").mkdir()
    (tmp_path / "s3transfer" / "__init__.py").write_text("")
    (tmp_path / "s3transfer" / "manager.py").write_text("class TransferConfig: pass\n")
    code = BOTO3 + "found = boto3.compat.TRANSFER_CONFIG_SUPPORTS_CRT, 's3transfer' in loaded"
    assert run(code, "s3transfer", path=tmp_path) == [False, False]


def test_email_addresses_are_still_checked_for() -> None:
    """pydantic's question for email-validator's version, asked through the trick, is answered by the real one."""
    code = """
import json
from observability import fast_imports
with fast_imports():
    import fastapi
import pydantic.networks
found = pydantic.networks.version("fastapi") == fastapi.__version__
"""
    assert run(code, "plugins") is True


def test_too_late() -> None:
    """Where FastAPI is imported already, what can't be done any more isn't claimed."""
    code = "import fastapi, json\nfrom observability import fast_imports\nwith fast_imports() as used: pass\n"
    code += "found = sorted(trick.value for trick in used)"
    assert run(code, ALL) == ["collector", "prime", "pydantic-v1", "s3transfer"]
    assert "s3transfer" not in run("import boto3\n" + code, ALL)


def test_without_fastapi() -> None:
    """A service without FastAPI is not made to need it."""
    code = (
        "import json, sys\nsys.modules['fastapi'] = None\nfrom observability import fast_imports\n"
        "with fast_imports() as used: pass\nfound = 'pydantic.plugin._loader' in sys.modules"
    )
    assert run(code, ALL) is True


def test_names() -> None:
    """OBSERVABILITY_COLD_START is all, none, or names; another name is refused with those that there are."""
    assert tricks("") == tricks("all") == frozenset(Trick)
    assert tricks("none") == frozenset()
    assert tricks(" OpenAPI , prime,") == {Trick.OPENAPI, Trick.PRIME}
    with pytest.raises(SettingError, match=r"OBSERVABILITY_COLD_START='fast'.*collector, openapi, plugins"):
        tricks("fast")
    with pytest.raises(SettingError, match="OBSERVABILITY_COLD_START"):
        tricks("none,prime")


LOADED = {
    "annotated_doc",
    "annotated_types",
    "anyio",
    "fastapi",
    "mangum",
    "observability",
    "opentelemetry",
    "pydantic",
    "pydantic_core",
    "starlette",
    "typing_extensions",
    "typing_inspection",
}
"""What FastAPI and Mangum are made of, and this library."""


def test_what_the_default_path_may_import() -> None:
    """Starting and serving a first request with everything on loads FastAPI, Mangum, what those need, and this
    library: no SDK, no client, no second JSON library.
    """
    code = """
import json, os, sys
before = set(sys.modules)
os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "f"
from observability import fast_imports, lambda_handler, observe
with fast_imports():
    from fastapi import FastAPI
    app = FastAPI()
    @app.get("/")
    async def root() -> dict[str, str]:
        return {}
    observe(app, service="shop")
    handler = lambda_handler(app, prime="/")
os.environ["_X_AMZN_TRACE_ID"] = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
event = {"resource": "/", "path": "/", "httpMethod": "GET", "headers": {}, "queryStringParameters": None,
         "requestContext": {"path": "/", "identity": {"sourceIp": "192.0.2.1"}}, "body": None, "isBase64Encoded": False}
status = handler(event, object())["statusCode"]
loaded = {name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
found = [status, sorted(loaded), "opentelemetry.sdk" in sys.modules]
"""
    status, loaded, sdk = run(code, "all")
    assert (status, sdk) == (200, False)
    assert {name for name in loaded if not name.startswith("_sysconfigdata")} == LOADED
