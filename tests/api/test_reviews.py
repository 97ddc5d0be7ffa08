"""Reviews, issues and comments over HTTP: shapes, what a verdict does, who is shown, and every wrong field."""

import re

import pytest
from live import LABELS, PASSWORD, new_task

from labelwright.domain.frames import Segment
from labelwright.services import accounts
from labelwright.storage import tasks as tasks_storage

PERSON = ["url", "id", "username", "first_name", "last_name"]
COMMENT = ["id", "author", "message", "created_date", "updated_date", "issue"]
ISSUE = [
    "id", "owner", "resolver", "position", "comment_set", "frame", "created_date", "resolved_date", "job", "review",
]  # fmt: skip
REVIEW = ["id", "assignee", "reviewer", "issue_set", "estimated_quality", "status", "job"]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
REQUIRED = ["This field is required."]
NO_INTEGER = ["A valid integer is required."]
NO_NUMBER = ["A valid number is required."]
NO_CHOICE = ['"x" is not a valid choice.']
BLANK = ["This field may not be blank."]


def add_jobs(live, task):
    """Give the task two jobs and return their ids."""
    with live.deps.database.write() as tx:
        tasks_storage.insert_jobs(tx, task["id"], [Segment(0, 4), Segment(5, 9)])
        return [job.id for job in tasks_storage.list_jobs(tx, task["id"])]


@pytest.fixture
def jobs(live, root):
    """Two jobs of a task, `worker`'s, in validation by `reviewer`; without frames, which reviews do not look at."""
    found = add_jobs(live, new_task(root, assignee_id=live.ids["lead"]))
    people = {"assignee_id": live.ids["worker"], "reviewer_id": live.ids["reviewer"], "status": "validation"}
    for job in found:
        assert root.patch(f"/jobs/{job}", json=people).status_code == 200
    return found


@pytest.fixture
def reviewer(live):
    return live.kept_client("reviewer")


def review_of(job, **fields):
    return {"job": job, "status": "rejected", "estimated_quality": 3.5, "issue_set": [], **fields}


def issue(*messages, **fields):
    comments = [{"message": message} for message in messages]
    return {"frame": 4, "position": [10.5, 20, 110.5, 90], "comment_set": comments, **fields}


def submit(client, body):
    answer = client.post("/reviews", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def states(client, job):
    """The status of the job and of its task."""
    found = client.get(f"/jobs/{job}").json()
    return found["status"], client.get(f"/tasks/{found['task_id']}").json()["status"]


def test_a_review_is_answered_as_v1_shows_it(live, reviewer, jobs):
    made = submit(reviewer, review_of(jobs[0], issue_set=[issue("too loose", " cut "), issue()]))
    assert list(made) == REVIEW
    assert list(made["reviewer"]) == PERSON
    assert (made["reviewer"]["id"], made["assignee"]["id"]) == (live.ids["reviewer"], live.ids["worker"])
    assert (made["estimated_quality"], made["status"], made["job"]) == (3.5, "rejected", jobs[0])
    first, second = made["issue_set"]
    assert list(first) == ISSUE
    assert (first["owner"], first["resolver"], first["resolved_date"]) == (made["reviewer"], None, None)
    assert (first["position"], first["frame"]) == ([10.5, 20.0, 110.5, 90.0], 4)
    assert (first["job"], first["review"]) == (jobs[0], made["id"])
    assert TIME.fullmatch(first["created_date"])
    assert [list(comment) for comment in first["comment_set"]] == [COMMENT, COMMENT]
    assert [comment["message"] for comment in first["comment_set"]] == ["too loose", "cut"]
    assert {comment["issue"] for comment in first["comment_set"]} == {first["id"]}
    assert first["comment_set"][0]["author"] == made["reviewer"]
    assert second["comment_set"] == []


def test_reviews_and_issues_of_a_job_are_listed_by_id(root, reviewer, jobs):
    first = submit(reviewer, review_of(jobs[0], status="review_further", reviewer_id="reviewer"))
    second = submit(reviewer, review_of(jobs[0], issue_set=[issue("a"), issue("b")]))
    issues = first.pop("issue_set") + second.pop("issue_set")
    assert root.get(f"/jobs/{jobs[0]}/reviews").json() == [first, second]
    assert root.get(f"/jobs/{jobs[0]}/issues").json() == issues
    assert root.get(f"/issues/{issues[1]['id']}/comments").json() == issues[1]["comment_set"]
    assert root.get(f"/jobs/{jobs[1]}/reviews").json() == root.get(f"/jobs/{jobs[1]}/issues").json() == []
    (shown, _) = root.get(f"/jobs/{jobs[0]}/reviews").json()
    assert list(shown) == [key for key in REVIEW if key != "issue_set"]


@pytest.mark.parametrize(
    ("status", "job_status", "task_status"),
    [("accepted", "completed", "validation"), ("rejected", "annotation", "annotation")],
)
def test_a_verdict_moves_job_and_task(root, reviewer, jobs, status, job_status, task_status):
    submit(reviewer, review_of(jobs[0], status=status))
    assert states(root, jobs[0]) == (job_status, task_status)
    assert reviewer.post("/reviews", json=review_of(jobs[0])).status_code == 403, (
        "it left the reviewer's hands"
    )


def test_the_last_acceptance_completes_the_task(root, reviewer, jobs):
    for job in jobs:
        submit(reviewer, review_of(job, status="accepted"))
    assert states(root, jobs[0]) == ("completed", "completed")


@pytest.mark.parametrize("field", ["reviewer_id", "reviewer"])
def test_a_review_is_handed_on(live, root, reviewer, jobs, field):
    made = submit(reviewer, review_of(jobs[0], status="review_further", **{field: live.ids["drawer"]}))
    assert (made["status"], made["reviewer"]["username"]) == ("review_further", "reviewer")
    assert states(root, jobs[0]) == ("validation", "validation")
    assert root.get(f"/jobs/{jobs[0]}").json()["reviewer"]["username"] == "drawer"
    submit(live.kept_client("drawer"), review_of(jobs[0], status="accepted"))


@pytest.mark.parametrize("named", [{}, {"reviewer_id": None}, {"reviewer_id": ""}])
def test_handing_on_asks_to_whom(root, reviewer, jobs, named):
    answer = reviewer.post("/reviews", json=review_of(jobs[0], status="review_further", **named))
    assert (answer.status_code, answer.json()) == (400, "Must provide a new reviewer")
    assert root.get(f"/jobs/{jobs[0]}/reviews").json() == []


@pytest.mark.parametrize("named", [10**6, "nobody here", "10000000"])
def test_handing_on_to_nobody_known_is_not_found(root, reviewer, jobs, named):
    answer = reviewer.post("/reviews", json=review_of(jobs[0], status="review_further", reviewer_id=named))
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert root.get(f"/jobs/{jobs[0]}/reviews").json() == []


def test_other_verdicts_ignore_the_reviewer_named(root, reviewer, jobs):
    made = submit(reviewer, review_of(jobs[0], status="accepted", reviewer_id=10**6))
    assert made["reviewer"]["username"] == "reviewer"
    assert root.get(f"/jobs/{jobs[0]}").json()["reviewer"]["username"] == "reviewer"


def test_a_form_will_do(reviewer, jobs):
    fields = {
        "job": str(jobs[0]),
        "status": "rejected",
        "estimated_quality": "2.5",
        "issue_set[0]frame": "1",
        "issue_set[0]position[0]": "1.5",
        "issue_set[0]position[1]": "2",
        "issue_set[0]comment_set[0]message": "look",
    }
    answer = reviewer.post("/reviews", data=fields)
    assert answer.status_code == 201, answer.text
    (made,) = answer.json()["issue_set"]
    assert (made["frame"], made["position"]) == (1, [1.5, 2.0])
    assert made["comment_set"][0]["message"] == "look"


def test_a_retried_review_is_the_same_review(root, reviewer, jobs):
    key = {"Idempotency-Key": f"review-{jobs[0]}"}
    body = review_of(jobs[0], status="accepted", issue_set=[issue("x")])
    first, second = (reviewer.post("/reviews", json=body, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201), "the retry comes when the job is completed"
    assert first.json() == second.json()
    assert len(root.get(f"/jobs/{jobs[0]}/reviews").json()) == 1


def test_a_retried_comment_is_the_same_comment(reviewer, jobs):
    made = submit(reviewer, review_of(jobs[0], issue_set=[issue()]))["issue_set"][0]
    key = {"Idempotency-Key": f"comment-{jobs[0]}"}
    body = {"issue": made["id"], "message": "once"}
    first, second = (reviewer.post("/comments", json=body, headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert len(reviewer.get(f"/issues/{made['id']}/comments").json()) == 1


def test_the_platform_shows_user_names(live, reviewer, jobs):
    base = f"{live.url}/annotations/api/v1"
    made = reviewer.post(f"{base}/reviews", json=review_of(jobs[0], issue_set=[issue("x")])).json()
    assert (list(made), made["assignee"], made["reviewer"]) == (REVIEW, "worker", "reviewer")
    (shown,) = reviewer.get(f"{base}/jobs/{jobs[0]}/issues").json()
    assert (list(shown), shown["owner"], shown["resolver"]) == (ISSUE, "reviewer", None)
    assert reviewer.get(f"{base}/issues/{shown['id']}/comments").json()[0]["author"] == "reviewer"


def test_issues_are_resolved_and_opened_again(live, root, reviewer, jobs):
    made = submit(reviewer, review_of(jobs[0], issue_set=[issue("x")]))["issue_set"][0]
    path = f"/issues/{made['id']}"
    resolved = live.kept_client("worker").patch(path, json={"resolver_id": 10**6, "frame": 9}).json()
    assert list(resolved) == [key for key in ISSUE if key != "comment_set"]
    assert (resolved["resolver"]["username"], resolved["frame"]) == ("worker", 4)
    assert TIME.fullmatch(resolved["resolved_date"])
    assert root.patch(path, json={"resolver_id": 1}).json() == resolved, "who resolved it first, did"
    assert root.patch(path, json={"frame": 1, "position": []}).json() == resolved
    for _ in range(2):
        reopened = root.patch(path, json={"resolver_id": None}).json()
        assert (reopened["resolver"], reopened["resolved_date"]) == (None, None)


def test_issues_outlive_their_review_and_take_their_comments_along(root, reviewer, jobs):
    made = submit(reviewer, review_of(jobs[0], issue_set=[issue("x")]))
    assert root.delete(f"/reviews/{made['id']}").status_code == 204
    assert root.delete(f"/reviews/{made['id']}").status_code == 404
    (left,) = root.get(f"/jobs/{jobs[0]}/issues").json()
    assert left["review"] is None
    assert reviewer.delete(f"/issues/{left['id']}").status_code == 204
    assert root.get(f"/issues/{left['id']}/comments").status_code == 404
    assert root.patch(f"/comments/{left['comment_set'][0]['id']}", json={}).status_code == 404


def test_comments_are_written_anew(live, reviewer, jobs):
    made = submit(reviewer, review_of(jobs[0], issue_set=[issue()]))["issue_set"][0]
    worker = live.kept_client("worker")
    answer = worker.post("/comments", json={"issue": made["id"], "message": "  why? "})
    comment = answer.json()
    assert (answer.status_code, list(comment), comment["message"]) == (201, COMMENT, "why?")
    assert comment["created_date"] == comment["updated_date"]
    changed = worker.patch(
        f"/comments/{comment['id']}", json={"message": "oh", "issue": 1, "author": 1}
    ).json()
    assert changed | {"updated_date": ""} == comment | {"updated_date": "", "message": "oh"}
    assert changed["updated_date"] > comment["updated_date"]
    assert worker.patch(f"/comments/{comment['id']}", json={}).json()["message"] == "oh"
    assert reviewer.get(f"/issues/{made['id']}/comments").json()[0]["message"] == "oh"
    assert worker.delete(f"/comments/{comment['id']}").status_code == 204
    assert worker.delete(f"/comments/{comment['id']}").status_code == 404


def test_a_message_may_be_as_long_as_a_body(reviewer, jobs):
    text = "长" * 2_000_000
    made = submit(reviewer, review_of(jobs[0], issue_set=[issue(text)]))["issue_set"][0]
    assert made["comment_set"][0]["message"] == text
    assert reviewer.get(f"/jobs/{jobs[0]}/issues").json() == [made]


def test_the_assignee_of_a_project_reviews_its_jobs_in_any_state(live, root):
    project = root.post(
        "/projects", json={"name": "p", "labels": LABELS, "assignee_id": live.ids["lead"]}
    ).json()
    fields = {"name": "t", "project_id": project["id"], "assignee_id": live.ids["other"]}
    job = add_jobs(live, root.post("/tasks", json=fields).json())[0]
    root.patch(f"/jobs/{job}", json={"reviewer_id": live.ids["lead"], "status": "completed"})
    assert live.kept_client("other").post("/reviews", json=review_of(job)).status_code == 403
    submit(live.kept_client("lead"), review_of(job))
    assert states(root, job)[0] == "annotation"


def test_what_a_deleted_account_wrote_stays_as_nobodys(live, root, jobs):
    made = submit(root, review_of(jobs[0], issue_set=[issue()]))["issue_set"][0]
    account = accounts.NewAccount(username="leaving", password=PASSWORD, password_again=PASSWORD)
    leaving = accounts.create_account(live.deps, account=account, roles=("admin",), is_admin=False).id
    live.tokens["leaving"] = accounts.sign_in(live.deps, username="leaving", password=PASSWORD).token
    with live.client("leaving") as client:
        comment = client.post("/comments", json={"issue": made["id"], "message": "bye"}).json()
        resolved = client.patch(f"/issues/{made['id']}", json={"resolver_id": leaving}).json()
        assert client.delete(f"/users/{leaving}").status_code == 204
    (shown,) = root.get(f"/jobs/{jobs[0]}/issues").json()
    assert (shown["resolver"], shown["resolved_date"]) == (None, resolved["resolved_date"])
    assert shown["comment_set"] == [comment | {"author": None}]


def test_a_task_takes_its_reviews_along(root, reviewer, jobs):
    made = submit(reviewer, review_of(jobs[0], issue_set=[issue("x")]))
    assert root.delete(f"/tasks/{root.get(f'/jobs/{jobs[0]}').json()['task_id']}").status_code == 204
    assert root.delete(f"/reviews/{made['id']}").status_code == 404
    assert root.delete(f"/issues/{made['issue_set'][0]['id']}").status_code == 404


WRONG = [
    pytest.param({"status": "x"}, {"status": NO_CHOICE}, id="unknown status"),
    pytest.param({"status": ["x"]}, {"status": ["\"['x']\" is not a valid choice."]}, id="status a list"),
    pytest.param({"status": None}, {"status": ["This field may not be null."]}, id="status null"),
    pytest.param({"estimated_quality": "good"}, {"estimated_quality": NO_NUMBER}, id="quality a word"),
    pytest.param({"estimated_quality": "nan"}, {"estimated_quality": NO_NUMBER}, id="quality NaN"),
    pytest.param({"estimated_quality": True}, {"estimated_quality": NO_NUMBER}, id="quality true"),
    pytest.param({"estimated_quality": 10**400}, {"estimated_quality": NO_NUMBER}, id="quality endless"),
    pytest.param(
        {"issue_set": {"frame": 1}},
        {"issue_set": ['Expected a list of items but got type "dict".']},
        id="issues no list",
    ),
    pytest.param(
        {"issue_set": [3]},
        {"issue_set": [{"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}]},
        id="issue a number",
    ),
    pytest.param(
        {"status": "review_further", "reviewer_id": []},
        {"reviewer_id": ['Invalid pk "[]" - object does not exist.']},
        id="reviewer a list",
    ),
]


@pytest.mark.parametrize(("fields", "errors"), WRONG)
def test_wrong_fields_of_a_review_are_told(root, reviewer, jobs, fields, errors):
    answer = reviewer.post("/reviews", json=review_of(jobs[0], **fields))
    assert (answer.status_code, answer.json()) == (400, errors)
    assert states(root, jobs[0])[0] == "validation"


WRONG_ISSUES = [
    pytest.param({"position": []}, {"position": ["This list may not be empty."]}, id="empty position"),
    pytest.param({"position": [1, "a"]}, {"position": NO_NUMBER}, id="a word in the position"),
    pytest.param({"position": ["NaN", 1]}, {"position": NO_NUMBER}, id="NaN in the position"),
    pytest.param({"position": [1, None]}, {"position": NO_NUMBER}, id="null in the position"),
    pytest.param({"position": [[1, 2]]}, {"position": NO_NUMBER}, id="points in pairs"),
    pytest.param({"position": None}, {"position": ["This field may not be null."]}, id="no position"),
    pytest.param(
        {"position": "1,2"},
        {"position": ['Expected a list of items but got type "str".']},
        id="position text",
    ),
    pytest.param({"frame": "x"}, {"frame": NO_INTEGER}, id="frame a word"),
    pytest.param({"frame": 1.5}, {"frame": NO_INTEGER}, id="frame a fraction"),
    pytest.param(
        {"frame": -1}, {"frame": ["Ensure this value is greater than or equal to 0."]}, id="frame below 0"
    ),
    pytest.param(
        {"frame": 2**31},
        {"frame": ["Ensure this value is less than or equal to 2147483647."]},
        id="frame beyond all",
    ),
    pytest.param({"comment_set": None}, {"comment_set": ["This field may not be null."]}, id="comments null"),
    pytest.param({"comment_set": [{}]}, {"comment_set": [{"message": REQUIRED}]}, id="no message"),
    pytest.param(
        {"comment_set": [{"message": "a"}, {"message": " \n"}]},
        {"comment_set": [{}, {"message": BLANK}]},
        id="blank message",
    ),
    pytest.param(
        {"comment_set": [{"message": "a\0b"}]},
        {"comment_set": [{"message": ["Null characters are not allowed."]}]},
        id="NUL in a message",
    ),
]


@pytest.mark.parametrize(("fields", "errors"), WRONG_ISSUES)
def test_wrong_fields_of_an_issue_stand_in_their_place(root, reviewer, jobs, fields, errors):
    body = review_of(jobs[0], issue_set=[issue("fine"), issue() | fields])
    answer = reviewer.post("/reviews", json=body)
    assert (answer.status_code, answer.json()) == (400, {"issue_set": [{}, errors]})
    assert root.get(f"/jobs/{jobs[0]}/issues").json() == [], "all or nothing"


def test_missing_fields_are_told_all_at_once(reviewer, jobs):
    needed = ("status", "estimated_quality", "issue_set")
    answer = reviewer.post("/reviews", json={"job": jobs[0]})
    assert (answer.status_code, answer.json()) == (400, dict.fromkeys(needed, REQUIRED))
    answer = reviewer.post("/reviews", json={})
    assert (answer.status_code, answer.json()) == (400, dict.fromkeys(("job", *needed), REQUIRED))
    answer = reviewer.post("/reviews", json=review_of(jobs[0], issue_set=[{}]))
    missing = dict.fromkeys(("frame", "position", "comment_set"), REQUIRED)
    assert (answer.status_code, answer.json()) == (400, {"issue_set": [missing]})


@pytest.mark.parametrize(("path", "field"), [("/reviews", "job"), ("/comments", "issue")])
def test_what_a_body_is_about_must_be_an_id_of_something(root, path, field):
    for value in (10**6, 0, -1, 2**31, 10**30, "1000000"):
        answer = root.post(path, json={field: value})
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."}), value
    for value in ("x", 1.5, [], {}, True, "9" * 5000):
        answer = root.post(path, json={field: value})
        assert (answer.status_code, answer.json()[field]) == (400, NO_INTEGER), value
    assert root.post(path, json={field: None}).json()[field] == ["This field may not be null."]


@pytest.mark.parametrize(
    ("message", "says"),
    [
        pytest.param("  ", BLANK, id="blank"),
        pytest.param(None, ["This field may not be null."], id="null"),
        pytest.param([], ["Not a valid string."], id="a list"),
        pytest.param(True, ["Not a valid string."], id="a truth"),
        pytest.param("\0", ["Null characters are not allowed."], id="NUL"),
    ],
)
def test_wrong_messages_are_told(reviewer, jobs, message, says):
    made = submit(reviewer, review_of(jobs[0], issue_set=[issue("x")]))["issue_set"][0]
    comment = made["comment_set"][0]
    for method, path in (("POST", "/comments"), ("PATCH", f"/comments/{comment['id']}")):
        answer = reviewer.request(method, path, json={"issue": made["id"], "message": message})
        assert (answer.status_code, answer.json()) == (400, {"message": says})
    assert reviewer.post("/comments", json={"issue": made["id"]}).json() == {"message": REQUIRED}
    assert reviewer.get(f"/issues/{made['id']}/comments").json() == [comment]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"job": %d, "estimated_quality": NaN}', id="NaN"),
        pytest.param('{"job": %d, "status": "\\ud800"}', id="lone surrogate"),
        pytest.param('{"job": %d, "estimated_quality": ' + "9" * 5000 + "}", id="5000 digits"),
        pytest.param('[{"job": %d}]', id="a list"),
        pytest.param('{"job": %d', id="cut off"),
    ],
)
def test_bodies_that_are_no_review_are_400(reviewer, jobs, text):
    headers = {"Content-Type": "application/json"}
    assert reviewer.post("/reviews", content=text % jobs[0], headers=headers).status_code == 400
    for path in ("/reviews", "/comments"):
        assert reviewer.post(path, content=b"x", headers={"Content-Type": "text/csv"}).status_code == 415


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/reviews", 405), ("/reviews/1", 405), ("/issues/1", 405), ("/comments", 403), ("/comments/1", 403)],
)
def test_there_is_nothing_to_get_at_the_routes_that_write(live, root, path, expected):
    for client, status in ((root, 405), (live.kept_client("nobody"), expected)):
        answer = client.get(path)
        assert answer.status_code == status
        if status == 405:
            assert answer.json() == {"detail": 'Method "GET" not allowed.'}
            assert "GET" not in answer.headers["Allow"]
            assert answer.headers["Allow"] == client.options(path).headers["Allow"]
    assert live.kept_client(None).get("/comments").status_code == 401
