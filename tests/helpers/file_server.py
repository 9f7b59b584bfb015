"""Serve files as web servers do, and break off or send elsewhere where a test asks for it."""

import hashlib
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType


class FileServer(ThreadingHTTPServer):
    """A server of files that takes no part of one, as simple servers do.

    Attributes:
        files: their content, by path.
        moved: where paths lead on to.
        refused: the status of answers to paths that are no use.
        login: what the header Authorization must be; empty where all are let in.
        hangs_up_after: bytes of a file after which it hangs up; None where all are sent.
        last_modified: what is said of all files; empty where each has a tag of its content.
        takes: seconds that a file takes to come.
        asked: the methods and paths of all requests.
    """

    daemon_threads = True

    def __init__(self, handler: "type[FileHandler] | None" = None) -> None:
        """Listen at a free port."""
        super().__init__(("127.0.0.1", 0), handler or FileHandler)
        self.files, self.moved = dict[str, bytes](), dict[str, str]()
        self.refused = dict[str, int]()
        self.login, self.last_modified, self.takes = "", "", 0.0
        self.hangs_up_after: int | None = None
        self.asked = list[str]()
        self._scheme = "http"

    def encrypt(self, certificate: Path, key: Path) -> None:
        """Speak TLS from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self._scheme = "https"

    def address(self, path: str = "") -> str:
        """Return the address of a file."""
        return f"{self._scheme}://127.0.0.1:{self.server_port}{path}"


@contextmanager
def serving(server: FileServer) -> Iterator[FileServer]:
    """Run a server inside the block."""
    with server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of this machine, signed by itself, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    make += " -subj /CN=here -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make.split(), *files], check=True, capture_output=True)
    return certificate, key


class FileHandler(BaseHTTPRequestHandler):
    """Answers one client."""

    server: FileServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or say why not."""
        self.server.asked.append(f"{self.command} {self.path}")
        if self.server.login and self.headers.get("Authorization") != self.server.login:
            self.send(401, b"who are you?", {"WWW-Authenticate": "Basic"})
        elif self.path in self.server.moved:
            self.send(302, b"", {"Location": self.server.moved[self.path]})
        elif self.path in self.server.files:
            self.send_file(self.server.files[self.path])
        else:
            self.send(self.server.refused.get(self.path, 404), b"no such file")

    do_HEAD = do_GET  # noqa: N815

    def send_file(self, content: bytes) -> None:
        """Send a file, up to where it hangs up."""
        time.sleep(self.server.takes if self.command == "GET" else 0)
        date, tag = self.server.last_modified, hashlib.sha256(content).hexdigest()
        version = {"Last-Modified": date} if date else {"ETag": tag}
        self.send(200, content, version, self.server.hangs_up_after)

    def send(
        self,
        status: int,
        content: bytes,
        headers: Mapping[str, str] = MappingProxyType({}),
        end: int | None = None,
    ) -> None:
        """Send an answer, and hang up after so many bytes of it, if there is such an end."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            # Who has read enough may be gone.
            with suppress(ConnectionError):
                self.wfile.write(content[:end])
            self.close_connection = end is not None

    def log_message(self, *_: object) -> None:
        """Leave the terminal to the test."""
