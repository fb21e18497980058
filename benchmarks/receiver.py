"""What listens to telemetry, a process of its own: python -m benchmarks.receiver prints its UDP and its HTTP port.

It takes X-Ray's datagrams and OTLP over HTTP, and ends with its stdin.
"""

import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Collector(BaseHTTPRequestHandler):
    """Says yes to every export (OTLP/HTTP: 200 and an empty ExportTraceServiceResponse)."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the base class)
        """Nobody reads it."""


def main() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as daemon, ThreadingHTTPServer(("127.0.0.1", 0), Collector) as collector:
        daemon.bind(("127.0.0.1", 0))
        threading.Thread(target=_drain, args=(daemon,), daemon=True).start()
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        print(daemon.getsockname()[1], collector.server_port, flush=True)
        sys.stdin.read()


def _drain(daemon: socket.socket) -> None:
    while True:
        daemon.recv(65_535)


if __name__ == "__main__":
    main()
