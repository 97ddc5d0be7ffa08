"""Draw boxes in a real browser while tabs, servers and networks die; then look for every box.

    python tests/browser/loss.py --runs 1000 --seed 7

Each run draws a few boxes, meets one disaster, opens the job again and waits until nothing is left to save. Every box
whose mouse button was let go must then be on the server, once.
"""

import argparse
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
sys.path.insert(0, str(Path(__file__).parent))

import httpx
from house import PASSWORD, PATIENCE_S, House, Wrong
from pictures import photographs
from playwright.sync_api import Browser, Error, Route, sync_playwright
from visits import Visit, find_chromium, launch
from workbench import Workbench

#: What the server is told, so that the page tells of itself.
SETTINGS = {"LABELWRIGHT_TEST_MODE": "true"}
FRAMES = 8
#: Cells of a picture, 100 x 100 pixels each: a box lies in one, which is its name.
_COLUMNS, _ROWS = 8, 6
_ANNOTATIONS = "**/annotations?action=*"
#: Milliseconds between letting the mouse go and the death of the tab.
_DELAYS_MS = (0, 20, 100, 300)
#: What a browser may say of a server that is not there.
_NOISE = r"ERR_|Failed to load resource|Failed to fetch"

Cell = tuple[int, int, int]


class Drawer:
    """Somebody who draws boxes into the one job of `house`, in one browser, and remembers each: `drawn`, by cell."""

    def __init__(self, house: House, browser: Browser, chance: random.Random) -> None:
        self.house, self.chance = house, chance
        self.browser = browser
        self.drawn: Counter[Cell] = Counter()
        self.done: Counter[str] = Counter()
        self.frame = -1
        self.visit = Visit(browser, house.url)
        self.visit.expect(_NOISE)
        self.visit.go(house.addresses[-1].removeprefix(house.url))
        self._client = client_of(house)
        self._task = read_task(self._client)
        label = {"labels": [{"name": "thing", "attributes": []}]}
        self._client.patch("/tasks/1", json=label).raise_for_status()
        self._job = self._task["segments"][0]["jobs"][0]["id"]
        self.bench: Workbench

    def close(self) -> None:
        self.visit.context.close()
        self._client.close()

    def open(self) -> None:
        """Open the job at the frame worked on, in the tab there is or a new one."""
        self.visit.go(f"/tasks/1/jobs/{self._job}?frame={self.frame}")
        self.bench = Workbench(self.visit, self._client, self._task, self._job).ready()
        self.bench.take("rectangle")

    def begin(self) -> None:
        """Go to a frame without boxes; when all have some, empty the job."""
        self.frame = (self.frame + 1) % FRAMES
        if self.frame == 0:
            self._client.delete(f"/jobs/{self._job}/annotations").raise_for_status()
            self.drawn.clear()
        self.open()

    def draw(self, count: int, at: Callable[[int], object] = lambda number: None) -> None:
        """Draw `count` boxes; `at` is called before each mouse button is let go."""
        taken = {cell for cell in self.drawn if cell[0] == self.frame}
        cells = [(self.frame, x, y) for x in range(_COLUMNS) for y in range(_ROWS)]
        free = [cell for cell in cells if cell not in taken]
        for number, cell in enumerate(self.chance.sample(free, count)):
            left, top = 100 * cell[1] + 20, 100 * cell[2] + 20
            begin, end = self.bench.clients([(left, top), (left + 60, top + 60)])
            mouse = self.bench.page.mouse
            mouse.move(*begin)
            mouse.down()
            mouse.move(*end, steps=2)
            at(number)
            mouse.up()
            self.drawn[cell] += 1

    def check(self) -> None:
        """Open the job again and see that each box is there once, on the server and on the page. Raises Wrong."""
        self.open()
        self.bench.idle()
        held = Counter(cell_of(shape) for shape in self.bench.server_shapes())
        shown = Counter(cell_of(shape) for shape in self.bench.state()["shapes"])
        for where, found in (("server", held), ("page", shown)):
            if found != self.drawn:
                raise Wrong(
                    f"{where}: missing {dict(self.drawn - found)}, too many {dict(found - self.drawn)}, of "
                    f"{self.drawn.total()}; saving {self.bench.state()['save']}, {self.done}"
                )
        if faults := self.visit.unexpected():
            raise Wrong(f"the page met {faults}")

    # ---- disasters

    def lose_tab(self) -> None:
        """The tab dies a moment after the last box."""
        self.draw(self.chance.randint(1, 4))
        time.sleep(self.chance.choice(_DELAYS_MS) / 1000)
        self._kill_tab()

    def lose_server(self) -> None:
        """The server dies while a box is drawn, and comes back a little later."""
        count = self.chance.randint(1, 4)
        fatal = self.chance.randrange(count)
        self.draw(count, lambda number: number == fatal and self.house.kill())
        self._maybe_kill_tab()
        self.house.start()

    def lose_network(self) -> None:
        """The network is cut while boxes are drawn, and comes back."""
        count = self.chance.randint(1, 4)
        fatal = self.chance.randrange(count)
        self.draw(count, lambda number: number == fatal and self.visit.context.set_offline(True))
        self._maybe_kill_tab()
        self.visit.context.set_offline(False)

    def lose_answers(self) -> None:
        """The server saves, but its answers are lost; then the page asks again, or a new one from the journal."""

        def lose(route: Route) -> None:
            with suppress(Error):  # the tab may be dead by now
                route.fetch()
                self.done["answers lost"] += 1
                route.abort()

        self.bench.page.route(_ANNOTATIONS, lose, times=self.chance.randint(1, 2))
        self.draw(self.chance.randint(1, 4))
        self.bench.page.wait_for_timeout(self.chance.choice((50, 200, 400)))
        self._maybe_kill_tab()

    def _maybe_kill_tab(self) -> None:
        if self.chance.random() < 0.5:
            self._kill_tab()
        else:
            self.bench.page.unroute_all(behavior="ignoreErrors")

    def _kill_tab(self) -> None:
        """Kill every renderer of the browser: the tab's own, and the spare one. Then open an empty tab."""
        processes = self.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        for process in processes:
            if process["type"] == "renderer":
                with suppress(ProcessLookupError):
                    os.kill(process["id"], signal.SIGKILL)
        self.visit.page.close()
        self.visit.page = self.visit.context.new_page()
        self.done["tabs killed"] += 1


def client_of(house: House) -> httpx.Client:
    """A client of the administrator's, beside the browser."""
    client = httpx.Client(base_url=f"{house.url}/api/v1", timeout=30.0)
    key = client.post("/auth/login", json={"username": "admin", "password": PASSWORD}).json()["key"]
    client.headers["Authorization"] = f"Token {key}"
    client.cookies.clear()
    return client


def read_task(client: httpx.Client) -> dict:
    """The task of the house's photographs, once they are read."""
    deadline = time.monotonic() + PATIENCE_S
    while not (task := client.get("/tasks/1").json())["segments"]:
        if time.monotonic() > deadline:
            raise Wrong("the photographs are never read")
        time.sleep(0.05)
    return task


def cell_of(shape: dict) -> Cell:
    left, top = shape["points"][:2]
    return shape["frame"], int(left // 100), int(top // 100)


DISASTERS = (Drawer.lose_tab, Drawer.lose_tab, Drawer.lose_server, Drawer.lose_network, Drawer.lose_answers)


def write_photographs(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, body in photographs(FRAMES):
        (folder / name).write_bytes(body)
    return folder


def run(house: House, browser: Browser, *, runs: int, seed: str) -> Counter[str]:
    """Meet `runs` disasters on a house that was made with photographs; returns what happened. Raises Wrong."""
    house.start()
    drawer = Drawer(house, browser, random.Random(seed))
    try:
        for number in range(runs):
            drawer.begin()
            before = drawer.drawn.total()
            disaster = drawer.chance.choice(DISASTERS)
            disaster(drawer)
            try:
                drawer.check()
            except (Wrong, Error) as error:
                raise Wrong(f"run {number} of seed {seed}, {disaster.__name__}: {error}") from error
            drawer.done[disaster.__name__] += 1
            drawer.done["boxes"] += drawer.drawn.total() - before
    finally:
        drawer.close()
    return drawer.done


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=1000, help="how many disasters are met")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="what chance begins with")
    asked = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        sys.exit("no Chromium found; LABELWRIGHT_TEST_CHROMIUM names one")
    print(f"seed {asked.seed}, {asked.runs} runs", flush=True)
    with tempfile.TemporaryDirectory(prefix="labelwright-loss-") as name, sync_playwright() as playwright:
        folder = Path(name)
        house = House(folder, workers=1, images=write_photographs(folder / "photographs"), settings=SETTINGS)
        try:
            done = run(house, launch(playwright, chromium), runs=asked.runs, seed=asked.seed)
        finally:
            house.stop()
    for what, count in sorted(done.items()):
        print(f"{count:9,}  {what}")
    print("every drawn box is there, once")
    return 0


if __name__ == "__main__":
    sys.exit(main())
