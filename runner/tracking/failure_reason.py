"""Say in one line why a call to MLflow failed."""

import re

from runner.errors import one_line
from runner.settings.secret_text import without_secrets

# What SQLAlchemy adds to what a database says.
_STATEMENT = re.compile(r" \[SQL: .*", re.DOTALL)


def reason(error: BaseException) -> str:
    """Fold what came first into one line, without secrets."""
    return without_secrets(_STATEMENT.sub("", one_line(_first_cause(error))))


def _first_cause(error: BaseException) -> BaseException:
    """Find what came first: MLflow's own text is long, and ends in `connection refused`."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return error
