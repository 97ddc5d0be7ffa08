"""What is done in a job is told to the server: the events of API v1, their names, whose they are, how long it took."""

from datetime import datetime

import pytest
from texts import text

_THROW = "() => setTimeout(() => { throw new Error('thrown by a test'); })"


@pytest.fixture
def told(root):
    """The events of a job as the statistics have them, the oldest first, once one is called `last`."""

    def stored(job, last):
        query = {"job_id": job, "page_size": 100}
        found = root.get("/statistics/events", params=query).raise_for_status().json()["results"]
        return found[::-1] if any(event["name"] == last for event in found) else []

    return lambda bench, last="Send user activity": bench.visit.until(lambda: stored(bench.job, last))


def leave(bench):
    """Go to the task by the link in the bar."""
    bench.idle().named("link", text("workbench.to-task")).click()
    bench.page.wait_for_url(f"**/tasks/{bench.task['id']}")


def messages(events, name):
    return [event["message"] for event in events if event["name"] == name]


def payloads(events, name):
    return [event["payload"] or {} for event in events if event["name"] == name]


def test_opening_a_job_is_told_at_once_with_what_is_in_it(bench, told):
    (load,) = payloads(told(bench), "Load job")
    counts = {key: value for key, value in load.items() if key != "duration"}
    assert counts.pop("frame count") == 2
    assert set(counts.values()) == {0}
    assert len(counts) == 8
    assert 0 < load["duration"] < 60_000


def test_five_boxes_two_frames_and_an_undo_are_told(bench, told):
    bench.take("rectangle")
    for n in range(5):
        bench.draw_box(20 + 150 * n, 50, 120 + 150 * n, 200)
    bench.press("Control+z").idle().press("f").drawn().press("d").drawn()
    leave(bench)
    events = told(bench, "Undo action")
    drawn = payloads(events, "Draw object")
    assert [each["count"] for each in drawn] == [1] * 5
    assert all(0 <= each["duration"] < 30_000 for each in drawn)
    assert any(each["duration"] > 0 for each in drawn)
    assert payloads(events, "Change frame") == [{"from": 0, "to": 1}, {"from": 1, "to": 0}]
    (undo,) = payloads(events, "Undo action")
    assert (undo["name"], undo["frame"], undo["count"]) == ("Created objects", 0, 1)
    assert {event["task_id"] for event in events} == {bench.task["id"]}
    assert {event["user"]["username"] for event in events} == {"root"}
    assert len({event["client_id"] for event in events}) == 1
    assert 0 <= events[0]["client_id"] < 1_000_000


def test_saves_and_working_time_are_told_with_each_batch(bench, told):
    bench.take("rectangle").draw_box(100, 100, 300, 300)
    leave(bench)
    events = told(bench, "Send task info")
    assert all(each["duration"] >= 0 for each in payloads(events, "Save job"))
    assert payloads(events, "Send task info")[-1]["box count"] == 1
    (load,) = payloads(events, "Load job")
    worked = [each["working_time"] for each in payloads(events, "Send user activity")]
    first, last = (datetime.fromisoformat(events[at]["time"]) for at in (0, -1))
    assert 0 < sum(worked) < 1000 + (last - first).total_seconds() * 1000 + load["duration"]


#: What a second of work on a box is told as, beside what is tested above.
_DEEDS = {
    "Drag object": {},
    "Resize object": {},
    "Zoom image": {},
    "Fit image": {},
    "Copy object": {"count": 1},
    "Paste object": {"count": 1},
    "Redo action": {"name": "Created objects", "frame": 0, "count": 1},
    "Lock object": {"locked": True},
    "Delete object": {"count": 1},
}


def test_each_kind_of_work_has_its_event(bench, told):
    bench.take("rectangle").draw_box(100, 100, 300, 300)
    bench.press("Escape").drag((200, 200), (240, 220))
    bench.drag((340, 320), (380, 360))
    bench.page.get_by_label("colour").press_sequentially("ish")
    bench.page.mouse.wheel(0, -300)
    bench.press("F6", "0", "Control+c", "Control+v", "Control+z", "Control+y", "k", "Shift+Delete")
    leave(bench)
    events = told(bench, "Delete object")
    found = {name: payloads(events, name) for name in _DEEDS}
    assert {name: len(each) for name, each in found.items()} == dict.fromkeys(_DEEDS, 1)
    assert all(found[name][0].items() >= carried.items() for name, carried in _DEEDS.items())


def test_letters_typed_into_an_attribute_are_one_event(bench, told):
    bench.take("rectangle").draw_box(100, 100, 300, 300)
    bench.page.get_by_label("colour").fill("")
    bench.page.get_by_label("colour").press_sequentially("blue")
    leave(bench)
    (change,) = payloads(told(bench, "Change attribute"), "Change attribute")
    assert change["value"] == "blue"


def test_an_error_nobody_caught_is_told(bench, told):
    bench.visit.expect("thrown by a test")
    bench.page.evaluate(_THROW)
    events = told(bench, "Send exception")
    assert "thrown by a test" in messages(events, "Send exception")[0]
    assert {event["task_id"] for event in events} == {bench.task["id"]}


def test_what_was_done_is_told_when_the_browser_leaves_for_elsewhere(bench, told):
    bench.take("rectangle").draw_box(100, 100, 300, 300)
    bench.idle().page.goto("about:blank")
    assert len(payloads(told(bench, "Draw object"), "Draw object")) == 1


def test_a_page_that_crashed_is_told(bench, told):
    bench.visit.expect("broken by a test")
    bench.page.evaluate("""() => {
      Intl.NumberFormat = class { constructor() { throw new Error("broken by a test"); } };
    }""")
    bench.move(400, 300)
    bench.page.mouse.wheel(0, -300)
    bench.page.get_by_text(text("crash.title")).wait_for()
    (message,) = messages(told(bench, "Send exception"), "Send exception")
    assert "broken by a test" in message


def test_nothing_is_told_from_other_pages(bench):
    asked = []
    leave(bench)
    bench.page.wait_for_load_state("networkidle")
    bench.page.on("request", lambda request: asked.append(request.url))
    bench.page.mouse.move(300, 300)
    bench.page.reload()
    bench.page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if url.endswith(("/server/logs", "/server/exception"))] == []


def test_a_server_that_takes_no_events_disturbs_nothing(make_task, open_job, visit):
    visited = visit()
    visited.expect("status of 501")
    visited.context.route("**/server/logs", lambda route: route.fulfill(status=501, body="{}"))
    bench = open_job(make_task(), visited=visited)
    bench.take("rectangle").draw_box(100, 100, 300, 300)
    assert len(bench.idle().server_shapes()) == 1
    leave(bench)
