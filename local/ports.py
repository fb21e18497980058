"""Loopback ports, taken before anything else starts."""

import errno
import socket

from local.errors import StartError

LOOPBACK = "127.0.0.1"


def bind_tcp(port: int, setting: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port whose last connections still linger in TIME_WAIT may be taken again.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return _bind(sock, port, setting)


def bind_udp(port: int, setting: str) -> socket.socket:
    return _bind(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), port, setting)


def _bind(sock: socket.socket, port: int, setting: str) -> socket.socket:
    """Raises StartError naming the port and the setting that changes it."""
    try:
        sock.bind((LOOPBACK, port))
        if sock.type == socket.SOCK_STREAM:
            # bind() alone does not notice a listener where SO_REUSEADDR is set.
            sock.listen(1024)
    except OSError as error:
        sock.close()
        what = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise StartError(f"port {port} of {LOOPBACK} {what}; {setting} sets another, 0 any free one") from None
    return sock
