"""From aiohttp's request to plain values: raw path, headers as text, a body of limited size."""

from aiohttp import web

MAX_BODY_BYTES = 10 * 1024 * 1024  # AWS page "Quotas for REST APIs": payload size 10 MB
MAX_HEADER_BYTES = 10_240  # the same page: total size of all header values and the request line


class BodyTooLarge(Exception):
    pass


def split_target(request: web.BaseRequest) -> tuple[str, str]:
    """(path, query) of the request target, percent-encoded; of the absolute form too (`GET http://host/path`).

    Bytes that RFC 3986 wants percent-encoded have been refused by aiohttp's parser already.
    """
    target = request.raw_path.partition("#")[0]
    if not target.startswith("/"):
        rest = target.partition("://")[2]
        target = "/" + rest.partition("/")[2]
    path, _, query = target.partition("?")
    return path, query


def read_headers(request: web.BaseRequest) -> tuple[tuple[str, str], ...]:
    return tuple((_text(name), _text(value)) for name, value in request.raw_headers)


def header_bytes(request: web.BaseRequest) -> int:
    return len(request.raw_path) + sum(len(name) + len(value) for name, value in request.raw_headers)


async def read_body(request: web.BaseRequest) -> bytes:
    """The whole body; BodyTooLarge as soon as it is known to be over 10 MB, without reading the rest."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise BodyTooLarge
    if not request.body_exists:
        return b""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    chunks = bytearray()
    while chunk := await request.content.readany():
        chunks += chunk
        if len(chunks) > MAX_BODY_BYTES:
            raise BodyTooLarge
    return bytes(chunks)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
