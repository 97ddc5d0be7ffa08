"""What is drawn is saved, and the save chip tells the truth of it."""

import pytest
from entrance import sign_in
from live import body, box
from texts import text

BOX = (100, 100, 300, 300)


def moved_on(root, bench, *shapes, action="create"):
    """Somebody else changes the job."""
    answer = root.patch(f"/jobs/{bench.job}/annotations?action={action}", json=body(*shapes))
    answer.raise_for_status()
    return answer.json()["shapes"]


def overlap(one, other):
    """Whether two elements lie over each other on the page."""
    a, b = one.bounding_box(), other.bounding_box()
    return all(
        a[at] < b[at] + b[size] and b[at] < a[at] + a[size] for at, size in (("x", "width"), ("y", "height"))
    )


def test_a_box_is_saved_without_being_asked(bench):
    assert bench.state()["save"]["waiting"] == 0
    bench.take("rectangle").draw_box(*BOX)
    bench.until(lambda state: state["save"]["waiting"] == 0 and state["save"]["lastSaved"])
    assert len(bench.server_shapes()) == 1
    assert bench.state()["save"]["state"] == "saved"


def test_what_was_saved_is_there_after_a_reload(bench):
    bench.take("rectangle").draw_box(*BOX)
    bench.idle().page.reload()
    assert [shape["type"] for shape in bench.ready().shapes] == ["rectangle"]
    bench.press("Control+a", "Delete").idle()
    bench.page.reload()
    assert bench.ready().shapes == []


def test_a_changed_box_is_updated_not_made_anew(bench):
    bench.take("rectangle").draw_box(*BOX)
    (first,) = bench.idle().server_shapes()
    bench.drag((300, 300), (400, 400))
    (second,) = bench.idle().server_shapes()
    assert second["id"] == first["id"]
    assert second["points"][2] > first["points"][2] + 90


def test_ctrl_s_always_answers(bench):
    bench.press("Control+s").idle()
    said = len(bench.said)
    assert said > 0
    bench.take("rectangle").draw_box(*BOX)
    bench.press("Control+s").idle()
    assert len(bench.said) > said
    assert len(bench.server_shapes()) == 1


def test_without_network_one_goes_on_and_all_is_saved_when_it_is_back(bench):
    bench.visit.expect("ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED")
    bench.visit.context.set_offline(True)
    bench.take("rectangle")
    for left in (100, 300, 500):
        bench.draw_box(left, 100, left + 150, 300)
    state = bench.until(lambda state: state["save"]["state"] == "offline")
    assert state["save"]["waiting"] == 3
    assert bench.server_shapes() == []
    bench.visit.context.set_offline(False)
    bench.press("Control+s").idle()
    assert len(bench.server_shapes()) == 3


def test_a_job_that_moved_on_is_merged_and_nothing_is_lost(bench, root):
    bench.take("rectangle").draw_box(*BOX)
    bench.idle()
    theirs = moved_on(root, bench, box(bench.task, 0, points=[400.0, 400.0, 500.0, 500.0]))
    bench.visit.expect("412")
    bench.draw_box(350, 100, 500, 200)
    bench.until(lambda state: len(state["shapes"]) == 3)
    assert len(bench.idle().server_shapes()) == 3
    assert theirs[0]["id"] in [shape["id"] for shape in bench.server_shapes()]


def test_a_box_deleted_by_somebody_else_goes_when_it_was_not_touched_here(bench, root):
    bench.take("rectangle").draw_box(*BOX)
    bench.idle()
    moved_on(root, bench, *bench.server_shapes(), action="delete")
    bench.visit.expect("412")
    bench.draw_box(350, 100, 500, 200)
    bench.until(lambda state: len(state["shapes"]) == 1)
    assert len(bench.idle().server_shapes()) == 1


def test_a_box_changed_here_and_there_is_asked_about_and_none_is_lost(bench, root):
    bench.take("rectangle").draw_box(*BOX)
    (mine,) = bench.idle().server_shapes()
    theirs = {**mine, "points": [110.0, 110.0, 700.0, 500.0]}
    moved_on(root, bench, theirs, action="update")
    bench.visit.expect("412")
    bench.drag((300, 300), (350, 350))
    panel = bench.named("dialog", text("sync.conflict.title"))
    panel.wait_for()
    assert not overlap(panel, bench.page.locator(".side"))
    assert [round(each["points"][2]) for each in bench.idle().server_shapes()] == [350]
    bench.named("button", text("sync.conflict.two")).click()
    bench.until(lambda state: len(state["shapes"]) == 2)
    assert sorted(round(each["points"][2]) for each in bench.idle().server_shapes()) == [350, 700]


def test_a_second_tab_of_the_same_job_is_only_shown_until_one_works_there(bench):
    second = bench.visit.context.new_page()
    second.goto(bench.page.url)
    chip = second.get_by_role("button", name=text("sync.read-only"))
    chip.wait_for()
    bench.take("rectangle").draw_box(*BOX)
    assert len(bench.idle().server_shapes()) == 1
    chip.click()
    second.get_by_role("button", name=text("sync.take-over")).click()
    second.wait_for_function(
        "() => window.__workbench.shapes.length === 1 && window.__workbench.save.state === 'saved'"
    )
    bench.until(lambda state: state["save"]["state"] == "read-only")


def test_a_session_that_ended_asks_for_the_password_and_keeps_the_work(make_task, open_job, visit):
    visited = visit(None)
    visited.page.goto("/auth/login")
    sign_in(visited.page)
    bench = open_job(make_task(), visited=visited)
    visited.context.clear_cookies()
    visited.expect("401|403")
    bench.take("rectangle").draw_box(*BOX)
    sign_in(visited.page.get_by_role("dialog"))
    assert len(bench.idle().server_shapes()) == 1


def test_who_may_only_look_is_told_and_changes_nothing(make_task, open_job, live):
    bench = open_job(make_task(assignee_id=live.ids["worker"]), name="watcher")
    why = text("review.forbids.annotation")
    bench.until(lambda _: bench.press("r").said[-1:] == [why])
    bench.draw_box(*BOX)
    assert bench.state()["shapes"] == []
    assert bench.server_shapes() == []


def test_leaving_with_unsaved_work_warns(bench):
    bench.visit.expect("ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED")
    bench.visit.context.set_offline(True)
    bench.take("rectangle").draw_box(*BOX)
    bench.until(lambda state: state["save"]["state"] == "offline")
    bench.page.once("dialog", lambda dialog: dialog.dismiss())
    with bench.page.expect_event("dialog") as asked:
        bench.page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    bench.visit.context.set_offline(False)
    bench.press("Control+s").idle()


@pytest.fixture
def left_behind(bench):
    """A job that was left while its last box could not be saved; shown is the page of its task."""
    bench.visit.expect("ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|Failed to fetch|status of 404")
    bench.visit.context.route("**/annotations?action=sync", lambda route: route.abort("internetdisconnected"))
    bench.take("rectangle").draw_box(*BOX)
    bench.until(lambda state: state["save"]["state"] == "offline")
    bench.named("link", text("workbench.to-task")).click()
    bench.named("button", text("workbench.leave")).click()
    bench.page.wait_for_url(f"**/tasks/{bench.task['id']}")
    bench.visit.context.unroute("**/annotations?action=sync")
    return bench


@pytest.mark.parametrize("page", ["/tasks", "/tasks/{id}"])
def test_work_of_a_job_that_is_not_open_is_told_with_the_way_to_it(left_behind, page):
    left_behind.visit.go(page.format(id=left_behind.task["id"]))
    told = left_behind.page.get_by_text(text("sync.left", id=left_behind.job, count=1))
    told.wait_for()
    assert left_behind.server_shapes() == []
    left_behind.named("link", text("sync.left.open")).click()
    assert len(left_behind.ready().idle().server_shapes()) == 1
    left_behind.visit.go(page.format(id=left_behind.task["id"])).wait_for_load_state("networkidle")
    assert told.count() == 0


def test_work_of_a_job_that_is_gone_is_kept_until_it_is_discarded(left_behind, root):
    root.delete(f"/tasks/{left_behind.task['id']}").raise_for_status()
    page = left_behind.visit.go("/tasks")
    told = page.get_by_text(text("sync.left.gone", id=left_behind.job, count=1))
    told.wait_for()
    page.get_by_role("button", name=text("sync.left.discard")).click()
    page.get_by_role("alertdialog").get_by_role("button", name=text("sync.left.discard")).click()
    told.wait_for(state="detached")
    page.reload()
    page.wait_for_load_state("networkidle")
    assert told.count() == 0


def test_work_of_a_job_open_in_another_tab_is_that_tabs(bench):
    bench.visit.expect("ERR_INTERNET_DISCONNECTED")
    bench.visit.context.route("**/annotations?action=sync", lambda route: route.abort("internetdisconnected"))
    bench.take("rectangle").draw_box(*BOX)
    bench.until(lambda state: state["save"]["state"] == "offline")
    second = bench.visit.context.new_page()
    second.goto("/tasks")
    second.wait_for_load_state("networkidle")
    assert second.get_by_text(text("sync.left", id=bench.job, count=1)).count() == 0
