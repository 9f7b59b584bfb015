"""Answer as Google's storage does to who reads files: the part of its JSON API that this takes.

Sources: https://cloud.google.com/storage/docs/json_api/v1/objects, with its get and list, and
https://developers.google.com/identity/protocols/oauth2/service-account for the token.
"""

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.helpers.file_server import FileHandler, FileServer

TOKEN = "ya29.token"  # noqa: S105 - of a storage that is none
_ANONYMOUS = (
    "Anonymous caller does not have storage.objects.get access to the Google Cloud Storage object."
    " Permission 'storage.objects.get' denied on resource (or it may not exist)."
)
_PATH = re.compile(
    r"(?P<download>/download)?/storage/v1/b/(?P<bucket>[^/]+)(?:/o/?(?P<object>.*))?"
)


def write_account(path: Path, server: FileServer) -> Path:
    """Write the login of a service's account, which gets its tokens from a server."""
    make = ["openssl", "genrsa", "2048"]
    key = subprocess.run(make, check=True, capture_output=True, text=True).stdout
    account = {
        "type": "service_account",
        "project_id": "here",
        "private_key_id": "1",
        "private_key": key,
        "client_email": "runner@here.iam.gserviceaccount.com",
        "token_uri": server.address("/token"),
    }
    path.write_text(json.dumps(account))
    return path


def google_storage() -> FileServer:
    """Return a server with objects by BUCKET/NAME, which knows of no TLS."""
    return FileServer(_Handler)


class _Handler(FileHandler):
    def do_GET(self) -> None:  # noqa: N802
        self.server.asked.append(f"{self.command} {self.path}")
        path = _PATH.fullmatch(urlsplit(self.path).path)
        if path is None:
            self._refuse(400, "Invalid request")
        elif self.server.login and self.headers.get("Authorization") != self.server.login:
            self._refuse(401, _ANONYMOUS)
        elif path["object"] is None:
            self._send({"kind": "storage#bucket", "name": path["bucket"]})
        elif not path["object"]:
            self._send({"kind": "storage#objects"})
        else:
            self._give(path["bucket"], unquote(path["object"]), bool(path["download"]))

    def do_POST(self) -> None:  # noqa: N802
        """Give a token to whoever shows a signature; which one is not looked at."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(f"{self.command} {self.path}")
        self._send({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})

    def _give(self, bucket: str, name: str, whole: bool) -> None:
        content = self.server.files.get(f"{bucket}/{name}")
        if content is None:
            self._refuse(404, f"No such object: {bucket}/{name}")
        elif whole:
            self._give_part(content)
        else:
            self._send(_described(bucket, name, content))

    def _give_part(self, content: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        first, last = map(int, asked.groups()) if asked else (0, len(content) - 1)
        part = content[first : last + 1]
        place = {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(content)}"}
        status, headers = (206, place) if asked else (200, {})
        self.send(status, part, headers, self.server.hangs_up_after)

    def _send(self, answer: dict[str, object], status: int = 200) -> None:
        content = json.dumps(answer).encode()
        self.send(status, content, {"Content-Type": "application/json; charset=UTF-8"})

    def _refuse(self, status: int, message: str) -> None:
        self._send({"error": {"code": status, "message": message}}, status)


def _described(bucket: str, name: str, content: bytes) -> dict[str, object]:
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    time = "2026-01-02T03:04:05.678Z"
    return {
        "kind": "storage#object",
        "bucket": bucket,
        "name": name,
        "generation": str(int.from_bytes(digest[:6])),
        "size": str(len(content)),
        "md5Hash": base64.b64encode(digest).decode(),
        "etag": "CAE=",
        "timeCreated": time,
        "updated": time,
    }
