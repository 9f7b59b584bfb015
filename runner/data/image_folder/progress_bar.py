"""Show on a terminal how many images are decoded."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

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
    ended = threading.Event()
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=images)

        def follow() -> None:
            while not ended.wait(_BETWEEN_LOOKS):
                bar.update(task, completed=done.stat().st_size)

        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join()
