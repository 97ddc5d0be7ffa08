"""From photographs to a published dataset and on, by hand: boxes, publishing, crops to classify, texts found and read.

The same is done on one machine alone and inside a platform, whose people and datasets are another server's.
"""

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from live import PASSWORD, run_server
from main_job import photographs
from platform_server import PlatformServer
from playwright.sync_api import Page, expect
from test_task_pages import add_label
from texts import text
from visits import Visit
from workbench import Workbench

run = contextmanager(run_server)


@dataclass
class Story:
    """A person in a browser, `client` with the same person's rights beside it, and where datasets lie."""

    visit: Visit
    client: httpx.Client
    storage_root: Path

    @property
    def page(self) -> Page:
        return self.visit.page

    def make_dataset(self, name: str, kind: str, files: list[tuple[str, bytes]]) -> None:
        """Upload images as a new dataset of that kind; its page is shown then."""
        page = self.visit.go("/datasets/create")
        page.get_by_label(text("dataset.name"), exact=True).fill(name)
        page.get_by_label(text("annotation-type"), exact=True).select_option(kind)
        page.locator("input[type=file]").first.set_input_files(
            [{"name": each, "mimeType": "image/png", "buffer": body} for each, body in files]
        )
        page.get_by_role("button", name=text("create-dataset.start")).click()
        page.get_by_role("heading", name=name).wait_for()

    def make_task(self, *labels: str) -> Workbench:
        """Make a task of the dataset that is shown or was just made, and start labelling it."""
        self.page.get_by_role("link", name=text("dataset.create-task")).first.click()
        self.page.get_by_role("heading", name=text("create-from.title")).wait_for()
        for label in labels:
            add_label(self.page, label)
        self.page.get_by_role("button", name=text("create.start")).click()
        self.page.get_by_role("link", name=text("task.start")).click()
        self.page.wait_for_url("**/jobs/*")
        task, job = re.search(r"/tasks/(\d+)/jobs/(\d+)", self.page.url).groups()
        return Workbench(self.visit, self.client, self.client.get(f"/tasks/{task}").json(), int(job)).ready()

    def publish(self, bench: Workbench) -> Path:
        """Publish the task from its page; returns the folder the results lie in."""
        bench.idle()
        page = self.visit.go(f"/tasks/{bench.task['id']}")
        page.get_by_role("button", name=text("publish"), exact=True).click()
        page.get_by_text(text("publish.done", name=bench.task["name"])).wait_for()
        (known,) = [
            each for each in self.client.get("/datas").json() if each["dataSetId"] == bench.task["data"]
        ]
        assert known["convertStatus"] == "finished"
        return Path(known["convertOutPath"])

    def crop(self, label: str) -> None:
        """Crop the dataset of the task that is shown; the dialog that says it is done stays open."""
        self.page.locator("main a[href*='/datasets/']").first.click()
        self.page.get_by_role("button", name=text("crop.menu")).click()
        expect(self.page.get_by_label(text("crop.label"), exact=True)).to_have_value(label)
        self.page.get_by_role("button", name=text("crop.start"), exact=True).click()
        self.page.locator(".crop-done").wait_for()


def scans() -> list[tuple[str, bytes]]:
    """Two photographs of printed text."""
    folder = Path(find_spec("skimage").submodule_search_locations[0], "data")
    return [(name, (folder / name).read_bytes()) for name in ("page.png", "text.png")]


@contextmanager
def alone(folder, template, browser, visits):
    """A person of our own accounts, datasets of our own catalogue."""
    with run(folder / "house", template, test_mode=True, storage_root=str(folder / "storage")) as live:
        login = httpx.post(f"{live.url}/api/v1/auth/login", json={"username": "maker", "password": PASSWORD})
        cookies = [{"name": name, "value": value} for name, value in login.cookies.items()]
        visits.append(Visit(browser, live.url, cookies))
        with live.client("maker") as client:
            yield Story(visits[-1], client, folder / "storage")
            visits[-1].go("about:blank")  # the server goes first


@contextmanager
def inside_a_platform(folder, template, browser, visits):
    """A person who comes with the platform's token, datasets of its dataset manager."""
    with (
        PlatformServer(folder / "storage") as platform,
        run(folder / "house", template, test_mode=True, **platform.settings()) as live,
    ):
        token = platform.issue("chen", permissions=["ANNOTATIONS_USER"])
        visits.append(Visit(browser, live.url))
        visits[-1].go(f"/auth/login?token={token}").wait_for_url("**/tasks")
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"{live.url}/api/v1", headers=headers, timeout=60.0) as client:
            yield Story(visits[-1], client, folder / "storage")
            visits[-1].go("about:blank")  # the server goes first
            told = [call for call in platform.calls if call.path.endswith("/unbind")]
            assert len(told) == 2
            assert all(call.authorization == f"Bearer {platform.service_token}" for call in told)


@pytest.fixture(params=[alone, inside_a_platform])
def story(request, tmp_path, sqlite_template, browser, visits):
    (tmp_path / "storage").mkdir()
    with request.param(tmp_path, sqlite_template, browser, visits) as told:
        yield told


def test_boxes_are_published_cropped_and_classified(story):
    pictures = [each for each in photographs() if each[0] in ("coffee.png", "chelsea.png")]
    story.make_dataset("breakfast", "object_detection", pictures)
    bench = story.make_task("cup", "saucer")
    for box in ((150, 40, 420, 300), (20, 20, 90, 90)):  # the rectangle is in the hand
        bench.draw_box(*box)
    bench.press("2").press("f").drawn()
    bench.draw_box(30, 30, 200, 200)
    bench.press("1")
    results = story.publish(bench)
    assert results.is_relative_to(story.storage_root)
    coco = json.loads((results / "annotations" / "instances_default.json").read_text())
    assert [category["name"] for category in coco["categories"]] == ["cup", "saucer"]
    assert len(coco["annotations"]) == 3
    assert (results / "cvat_annotations.xml").is_file()
    story.crop("cup")
    sorting = story.make_task("full", "empty")
    sorting.press("1", "2")
    assert [sorting.label_of(tag) for tag in sorting.idle().server_tags()] == ["full", "empty"]
    copies = story.publish(sorting).glob("*/*.*g")
    assert sorted(copy.parent.name for copy in copies) == ["empty", "full"]


def test_texts_are_found_typed_cropped_and_read(story):
    story.make_dataset("printed pages", "ocr_detection", scans())
    bench = story.make_task()  # the label for texts is there already
    for box, typed in (((10, 10, 180, 40), "Region-based"), ((10, 60, 180, 90), "segmentation/区域")):
        bench.draw_box(*box)
        bench.page.keyboard.type(typed)
        bench.press("Enter")
    coco = json.loads((story.publish(bench) / "annotations" / "instances_default.json").read_text())
    assert [each["attributes"]["value"] for each in coco["annotations"]] == [
        "Region-based",
        "segmentation/区域",
    ]
    story.crop("text")
    reading = story.make_task()
    field = reading.page.get_by_role("textbox", name=text("text.bar"), exact=True)
    expect(field).to_have_value("Region-based")  # what was typed came along
    field.fill("Region-based!")
    reading.press("Enter").drawn()
    expect(field).to_have_value("segmentation/区域")
    results = story.publish(reading)
    texts = sorted(path.read_text() for path in results.glob("*_0.txt"))
    assert texts == ["Region-based!", "segmentation/区域"]
    links = [path for path in results.iterdir() if path.is_symlink()]
    assert len(links) == 2
    assert all(link.resolve().is_relative_to(story.storage_root) for link in links)
