"""Opens a page in the person's browser, where there is a person with a browser."""

import os
import sys
import threading
import webbrowser
from collections.abc import Mapping


def has_display(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a window could open before the person: not in CI, over SSH, or without a display."""
    environ = os.environ if environ is None else environ
    if any(environ.get(name) for name in ("CI", "SSH_CONNECTION", "SSH_TTY")):
        return False
    return sys.platform in ("darwin", "win32") or any(
        environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def open_page(address: str) -> None:
    """Open the address in a browser with windows, if there is one and a person at the terminal; never waits."""
    if sys.stdout.isatty() and has_display():
        threading.Thread(target=_open, args=(address,), name="browser", daemon=True).start()


def _open(address: str) -> None:
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return
    if type(found) is not webbrowser.GenericBrowser:  # those draw in the terminal, over what we printed
        found.open(address)
