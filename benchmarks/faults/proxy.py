"""Stand between a sweep and its tracking server, and spoil some of what goes through."""

import http.client
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What is done to a request: nothing; the answer is lost, or cut short; the connection is reset
# before the server hears of it; another status is answered; it waits.
Spoil = Callable[["Handler"], None]

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class Trouble:
    """What is done to requests, to how many, and to which.

    Attributes:
        chance: of all requests that it may happen to, the share that it happens to.
        times: how often it happens; None: until it is taken away.
        writes: whether reading goes on undisturbed.
    """

    spoil: Spoil
    chance: float = 1.0
    times: int | None = None
    writes: bool = False
    happened: int = 0


class Proxy(ThreadingHTTPServer):
    """A server that hands on what it is asked."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, upstream: tuple[str, int]) -> None:
        """Listen at a free port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = upstream
        self.trouble: Trouble | None = None
        self.random = random.Random(0)  # noqa: S311
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def uri(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def spoiling(self, trouble: Trouble) -> Iterator[Trouble]:
        """Make trouble inside the block."""
        self.trouble = trouble
        try:
            yield trouble
        finally:
            self.trouble = None

    def falls_on(self, method: str) -> Spoil | None:
        """Return what happens to this request."""
        with self._lock:
            trouble = self.trouble
            if trouble is None or (trouble.writes and method not in _WRITES):
                return None
            if trouble.times is not None and trouble.happened >= trouble.times:
                return None
            if self.random.random() > trouble.chance:
                return None
            trouble.happened += 1
            return trouble.spoil

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: connections that break are what this is for."""


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server: Proxy

    def handle_one_request(self) -> None:
        """Hand on a request, or spoil it."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.body = self._body()
        (self.server.falls_on(self.command) or answer)(self)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def ask(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the server, and return its status, headers and body."""
        upstream = http.client.HTTPConnection(*self.server.upstream, timeout=60)
        headers = {name: value for name, value in self.headers.items() if _is_kept(name)}
        try:
            upstream.request(self.command, self.path, self.body or None, headers)
            got = upstream.getresponse()
            kept = [(name, value) for name, value in got.getheaders() if _is_kept(name)]
            return got.status, kept, got.read()
        finally:
            upstream.close()

    def send(self, status: int, headers: list[tuple[str, str]], body: bytes, share: float) -> None:
        """Answer with this share of a body whose whole length is told."""
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: int(len(body) * share)])

    def reset(self) -> None:
        """End the connection without a word."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _is_kept(header: str) -> bool:
    return header.lower() not in _OF_ONE_HOP


def answer(request: Handler) -> None:
    """Hand the request on, and the answer back."""
    try:
        status, headers, body = request.ask()
    except (OSError, http.client.HTTPException):
        request.reset()
        return
    request.send(status, headers, body, 1)


def lose(request: Handler) -> None:
    """Have the request carried out, and lose the answer."""
    request.ask()
    request.reset()


def cut(request: Handler) -> None:
    """Have the request carried out, and end the answer in its middle."""
    request.send(*request.ask(), 0.5)
    request.close_connection = True


def reset(request: Handler) -> None:
    """End the connection before the server hears of it."""
    request.reset()


def refuse(status: int, headers: list[tuple[str, str]]) -> Spoil:
    """Answer with a status that is not the server's."""

    def spoil(request: Handler) -> None:
        request.send(status, headers, b'{"error_code": "TEMPORARILY_UNAVAILABLE"}', 1)

    return spoil


def wait(until: Callable[[], bool]) -> Spoil:
    """Answer only then."""

    def spoil(request: Handler) -> None:
        while not until():
            time.sleep(0.05)
        answer(request)

    return spoil
