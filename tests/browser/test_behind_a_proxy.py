"""Behind a proxy that serves us below /annotations and everything else from elsewhere, stripping the prefix or not."""

from dataclasses import replace

import httpx
import pytest
from live import PASSWORD, job_ids, serve
from proxy import run_proxy
from texts import text
from visits import Visit
from workbench import Workbench, near

PREFIX = "/annotations"
WAYS = {
    "left in": {"strips": False},
    "stripped, told by the proxy": {"strips": True, "names_prefix": True},
    "stripped, told by the setting": {"strips": True},
}


@pytest.fixture(params=list(WAYS))
def address(request, live):
    """Where people reach the server below the prefix."""
    way = WAYS[request.param]
    is_set = way == {"strips": True}
    rules = replace(live.deps.platform, path_prefix=PREFIX if is_set else "")
    with serve(replace(live.deps, platform=rules)) as url, run_proxy(url, prefix=PREFIX, **way) as outer:
        yield outer


def test_a_person_signs_in_draws_and_reads_the_manual_below_the_prefix(
    address, browser, visits, make_task, root
):
    task = make_task(1, name="behind a proxy")
    visits.append(Visit(browser, address))
    visits[-1].expect(r"401 \(Unauthorized\)")
    page = visits[-1].go(f"{PREFIX}/tasks/{task['id']}")
    page.get_by_label(text("username")).fill("root")
    page.get_by_label(text("password"), exact=True).fill(PASSWORD)
    page.get_by_role("button", name=text("sign-in"), exact=True).click()
    page.get_by_role("heading", name="behind a proxy").wait_for()
    page.locator(f'a[href*="/jobs/{job_ids(task)[0]}"]').first.click()
    page.wait_for_url(f"**{PREFIX}/tasks/{task['id']}/jobs/*")
    bench = Workbench(visits[-1], root, task, job_ids(task)[0]).ready()
    bench.draw_box(40, 40, 140, 120)
    bench.press("1").idle()
    assert near(bench.server_shapes()[0]["points"], [40, 40, 140, 120], within=2)
    visits[-1].go(f"{PREFIX}/api/swagger/").locator("#swagger .info .title").wait_for()
    visits[-1].go(f"{PREFIX}/documentation/user_guide.html").get_by_role("article").wait_for()


def test_addresses_in_bodies_have_no_prefix_as_recorded(address, root, make_task):
    task = make_task(1, name="recorded addresses")
    headers = {"Authorization": root.headers["authorization"]}
    found = httpx.get(f"{address}{PREFIX}/api/v1/tasks/{task['id']}", headers=headers)
    assert found.json()["url"] == f"{address}/api/v1/tasks/{task['id']}"
    assert found.json()["owner"] == "root", "the platform's dialect, whoever stripped its mount"


def test_the_platforms_clients_are_told_in_the_language_of_their_cookie(address, root):
    headers = {"Authorization": root.headers["authorization"], "Cookie": "language=zh-CN"}
    told = httpx.get(f"{address}{PREFIX}/api/v1/tasks?page=900", headers=headers)
    assert (told.status_code, told.headers["content-language"]) == (404, "zh-CN")
