"""The page of statistics: what was really drawn and told is counted, shown and taken away as files."""

import csv
import io
from datetime import UTC, datetime

import pytest
from live import body, box, job_ids, new_project, task_in
from texts import text
from visits import pick_option

LOCALES = ["en-US", "zh-CN"]
TWO_BOXES = [(100, 100, 200, 180), (300, 200, 420, 320)]

#: Whether the first plot is painted in the accent of the theme shown.
_IS_PAINTED = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--accent)";
  const wanted = getComputedStyle(probe).color.match(/[0-9]+/g).map(Number);
  probe.remove();
  const canvas = document.querySelector(".plot canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4)
    if (wanted.every((value, index) => data[at + index] === value)) return true;
  return false;
}"""


def tile(page, key, locale="en-US"):
    """The value of a tile."""
    return page.locator(".tile", has=page.get_by_text(text(key, locale), exact=True)).locator("dd").first


def tell(client, task, *, working_s, drawn_ms=()):
    """Tell the server of work on a task as the workbench does."""
    common = {"time": datetime.now(UTC).isoformat(), "client_id": 1, "is_active": True, "task_id": task["id"]}
    common["job_id"] = job_ids(task)[0]
    events = [
        {**common, "name": "Draw object", "payload": {"count": 1, "duration": each}} for each in drawn_ms
    ]
    activity = {**common, "name": "Send user activity", "payload": {"working_time": working_s * 1000}}
    assert client.post("/server/logs", json=[*events, activity]).status_code == 201


def make_box(client, task, count=1, frame=0):
    path = f"/jobs/{job_ids(task)[0]}/annotations"
    answer = client.patch(path, params={"action": "create"}, json=body(*[box(task, frame)] * count))
    assert answer.status_code == 200, answer.text


@pytest.fixture
def worked(root, make_task):
    """A task on which root drew three boxes in 90 seconds, on one of its two frames."""
    task = make_task(2)
    make_box(root, task, 3)
    tell(root, task, working_s=90, drawn_ms=(2000, 3000, 4000))
    return task


@pytest.mark.parametrize("locale", LOCALES)
def test_boxes_drawn_in_the_workbench_are_counted(make_task, open_job, locale):
    task = make_task(2)
    bench = open_job(task, locale=locale)
    bench.press("r")
    for corners in TWO_BOXES:
        bench.draw_box(*corners)
    page = bench.idle().visit.go(f"/tasks/{task['id']}")
    page.get_by_role("main").get_by_role("link", name=text("statistics", locale)).click()
    tile(page, "statistics.objects.made", locale).get_by_text("2", exact=True).wait_for()
    plot = page.locator(".plot", has_text=text("statistics.plot.objects", locale))
    plot.get_by_text(text("statistics.values", locale)).click()
    assert plot.locator("tbody td").all_inner_texts() == ["2", "0", "0"]
    assert page.locator(".plot canvas").first.is_visible()


def test_time_and_pace_come_of_what_clients_told(worked, visit):
    page = visit().go(f"/statistics?task={worked['id']}&user=all")
    tile(page, "statistics.time").get_by_text("1 min 30 sec").wait_for()
    assert tile(page, "statistics.per-hour").inner_text() == "120"
    assert tile(page, "statistics.each").inner_text() == "3 sec"
    (row,) = page.locator(".work-people tbody tr").all()
    assert row.locator("th").inner_text() == "root"
    assert row.locator(".told").all_inner_texts() == ["120", "3", "1 min 30 sec", "3 sec"]


def test_how_far_a_task_is_stands_below(worked, visit, root):
    root.patch(f"/jobs/{job_ids(worked)[0]}", json={"status": "completed"})
    page = visit().go(f"/statistics?task={worked['id']}")
    page.get_by_text(text("statistics.frames.done.other", done=1, count=2, share="50%")).wait_for()
    bar = page.get_by_role("img", name=f"{text('job.status.completed')}: 1")
    assert bar.is_visible()
    label = page.locator(".label-bars li").first
    assert label.inner_text().split() == ["car", "3"]


def test_a_project_leads_to_its_tasks(root, visit):
    project = new_project(root)
    tasks = [task_in(root, project, 1, name=name) for name in ("one", "two")]
    make_box(root, tasks[0], 2)
    page = visit().go(f"/statistics?project={project['id']}")
    rows = page.locator(".extent-parts tbody tr")
    rows.first.wait_for()
    assert [row.locator("th").inner_text() for row in rows.all()] == ["one", "two"]
    page.get_by_role("link", name="one", exact=True).click()
    page.wait_for_url(f"**/statistics?task={tasks[0]['id']}")
    tile(page, "statistics.objects.made").get_by_text("2", exact=True).wait_for()


@pytest.mark.parametrize("what", ["work", "events"])
def test_what_is_shown_can_be_taken_away(worked, visit, what):
    page = visit().go(f"/statistics?task={worked['id']}")
    tile(page, "statistics.time").wait_for()
    number = ["work", "events"].index(what)
    for file_format in ("csv", "parquet"):
        page.get_by_role("button", name=text("statistics.export")).click()
        with page.expect_download() as download:
            item = page.get_by_role("menuitem", name=text(f"statistics.export.{file_format}"))
            item.nth(number).click()
        content = download.value.path().read_bytes()
        assert download.value.suggested_filename == f"{what}.{file_format}"
        if file_format == "parquet":
            assert content[:4] == content[-4:] == b"PAR1"
        else:
            rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
            assert len(rows) == (1 if what == "work" else 4)


def test_one_is_shown_ones_own_work_unless_one_asks_for_more(live, visit, make_task):
    task = make_task(1)
    with live.client("maker") as maker:
        make_box(maker, task, 4)
    visited = visit("maker")
    page = visited.go("/statistics")
    page.get_by_text(text("statistics.sees.owned")).wait_for()
    page.get_by_role("button", name=text("statistics.me", name="maker")).wait_for()
    page = visited.go(f"/statistics?user={live.ids['root']}")
    page.get_by_text(text("statistics.none")).or_(page.get_by_text(text("statistics.failed"))).wait_for()


def test_filters_stand_in_the_address(worked, visit):
    page = visit().go("/statistics")
    page.get_by_role("button", name=text("statistics.task")).click()
    page.get_by_placeholder(text("statistics.task.search")).fill(worked["name"])
    pick_option(page, worked["name"])
    page.wait_for_url("**/statistics?task=*")
    page.get_by_text(text("statistics.span.days", count=7), exact=True).click()
    page.wait_for_url("**days=7*")
    page.get_by_text(text("statistics.span.own"), exact=True).click()
    page.get_by_label(text("statistics.from")).fill("2020-01-01")
    page.get_by_label(text("statistics.to")).fill("2020-01-31")
    page.get_by_text(text("statistics.none"), exact=True).wait_for()
    assert "from=2020-01-01&to=2020-01-31" in page.url
    page.reload()
    assert page.get_by_label(text("statistics.to")).input_value() == "2020-01-31"


def test_plots_follow_the_theme(worked, visit):
    page = visit().go(f"/statistics?task={worked['id']}")
    page.locator(".plot canvas").first.wait_for()
    page.wait_for_function(_IS_PAINTED)
    for theme in ("dark", "light"):
        page.get_by_role("button", name=text("user-menu", name="root")).click()
        page.get_by_role("menuitemradio", name=text(f"theme.{theme}")).click()
        page.wait_for_function(_IS_PAINTED)


@pytest.mark.parametrize("width", [390, 1920])
def test_nothing_sticks_out(worked, visit, width):
    page = visit(viewport={"width": width, "height": 900}).go(f"/statistics?task={worked['id']}")
    canvas = page.locator(".plot canvas").first
    canvas.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function("document.querySelector('.plot canvas').getBoundingClientRect().right <= 700")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_not_there_is_said(visit):
    visited = visit()
    visited.expect("status of 404")
    page = visited.go("/statistics?project=999999")
    page.get_by_text(text("statistics.failed")).wait_for()
    page.get_by_role("link", name=text("statistics.own")).click()
    page.get_by_role("button", name=text("statistics.me", name="root")).wait_for()
