"""Stand before a server as gateways do: ask for a login, take a prefix off, and be unwell."""

import http.client
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_PAGE = "<html>\n<head><title>{0}</title></head>\n<body><h1>{0}</h1><hr>gateway</body>\n</html>\n"


@dataclass(frozen=True)
class Unwell:
    """An answer that the gateway gives in place of the server; of status 0, it hangs up."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


class Gateway(ThreadingHTTPServer):
    """A server before another one.

    Attributes:
        answers: what it answers to the next requests, before it hands on those that follow.
        login: what the header Authorization must be; empty where all are let in.
        prefix: what the paths begin with, which the server does not know of.
        hangs: whether it answers nothing, for as long as that is so.
        bad_days: answers of which one is given, in turn, in place of every ninth answer.
        asked, bodies: the methods and paths of all requests, and what they sent.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0, certificate: tuple[Path, Path] | None = None) -> None:
        """Listen at a free port, before the server that listens at this port, if there is one."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream, self.answers, self.login, self.prefix = port, list[Unwell](), "", ""
        self.asked, self.bodies = list[str](), list[bytes]()
        self.bad_days: tuple[Unwell, ...] = ()
        self.hangs = False
        self._scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def address(self, login: str = "") -> str:
        """Return its address, with a login in it."""
        return f"{self._scheme}://{login}127.0.0.1:{self.server_port}{self.prefix}"

    def refusal(self, path: str, login: str | None) -> Unwell | None:
        """Return what is answered in place of the server; None where the server is asked."""
        if self.answers:
            return self.answers.pop(0)
        number, rest = divmod(len(self.asked), 9)
        if self.bad_days and not rest:
            return self.bad_days[number % len(self.bad_days)]
        if self.login and login != self.login:
            return Unwell(401)
        return None if path.startswith(self.prefix) and self.upstream else Unwell(404)


@contextmanager
def gateway(port: int = 0, certificate: tuple[Path, Path] | None = None) -> Iterator[Gateway]:
    """Run a gateway inside the block."""
    with Gateway(port, certificate) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.hangs = False
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"{self.command} {self.path}")
        self.server.bodies.append(body)
        while self.server.hangs:
            time.sleep(0.05)
        refusal = self.server.refusal(self.path, self.headers.get("Authorization"))
        if refusal and not refusal.status:
            self.close_connection = True
            return
        if refusal:
            text = refusal.text or _PAGE.format(f"{refusal.status} from the gateway")
            self._send(
                refusal.status, {"Content-Type": "text/html", **refusal.headers}, text.encode()
            )
            return
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream)
        path = self.path.removeprefix(self.server.prefix)
        kept = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in {*_OF_ONE_HOP, "host", "authorization"}
        }
        upstream.request(self.command, path, body, kept)
        answer = upstream.getresponse()
        self._send(answer.status, dict(answer.getheaders()), answer.read())
        upstream.close()

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _OF_ONE_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Leave the terminal to the test."""
