"""Statistics over HTTP: what people did, how far the work is, what their clients told."""

import csv
import io
import json

import pytest
from live import body, box, job_ids, new_project, tag, task_in, task_with_images

ACTIVITY, DRAWN = "Send user activity", "Draw object"
FIGURES = (
    *("working_seconds", "objects_created", "objects_updated", "objects_deleted"),
    *("seconds_per_object", "objects_per_hour"),
)


def event(time, name=ACTIVITY, payload=None, **ids):
    return {"client_id": 7, "name": name, "time": time, "is_active": True, "payload": payload or {}, **ids}


def work(client, **query):
    answer = client.get("/statistics/work", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def house(live):
    """A project of `owner` with a task of `lead` on which `worker` and `drawer` worked; (project, task, other task)."""
    with live.client() as root:
        project = new_project(root, owner_id=live.ids["owner"])
        task = task_in(root, project, 4, assignee_id=live.ids["lead"], segment_size=2, overlap=0)
        other = task_with_images(root, 1, assignee_id=live.ids["maker"])
    jobs = job_ids(task)
    with live.client() as root:
        for job in jobs:
            root.patch(f"/jobs/{job}", json={"assignee": live.ids["worker"]})
    told = [
        event("2026-03-01T10:00:00Z", payload={"working_time": 60_000}, job_id=jobs[0]),
        event("2026-03-01T17:30:00Z", payload={"working_time": 30_000}, job_id=jobs[1]),
        event("2026-03-02T01:00:00Z", payload={"working_time": 10_000}, task_id=task["id"]),
        event("2026-03-02T01:00:00Z", DRAWN, {"duration": 3_000, "count": 1}, job_id=jobs[0]),
        event("2026-03-02T01:00:01Z", DRAWN, {"duration": 5_000}, job_id=jobs[0]),
        event("2026-03-02T01:00:02Z", DRAWN, {"duration": -1}, job_id=jobs[0]),
    ]
    with live.client("worker") as worker:
        assert worker.post("/server/logs", json=told).status_code == 201
        answer = worker.patch(
            f"/jobs/{jobs[0]}/annotations?action=create",
            json=body(box(task), box(task, 1), tags=(tag(task),)),
        )
        assert answer.status_code == 200
    alone = [event("2026-03-01T10:00:00Z", payload={"working_time": 36_000}, task_id=other["id"])]
    with live.client("drawer") as drawer:
        assert drawer.post("/server/logs", json=alone).status_code == 201
    return project, task, other


def test_work_is_summed_up_by_whatever_is_asked(live, house):
    project, task, _ = house
    client, jobs = live.kept_client("root"), job_ids(task)
    asked = {"task_id": task["id"], "to": "2026-03-31"}
    found = work(client, by="job,day", **asked)
    assert found["sees"] == "all"
    assert [list(row) for row in found["rows"]] == [["job_id", "day", *FIGURES]] * 4
    assert [(row["job_id"], row["day"], row["working_seconds"]) for row in found["rows"]] == [
        (jobs[0], "2026-03-01", 60.0),
        (jobs[0], "2026-03-02", 0.0),
        (jobs[1], "2026-03-01", 30.0),
        (None, "2026-03-02", 10.0),
    ]
    people = work(client, by="user,project,task", **asked)["rows"]
    assert [(row["user"]["username"], row["project_id"], row["task_id"]) for row in people] == [
        ("worker", project["id"], task["id"])
    ]
    assert people[0]["working_seconds"] == 100.0


def test_days_are_those_of_the_zone(live, house):
    _, task, _ = house
    client = live.kept_client("root")
    asked = {"task_id": task["id"], "to": "2026-03-31", "zone": "Asia/Shanghai"}
    days = {row["day"]: row["working_seconds"] for row in work(client, **asked)["rows"]}
    assert days == {"2026-03-01": 60.0, "2026-03-02": 40.0}
    second = work(client, **asked | {"from": "2026-03-02", "to": "2026-03-02"})["rows"]
    assert [(row["day"], row["working_seconds"]) for row in second] == [("2026-03-02", 40.0)]
    west = work(client, **asked | {"zone": "America/New_York"})["rows"]
    assert [(row["day"], row["working_seconds"]) for row in west] == [("2026-03-01", 100.0)]


def test_rates_come_of_drawing_else_of_working_time(live, house):
    _, task, other = house
    client = live.kept_client("root")
    row = work(client, by="", task_id=task["id"])["rows"][0]
    assert list(row) == list(FIGURES)
    assert (row["objects_created"], row["objects_updated"], row["objects_deleted"]) == (3, 0, 0)
    assert (row["seconds_per_object"], row["objects_per_hour"]) == (4.0, 108.0)
    row = work(client, by="", task_id=other["id"])["rows"][0]
    assert (row["working_seconds"], row["seconds_per_object"], row["objects_per_hour"]) == (36.0, None, 0.0)


def test_what_nobody_worked_on_has_no_rows(live):
    with live.client() as client:
        task = task_with_images(client, 1)
    for by in ("day", "", "user,job"):
        assert work(live.kept_client("root"), by=by, task_id=task["id"])["rows"] == []


@pytest.mark.parametrize("path", ["work", "progress", "events", "export?what=work&format=csv&"])
@pytest.mark.parametrize("name", ["project_id", "task_id", "job_id"])
def test_what_does_not_exist_is_not_found_before_anything_else(live, path, name):
    mark = "" if path.endswith("&") else "?"
    answer = live.kept_client("root").get(f"/statistics/{path}{mark}{name}=1000000&from=bad&zone=bad")
    assert answer.status_code == 404


BAD = [
    pytest.param("work", {"by": "week"}, {"by": ['"week" is not a valid choice.']}, id="by"),
    pytest.param("work", {"from": "2026-2-1"}, {"from": ["Enter a day such as 2026-11-22."]}, id="a short day"),
    pytest.param("work", {"to": "2026-02-30"}, {"to": ["Enter a day such as 2026-11-22."]}, id="no such day"),
    pytest.param("work", {"to": "9999-12-31"}, {"to": ["Enter a day such as 2026-11-22."]}, id="the last day"),
    pytest.param("work", {"from": "2026-03-02", "to": "2026-03-01"},
        {"to": ["2026-03-01 lies before 2026-03-02"]}, id="backwards"),
    pytest.param("work", {"zone": "Mars/Olympus"},
        {"zone": ["'Mars/Olympus' is no time zone, expected a name such as Asia/Shanghai"]}, id="zone"),
    pytest.param("work", {"zone": "../../etc/passwd"},
        {"zone": ["'../../etc/passwd' is no time zone, expected a name such as Asia/Shanghai"]}, id="a path"),
    pytest.param("work", {"zone": "Asia"},
        {"zone": ["'Asia' is no time zone, expected a name such as Asia/Shanghai"]}, id="a folder"),
    pytest.param("work", {"zone": "a\0b"},
        {"zone": ["'a\\x00b' is no time zone, expected a name such as Asia/Shanghai"]}, id="NUL"),
    pytest.param("work", {"task_id": "x"}, {"task_id": ["Enter a number."]}, id="no number"),
    pytest.param("progress", {}, ["name exactly one of project_id, task_id and job_id"], id="nothing named"),
    pytest.param("progress", {"project_id": "1", "task_id": "1"},
        ["name exactly one of project_id, task_id and job_id"], id="two named"),
    pytest.param("events", {"page_size": "all"},
        {"page_size": ["Ensure this value is less than or equal to 1000."]}, id="all"),
    pytest.param("events", {"page_size": "1001"},
        {"page_size": ["Ensure this value is less than or equal to 1000."]}, id="too many"),
    pytest.param("events", {"name": "a\0"}, {"name": ["Null characters are not allowed."]}, id="a NUL name"),
    pytest.param("export", {"format": "csv"}, {"what": ["This field is required."]}, id="export of what"),
    pytest.param("export", {"what": "jobs", "format": "csv"},
        {"what": ['"jobs" is not a valid choice.']}, id="export of jobs"),
    pytest.param("export", {"what": "work", "format": "xlsx"},
        {"format": ['"xlsx" is not a valid choice.']}, id="export as xlsx"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "errors"), BAD)
def test_a_bad_query_is_named(live, path, query, errors):
    answer = live.kept_client("root").get(f"/statistics/{path}", params=query)
    assert (answer.status_code, answer.json()) == (400, errors)


def test_progress_counts_jobs_frames_and_objects_and_goes_into_parts(live, house):
    project, task, _ = house
    client, jobs = live.kept_client("root"), job_ids(task)
    of_task = client.get("/statistics/progress", params={"task_id": task["id"]}).json()
    figures = {"jobs": {"annotation": 2, "validation": 0, "completed": 0}, "frames": 4}
    figures |= {"frames_with_objects": 2, "frames_deleted": 0, "objects": 3}
    assert {key: of_task[key] for key in figures} == figures
    assert [(label["name"], label["objects"]) for label in of_task["labels"]] == [("car", 2), ("dog", 1)]
    assert [
        (part["id"], part["start_frame"], part["stop_frame"], part["objects"]) for part in of_task["parts"]
    ] == [
        (jobs[0], 0, 1, 3),
        (jobs[1], 2, 3, 0),
    ]
    of_project = client.get("/statistics/progress", params={"project_id": project["id"]}).json()
    assert {key: of_project[key] for key in figures} == figures
    assert of_project["parts"] == [{"id": task["id"], "name": task["name"], **figures}]
    of_job = client.get("/statistics/progress", params={"job_id": jobs[1]}).json()
    assert (of_job["frames"], of_job["objects"], of_job["parts"]) == (2, 0, [])


def test_events_are_listed_newest_first_a_page_at_a_time(live, house):
    _, task, _ = house
    client = live.kept_client("root")
    query = {"task_id": task["id"], "page_size": 4}
    first = client.get("/statistics/events", params=query).json()
    assert (first["count"], first["previous"]) == (6, None)
    assert first["next"].endswith(f"/api/v1/statistics/events?page=2&page_size=4&task_id={task['id']}")
    times = [each["time"] for each in first["results"]]
    assert times == sorted(times, reverse=True)
    second = client.get(first["next"]).json()
    assert [each["payload"] for each in second["results"]] == [
        {"working_time": 30_000},
        {"working_time": 60_000},
    ]
    assert client.get("/statistics/events", params=query | {"page": 3}).status_code == 404
    drawn = client.get("/statistics/events", params=query | {"name": DRAWN}).json()
    assert [each["duration_ms"] for each in drawn["results"]] == [None, 5_000, 3_000]
    assert {each["user"]["username"] for each in drawn["results"]} == {"worker"}


def test_people_are_shown_as_the_mount_shows_them(live, house):
    _, task, _ = house
    client = live.kept_client("root")
    found = client.get(f"{live.url}/annotations/api/v1/statistics/work?by=user&task_id={task['id']}").json()
    assert [row["user"] for row in found["rows"]] == ["worker"]


def exported(client, **query):
    answer = client.get("/statistics/export", params=query)
    assert answer.status_code == 200, answer.text
    return answer


def test_work_is_exported_as_csv(live, house):
    _, task, _ = house
    answer = exported(
        live.kept_client("root"),
        what="work",
        format="csv",
        by="day,user",
        task_id=task["id"],
        to="2026-03-31",
    )
    assert answer.headers["content-disposition"].startswith('attachment; filename="work.csv"')
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["day"], row["username"], row["working_seconds"]) for row in rows] == [
        ("2026-03-01", "worker", "90.0"),
        ("2026-03-02", "worker", "10.0"),
    ]


def test_events_are_exported_oldest_first_and_no_cell_is_a_formula(live, house):
    _, _, other = house
    told = event("2026-03-03T01:00:00Z", "=1+1", {"a": "b"}, task_id=other["id"], message='@SUM(A1)\n"x", 猫')
    with live.client("drawer") as drawer:
        drawer.post("/server/logs", json=[told])
    answer = exported(live.kept_client("root"), what="events", format="csv", task_id=other["id"])
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["name"] for row in rows] == [ACTIVITY, "'=1+1"]
    assert rows[1]["message"] == '\'@SUM(A1)\n"x", 猫'
    assert (rows[1]["time"], rows[1]["is_active"], rows[1]["username"]) == (
        "2026-03-03T01:00:00.000000Z",
        "true",
        "drawer",
    )
    assert json.loads(rows[1]["payload"]) == {"a": "b"}
    assert (rows[0]["working_ms"], rows[1]["working_ms"]) == ("36000", "")


def test_an_export_leaves_no_file_behind(live, house):
    before = set(live.deps.scratch.iterdir())
    exported(live.kept_client("root"), what="events", format="parquet")
    assert set(live.deps.scratch.iterdir()) == before
