"""Show on a terminal how many images are decoded."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from runner.process.meanwhile import meanwhile

# In seconds.
_BETWEEN_LOOKS = 0.2


@contextmanager
def progress_bar(done: Path, images: int) -> Iterator[None]:
    """Draw a bar on standard error during the block; nothing where that is no terminal.

    Args:
        done: a file that grows by a byte for each image.
        images: how many there are.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    columns = TextColumn("decoding images"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=images)

        def follow() -> None:
            bar.update(task, completed=done.stat().st_size)

        with meanwhile(follow, _BETWEEN_LOOKS):
            yield
