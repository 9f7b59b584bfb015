"""What is wrong with the settings goes in; the one line that the user reads comes out."""


class SelfExplaining(Exception):
    """An exception whose text says everything: the name of its type would only disturb."""


class Refused(SelfExplaining):
    """Settings that cannot be worked with; the text is the one line shown to the user."""


class ImpossiblePoint(Refused):
    """Values that are fine alone but not together, as a grid may well produce them."""


def one_line(error: BaseException) -> str:
    """Fold the text of an error into one line, led by its type where the text says little."""
    text = " ".join(str(error).split())
    if not text:
        return type(error).__name__
    return text if isinstance(error, SelfExplaining) else f"{type(error).__name__}: {text}"
