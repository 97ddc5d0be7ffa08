"""Tests in a real browser, on a real server in test mode.

The browser is Debian's Chromium; `LABELWRIGHT_TEST_CHROMIUM` names another one. Where there is none, these tests are
skipped and say so; with `CI=true` they fail.
"""

import os
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

# `root` is a fixture: importing it offers it.
from live import PASSWORD, job_ids, new_task, root, run_server, wait_for_media  # noqa: F401
from pictures import photographs
from visits import Visit, find_chromium, launch
from workbench import Workbench

_MISSING = (
    "no Chromium found: on Debian, `sudo apt-get install chromium fonts-noto-cjk` (`make test` does it as root); "
    "LABELWRIGHT_TEST_CHROMIUM names one that stands elsewhere"
)
LABELS = [
    {
        "name": "car",
        "attributes": [
            {"name": "colour", "mutable": False, "input_type": "text", "values": [""], "default_value": "red"},
            {"name": "far", "mutable": True, "input_type": "checkbox", "values": ["false"], "default_value": "false"},
        ],
    },
    {"name": "dog", "attributes": []},
    {"name": "行人", "attributes": []},
    {"name": "自行车", "attributes": []},
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chromium."""
    found = find_chromium()
    if found is None:
        # What CI passes over without a word would be no test at all.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(_MISSING)
    return found


@pytest.fixture(scope="module")
def browser(chromium):
    """One browser for the tests of a file: Playwright's event loop must not outlive them, others start their own."""
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def share(tmp_path_factory):
    """The folder of the server that people may make tasks of."""
    return tmp_path_factory.mktemp("share")


@pytest.fixture(scope="session")
def git_root(tmp_path_factory):
    """The folder of the server in which git repositories may lie."""
    return tmp_path_factory.mktemp("repositories")


@pytest.fixture(scope="session")
def live(tmp_path_factory, sqlite_template, share, git_root):
    """One server in test mode for all tests here; each makes tasks of its own."""
    folders = {"share": str(share), "git_root": str(git_root)}
    yield from run_server(tmp_path_factory.mktemp("live"), sqlite_template, test_mode=True, **folders)


@pytest.fixture(scope="session")
def cookies_of(live):
    """The cookies of a session of somebody's, by name; the same session for all tests."""
    kept = {}

    def sign_in(name):
        if name not in kept:
            login = {"username": name, "password": PASSWORD}
            answer = httpx.post(f"{live.url}/api/v1/auth/login", json=login)
            kept[name] = [{"name": cookie, "value": value} for cookie, value in answer.cookies.items()]
        return kept[name]

    return sign_in


@pytest.fixture
def visits(request):
    """The browsers of this test; whatever must not happen in one fails the test."""
    made = []
    request.node.stash[_VISITS] = made
    yield made
    for visit in made:
        visit.context.close()
    assert [fault for visit in made for fault in visit.unexpected()] == []


@pytest.fixture
def visit(browser, live, cookies_of, visits):
    """Open a browser on the server as somebody, None: as nobody yet."""

    def open_browser(name="root", **options):
        visits.append(Visit(browser, live.url, cookies_of(name) if name else (), **options))
        return visits[-1]

    return open_browser


@pytest.fixture
def make_task(root):  # noqa: F811  # pytest hands the fixture in by this name
    """Make a task of photographs, or of the given names and bytes, read as `media` says; returns what GET shows."""

    def make(pictures=2, labels=LABELS, media=None, **fields):
        pictures = photographs(pictures) if isinstance(pictures, int) else pictures
        task = new_task(root, labels=labels, **fields)
        files = [
            (f"client_files[{n}]", (name, body, "image/jpeg")) for n, (name, body) in enumerate(pictures)
        ]
        root.post(
            f"/tasks/{task['id']}/data", data={"image_quality": "70", **(media or {})}, files=files
        ).raise_for_status()
        assert wait_for_media(root, task["id"]) == {"state": "Finished", "message": ""}
        return root.get(f"/tasks/{task['id']}").json()

    return make


@pytest.fixture
def open_job(visit, root):  # noqa: F811  # as above
    """Open a job of a task in a browser; returns its workbench once everything is drawn."""

    def open_in_browser(task, number=0, *, name="root", query="", visited=None, **options):
        job = job_ids(task)[number]
        visited = visited or visit(name, **options)
        visited.go(f"/tasks/{task['id']}/jobs/{job}{query}")
        return Workbench(visited, root, task, job).ready()

    return open_in_browser


@pytest.fixture
def bench(make_task, open_job):
    """The workbench on a new task of two photographs, 800 x 600."""
    return open_job(make_task())


_VISITS = pytest.StashKey[list[Visit]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep a screenshot of each page of a test that failed, and tell where."""
    report = yield
    if report.when == "call" and report.failed and hasattr(item.config, "cache"):
        folder = item.config.cache.mkdir("browser-failures")
        for number, visit in enumerate(item.stash.get(_VISITS, [])):
            taken = visit.show(folder / f"{item.name.replace('/', '_')}-{number}")
            report.sections.append(("screenshots", "\n".join(map(str, taken))))
    return report
