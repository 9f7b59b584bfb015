"""Hold numbers by name, as a setting that nobody changes."""


class FrozenNumbers(dict[str, float]):
    """Numbers by name, hashed as settings are."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))
