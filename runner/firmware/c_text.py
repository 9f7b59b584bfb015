"""Write texts and numbers from outside as C++, in which they end no string and no comment."""

from collections.abc import Iterable

from runner.escaping.terminal import encodable, visible

# A quotation mark ends a string, a backslash escapes, and two question marks begin a trigraph.
_ESCAPED = b'"\\?'
_ON_A_LINE = 16


def string(text: str) -> str:
    r"""Write a text as a string of UTF-8; what is no plain character becomes an octal escape.

    An octal escape has three digits at most, so that no digit after it becomes a part of it.
    A text that holds a NUL, which would end it there, shows it as `\x00`.
    """
    content = encodable(text.replace("\0", "\\x00")).encode()
    plain = (
        chr(byte) if 32 <= byte < 127 and byte not in _ESCAPED else f"\\{byte:03o}"
        for byte in content
    )
    return f'"{"".join(plain)}"'


def comment(text: str) -> str:
    """Write a text as one line of a comment, whose end is no backslash that would continue it."""
    return f"// {visible(text)}" + ("." if text.endswith(("\\", "?", "/")) else "")


def number(value: float) -> str:
    """Write a float32 such that the compiler reads the same one."""
    text = f"{value:.9g}"
    return f"{text}f" if set(text) & set(".e") else f"{text}.0f"


def numbers(values: Iterable[float]) -> str:
    """Write float32 values as the contents of an array."""
    return ", ".join(map(number, values))


def array(content: bytes) -> str:
    """Write bytes as the contents of an array, a few on each line."""
    lines = (content[at : at + _ON_A_LINE] for at in range(0, len(content), _ON_A_LINE))
    return "\n".join("    " + " ".join(f"0x{byte:02x}," for byte in line) for line in lines)
