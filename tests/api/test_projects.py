"""Projects as clients see them (rest-api contract, 8 and 9.5): objects, lists, labels shared with their tasks."""

import json

import pytest
from live import LABELS, job_ids, new_project, new_task, task_in

KEYS = [
    "url",
    "id",
    "name",
    "labels",
    "tasks",
    "owner",
    "assignee",
    "bug_tracker",
    "created_date",
    "updated_date",
    "status",
    "training_project",
    "task_subsets",
    "dimension",
]


def test_a_project_shows_its_keys_in_the_order_of_the_contract(live, root):
    made = new_project(root, assignee_id=live.ids["lead"], bug_tracker="http://b")
    assert list(made) == KEYS
    assert root.get(f"/projects/{made['id']}").json() == made
    assert made["url"] == f"{live.url}/api/v1/projects/{made['id']}"
    assert (made["owner"]["username"], made["assignee"]["username"]) == ("root", "lead")
    assert (made["tasks"], made["task_subsets"], made["dimension"]) == ([], [], None)
    assert (made["status"], made["training_project"], made["bug_tracker"]) == ("annotation", None, "http://b")
    assert [label["name"] for label in made["labels"]] == ["car", "dog"]


def test_a_project_shows_its_tasks_their_ids_or_nothing_of_them(root):
    project = new_project(root)
    first, second = task_in(root, project, subset="Train"), task_in(root, project, subset="Test")
    path = f"/projects/{project['id']}"
    whole = root.get(path).json()
    assert whole["tasks"] == [first, second]
    assert (whole["task_subsets"], whole["dimension"]) == (["Test", "Train"], "2d")
    ids = [first["id"], second["id"]]
    assert root.get(path, params={"without_tasks": "true"}).json() == whole | {"tasks": ids}
    names = {"id": project["id"], "name": "a project"}
    assert root.get(path, params={"names_only": "true"}).json() == names
    for query, shown in (({}, whole), ({"without_tasks": "true"}, whole | {"tasks": ids})):
        found = root.get("/projects", params={"id": project["id"], **query}).json()
        assert (found["count"], found["results"]) == (1, [shown])
    found = root.get("/projects", params={"id": project["id"], "names_only": "true"}).json()
    assert found["results"] == [names]


def test_the_platform_sees_people_as_names_and_no_labels(live, root):
    project = new_project(root, assignee="lead")
    task = task_in(root, project)
    platform = f"{live.url}/annotations/api/v1"
    found = root.get(f"{platform}/projects/{project['id']}").json()
    assert list(found) == [key for key in KEYS[:11] if key not in ("labels", "tasks")]
    assert (found["owner"], found["assignee"]) == ("root", "lead")
    shown = root.get(f"{platform}/tasks/{task['id']}").json()
    assert (shown["project"], "project_id" in shown) == (project["id"], False)
    by_old_name = root.post("/tasks", json={"name": "t", "project": str(project["id"])}).json()
    assert by_old_name["project_id"] == project["id"]


TOO_LONG = {"name": ["Ensure this field has no more than 256 characters."]}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        pytest.param({}, {"name": ["This field is required."]}, id="no name"),
        pytest.param({"name": " "}, {"name": ["This field may not be blank."]}, id="blank name"),
        pytest.param({"name": "x" * 257}, TOO_LONG, id="long name"),
        pytest.param(
            {"name": "p", "labels": [{"name": "a"}, {"name": "a"}]},
            {"labels": ["All label names must be unique for the project"]},
            id="a label twice",
        ),
        pytest.param(
            {"name": "p", "labels": [{}]},
            {"labels": [{"name": ["This field is required."]}]},
            id="a label without name",
        ),
        pytest.param(
            {"name": "p", "labels": "car"},
            {"labels": ['Expected a list of items but got type "str".']},
            id="labels no list",
        ),
        pytest.param(
            {"name": "p", "owner_id": 10**6},
            {"owner_id": ['Invalid pk "1000000" - object does not exist.']},
            id="unknown owner",
        ),
        pytest.param(
            {"name": "p", "bug_tracker": "x" * 2001},
            {"bug_tracker": ["Ensure this field has no more than 2000 characters."]},
            id="long tracker",
        ),
        pytest.param(
            {"name": "p", "training_project": 7},
            {"training_project": ["Invalid data. Expected a dictionary, but got int."]},
            id="training no object",
        ),
        pytest.param(
            {"name": "p", "training_project": {"enabled": True, "project_class": "XX"}},
            {"training_project": {"project_class": ['"XX" is not a valid choice.']}},
            id="unknown class of training",
        ),
    ],
)
def test_a_project_that_will_not_do_is_refused(root, fields, says):
    before = root.get("/projects?page_size=1").json()["count"]
    answer = root.post("/projects", json=fields)
    assert (answer.status_code, answer.json()) == (400, says)
    assert root.get("/projects?page_size=1").json()["count"] == before


def test_a_training_project_is_kept_when_switched_on_and_its_password_never_told(root):
    training = {"host": "http://t", "username": "u", "password": "secret", "project_class": "OD"}
    on = new_project(root, training_project=training | {"enabled": True})
    kept = {"host": "http://t", "username": "u", "enabled": True, "project_class": "OD"}
    assert root.get(f"/projects/{on['id']}").json()["training_project"] == kept
    off = new_project(root, training_project=training | {"enabled": False})
    assert off["training_project"] is None


def test_a_retry_with_the_same_key_makes_one_project(root):
    send = {"json": {"name": "once"}, "headers": {"Idempotency-Key": "a project once"}}
    assert len({root.post("/projects", **send).json()["id"] for _ in range(3)}) == 1


def test_what_is_given_changes_and_all_else_stays(live, root):
    project = new_project(root)
    path = f"/projects/{project['id']}"
    changed = root.patch(
        path, json={"name": "new", "assignee": "lead", "status": "completed", "tasks": []}
    ).json()
    assert changed.pop("updated_date") > project["updated_date"]
    assert changed.pop("assignee")["id"] == live.ids["lead"]
    kept = {key: value for key, value in project.items() if key not in ("updated_date", "assignee")}
    assert changed == kept | {"name": "new"}
    assert root.patch(path, json={"assignee_id": None}).json()["assignee"] is None
    assert root.patch(path, json={"name": ""}).json() == {"name": ["This field may not be blank."]}
    assert root.patch(path, json={"assignee": "no-such"}).status_code == 400
    assert root.put(path, json={"name": "x"}).status_code == 405


@pytest.fixture(scope="module")
def named(live):
    """Three projects with names that search words and wildcards could confuse."""
    with live.client() as client:
        made = [
            new_project(client, name=name, owner_id=live.ids["owner"])["id"]
            for name in ("qp-100% sure", "qp-100x_sure", "qp-猫")
        ]
        client.patch(f"/projects/{made[1]}", json={"assignee": "lead"})
        return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "qp-"}, [2, 1, 0]),
        ({"name": "100%"}, [0]),
        ({"name": "QP-100"}, [1, 0]),
        ({"name": "qp-", "owner": "OWNE"}, [2, 1, 0]),
        ({"name": "qp-", "owner": "root"}, []),
        ({"name": "qp-", "assignee": "lea"}, [1]),
        ({"name": "qp-", "status": "annotation"}, [2, 1, 0]),
        ({"name": "qp-", "status": "completed"}, []),
        ({"search": "qp- sure"}, [1, 0]),
        ({"search": "qp-,owner"}, [2, 1, 0]),
        ({"search": "qp- lead"}, [1]),
        ({"search": "qp- '; DROP"}, []),
        ({"name": "qp-", "ordering": "id"}, [0, 1, 2]),
        ({"name": "qp-", "ordering": "-name,zz"}, [2, 1, 0]),
        ({"name": "qp-", "ordering": "status,id"}, [0, 1, 2]),
        ({"name": "qp-", "ordering": "assignee,id"}, [1, 0, 2]),
        ({"name": "qp-", "id": ""}, [2, 1, 0]),
    ],
    ids=str,
)
def test_filters_find_what_holds_every_word(root, named, query, found):
    answer = root.get("/projects", params=query)
    assert [each["id"] for each in answer.json()["results"]] == [named[n] for n in found]


def test_pages_of_projects_and_of_their_tasks_end_where_they_end(live, root, named):
    first = root.get("/projects", params={"page_size": 2, "name": "qp-", "names_only": "true"}).json()
    link = f"{live.url}/api/v1/projects?name=qp-&names_only=true&page=2&page_size=2"
    assert (first["count"], first["next"], first["previous"]) == (3, link, None)
    for page in (3, 0, -1, "x"):
        for path in ("/projects", f"/projects/{named[0]}/tasks"):
            answer = root.get(path, params={"page_size": 2, "name": "qp-", "page": page})
            assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})
    assert root.get("/projects", params={"id": "x"}).json() == {"id": ["Enter a number."]}
    assert root.get("/projects", params={"search": "a" * 60_000}).json()["count"] == 0
    assert root.get("/projects", params={"name": "a" * 60_000}).json()["count"] == 0


def test_tasks_of_a_project_are_found_by_its_id_and_name(root):
    project = new_project(root, name="zebra crossing")
    first, second = task_in(root, project), task_in(root, project)
    newest_first = [second, first]
    assert root.get(f"/projects/{project['id']}/tasks").json()["results"] == newest_first
    for query in ({"project_id": project["id"]}, {"project": "ZEBRA"}):
        assert root.get("/tasks", params=query).json()["results"] == newest_first
    assert root.get("/tasks", params={"project_id": 10**6}).json()["results"] == []
    assert root.get("/tasks", params={"project_id": "x"}).json() == {"project_id": ["Enter a number."]}
    page = root.get(f"/projects/{project['id']}/tasks", params={"page_size": 1}).json()
    assert (page["count"], page["next"].partition("?")[2]) == (2, "page=2&page_size=1")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        pytest.param({"project_id": 10**6}, ["Cannot find project with ID 1000000"], id="unknown project"),
        pytest.param(
            {"project_id": 1, "labels": LABELS},
            ["Project must have only one of Label set or project_id"],
            id="labels with a project",
        ),
        pytest.param({"project_id": "x"}, {"project_id": ["A valid integer is required."]}, id="no number"),
        pytest.param({"project_id": None}, ["Label set or project_id must be present"], id="neither"),
    ],
)
def test_a_task_of_no_project_is_refused(root, fields, says):
    answer = root.post("/tasks", json={"name": "t", **fields})
    assert (answer.status_code, answer.json()) == (400, says)


def test_a_project_a_person_may_not_see_takes_none_of_their_tasks(live, root):
    project = new_project(root)
    other = live.kept_client("other")
    answer = other.post("/tasks", json={"name": "t", "project_id": project["id"]})
    assert answer.status_code == 403
    assert other.post("/tasks", json={"name": "t", "project_id": 10**6}).status_code == 400
    own = new_task(other)
    moved = other.patch(f"/tasks/{own['id']}", json={"project_id": project["id"]})
    assert moved.status_code == 403
    assert other.get(f"/tasks/{own['id']}").json()["project_id"] is None


def test_the_status_of_a_project_stays_whatever_its_tasks_are(root):
    project = new_project(root)
    task = task_in(root, project, 1)
    root.patch(f"/jobs/{job_ids(task)[0]}", json={"status": "completed"})
    assert root.get(f"/tasks/{task['id']}").json()["status"] == "completed"
    assert root.get(f"/projects/{project['id']}").json()["status"] == "annotation"


def test_a_deleted_project_leaves_nothing(live, root):
    project = new_project(root)
    tasks = [task_in(root, project, 1) for _ in range(2)]
    assert all(live.blob_files(f"tasks/{task['id']}/") for task in tasks)
    assert root.delete(f"/projects/{project['id']}").status_code == 204
    for task in tasks:
        assert live.blob_files(f"tasks/{task['id']}/") == []
        assert root.get(f"/tasks/{task['id']}").status_code == 404
        assert root.get(f"/jobs/{job_ids(task)[0]}/annotations").status_code == 404
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/tasks")):
        assert root.request(method, f"/projects/{project['id']}{path}").status_code == 404


@pytest.fixture(scope="module")
def shared_project(live):
    with live.client() as client:
        return new_project(client)


STRANGE = (
    None,
    True,
    -1,
    2**40,
    1.5,
    "",
    "x",
    "\x00",
    "\ud800",
    [],
    [1],
    [None],
    [[]],
    {},
    {"id": []},
    {"id": -1},
)


@pytest.mark.parametrize("value", STRANGE, ids=repr)
@pytest.mark.parametrize(
    "field", ["name", "labels", "owner_id", "assignee", "bug_tracker", "training_project"]
)
def test_no_field_of_a_wrong_kind_breaks_anything(root, shared_project, field, value):
    content = json.dumps({"name": "p", field: value})
    for method, path in (("POST", "/projects"), ("PATCH", f"/projects/{shared_project['id']}")):
        assert root.request(method, path, content=content).status_code in (200, 201, 400)


@pytest.mark.parametrize("value", STRANGE, ids=repr)
@pytest.mark.parametrize("field", ["project_id", "project"])
def test_no_project_of_a_wrong_kind_breaks_a_task(root, field, value):
    task = new_task(root)
    content = json.dumps({"name": "t", field: value})
    assert root.post("/tasks", content=content).status_code == 400
    assert root.patch(f"/tasks/{task['id']}", content=content).status_code in (200, 400)
    assert root.get(f"/tasks/{task['id']}").json()["project_id"] is None
    assert root.get("/tasks", params={field: ascii(value)}).status_code in (200, 400)
