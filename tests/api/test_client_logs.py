"""What clients tell of their work is stored and echoed, however odd it is (review-and-logs contract, 2)."""

import json
import logging

import pytest
from live import job_ids, new_project, task_in, task_with_images
from sqlalchemy import text

NOW = "2021-05-07T02:34:23.031000Z"
EVENT = {"client_id": 767013, "name": "Zoom image", "time": NOW, "is_active": True}
EXCEPTION = {
    "system": "Linux",
    "client": "Firefox 128",
    "time": NOW,
    "client_id": 7,
    "message": "x is undefined",
    "filename": "http://localhost:8080/assets/task.js",
    "line": 1,
    "column": 2,
    "stack": "",
}


@pytest.fixture
def client(live):
    return live.kept_client("nobody")


@pytest.fixture
def stored(live):
    """Return the newest stored events, oldest of them first."""

    def read(count):
        with live.deps.database.read() as tx:
            found = tx.connection.execute(
                text("SELECT * FROM events ORDER BY id DESC LIMIT :n"), {"n": count}
            )
            return list(reversed(found.all()))

    return read


@pytest.fixture(scope="module")
def placed(live):
    """A task in a project: its ids as (job, task, project)."""
    with live.client() as client:
        project = new_project(client)
        task = task_in(client, project, 1)
        return job_ids(task)[0], task["id"], project["id"]


def test_events_come_back_in_the_order_of_v1_without_unknown_keys(client):
    sent = {"whatever": 1, "is_active": "true", "payload": {"k": [1, None]}, "message": " m ", **EVENT}
    sent |= {
        "client_id": "767013",
        "proj_id": 3,
        "task_id": "2",
        "job_id": 1,
        "time": "2021-05-07 10:34:23.031+08:00",
    }
    answer = client.post("/server/logs", json=[sent, EVENT])
    assert answer.status_code == 201
    full = ["job_id", "task_id", "proj_id", "client_id", "name", "time", "message", "payload", "is_active"]
    assert [list(each) for each in answer.json()] == [full, ["client_id", "name", "time", "is_active"]]
    found = answer.json()[0]
    assert (found["client_id"], found["task_id"], found["message"]) == (767013, 2, "m")
    assert (found["time"], found["payload"]) == (NOW, {"k": [1, None]})


def test_an_event_is_of_the_task_of_its_job_and_of_the_project(client, stored, placed):
    job, task, project = placed
    told = [{"job_id": job, "task_id": 10**6}, {"task_id": task}, {"proj_id": project}, {"proj_id": 10**6}]
    told += [{"job_id": 10**12, "task_id": task}, {"job_id": 0}, {"task_id": -1}]
    assert client.post("/server/logs", json=[EVENT | each for each in told]).status_code == 201
    assert [(row.job_id, row.task_id, row.project_id) for row in stored(7)] == [
        *((job, task, project), (None, task, project), (None, None, project), (None, None, None)),
        *((None, task, project), (None, None, None), (None, None, None)),
    ]


def test_numbers_are_taken_out_of_payloads_where_they_can_be_believed(client, stored):
    activity, drawn = {"name": "Send user activity"}, {"name": "Draw object"}
    sent = [
        activity | {"payload": {"working_time": 33224}},
        activity | {"payload": {"working_time": -1}},
        activity | {"payload": {"working_time": 86_400_001}},
        activity | {"payload": {"working_time": "33224"}},
        activity | {"payload": {"working_time": True}},
        drawn | {"payload": {"duration": 1531.6, "count": 1, "working_time": 5}},
        drawn | {"payload": {"duration": 1e300, "count": 2**70}},
    ]
    assert client.post("/server/logs", json=[EVENT | each for each in sent]).status_code == 201
    rows = stored(7)
    assert [row.working_ms for row in rows] == [33224, *[None] * 6]
    assert [(row.duration_ms, row.count) for row in rows[5:]] == [(1532, 1), (None, None)]


def test_an_event_of_the_future_counts_as_of_now(client, stored):
    answer = client.post("/server/logs", json=[EVENT | {"time": "9999-12-31T23:59:59Z"}])
    assert answer.json()[0]["time"] == "9999-12-31T23:59:59.000000Z"
    assert stored(1)[0].at_utc == stored(1)[0].received_utc < "9999"


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        pytest.param({"name": "n" * 65}, {"name": ["Ensure this field has no more than 64 characters."]}, id="name"),
        pytest.param({"name": " "}, {"name": ["This field may not be blank."]}, id="no name"),
        pytest.param({"name": "a\0"}, {"name": ["Null characters are not allowed."]}, id="NUL"),
        pytest.param({"client_id": "7a"}, {"client_id": ["A valid integer is required."]}, id="letters"),
        pytest.param({"client_id": 2**63},
            {"client_id": ["Ensure this value is less than or equal to 9223372036854775807."]}, id="huge"),
        pytest.param({"is_active": None}, {"is_active": ["This field may not be null."]}, id="null"),
        pytest.param({"is_active": "perhaps"}, {"is_active": ["Must be a valid boolean."]}, id="no truth"),
        pytest.param({"message": "m" * 4097},
            {"message": ["Ensure this field has no more than 4096 characters."]}, id="message"),
        pytest.param({"payload": [1]},
            {"payload": ['Expected a dictionary of items but got type "list".']}, id="payload"),
        pytest.param({"payload": {"k": "v" * 65_536}},
            {"payload": ["Ensure this field has no more than 65536 characters."]}, id="long payload"),
        pytest.param({"job_id": "x"}, {"job_id": ["A valid integer is required."]}, id="job"),
        pytest.param({"time": "0001-01-01T00:00:00Z"}, None, id="the year 1"),
        pytest.param({"time": "9999-12-31T23:59:59-14:00"},
            {"time": ["Datetime value out of range."]}, id="past the last year"),
        pytest.param({"time": "2021-02-30T00:00:00Z"}, None, id="no such day"),
        pytest.param({"time": 1620354863}, None, id="a number"),
        pytest.param({"time": "now"}, None, id="a word"),
    ],
)  # fmt: skip
def test_a_bad_event_is_named_at_its_place_and_nothing_is_stored(client, stored, change, errors):
    wrong_time = (
        "Datetime has wrong format. Use one of these formats instead: "
        "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
    )
    before = stored(1)
    answer = client.post("/server/logs", json=[EVENT, EVENT | change])
    assert answer.status_code == 400
    assert answer.json() == [{}, errors or {"time": [wrong_time]}]
    assert stored(1) == before


def test_all_that_is_missing_is_named(client):
    answer = client.post("/server/logs", json=[{}, 5])
    required = ["This field is required."]
    missing = dict.fromkeys(("name", "time", "client_id", "is_active"), required)
    no_object = {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}
    assert answer.json() == [missing, no_object]


@pytest.mark.parametrize(
    ("sent", "kind"), [("{}", "dict"), ("", "dict"), ('"x"', "str"), ("null", "NoneType")]
)
def test_a_body_that_is_no_list_is_refused(client, sent, kind):
    answer = client.post("/server/logs", content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json() == {"non_field_errors": [f'Expected a list of items but got type "{kind}".']}


def test_a_form_brings_a_list_without_a_name(client):
    form = {f"[{n}]{name}": str(value) for n in range(2) for name, value in EVENT.items()}
    assert client.post("/server/logs", data=form).json() == [EVENT, EVENT]
    assert (
        client.post(
            "/server/logs", data={}, headers={"content-type": "application/x-www-form-urlencoded"}
        ).json()
        == []
    )


def test_there_are_only_so_many_events_in_a_request(client, live):
    most = live.deps.limits.max_events
    assert client.post("/server/logs", json=[EVENT] * most).status_code == 201
    answer = client.post("/server/logs", json=[EVENT] * (most + 1))
    assert answer.status_code == 413
    assert answer.json() == {
        "detail": f"{most + 1} events in one request, at most {most} (LABELWRIGHT_MAX_EVENTS)"
    }


def test_a_retry_with_its_key_stores_nothing_again(client, stored):
    keyed = {"Idempotency-Key": "batch 7"}
    name = {"name": "only once"}
    answers = [client.post("/server/logs", json=[EVENT | name], headers=keyed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert [row.name for row in stored(2)].count("only once") == 1
    assert client.post("/server/logs", json=[EVENT], headers=keyed).status_code == 422


@pytest.mark.parametrize("path", ["/server/logs", "/server/exception"])
def test_nobody_tells_without_signing_in(live, path):
    assert live.kept_client(None).post(path, json=[]).status_code == 401


def test_an_exception_is_stored_and_comes_back(client, stored, placed):
    job, _, project = placed
    sent = EXCEPTION | {"job_id": job, "name": "ignored", "payload": 1, "version": "2"}
    answer = client.post("/server/exception", json=sent)
    assert answer.status_code == 201
    assert list(answer.json()) == ["system", "client", "time", "job_id", *list(EXCEPTION)[3:]]
    row = stored(1)[0]
    assert (row.name, row.message, row.job_id, row.project_id) == (
        "Send exception",
        "x is undefined",
        job,
        project,
    )
    assert json.loads(row.payload)["filename"] == EXCEPTION["filename"]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        pytest.param({"filename": "task.js"}, {"filename": ["Enter a valid URL."]}, id="no address"),
        pytest.param({"filename": "http://[x"}, {"filename": ["Enter a valid URL."]}, id="a torn address"),
        pytest.param({"line": "first"}, {"line": ["A valid integer is required."]}, id="line"),
        pytest.param({"message": ""}, {"message": ["This field may not be blank."]}, id="no message"),
        pytest.param({"stack": "s" * 8193},
            {"stack": ["Ensure this field has no more than 8192 characters."]}, id="stack"),
        pytest.param({"system": "s" * 256},
            {"system": ["Ensure this field has no more than 255 characters."]}, id="system"),
    ],
)  # fmt: skip
def test_a_bad_exception_is_refused_by_field(client, change, errors):
    answer = client.post("/server/exception", json=EXCEPTION | change)
    assert (answer.status_code, answer.json()) == (400, errors)
    required = {key: ["This field is required."] for key in EXCEPTION}
    assert client.post("/server/exception", json={}).json() == required


def test_each_event_is_a_line_of_the_log_with_the_name_of_the_user(client, caplog):
    with caplog.at_level(logging.INFO, logger="labelwright.clients"):
        client.post("/server/logs", json=[EVENT | {"message": "a\nb"}])
        client.post("/server/exception", json=EXCEPTION)
    lines = [(record.levelname, json.loads(record.getMessage())) for record in caplog.records]
    assert [(level, line["username"], line["name"]) for level, line in lines] == [
        ("INFO", "nobody", "Zoom image"),
        ("ERROR", "nobody", "Send exception"),
    ]
    assert all("\n" not in record.getMessage() for record in caplog.records)


def test_events_of_a_deleted_task_and_project_go_with_them(live, stored):
    with live.client() as client:
        project = new_project(client)
        in_project, alone = task_in(client, project, 1), task_with_images(client, 1)
        about = [{"task_id": in_project["id"]}, {"proj_id": project["id"]}, {"job_id": job_ids(alone)[0]}]
        client.post("/server/logs", json=[EVENT | {"name": "will go"} | each for each in about])
        assert [row.name for row in stored(3)] == ["will go"] * 3
        client.delete(f"/projects/{project['id']}")
        client.delete(f"/tasks/{alone['id']}")
    assert "will go" not in [row.name for row in stored(100)]


def test_events_move_with_their_task_to_its_project(live, stored):
    with live.client() as client:
        task, project = task_with_images(client, 1), new_project(client)
        client.post("/server/logs", json=[EVENT | {"task_id": task["id"]}])
        assert client.patch(f"/tasks/{task['id']}", json={"project_id": project["id"]}).status_code == 200
    assert (stored(1)[0].task_id, stored(1)[0].project_id) == (task["id"], project["id"])
