"""Clients change one task, project, job or user at the same moment, over HTTP: nothing lost, no 500, no deadlock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from live import LABELS, PASSWORD, serve

from labelwright.compose import open_deps
from labelwright.domain.frames import Segment
from labelwright.services import accounts
from labelwright.settings import Settings
from labelwright.storage import tasks as tasks_storage

CLIENTS = 8
PEOPLE = [f"person{n}" for n in range(CLIENTS)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request, tmp_path_factory):
    """A server on each database: its deps, a client of the administrator, and the ids of people by name."""
    folder = tmp_path_factory.mktemp("house")
    url = "" if request.param == "sqlite" else request.getfixturevalue("module_postgres_url")
    bounds = {"anonymous_per_minute": 0, "sign_in_failures_per_minute": 0}
    deps = open_deps(Settings(data=folder, database_url=url, **bounds))
    account = accounts.NewAccount(username="root", password=PASSWORD, password_again=PASSWORD)
    accounts.create_account(deps, account=account, roles=(), is_admin=True)
    token = accounts.sign_in(deps, username="root", password=PASSWORD).token
    ids = {}
    for name in PEOPLE:
        account = accounts.NewAccount(username=name, password=PASSWORD, password_again=PASSWORD)
        ids[name] = accounts.create_account(deps, account=account, roles=(), is_admin=False).id
    with serve(deps) as address:
        limits = httpx.Limits(max_connections=2 * CLIENTS)
        headers = {"Authorization": f"Token {token}"}
        with httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=60, limits=limits) as client:
            yield deps, client, ids
    deps.operations.close()
    deps.database.close()


@pytest.fixture
def client(house):
    return house[1]


def at_once(*calls):
    """Make all calls in the same moment; their answers in order. No answer may be 500 or late."""
    start = Barrier(len(calls))

    def make(call):
        start.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(make, calls))
    assert all(answer.status_code < 500 for answer in answers), [answer.text for answer in answers]
    return answers


def patches(client, path, *bodies):
    """Send each body as a PATCH, all at once; the statuses."""
    calls = [lambda body=body: client.patch(path, json=body) for body in bodies]
    return [answer.status_code for answer in at_once(*calls)]


def new_task(client, **fields):
    return client.post("/tasks", json={"name": "t", "labels": LABELS} | fields).json()


def with_jobs(house, task, count):
    """Give the task jobs of a frame each; their ids."""
    with house[0].database.write() as tx:
        tasks_storage.insert_jobs(tx, task["id"], [Segment(n, n) for n in range(count)])
    return [job["id"] for job in house[1].get(f"/tasks/{task['id']}/jobs").json()]


FIELDS = [
    {"name": "renamed"},
    {"assignee_id": "person1"},
    {"owner_id": "person2"},
    {"bug_tracker": "https://example.org"},
]


def changed(found):
    """What `FIELDS` ask for, as the answer shows it."""
    return [
        {"name": found["name"]},
        {"assignee_id": found["assignee"]["username"]},
        {"owner_id": found["owner"]["username"]},
        {"bug_tracker": found["bug_tracker"]},
    ]


@pytest.mark.parametrize("kind", ["tasks", "projects"])
@pytest.mark.parametrize("clients", [2, CLIENTS])
def test_all_labels_added_and_all_fields_changed_at_once_are_there(client, kind, clients):
    made = client.post(f"/{kind}", json={"name": "t", "labels": LABELS}).json()
    names = [f"new {n}" for n in range(clients)]
    bodies = [{"labels": [{"name": name, "attributes": []}]} for name in names]
    path = f"/{kind}/{made['id']}"
    assert set(patches(client, path, *bodies, *FIELDS)) == {200}
    found = client.get(path).json()
    assert sorted(label["name"] for label in found["labels"]) == sorted(["car", "dog", *names])
    assert changed(found) == FIELDS
    assert [label["id"] for label in found["labels"][:2]] == [label["id"] for label in made["labels"]]


@pytest.mark.parametrize("kind", ["tasks", "projects"])
def test_of_labels_of_one_name_one_is_added(client, kind):
    path = f"/{kind}/{client.post(f'/{kind}', json={'name': 't', 'labels': LABELS}).json()['id']}"
    got = patches(client, path, *([{"labels": [{"name": "new"}]}] * CLIENTS))
    assert sorted(got) == [200] + [400] * (CLIENTS - 1)
    assert [label["name"] for label in client.get(path).json()["labels"]] == ["car", "dog", "new"]


def test_edits_of_one_label_at_once_leave_it_whole(client):
    task = new_task(client)
    car, dog = (label["id"] for label in task["labels"])
    attribute = {"mutable": False, "input_type": "text", "values": []}
    attributes = [{"id": car, "attributes": [{"name": f"a{n}", **attribute}]} for n in range(4)]
    swaps = [{"labels": [{"id": car, "name": a}, {"id": dog, "name": b}]} for a, b in [("dog", "car")] * 2]
    gone = [{"labels": [{"id": dog, "deleted": True}]}] * 2
    path = f"/tasks/{task['id']}"
    got = patches(client, path, *[{"labels": [each]} for each in attributes], *swaps, *gone)
    assert set(got[:4]) == {200}
    assert sorted(got[6:]) == [200, 404], "it is deleted once"
    (label,) = client.get(path).json()["labels"]
    assert label["id"] == car
    names = [each["name"] for each in label["attributes"]]
    assert sorted(names) == ["a0", "a1", "a2", "a3", "colour", "doors"]


def test_all_that_is_said_of_a_job_at_once_counts(house, client):
    task = new_task(client)
    (job,) = with_jobs(house, task, 1)
    bodies = [{"assignee_id": "person1"}, {"reviewer_id": "person2"}, {"status": "validation"}]
    assert set(patches(client, f"/jobs/{job}", *bodies)) == {200}
    found = client.get(f"/jobs/{job}").json()
    assert (found["assignee"]["username"], found["reviewer"]["username"]) == ("person1", "person2")
    assert found["status"] == "validation"
    assert client.get(f"/tasks/{task['id']}").json()["status"] == "validation"


@pytest.mark.parametrize("status", ["validation", "completed"])
def test_a_task_is_done_when_all_its_jobs_are_done_at_once(house, client, status):
    for _ in range(3):
        task = new_task(client)
        jobs = with_jobs(house, task, CLIENTS)
        calls = [lambda job=job: client.patch(f"/jobs/{job}", json={"status": status}) for job in jobs]
        assert {answer.status_code for answer in at_once(*calls)} == {200}
        assert client.get(f"/tasks/{task['id']}").json()["status"] == status


def test_the_last_of_assignees_set_at_once_is_one_of_them(client):
    path = f"/tasks/{new_task(client)['id']}"
    assert set(patches(client, path, *[{"assignee": name} for name in PEOPLE])) == {200}
    assert client.get(path).json()["assignee"]["username"] in PEOPLE


def test_somebody_deleted_while_work_is_given_to_them_has_none(house, client):
    for n in range(3):
        account = accounts.NewAccount(username=f"leaver{n}", password=PASSWORD, password_again=PASSWORD)
        leaver = accounts.create_account(house[0], account=account, roles=(), is_admin=False).id
        path = f"/tasks/{new_task(client)['id']}"
        gives = [lambda path=path, leaver=leaver: client.patch(path, json={"assignee_id": leaver})] * 4
        answers = at_once(*gives, lambda leaver=leaver: client.delete(f"/users/{leaver}"))
        assert {answer.status_code for answer in answers[:4]} <= {200, 400, 409}
        assert answers[4].status_code == 204
        assert client.get(path).json()["assignee"] is None


@pytest.mark.parametrize("kind", ["tasks", "projects"])
def test_what_is_deleted_while_it_is_changed_is_gone(client, kind):
    path = f"/{kind}/{client.post(f'/{kind}', json={'name': 't', 'labels': LABELS}).json()['id']}"
    changes = [lambda: client.patch(path, json={"labels": [{"name": "new"}]}), lambda: client.get(path)] * 3
    answers = at_once(*changes, lambda: client.delete(path), lambda: client.delete(path))
    assert {answer.status_code for answer in answers[:6]} <= {200, 400, 404, 409}
    assert sorted(answer.status_code for answer in answers[6:]) == [204, 404]
    assert client.get(path).status_code == 404


def test_names_groups_and_switches_of_a_user_changed_at_once_all_count(house, client):
    bodies = [
        {"first_name": "Ada"},
        {"groups": ["annotator", "observer"]},
        {"is_staff": True},
        {"last_name": "L"},
    ]
    for name in PEOPLE[4:]:
        path = f"/users/{house[2][name]}"
        assert set(patches(client, path, *bodies)) == {200}
        found = client.get(path).json()
        assert found["groups"] == ["annotator", "observer"]
        assert (found["first_name"], found["last_name"], found["is_staff"]) == ("Ada", "L", True)


def test_of_registrations_of_one_name_or_address_one_counts(client):
    account = {"password1": PASSWORD, "password2": PASSWORD}
    names = [account | {"username": name} for name in ("Twin", "twin", "TWIN", "twin")]
    addresses = [account | {"username": f"mail{n}", "email": "Twin@example.org"} for n in range(4)]
    for bodies, field in ((names, "username"), (addresses, "email")):
        calls = [
            lambda body=body: httpx.post(f"{client.base_url}auth/register", json=body) for body in bodies
        ]
        answers = at_once(*calls)
        assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400]
        assert {tuple(answer.json()) for answer in answers if answer.status_code == 400} == {(field,)}


def test_those_who_sign_in_at_once_get_one_token(client):
    body = {"username": "person0", "password": PASSWORD}
    answers = at_once(*[lambda: httpx.post(f"{client.base_url}auth/login", json=body)] * CLIENTS)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["key"] for answer in answers}) == 1
    assert len({answer.cookies["sessionid"] for answer in answers}) == CLIENTS
    headers = {"Authorization": f"Token {answers[0].json()['key']}"}
    assert httpx.get(f"{client.base_url}users/self", headers=headers).json()["username"] == "person0"


def test_somebody_deleted_in_the_midst_of_their_work_stops_nobody(house, client):
    for n in range(4):
        account = accounts.NewAccount(username=f"busy{n}", password=PASSWORD, password_again=PASSWORD)
        busy = accounts.create_account(house[0], account=account, roles=("user",), is_admin=False).id
        people = {"owner_id": busy, "assignee_id": busy}
        project = client.post("/projects", json={"name": "p", "labels": LABELS, **people}).json()["id"]
        task = client.post("/tasks", json={"name": "t", "project_id": project, **people}).json()
        (job,) = with_jobs(house, task, 1)
        answers = at_once(
            lambda busy=busy: client.delete(f"/users/{busy}"),
            lambda p=project, of=people: client.post("/tasks", json={"name": "u", "project_id": p, **of}),
            lambda p=project: client.patch(f"/projects/{p}", json={"labels": [{"name": "new"}]}),
            lambda p=project, of=people: client.patch(f"/projects/{p}", json=of),
            lambda t=task["id"], of=people: client.patch(f"/tasks/{t}", json=of),
            lambda j=job, busy=busy: client.patch(
                f"/jobs/{j}", json={"assignee_id": busy, "reviewer_id": busy}
            ),
            lambda j=job: client.delete(f"/jobs/{j}/annotations"),
            lambda t=task["id"]: client.patch(f"/tasks/{t}", json={"name": "renamed"}),
        )
        assert answers[0].status_code == 204
        assert {answer.status_code for answer in answers[1:]} <= {200, 201, 204, 400, 409}
        found = client.get(f"/projects/{project}").json()
        assert [found["owner"], found["assignee"]] == [None, None]
        assert all(each["owner"] is None and each["assignee"] is None for each in found["tasks"])
