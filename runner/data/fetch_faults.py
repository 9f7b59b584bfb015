"""Say why a file could not be fetched from its address, and what would help."""

import errno
import re
from collections.abc import Mapping
from http import HTTPStatus

from runner.errors import one_line
from runner.settings.address_mask import masked
from runner.settings.data_address import where_logins_are

# As it stands in the text of an error, where it may hold a signature.
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://[^\s'\"<>()\[\]]+")
_ABSENT = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_LOCKED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
# What is missing or is no use is said by the names of these, of botocore and google.auth.
_NO_LOGIN = re.compile(r"(NoCredentials|PartialCredentials|DefaultCredentials|Refresh)Error")
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
_TRUST = {"s3": "AWS_CA_BUNDLE"}


def reason(scheme: str, error: Exception) -> str:
    """Say in one line, without secrets, why a service gave no file, and what would help.

    Args:
        scheme: of the address, such as s3.
        error: whatever the library that speaks to the service has raised.
    """
    cause = _cause(error)
    status, said = _status(cause), _said(cause)
    if status in _ABSENT or (status is None and isinstance(cause, FileNotFoundError)):
        return "there is no such file"
    if "CERTIFICATE_VERIFY_FAILED" in said:
        variable = _TRUST.get(scheme, "SSL_CERT_FILE")
        return f"cannot be fetched ({said}); {variable}=FILE names an authority to trust"
    if status in _LOCKED or _NO_LOGIN.search(type(cause).__name__):
        login = where_logins_are(scheme)
        return f"cannot be read with this login, or without one ({said}); {login}"
    asked_wrongly = isinstance(cause, ValueError) or (
        status is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    )
    if asked_wrongly or is_of_the_disk(cause):
        return f"cannot be fetched ({said})"
    return f"cannot be fetched ({said}); once it can be reached, type the same command again"


def is_of_the_disk(error: Exception) -> bool:
    """Tell whether a file of this machine could not be read or written."""
    return isinstance(error, OSError) and error.errno in _OF_THE_DISK


def _cause(error: Exception) -> Exception:
    """Return what has gone wrong, of which fsspec and s3fs make other errors.

    Of the web, fsspec calls a file not found whatever it was.
    """
    cause = error.__cause__
    other = isinstance(error, FileNotFoundError | PermissionError) or hasattr(cause, "response")
    return cause if other and isinstance(cause, Exception) else error


def _status(error: Exception) -> int | None:
    """Return the status of HTTP that a service has answered, as its library keeps it."""
    answer = getattr(error, "response", None)
    if isinstance(answer, Mapping):
        return _known(answer.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    if str(error).startswith("Forbidden: "):
        # All that is left of it in gcsfs.
        return HTTPStatus.FORBIDDEN
    # One is aiohttp's, where the other warns of its age; gcsfs has the other.
    return _known(error.status if hasattr(error, "status") else getattr(error, "code", None))


def _known(status: object) -> int | None:
    return status if isinstance(status, int) and status in set(HTTPStatus) else None


def _said(error: Exception) -> str:
    status = _known(getattr(error, "status", None))
    if status is not None:
        return f"{status} {HTTPStatus(status).phrase}"
    return _ADDRESS.sub(lambda address: masked(address[0]), one_line(error))
