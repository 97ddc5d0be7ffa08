"""Tasks, jobs and lists as clients see them (rest-api contract, 1, 9 and 11)."""

import pytest
from live import LABELS, job_ids, new_task, task_with_images

KEYS = [
    "url",
    "id",
    "name",
    "project_id",
    "mode",
    "owner",
    "assignee",
    "bug_tracker",
    "created_date",
    "updated_date",
    "overlap",
    "segment_size",
    "status",
    "labels",
    "segments",
    "dimension",
    "subset",
]
MEDIA_KEYS = [
    "data_chunk_size",
    "data_compressed_chunk_type",
    "data_original_chunk_type",
    "size",
    "image_quality",
    "data",
]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        pytest.param({"labels": LABELS}, {"name": ["This field is required."]}, id="no name"),
        pytest.param(
            {"name": " ", "labels": LABELS}, {"name": ["This field may not be blank."]}, id="blank name"
        ),
        pytest.param(
            {"name": "x" * 257, "labels": LABELS},
            {"name": ["Ensure this field has no more than 256 characters."]},
            id="long name",
        ),
        pytest.param({"name": "t"}, ["Label set or project_id must be present"], id="no labels"),
        pytest.param(
            {"name": "t", "labels": []}, ["Label set or project_id must be present"], id="empty labels"
        ),
        pytest.param(
            {"name": "t", "labels": [{"name": "a"}, {"name": "a"}]},
            {"labels": ["All label names must be unique for the task"]},
            id="a label twice",
        ),
        pytest.param(
            {"name": "t", "labels": [{"name": "a"}, {"color": "#000000"}]},
            {"labels": [{}, {"name": ["This field is required."]}]},
            id="a label without name",
        ),
        pytest.param(
            {"name": "t", "labels": LABELS, "owner_id": 10**6},
            {"owner_id": ['Invalid pk "1000000" - object does not exist.']},
            id="unknown owner",
        ),
        pytest.param(
            {"name": "t", "labels": LABELS, "assignee": "no-such"},
            {"assignee": ["Object with username=no-such does not exist."]},
            id="unknown assignee",
        ),
        pytest.param(
            {"name": "t", "labels": LABELS, "segment_size": "x"},
            {"segment_size": ["A valid integer is required."]},
            id="a segment size no number",
        ),
        pytest.param(
            {"name": "t", "labels": LABELS, "overlap": -1},
            {"overlap": ["Ensure this value is greater than or equal to 0."]},
            id="negative overlap",
        ),
        pytest.param(
            {"name": "t", "labels": LABELS, "bug_tracker": "x" * 2001},
            {"bug_tracker": ["Ensure this field has no more than 2000 characters."]},
            id="long tracker",
        ),
    ],
)
def test_a_task_that_will_not_do_is_refused(root, fields, says):
    before = root.get("/tasks?page_size=1").json()["count"]
    answer = root.post("/tasks", json=fields)
    assert (answer.status_code, answer.json()) == (400, says)
    assert root.get("/tasks?page_size=1").json()["count"] == before


def test_a_task_shows_its_keys_in_the_order_of_the_contract(root, shared_task):
    empty = new_task(root)
    assert list(empty) == KEYS
    assert list(shared_task) == [*KEYS[:-2], *MEDIA_KEYS, *KEYS[-2:]]
    assert (
        empty["mode"],
        empty["overlap"],
        empty["segments"],
        shared_task["mode"],
        shared_task["overlap"],
    ) == ("", None, [], "annotation", 0)


def test_a_task_may_come_as_a_form(root):
    form = {
        "name": "form",
        "segment_size": "3",
        "labels[0]name": "a",
        "labels[1]name": "b",
        "labels[7]name": "c",
        "labels[0]attributes[0]name": "x",
        "labels[0]attributes[0]mutable": "true",
        "labels[0]attributes[0]input_type": "select",
        "labels[0]attributes[0]values[0]": "u",
        "labels[0]attributes[0]values[1]": "v",
    }
    for options in ({"data": form}, {"files": {name: (None, value) for name, value in form.items()}}):
        task = root.post("/tasks", **options).json()
        assert [label["name"] for label in task["labels"]] == ["a", "b", "c"]
        assert task["labels"][0]["attributes"][0]["values"] == ["u", "v"]
        assert task["segment_size"] == 3


def test_people_may_be_spelled_as_every_dialect_spells_them(live, root):
    worker = live.ids["worker"]
    task = new_task(root)
    path = f"/tasks/{task['id']}"
    for spelling in (
        {"assignee_id": worker},
        {"assignee": worker},
        {"assignee": "worker"},
        {"assignee": {"id": worker}},
    ):
        assert root.patch(path, json=spelling).json()["assignee"]["username"] == "worker"
        assert root.patch(path, json={"assignee_id": None}).json()["assignee"] is None
    assert (
        root.patch(path, json={"owner_id": live.ids["owner"], "owner": "maker"}).json()["owner"]["username"]
        == "owner"
    )


def test_put_needs_a_name_and_keeps_what_is_absent(root):
    task = new_task(root, bug_tracker="http://b", subset="Train", segment_size=7)
    assert root.put(f"/tasks/{task['id']}", json={}).json() == {"name": ["This field is required."]}
    changed = root.put(
        f"/tasks/{task['id']}", json={"name": "new", "segment_size": 9, "status": "completed", "size": 5}
    ).json()
    assert changed.pop("updated_date") > task["updated_date"]
    assert changed == {name: value for name, value in task.items() if name != "updated_date"} | {
        "name": "new"
    }


def test_the_task_follows_the_status_of_its_jobs(live):
    with live.client() as client:
        task = task_with_images(client, 2, segment_size=1)
        first, second = job_ids(task)
        steps = [
            (first, "completed", "annotation"),
            (second, "validation", "validation"),
            (second, "completed", "completed"),
            (first, "annotation", "annotation"),
        ]
        for job, status, expected in steps:
            assert client.patch(f"/jobs/{job}", json={"status": status}).json()["status"] == status
            assert client.get(f"/tasks/{task['id']}").json()["status"] == expected
        answer = client.patch(f"/jobs/{first}", json={"status": "zz", "start_frame": 9})
        assert (answer.status_code, answer.json()) == (400, {"status": ['"zz" is not a valid choice.']})
        jobs = client.get(f"/tasks/{task['id']}/jobs").json()
        assert [list(job) for job in jobs] == [
            ["url", "id", "assignee", "reviewer", "status", "start_frame", "stop_frame", "task_id"]
        ] * 2


@pytest.fixture(scope="module")
def named(live):
    """Three tasks with names that search words and wildcards could confuse."""
    with live.client() as client:
        return [
            new_task(client, name=name, owner_id=live.ids["owner"])["id"]
            for name in ("q-100% sure", "q-100x_sure", 'q-"quoted" Ünïcode 猫')
        ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "q-"}, [2, 1, 0]),
        ({"name": "100%"}, [0]),
        ({"name": "x_s"}, [1]),
        ({"name": "0__s"}, []),
        ({"name": '"'}, [2]),
        ({"name": "Q-100"}, [1, 0]),
        ({"name": "猫"}, [2]),
        ({"name": "q-", "owner": "OWNE"}, [2, 1, 0]),
        ({"name": "q-", "owner": "root"}, []),
        ({"search": "q- sure"}, [1, 0]),
        ({"search": "q-,%"}, [0]),
        ({"search": "q- owner"}, [2, 1, 0]),
        ({"search": "q- '; DROP"}, []),
        ({"name": "q-", "ordering": "id"}, [0, 1, 2]),
        ({"name": "q-", "ordering": "-name,zz"}, [1, 0, 2]),
        ({"name": "q-", "ordering": "zz"}, [2, 1, 0]),
        ({"name": "q-", "status": "annotation"}, [2, 1, 0]),
        ({"name": "q-", "mode": "interpolation"}, []),
        ({"name": "q-", "id": ""}, [2, 1, 0]),
        ({"name": "q-", "unknown": "1"}, [2, 1, 0]),
        ({"name": "q-", "assignee": "x"}, []),
    ],
    ids=str,
)
def test_filters_find_what_holds_every_word(root, named, query, found):
    answer = root.get("/tasks", params=query)
    assert [task["id"] for task in answer.json()["results"]] == [named[n] for n in found]


@pytest.mark.parametrize("path", ["/tasks", "/users"])
@pytest.mark.parametrize(
    ("words", "status"),
    [(" ".join(map(str, range(3000))), 400), ("a" * 60_000, 200), ("a b " * 3000, 200)],
    ids=["3000 words", "a word of 60,000 letters", "two words, often"],
)
def test_a_search_has_its_limits(root, path, words, status):
    answer = root.get(path, params={"search": words})
    assert answer.status_code == status
    assert list(answer.json()) == (["search"] if status == 400 else ["count", "next", "previous", "results"])


def test_filters_and_orders_without_end_find_nothing_and_are_passed_over(root, named):
    assert root.get("/tasks", params={"name": "a" * 60_000}).json()["count"] == 0
    assert root.get("/tasks", params={"ordering": ",".join(["id", "-name", "zz"] * 3000)}).status_code == 200


@pytest.mark.parametrize("path", ["/tasks", "/users", "/projects"])
@pytest.mark.parametrize("value", ["x", "1,5", "1 or 1=1", "NaN", "0x1", "\x00", "1" * 10_000, "١"])
def test_a_numeric_filter_takes_numbers(root, path, value):
    answer = root.get(path, params={"id": value})
    assert (answer.status_code, answer.json()) == (400, {"id": ["Enter a number."]})


def test_pages_link_to_each_other_with_sorted_names(live, root, named):
    base = f"{live.url}/api/v1/tasks"
    first, second = (
        root.get("/tasks", params={"page_size": 2, "name": "q-", "page": page}).json() for page in (1, 2)
    )
    assert (first["count"], first["previous"], first["next"]) == (
        3,
        None,
        f"{base}?name=q-&page=2&page_size=2",
    )
    assert (second["next"], second["previous"]) == (None, f"{base}?name=q-&page_size=2")
    assert [task["id"] for task in first["results"] + second["results"]] == named[::-1]
    assert root.get("/tasks", params={"page_size": "all", "name": "q-"}).json()["next"] is None
    for page in (3, 0, -1, "x"):
        answer = root.get("/tasks", params={"page_size": 2, "name": "q-", "page": page})
        assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})
    assert root.get("/tasks", params={"page_size": "all", "page": 2}).status_code == 404


def test_users_are_searched_by_every_word(live, root):
    names = [
        user["username"]
        for user in root.get("/users", params={"search": "work", "page_size": "all"}).json()["results"]
    ]
    assert names == ["worker"]
    assert root.get("/users", params={"is_active": "false"}).json()["results"][0]["username"] == "gone"
    assert root.get("/users", params={"id": live.ids["boss"]}).json()["results"][0]["username"] == "boss"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/tasks", {"GET", "POST"}),
        ("DELETE", "/jobs/1", {"GET", "PATCH", "PUT"}),
        ("GET", "/auth/login", {"POST"}),
        ("POST", "/users", {"GET"}),
        ("POST", "/users/self", {"GET"}),
        ("PUT", "/tasks/1/data", {"GET", "POST"}),
        ("POST", "/jobs/1/annotations", {"GET", "PUT", "PATCH", "DELETE"}),
        ("DELETE", "/tasks/1/status", {"GET"}),
    ],
)
def test_a_wrong_method_is_405_and_says_which_are_right(root, method, path, allowed):
    answer = root.request(method, path)
    assert (answer.status_code, answer.json()) == (405, {"detail": f'Method "{method}" not allowed.'})
    assert {name.strip() for name in answer.headers["allow"].split(",")} - {"OPTIONS", "HEAD"} == allowed


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/tasks/", "/users/self/", "/jobs", "/nonsense", "/tasks/1/nonsense"])
def test_what_is_not_routed_is_a_404_page(root, live, method, path):
    for mount in ("/api/v1", "/annotations/api/v1"):
        answer = root.request(method, f"{live.url}{mount}{path}")
        assert answer.status_code == 404, answer.text
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/tasks/x", "/tasks/1.5", "/jobs/x/annotations"])
def test_an_id_that_is_no_number_is_a_404_page(root, path):
    answer = root.get(path)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")


def test_a_deleted_task_leaves_nothing(live):
    with live.client() as client:
        task = task_with_images(client, 2)
        assert live.blob_files(f"tasks/{task['id']}/")
        client.get(f"/tasks/{task['id']}/data?type=preview")
        assert client.delete(f"/tasks/{task['id']}").status_code == 204
        assert live.blob_files(f"tasks/{task['id']}/") == []
        for path in (f"/tasks/{task['id']}", f"/jobs/{job_ids(task)[0]}", f"/tasks/{task['id']}/status"):
            assert client.get(path).status_code == 404
        assert client.delete(f"/tasks/{task['id']}").status_code == 404
