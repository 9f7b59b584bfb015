"""Answer for a launcher whose jobs are this process's own: they run here, and end with it."""

from collections.abc import Sequence


class Attached:
    """The answers that such launchers have in common; one of another kind overrides them."""

    def detached(self) -> bool:
        """Return False."""
        return False

    def goes_on(self, overrides: Sequence[str]) -> bool:  # noqa: ARG002
        """Return False: jobs have ended with the process that started them."""
        return False

    def runs_elsewhere(self) -> bool:
        """Return False."""
        return False

    def finds_jobs(self) -> bool:
        """Return False: there are none."""
        return False

    def leaves_jobs(self) -> bool:
        """Return False."""
        return False

    def close(self) -> None:
        """End nothing: nothing is there between launches."""
