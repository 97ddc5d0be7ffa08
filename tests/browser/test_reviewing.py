"""Reviews in the browser: two people hand a job to and fro, and nothing they wrote is lost."""

import io

import pytest
from live import body, job_ids
from PIL import Image
from test_input_methods import compose
from texts import like, text
from visits import pick_option

CORNERS = [(60, 80, 180, 220), (260, 80, 380, 220)]
_READY = "() => (window.__workbench?.issues ?? null) !== null"


@pytest.fixture
def handed_over(live, root, make_task):
    """A task of three photographs, two boxes on the first; `worker` has its job, `reviewer` reviews it by now."""
    task = make_task(3, assignee_id=live.ids["boss"])
    (job,) = job_ids(task)
    boxes = [
        {"type": "rectangle", "points": list(corners), "frame": 0, "label_id": task["labels"][0]["id"]}
        | {"group": 0, "occluded": False, "z_order": 0, "source": "manual", "attributes": []}
        for corners in CORNERS
    ]
    root.patch(f"/jobs/{job}/annotations?action=create", json=body(*boxes)).raise_for_status()
    people = {"assignee_id": live.ids["worker"], "reviewer_id": live.ids["reviewer"]}
    root.patch(f"/jobs/{job}", json={**people, "status": "validation"}).raise_for_status()
    return task


@pytest.fixture
def enter(open_job):
    """Open the job as somebody and wait until its issues are known."""

    def enter_as(task, name, **options):
        bench = open_job(task, name=name, **options)
        bench.page.wait_for_function(_READY)
        return bench.drawn()

    return enter_as


def issues_of(root, task):
    return root.get(f"/jobs/{job_ids(task)[0]}/issues").json()


def reject(live, task, *issues):
    """Have the reviewer reject the job; an issue is a frame and a message."""
    issue_set = [
        {"frame": frame, "position": [300, 300, 500, 450], "comment_set": [{"message": message}]}
        for frame, message in issues
    ]
    review = {"job": job_ids(task)[0], "status": "rejected", "estimated_quality": 3, "issue_set": issue_set}
    with live.client("reviewer") as client:
        client.post("/reviews", json=review).raise_for_status()


def thread(bench):
    return bench.page.locator(".issue-thread")


def draw_issue(bench, message):
    """Draw a region with the key's tool and write the first comment."""
    bench.press("i")
    bench.drag((300, 300), (500, 450))
    bench.page.keyboard.type(message)
    bench.press("Enter")
    thread(bench).wait_for(state="detached")


def hand_in(bench, verdict):
    bench.press("Control+Enter")
    dialog = bench.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=text(f"review.verdict.{verdict}")).check()
    dialog.get_by_role("button", name=text(f"review.verdict.{verdict}.do")).click()
    bench.page.wait_for_url(f"**/tasks/{bench.task['id']}")


def test_a_job_is_rejected_mended_and_accepted(handed_over, enter, root):
    reviewer = enter(handed_over, "reviewer")
    draw_issue(reviewer, "too loose")
    hand_in(reviewer, "rejected")
    (issue,) = issues_of(root, handed_over)
    assert [comment["message"] for comment in issue["comment_set"]] == ["too loose"]
    assert issue["position"] == pytest.approx([300, 300, 500, 450], abs=1.5)
    assert root.get(f"/jobs/{issue['job']}").json()["status"] == "annotation"

    worker = enter(handed_over, "worker")
    worker.press("j", "Enter")
    worker.page.keyboard.type("mended")
    worker.press("Enter")
    thread(worker).get_by_text("mended").wait_for()
    worker.press("Escape", "j", "x")
    worker.until(lambda state: text("issue.resolved") in state["said"])
    worker.press("Escape", "Control+Enter")
    worker.page.get_by_role("button", name=text("review.request.send")).click()
    worker.page.wait_for_url(f"**/tasks/{handed_over['id']}")
    (issue,) = issues_of(root, handed_over)
    assert (issue["resolver"]["username"], len(issue["comment_set"])) == ("worker", 2)

    again = enter(handed_over, "reviewer")
    assert root.get(f"/jobs/{issue['job']}").json()["status"] == "validation"
    hand_in(again, "accepted")
    assert root.get(f"/jobs/{issue['job']}").json()["status"] == "completed"
    assert root.get(f"/tasks/{handed_over['id']}").json()["status"] == "completed"


def test_the_verdict_says_how_good_the_job_is(handed_over, enter, root):
    bench = enter(handed_over, "reviewer")
    draw_issue(bench, "one flaw among two objects")
    bench.press("Control+Enter")
    dialog = bench.page.get_by_role("dialog")
    assert dialog.locator("output").inner_text() == "2.5"
    dialog.get_by_role("radio", name=text("review.stars", stars=4), exact=True).check(force=True)
    assert dialog.locator("output").inner_text() == "4"
    dialog.get_by_role("button", name=text("review.verdict.rejected.do")).click()
    bench.page.wait_for_url(f"**/tasks/{handed_over['id']}")
    (review,) = root.get(f"/jobs/{job_ids(handed_over)[0]}/reviews").json()
    assert (review["estimated_quality"], review["status"]) == (4, "rejected")


def test_a_review_goes_on_to_somebody_else_only_if_somebody_is_named(handed_over, enter, root):
    bench = enter(handed_over, "reviewer")
    bench.press("Control+Enter")
    dialog = bench.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=text("review.verdict.review_further")).check()
    pass_on = dialog.get_by_role("button", name=text("review.verdict.review_further.do"))
    pass_on.click()
    dialog.get_by_text(text("review.next.missing")).wait_for()
    dialog.get_by_role("button", name=text("review.next")).click()
    bench.page.keyboard.type("drawer")
    pick_option(bench.page, "drawer")
    pass_on.click()
    bench.page.wait_for_url(f"**/tasks/{handed_over['id']}")
    job = root.get(f"/jobs/{job_ids(handed_over)[0]}").json()
    assert (job["status"], job["reviewer"]["username"]) == ("validation", "drawer")


def test_issues_not_sent_yet_outlive_the_page(handed_over, enter, root):
    bench = enter(handed_over, "reviewer")
    draw_issue(bench, "kept")
    bench.press("i")
    bench.drag((100, 300), (200, 400))
    bench.page.keyboard.type("half wri")
    bench.page.reload()
    bench.ready().page.wait_for_function(_READY)
    bench.press("t")
    bench.page.get_by_role("button", name=like("issue.look.draft")).nth(1).wait_for()
    bench.press("j", "j", "Enter")
    bench.page.keyboard.press("End")
    bench.page.keyboard.type("tten")
    bench.press("Enter")
    hand_in(bench, "rejected")
    messages = [issue["comment_set"][0]["message"] for issue in issues_of(root, handed_over)]
    assert messages == ["kept", "half written"]
    assert (
        bench.page.evaluate("Object.keys(localStorage).filter((name) => name.includes('review|http'))") == []
    )


def test_a_right_click_raises_a_quick_issue_of_the_object(handed_over, enter, root):
    bench = enter(handed_over, "reviewer")
    bench.click(120, 150, button="right")
    bench.page.get_by_role("menuitem", name=text("issue.wrong-position")).click()
    bench.press("Escape")
    draw_issue(bench, "said before")
    bench.click(320, 150, button="right")
    bench.page.get_by_role("menuitem", name="said before").click()
    hand_in(bench, "rejected")
    first, _, last = issues_of(root, handed_over)
    assert (first["position"], first["comment_set"][0]["message"]) == (list(CORNERS[0]), "Wrong position")
    assert (last["position"], last["comment_set"][0]["message"]) == (list(CORNERS[1]), "said before")


def test_by_keyboard_alone_an_issue_takes_the_points_of_the_selected_object(handed_over, enter, root):
    bench = enter(handed_over, "reviewer")
    bench.press("Tab", "n")
    bench.page.keyboard.type("by key")
    bench.press("Enter", "Tab", "Shift+F10", "ArrowDown", "ArrowDown", "Enter", "Control+Enter", "Enter")
    bench.page.wait_for_url(f"**/tasks/{handed_over['id']}")
    found = [(each["position"], each["comment_set"][0]["message"]) for each in issues_of(root, handed_over)]
    assert found == [(list(CORNERS[0]), "by key"), (list(CORNERS[1]), "Wrong attribute")]


def test_enter_of_an_input_method_sends_nothing(live, handed_over, enter, root):
    reject(live, handed_over, (0, "位置不对"))
    bench = enter(handed_over, "worker")
    bench.press("j", "Enter")
    cdp = compose(bench, "yigaihao")
    bench.press("Enter")
    assert len(issues_of(root, handed_over)[0]["comment_set"]) == 1
    cdp.send("Input.insertText", {"text": "已改好"})
    bench.press("Enter")
    thread(bench).locator("li").nth(1).wait_for()
    assert [each["message"] for each in issues_of(root, handed_over)[0]["comment_set"]] == [
        "位置不对",
        "已改好",
    ]


def test_escape_of_an_input_method_keeps_the_thread_open(handed_over, enter):
    bench = enter(handed_over, "reviewer")
    bench.press("i")
    bench.drag((300, 300), (500, 450))
    compose(bench, "tai")
    bench.press("Escape")
    thread(bench).wait_for()


def test_in_a_review_objects_are_looked_at_and_not_changed(handed_over, enter):
    bench = enter(handed_over, "reviewer")
    before = bench.shapes
    bench.drag((120, 150), (200, 260))
    bench.press("r", "Delete", "Control+a", "ArrowRight", "q")
    assert (bench.shapes, bench.state()["tool"]) == (before, "select")
    assert text("review.fixed") in bench.said
    bench.press("Shift+R", "Escape")
    bench.click(120, 150)
    bench.press("Delete")
    assert len(bench.idle().shapes) == 1


def test_whoever_owns_the_project_may_change_its_jobs(live, root, make_task, enter):
    labels = [{"name": "car", "attributes": []}]
    project = root.post("/projects", json={"name": "streets", "labels": labels}).json()
    root.patch(f"/projects/{project['id']}", json={"owner_id": live.ids["owner"]}).raise_for_status()
    task = make_task(1, project_id=project["id"], labels=[], assignee_id=live.ids["boss"])
    bench = enter(task, "owner").take("rectangle")
    bench.draw_box(100, 100, 300, 300)
    assert len(bench.idle().server_shapes()) == 1


def test_whoever_handed_a_job_over_sees_it_and_changes_nothing(handed_over, enter):
    bench = enter(handed_over, "worker")
    bench.click(120, 150)
    bench.press("Delete", "r", "i")
    assert (len(bench.shapes), bench.state()["tool"]) == (2, "select")
    assert {text("review.forbids.validation"), text("review.may-not")} <= set(bench.said)
    assert bench.named("button", text("workbench.finish")).is_disabled()


def test_what_was_written_stays_while_the_server_is_silent(live, handed_over, enter, root):
    reject(live, handed_over, (0, "look here"))
    bench = enter(handed_over, "worker")
    bench.visit.expect("ERR_FAILED")
    bench.press("j", "Enter")
    bench.page.keyboard.type("not lost")
    bench.page.route("**/api/v1/**", lambda route: route.abort())
    bench.press("Enter")
    thread(bench).get_by_role("alert").filter(has_text=text("issue.unreachable")).wait_for()
    assert thread(bench).get_by_role("textbox").input_value() == "not lost"
    bench.page.unroute("**/api/v1/**")
    bench.press("Enter")
    thread(bench).locator("li").nth(1).wait_for()
    assert [each["message"] for each in issues_of(root, handed_over)[0]["comment_set"]] == [
        "look here",
        "not lost",
    ]


def test_an_answer_to_an_issue_deleted_meanwhile_is_told_and_kept(live, handed_over, enter, root):
    reject(live, handed_over, (0, "look here"))
    bench = enter(handed_over, "worker")
    bench.visit.expect("status of 404")
    bench.press("j", "Enter")
    bench.page.keyboard.type("my answer")
    root.delete(f"/issues/{issues_of(root, handed_over)[0]['id']}").raise_for_status()
    bench.press("Enter")
    thread(bench).get_by_role("alert").filter(has_text=text("issue.gone")).wait_for()
    assert thread(bench).get_by_role("textbox").input_value() == "my answer"


def test_a_review_that_arrived_unanswered_is_sent_once(handed_over, enter, root):
    bench = enter(handed_over, "reviewer")
    bench.visit.expect("ERR_FAILED")
    draw_issue(bench, "only once")

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    bench.page.route("**/api/v1/reviews", lose_the_answer)
    bench.press("Control+Enter", "Enter")
    bench.page.get_by_text(text("review.unreachable")).wait_for()
    bench.page.unroute("**/api/v1/reviews")
    bench.page.get_by_role("button", name=text("review.verdict.rejected.do")).click()
    bench.page.wait_for_url(f"**/tasks/{handed_over['id']}")
    assert len(issues_of(root, handed_over)) == 1
    assert len(root.get(f"/jobs/{job_ids(handed_over)[0]}/reviews").json()) == 1


def test_a_review_one_may_no_longer_give_is_refused_and_its_issues_stay(handed_over, enter, root):
    bench = enter(handed_over, "reviewer")
    bench.visit.expect("status of 403")
    draw_issue(bench, "too late")
    root.patch(f"/jobs/{job_ids(handed_over)[0]}", json={"status": "annotation"}).raise_for_status()
    bench.press("Control+Enter", "Enter")
    bench.page.get_by_role("dialog").get_by_role("alert").filter(has_text="permission").wait_for()
    bench.press("Escape", "t")
    bench.page.get_by_role("button", name=like("issue.look.draft")).filter(has_text="too late").wait_for()


def test_keys_go_from_issue_to_issue_over_the_frames(live, handed_over, enter):
    reject(live, handed_over, (2, "third"), (0, "first"), (1, "second"))
    bench = enter(handed_over, "worker")
    seen = []
    for _ in range(3):
        bench.press("j").drawn()
        seen.append((bench.frame, thread(bench).locator("li p").inner_text()))
    assert seen == [(0, "first"), (1, "second"), (2, "third")]
    bench.press("j", "Shift+J").drawn()
    assert (bench.frame, text("review.last") in bench.said) == (1, True)
    bench.press("f").drawn()
    thread(bench).wait_for(state="detached")


def test_comments_are_changed_and_deleted_by_whoever_wrote_them(live, handed_over, enter, root):
    reject(live, handed_over, (0, "not mine"))
    bench = enter(handed_over, "worker")
    bench.press("j", "Enter")
    bench.page.keyboard.type("tpyo")
    bench.press("Enter")
    own = thread(bench).locator("li").nth(1)
    own.get_by_role("button", name=text("issue.comment.edit")).click()
    bench.press("Control+a")
    bench.page.keyboard.type("typo")
    bench.press("Enter")
    own.get_by_text("typo", exact=True).wait_for()
    assert issues_of(root, handed_over)[0]["comment_set"][1]["message"] == "typo"
    assert thread(bench).get_by_role("button", name=text("issue.comment.edit")).count() == 1
    own.get_by_role("button", name=text("issue.comment.delete")).click()
    own.wait_for(state="detached")
    assert len(issues_of(root, handed_over)[0]["comment_set"]) == 1


@pytest.mark.parametrize(("ratio", "zooms"), [(1, 0), (2, 0), (2, 6)], ids=["plain", "dense", "dense, near"])
def test_a_region_is_seen_where_it_is(live, handed_over, enter, ratio, zooms):
    reject(live, handed_over, (0, "here"))
    bench = enter(handed_over, "worker", device_scale_factor=ratio)
    bench.move(400, 300)
    for _ in range(zooms):
        bench.page.mouse.wheel(0, -60)
    bench.page.wait_for_timeout(300)
    bench.drawn()
    x, y = bench.clients([(400, 300)])[0]
    shot = bench.page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 2, "height": 2})
    red, green, blue = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((ratio, ratio))
    orange = (red > 200, green > 100, blue < 90)
    assert all(orange), (red, green, blue)


def test_resolved_issues_are_hidden_and_shown(live, handed_over, enter, root):
    reject(live, handed_over, (0, "done"), (0, "to do"))
    first = issues_of(root, handed_over)[0]
    root.patch(f"/issues/{first['id']}", json={"resolver_id": 1}).raise_for_status()
    bench = enter(handed_over, "worker")
    bench.press("t")
    rows = bench.page.locator(".issue-row")
    assert rows.count() == 2
    bench.press("Shift+I")
    rows.nth(1).wait_for(state="detached")
    bench.page.reload()
    bench.ready().page.wait_for_function(_READY)
    bench.press("t")
    bench.page.get_by_label(text("review.show-resolved", count=1)).check()
    rows.nth(1).wait_for()


@pytest.fixture
def jobs_page(visit, handed_over):
    """Open the page of the task as somebody; gives the row of its only job."""

    def open_as(name, *expected):
        visited = visit(name)
        for fault in expected:
            visited.expect(fault)
        page = visited.go(f"/tasks/{handed_over['id']}")
        return page.get_by_role("row").filter(has=page.locator(".job-link"))

    return open_as


def test_the_jobs_table_tells_of_the_last_review(live, handed_over, jobs_page):
    reject(live, handed_over, (0, "loose"), (1, "missing"))
    row = jobs_page("worker")
    row.get_by_text(text("jobs.verdict.rejected")).wait_for()
    row.get_by_text(text("jobs.issues", open=2, count=2)).wait_for()
    row.get_by_text(text("jobs.filled", count=1, all=3)).wait_for()


def test_a_job_is_handed_over_from_the_table_in_one_request(live, handed_over, jobs_page, root):
    reject(live, handed_over)
    row = jobs_page("worker")
    row.get_by_role("button", name=like("jobs.menu")).click()
    row.page.get_by_role("menuitem", name=text("review.request")).click()
    row.page.get_by_role("dialog").get_by_role("button", name=like("review.reviewer")).first.click()
    row.page.keyboard.type("drawer")
    pick_option(row.page, "drawer")
    with row.page.expect_request(lambda request: request.method == "PATCH") as sent:
        row.page.get_by_role("button", name=text("review.request.send")).click()
    assert sent.value.post_data_json == {"status": "validation", "reviewer_id": live.ids["drawer"]}
    row.get_by_text(text("job.status.validation")).wait_for()
    assert root.get(f"/jobs/{job_ids(handed_over)[0]}").json()["reviewer"]["username"] == "drawer"


def test_the_status_is_moved_by_those_whose_job_it_is(handed_over, jobs_page, root):
    reviewing = jobs_page("reviewer")
    reviewing.get_by_role("combobox", name=like("jobs.status.of")).select_option("completed")
    reviewing.get_by_role("combobox").wait_for(state="detached")
    assert root.get(f"/tasks/{handed_over['id']}").json()["status"] == "completed"
    assert jobs_page("worker").get_by_role("combobox").count() == 0


def test_a_status_that_is_refused_is_put_back_and_told(handed_over, jobs_page, root):
    row = jobs_page("reviewer", "status of 403")
    status = row.get_by_role("combobox", name=like("jobs.status.of"))
    status.wait_for()
    root.patch(f"/jobs/{job_ids(handed_over)[0]}", json={"reviewer_id": None}).raise_for_status()
    status.select_option("completed")
    row.page.get_by_role("status").filter(has_text="permission").wait_for()
    assert status.input_value() == "validation"


def test_an_answer_begun_to_an_issue_that_is_gone_is_there_to_be_taken(live, handed_over, enter, root):
    reject(live, handed_over, (0, "look here"), (1, "and here"))
    bench = enter(handed_over, "worker")
    bench.press("j", "Enter")
    bench.page.keyboard.type("half an answer")
    root.delete(f"/issues/{issues_of(root, handed_over)[0]['id']}").raise_for_status()
    bench.page.reload()
    bench.ready().page.wait_for_function(_READY)
    bench.press("t")
    bench.page.get_by_text("half an answer").wait_for()
    bench.page.get_by_role("button", name=text("issue.discard")).click()
    bench.page.get_by_text("half an answer").wait_for(state="detached")
