"""A person's browser on one server. What must never happen in it is noted, and fails the test in the end."""

import os
import re
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

#: Milliseconds after which something that should appear on a page counts as missing: long, for a machine that does
#: much else meanwhile. Only what fails waits for so long.
PATIENCE_MS = 60_000
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_CONTEXT = {
    "viewport": {"width": 1280, "height": 800},
    "device_scale_factor": 1,
    "locale": "en-US",
    "timezone_id": "UTC",
    "reduced_motion": "reduce",
}


def find_chromium() -> str | None:
    """The path of a Chromium: the one `LABELWRIGHT_TEST_CHROMIUM` names, else a usual one; None if there is none."""
    given = os.environ.get("LABELWRIGHT_TEST_CHROMIUM")
    names = [given] if given else ["chromium", "google-chrome", "chromium-browser"]
    return next(filter(None, map(shutil.which, names)), None)


def launch(playwright: Playwright, chromium: str, **options: Any) -> Browser:
    """Start the Chromium at the path `chromium`; it runs as root too."""
    return playwright.chromium.launch(
        executable_path=chromium, chromium_sandbox=False, args=_ARGUMENTS, **options
    )


#: Who is listed a task may be refused its project, and learns so by asking: all tests share one server's tasks.
_PROJECT_REFUSED = r"403 \(Forbidden\) \(\S+/projects/\d+\?without_tasks=true\)"


class Visit:
    """A browser context with one page on the server at `url`; `options` are those of Playwright's `new_context`.

    `faults` are requests to other servers, errors on the console and errors nobody caught, in all of its pages.
    """

    def __init__(
        self, browser: Browser, url: str, cookies: Sequence[dict[str, str]] = (), **options: Any
    ) -> None:
        self.url = url
        self.faults: list[str] = []
        self._expected: list[str] = [_PROJECT_REFUSED]
        self.context = browser.new_context(**(_CONTEXT | {"base_url": url} | options))
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_cookies([{**cookie, "url": url} for cookie in cookies])
        self.context.on("request", self._on_request)
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        self.page = self.context.new_page()

    def expect(self, pattern: str) -> None:
        """Let faults pass that hold `pattern`."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [
            fault for fault in self.faults if not any(re.search(pattern, fault) for pattern in self._expected)
        ]

    def until(self, good: Callable[[], Any]) -> Any:
        """Look until `good` answers with something that counts, and return that; the page goes on meanwhile."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while not (found := good()):
            assert time.monotonic() < deadline, f"waited in vain, last {found!r}"
            self.page.wait_for_timeout(50)
        return found

    def go(self, path: str) -> Page:
        """Open the page at `path` and return it."""
        self.page.goto(path)
        return self.page

    def show(self, path: Path) -> list[Path]:
        """Take a screenshot of each page that is open, beside `path`."""
        taken = []
        for number, page in enumerate(self.context.pages):
            taken.append(path.with_name(f"{path.name}-{number}.png"))
            page.screenshot(path=taken[-1])
        return taken

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:", "about:")):
            self.faults.append(f"request to another server: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")


def pick_option(page: Page, name: str) -> None:
    """Choose what is called `name` in the picker that is open, once it has found what was typed."""
    settled = page.locator("[role=listbox][aria-busy=false]")
    settled.get_by_role("option", name=name, exact=True).first.click()
