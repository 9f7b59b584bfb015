"""Open a page in the user's browser, where there is one with a window."""

import os
import sys
import threading
import webbrowser

# What says that there are windows, or which browser the user wants.
_SIGNS = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")


def open_page(address: str) -> None:
    """Open an address, and do not wait: some commands for browsers end with the browser."""
    # Without windows, Python would find a browser of text, which takes the terminal.
    if sys.platform == "darwin" or any(map(os.environ.get, _SIGNS)):
        threading.Thread(target=webbrowser.open, args=(address,)).start()
