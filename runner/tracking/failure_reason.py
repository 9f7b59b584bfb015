"""Say in one line why a call to MLflow failed."""

import re

from runner.errors import RunnerError, one_line
from runner.settings.secret_text import without_secrets

# What SQLAlchemy adds to what a database says.
_STATEMENT = re.compile(r" \[SQL: .*")
# After all attempts; urllib3 says "too many".
_AGAIN = re.compile(r"ResponseError: too many (\d{3}) error responses")
# How MLflow reports an answer that is not one of its own server; it may be a whole page.
_ANSWERS = (
    re.compile(
        r".*failed with error code (?P<status>\d{3}) != 200\. Response body: '(?P<text>.*)'"
    ),
    re.compile(
        r".*the response body was not in a valid JSON format\. "
        r"Response body: (?P<status>)'(?P<text>.*)'"
    ),
    re.compile(r"HTTPError: (?P<status>\d{3}) \w+ Error: .*? for url: \S+(?P<text>.*)"),
)
# What a server says that came back empty, or of which somebody deleted that for good.
_GONE = re.compile(
    r"Run with id=(?P<run>[0-9a-f]{32}) not found|No Experiment with id=(?P<experiment>\w+) exists"
)
_TAGS = re.compile(r"<(title|style|script)\b.*?</\1>|<[^>]*>")
_LONGEST = 200
_LOGIN = (
    "; a login is MLFLOW_TRACKING_USERNAME with MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN,"
    " or stands in the address"
)
_CERTIFICATE = "; MLFLOW_TRACKING_SERVER_CERT_PATH names a file of certificates to trust"
_PLACE = "; is the address right, with its path?"
_ADVICE = {"401": _LOGIN, "403": _LOGIN, "404": _PLACE, "": _PLACE}


def reason(error: BaseException, store: str) -> str:
    """Fold what came first into one line, without secrets and without pages.

    Args:
        store: the address, which is named where the store knows nothing of what it held before.
    """
    line = _STATEMENT.sub("", one_line(_first_cause(error)))
    line = _AGAIN.sub(r"the server keeps answering \1", line)
    for pattern in _ANSWERS:
        if answer := pattern.fullmatch(line):
            line = _of_answer(answer["status"], answer["text"])
    if "CERTIFICATE_VERIFY_FAILED" in line:
        line += _CERTIFICATE
    if known := _GONE.search(line):
        what = f"run {known['run']}" if known["run"] else f"experiment {known['experiment']}"
        line = f"the store at {store} no longer knows {what}; begin anew with sweep.resume=false"
    return without_secrets(line)


def is_missing(failure: Exception) -> bool:
    """Tell whether a server does not know what it was asked for: an older one of MLflow, say."""
    return str(failure).startswith("the server answers 404")


def _of_answer(status: str, text: str) -> str:
    words = " ".join(_TAGS.sub(" ", text).split()).removeprefix(". Response text: ")[:_LONGEST]
    said = f" ({words})" if words else ""
    return f"the server answers {status or 'what is not MLflow'}{said}{_ADVICE.get(status, '')}"


def _first_cause(error: BaseException) -> BaseException:
    """Find what came first: MLflow's own text is long, and ends in `connection refused`.

    What had gone wrong before the store was called is no reason of its own.
    """
    while (cause := error.__cause__ or error.__context__) and not isinstance(cause, RunnerError):
        error = cause
    return error
