"""The workbench as tests see it: they speak in image pixels, by what the page tells in test mode.

`window.__workbench` only tells and never does: everything is done by mouse and keyboard.
"""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import CDPSession, Locator, Page
from visits import PATIENCE_MS, Visit

Points = Sequence[tuple[float, float]]
_READ = """() => {
  const {frame, shapes, tags, selected, tool, nextLabel, camera, save, said, timings} = window.__workbench;
  return {frame, shapes, tags, selected, tool, nextLabel, camera, save, said, timings};
}"""
_REPEAT = """([times, key]) => {
  for (let time = 0; time < times; time += 1)
    for (const kind of ["keydown", "keyup"]) document.body.dispatchEvent(new KeyboardEvent(kind, key));
}"""
_WAIT = """([name, patience]) => Promise.race([
  window.__workbench[name](),
  new Promise((_, fail) => setTimeout(() => fail(new Error(`not ${name} after ${patience} ms`)), patience)),
])"""


class Workbench:
    """A job's page in `visit`; `client` asks the server beside the browser."""

    def __init__(self, visit: Visit, client: httpx.Client, task: dict[str, Any], job: int) -> None:
        self.visit = visit
        self.page: Page = visit.page
        self.task = task
        self.job = job
        self._client = client

    # ---- what is

    def ready(self) -> "Workbench":
        """Wait until the page tells of itself and everything is drawn."""
        self.page.wait_for_function("() => window.__workbench !== undefined")
        return self.drawn()

    def idle(self) -> "Workbench":
        """Wait until everything is drawn and nothing waits to be saved."""
        self.page.evaluate(_WAIT, ["idle", PATIENCE_MS])
        return self

    def drawn(self) -> "Workbench":
        """Wait until everything is drawn."""
        self.page.evaluate(_WAIT, ["drawn", PATIENCE_MS])
        return self

    def state(self) -> dict[str, Any]:
        """What the page tells of itself now."""
        return self.page.evaluate(_READ)

    @property
    def frame(self) -> int:
        return self.state()["frame"]

    @property
    def shapes(self) -> list[dict[str, Any]]:
        """The shapes of the frame shown, undermost first."""
        state = self.state()
        return [shape for shape in state["shapes"] if shape["frame"] == state["frame"]]

    @property
    def selected(self) -> list[dict[str, Any]]:
        state = self.state()
        return [shape for shape in state["shapes"] if shape["cid"] in state["selected"]]

    @property
    def said(self) -> list[str]:
        """What the page has told the person so far."""
        return self.state()["said"]

    def server_shapes(self) -> list[dict[str, Any]]:
        """What the server holds of the job."""
        return self._client.get(f"/jobs/{self.job}/annotations").json()["shapes"]

    def server_tags(self) -> list[dict[str, Any]]:
        """The tags the server holds of the job, by frame."""
        tags = self._client.get(f"/jobs/{self.job}/annotations").json()["tags"]
        return sorted(tags, key=lambda tag: tag["frame"])

    def label_of(self, shape: dict[str, Any]) -> str:
        """The label's name of a shape as the server tells of it."""
        labels = self._client.get(f"/tasks/{self.task['id']}").json()["labels"]
        return next(label["name"] for label in labels if label["id"] == shape["label_id"])

    def until(self, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look at the state until `good` says so of it."""
        seen: dict[str, Any] = {}

        def look() -> bool:
            seen.update(self.state())
            return good(seen)

        try:
            self.visit.until(look)
        except AssertionError:
            raise AssertionError(f"waited in vain, last {seen!r}") from None
        return seen

    # ---- mouse, in image pixels

    def clients(self, points: Points) -> list[tuple[float, float]]:
        """Where image points lie on the screen."""
        asked = [{"x": x, "y": y} for x, y in points]
        found = self.page.evaluate("points => points.map((at) => window.__workbench.toClient(at))", asked)
        return [(at["x"], at["y"]) for at in found]

    def move(self, x: float, y: float) -> None:
        self.page.mouse.move(*self.clients([(x, y)])[0])

    def click(self, x: float, y: float, *keys: str, button: str = "left") -> None:
        """Click at an image point while `keys` are held."""
        with self.held(*keys):
            self.page.mouse.click(*self.clients([(x, y)])[0], button=button)

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], *keys: str, button: str = "left"
    ) -> None:
        """Press at one image point, go to another in a few moves, let go."""
        begin, stop = self.clients([start, end])
        with self.held(*keys):
            self.page.mouse.move(*begin)
            self.page.mouse.down(button=button)
            self.page.mouse.move(*stop, steps=4)
            self.page.mouse.up(button=button)

    def draw_box(self, left: float, top: float, right: float, bottom: float) -> None:
        """Drag from one corner to the other."""
        self.drag((left, top), (right, bottom))

    def click_box(self, left: float, top: float, right: float, bottom: float) -> None:
        """Click at one corner and at the other."""
        self.click(left, top)
        self.move((left + right) / 2, (top + bottom) / 2)
        self.click(right, bottom)

    def draw_polygon(self, points: Points, *, end: str = "Enter") -> None:
        """Click from point to point, then press `end`."""
        for point in points:
            self.click(*point)
        self.press(end)

    # ---- keyboard and the rest

    def press(self, *keys: str) -> "Workbench":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def repeat(self, times: int, code: str, key: str, **modifiers: bool) -> "Workbench":
        """Press a key very often, faster than through the browser's own input."""
        self.page.evaluate(_REPEAT, [times, {"code": code, "key": key, "bubbles": True, **modifiers}])
        return self

    @contextmanager
    def held(self, *keys: str):
        for key in keys:
            self.page.keyboard.down(key)
        yield
        for key in keys:
            self.page.keyboard.up(key)

    def take(self, tool: str) -> "Workbench":
        """Choose a tool by its key."""
        self.press({"select": "Escape", "rectangle": "r", "polygon": "p"}[tool])
        assert self.state()["tool"] == tool
        return self

    def cdp(self) -> CDPSession:
        return self.visit.context.new_cdp_session(self.page)

    def named(self, role: Any, name: Any) -> Locator:
        return self.page.get_by_role(role, name=name)


def near(points: Sequence[float], expected: Sequence[float], within: float = 1.0) -> bool:
    """Whether two lists of coordinates are of one length and nowhere further apart than `within` pixels."""
    return len(points) == len(expected) and all(
        abs(a - b) <= within for a, b in zip(points, expected, strict=True)
    )
