"""Dialects by mount: what each shows, and that all take every spelling (rest-api contract, 18)."""

import json
from dataclasses import replace

import httpx
import pytest
from live import LABELS, body, box, image_parts, job_ids, new_project, new_task, serve, tag, task_with_images

MOUNTS = {"may-2021": "/api/v1", "platform": "/annotations/api/v1", "2020": "/api/v1"}
PERSON = ["url", "id", "username", "first_name", "last_name"]
TASK = (
    "url id name mode owner assignee bug_tracker created_date updated_date overlap segment_size status labels "
    "segments"
)
DATA = [
    "data_chunk_size",
    "data_compressed_chunk_type",
    "data_original_chunk_type",
    "size",
    "image_quality",
    "data",
]
TASKS = {
    "may-2021": [*TASK.replace("name", "name project_id").split(), *DATA, "dimension", "subset"],
    "platform": [*TASK.split(), "project", *DATA],
    "2020": [*TASK.replace(" status", " z_order status").split(), "project", *DATA],
}
JOB = ["url", "id", "assignee", "reviewer", "status", "start_frame", "stop_frame", "task_id"]
ECHO = [
    "chunk_size",
    "size",
    "image_quality",
    "start_frame",
    "stop_frame",
    "frame_filter",
    "compressed_chunk_type",
    "original_chunk_type",
    "client_files",
    "server_files",
    "remote_files",
    "use_zip_chunks",
]


@pytest.fixture(params=MOUNTS)
def dialect(request):
    return request.param


@pytest.fixture
def mount(request, live, dialect):
    """A client of root at a mount of the dialect."""
    server = request.getfixturevalue("of_2020") if dialect == "2020" else live
    with server.client("root") as client:
        client.base_url = f"{server.url}{MOUNTS[dialect]}"
        yield client


@pytest.fixture(scope="module")
def staffed(live):
    """A task of `maker` for `worker`; its one job of `drawer`, reviewed by `reviewer`."""
    with live.client("root") as root:
        people = {"owner_id": live.ids["maker"], "assignee_id": live.ids["worker"]}
        task = task_with_images(root, 1, **people)
        people = {"assignee_id": live.ids["drawer"], "reviewer_id": live.ids["reviewer"]}
        assert root.patch(f"/jobs/{job_ids(task)[0]}", json=people).status_code == 200
        return root.get(f"/tasks/{task['id']}").json()


def shown(live, dialect, name):
    """How the dialect shows somebody; of an object its user name only."""
    return live.ids[name] if dialect == "2020" else name


def plain(person):
    """The person; of an object, whose keys are seen to, the user name."""
    if isinstance(person, dict):
        assert list(person) == PERSON
        return person["username"]
    return person


def test_a_task_has_the_keys_and_people_of_its_mount(live, mount, dialect, staffed):
    task = mount.get(f"/tasks/{staffed['id']}").json()
    assert list(task) == TASKS[dialect]
    assert plain(task["owner"]) == shown(live, dialect, "maker")
    assert plain(task["assignee"]) == shown(live, dialect, "worker")
    assert task.get("z_order", False) is False
    label = ["id", "name", "color", "attributes"]
    assert list(task["labels"][0]) == [key for key in label if key != "color" or dialect != "2020"]
    assert mount.get("/tasks", params={"id": task["id"]}).json()["results"] == [task]
    job = task["segments"][0]["jobs"][0]
    assert list(job) == [key for key in JOB[:5] if key != "reviewer" or dialect == "may-2021"]
    assert plain(job["assignee"]) == shown(live, dialect, "drawer")


def test_a_job_has_the_keys_and_people_of_its_mount(live, mount, dialect, staffed):
    job = mount.get(f"/jobs/{job_ids(staffed)[0]}").json()
    assert list(job) == [key for key in JOB if key != "reviewer" or dialect == "may-2021"]
    assert plain(job["assignee"]) == shown(live, dialect, "drawer")
    assert mount.get(f"/tasks/{staffed['id']}/jobs").json() == [job]


def test_a_project_has_the_keys_and_people_of_its_mount(live, mount, dialect, root):
    people = {"owner_id": live.ids["maker"], "assignee_id": live.ids["worker"]}
    project = mount.get(f"/projects/{new_project(root, **people)['id']}").json()
    older = [
        "url",
        "id",
        "name",
        "owner",
        "assignee",
        "bug_tracker",
        "created_date",
        "updated_date",
        "status",
    ]
    newest = ["labels", "tasks", "training_project", "task_subsets", "dimension"]
    assert set(project) == {*older, *(newest if dialect == "may-2021" else [])}
    assert [plain(project[key]) for key in ("owner", "assignee")] == [
        shown(live, dialect, name) for name in ("maker", "worker")
    ]


def test_an_upload_is_echoed_with_the_switches_of_its_mount(mount, dialect):
    path = f"/tasks/{new_task(mount)['id']}/data"
    echo = mount.post(path, data={"image_quality": "70"}, files=image_parts(1)).json()
    newer = {"2020": [], "platform": ["use_cache"], "may-2021": ["use_cache", "copy_data"]}[dialect]
    places = ["platform_files", "dataset_ids"] if dialect == "platform" else []
    assert list(echo) == [*ECHO[:-1], *places, ECHO[-1], *newer]


def test_objects_have_a_source_but_in_2020(mount, dialect):
    task = task_with_images(mount, 1)
    path = f"/jobs/{job_ids(task)[0]}/annotations"
    tricky = [
        {"spec_id": task["labels"][0]["attributes"][0]["id"], "value": ',"source":"manual"\\,"source":"'}
    ]
    sent = body(box(task, source="auto", attributes=tricky), box(task), tags=(tag(task, source="auto"),))
    for answer in (
        mount.put(path, json=sent),
        mount.get(path),
        mount.get(f"/tasks/{task['id']}/annotations"),
    ):
        found = answer.json()
        assert [each.get("source") for each in found["shapes"] + found["tags"]] == (
            [None] * 3 if dialect == "2020" else ["auto", "manual", "auto"]
        )
        assert found["shapes"][0]["attributes"][0] == tricky[0]


@pytest.mark.parametrize("path", ["/server/plugins", "/server/annotation/formats"])
def test_lists_of_the_server_are_those_of_the_mount(mount, dialect, path):
    found = json.dumps(mount.get(path).json())
    assert ("PREDICT" in found or '"dimension"' in found) == (dialect == "may-2021")


def test_a_review_shows_people_as_its_mount_does(live, mount, dialect):
    job = job_ids(task_with_images(mount, 1))[0]
    review = {"job": job, "status": "rejected", "estimated_quality": 1}
    review["issue_set"] = [{"frame": 0, "position": [1, 2], "comment_set": [{"message": "hm"}]}]
    made = mount.post("/reviews", json=review).json()
    issue = made["issue_set"][0]
    people = [made["reviewer"], issue["owner"], issue["comment_set"][0]["author"]]
    assert [plain(each) for each in people] == [shown(live, dialect, "root")] * 3
    assert mount.get(f"/jobs/{job}/issues").json() == [issue]


def test_a_mount_can_have_the_dialect_of_another(of_2020, staffed):
    headers = {"Authorization": f"Token {of_2020.tokens['root']}"}
    address = f"{of_2020.url}/annotations/api/v1/tasks/{staffed['id']}"
    assert list(httpx.get(address, headers=headers, verify=False).json()) == TASKS["may-2021"]


@pytest.mark.parametrize("asked", [*MOUNTS, "", "1999", "May-2021"])
def test_our_own_pages_ask_for_the_dialect_they_know(mount, dialect, staffed, asked):
    found = mount.get(f"/tasks/{staffed['id']}", headers={"Labelwright-Dialect": asked}).json()
    assert list(found) == TASKS[asked if asked in MOUNTS else dialect]


# On the way in


@pytest.fixture(scope="module")
def digits(live):
    """Somebody whose user name is the id of somebody else."""
    name = str(live.ids["watcher"])
    account = {
        "username": name,
        "password1": "a long enough pass phrase",
        "password2": "a long enough pass phrase",
    }
    assert live.client(None).post("/auth/register", json=account).status_code == 201
    return name


#: A field, a value with the name or id of `worker`, and its type; a form can say texts only.
SPELLINGS = [
    ("{}_id", "{id}", int),
    ("{}_id", "{id}", str),
    ("{}_id", "{id}.0", str),
    ("{}_id", "worker", str),
    ("{}_id", {"id": "{id}"}, None),
    ("{}", "{id}", int),
    ("{}", "{id}", str),
    ("{}", "worker", str),
    ("{}", {"id": "{id}"}, None),
    ("{}", {"username": "worker"}, None),
    ("{}", {"url": "u", "id": "{id}", "username": "other", "first_name": ""}, None),
]
FORMS = ("json", "multipart", "urlencoded")


def send(client, method, path, values, form):
    """Send the values in one of the three forms."""
    if form == "json":
        return client.request(method, path, json=values)
    if form == "urlencoded":
        return client.request(method, path, data=values)
    return client.request(method, path, files={name: (None, str(value)) for name, value in values.items()})


def spelled(live, value, kind):
    if isinstance(value, dict):
        return {name: live.ids["worker"] if text == "{id}" else text for name, text in value.items()}
    return (kind or str)(value.format(id=live.ids["worker"]))


@pytest.mark.parametrize(
    ("field", "value", "kind", "form"),
    [(*spelling, form) for spelling in SPELLINGS for form in FORMS if form == "json" or spelling[2] is str],
)
def test_people_are_taken_in_every_spelling(live, mount, staffed, field, value, kind, form):
    targets = [(f"/tasks/{staffed['id']}", "assignee"), (f"/tasks/{staffed['id']}", "owner")]
    targets += [(f"/jobs/{job_ids(staffed)[0]}", "assignee"), (f"/jobs/{job_ids(staffed)[0]}", "reviewer")]
    headers = {"Labelwright-Dialect": "may-2021"}
    for path, person in targets:
        mount.patch(path, json={f"{person}_id": live.ids["other"]})
        answer = send(mount, "PATCH", path, {field.format(person): spelled(live, value, kind)}, form)
        assert answer.status_code == 200, answer.text
        assert mount.get(path, headers=headers).json()[person]["username"] == "worker"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("field", ["assignee", "assignee_id"])
def test_nobody_is_null_or_an_empty_field(live, mount, staffed, field, form):
    for path in (f"/tasks/{staffed['id']}", f"/jobs/{job_ids(staffed)[0]}"):
        mount.patch(path, json={"assignee": "worker"})
        answer = send(mount, "PATCH", path, {field: None if form == "json" else ""}, form)
        assert (answer.status_code, answer.json()["assignee"]) == (200, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("assignee", "no such name"),
        ("assignee", "99999999"),
        ("assignee_id", 99_999_999),
        ("assignee_id", "99999999"),
        ("assignee_id", 0),
        ("assignee_id", -1),
        ("assignee_id", 10**30),
        ("assignee", 1.5),
        ("assignee", True),
        ("assignee", [1]),
        ("assignee", {}),
        ("assignee", {"id": {"id": 1}}),
        ("assignee", {"name": "worker"}),
        ("assignee", "wor\x00ker"),
        ("owner_id", "1e3"),
        ("owner_id", "١"),
    ],
)
def test_nobody_known_is_told_by_field_and_nothing_changes(mount, staffed, field, value):
    path = f"/tasks/{staffed['id']}"
    before = mount.get(path).json()
    answer = mount.patch(path, json={"name": "renamed", field: value})
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert len(answer.json()[field]) == 1
    assert mount.get(path).json() == before


def test_an_id_wins_over_a_name_and_a_name_of_digits_over_an_id(live, root, staffed, digits):
    path = f"/tasks/{staffed['id']}"
    both = {"assignee_id": live.ids["worker"], "assignee": "nobody at all"}
    assert root.patch(path, json=both).json()["assignee"]["username"] == "worker"
    assert root.patch(path, json={"assignee": digits}).json()["assignee"]["username"] == digits
    assert root.patch(path, json={"assignee_id": digits}).json()["assignee"]["username"] == "watcher"


@pytest.mark.parametrize("form", FORMS)
def test_a_project_is_named_in_every_spelling(mount, root, form):
    project = new_project(root)["id"]
    values = [{"project_id": project}, {"project_id": str(project)}, {"project": project}]
    values += [{"project": {"id": project}}, {"project_id": {"id": project}}] if form == "json" else []
    for value in values:
        answer = send(mount, "POST", "/tasks", {"name": "t", **value}, form)
        assert answer.status_code == 201, answer.text
        assert root.get(f"/tasks/{answer.json()['id']}").json()["project_id"] == project


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("field", ["project_id", "project"])
def test_no_project_is_null_or_an_empty_field(mount, field, form):
    labels = {"labels": LABELS} if form == "json" else {"labels[0]name": "car"}
    values = {"name": "t", **labels, field: None if form == "json" else ""}
    answer = send(mount, "POST", "/tasks", values, form)
    assert answer.status_code == 201, answer.text
    assert answer.json().get("project_id", answer.json().get("project")) is None


def test_empty_fields_of_a_form_are_left_out(mount):
    values = {"name": "t", "labels[0]name": "car", "segment_size": "", "overlap": "", "bug_tracker": ""}
    for form in ("multipart", "urlencoded"):
        made = send(mount, "POST", "/tasks", values, form)
        assert (made.status_code, made.json()["segment_size"], made.json()["overlap"]) == (201, 0, None)
        unnamed = send(mount, "POST", "/tasks", values | {"name": ""}, form)
        assert (unnamed.status_code, unnamed.json()) == (400, {"name": ["This field may not be blank."]})
    assert mount.post("/tasks", json=values).json()["segment_size"] == ["A valid integer is required."]


def test_fields_of_2020_are_passed_over(mount):
    made = mount.post("/tasks", json={"name": "t", "labels": LABELS, "z_order": True, "mode": "x", "size": 9})
    assert (made.status_code, made.json()["mode"]) == (201, "")
    assert made.json().get("z_order", False) is False


def test_platforms_settings_choose_for_each_mount(live):
    deps = replace(live.deps, dialect="platform", platform_dialect="2020")
    task = new_task(live.kept_client("root"))
    headers = {"Authorization": f"Token {live.tokens['root']}"}
    with serve(deps) as url:
        owners = [
            httpx.get(f"{url}{mount}/tasks/{task['id']}", headers=headers, verify=False).json()["owner"]
            for mount in ("/api/v1", "/annotations/api/v1")
        ]
    assert owners == ["root", live.ids["root"]]
