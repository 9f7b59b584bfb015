"""Write on a stream that nobody may read any more."""

import io


class UnreadOutput(io.FileIO):
    """A file descriptor whose writing cannot fail: what it does not take is left out.

    Whoever reads a pipe may be gone, as `head` is after some lines, a terminal may be closed, and
    the disk of a log may be full. What a command does must not end with that.
    """

    def write(self, data: object, /) -> int:
        """Write bytes, or drop them."""
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError:
            return memoryview(data).nbytes  # type: ignore[arg-type]


def outlasting(stream: io.TextIOWrapper, encoding: str, errors: str) -> io.TextIOWrapper:
    """Return a stream that writes where another one does, and outlasts its readers."""
    stream.flush()
    raw = UnreadOutput(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding,
        errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
