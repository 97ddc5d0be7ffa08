"""What is acknowledged stays, once: versions, retries, conditions, echoes, changed labels, many hands at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from live import LABELS, body, box, job_ids, tag, task_with_images


def ids(shapes):
    return [shape["id"] for shape in shapes]


def at_once(count, call):
    """Call `call(n)` for n below `count` in as many threads; the results in order."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, range(count)))


@pytest.fixture(scope="module")
def overlapping(live):
    """A task of five photographs in jobs 0–2, 2–4, 4–4: neighbours share a frame."""
    with live.client() as client:
        return task_with_images(client, 5, segment_size=3, overlap=1)


@pytest.fixture
def three_jobs(live, overlapping):
    with live.client() as client:
        assert client.delete(f"/tasks/{overlapping['id']}/annotations").status_code == 204
        yield client, overlapping, f"/tasks/{overlapping['id']}/annotations"


def test_every_write_raises_the_version_by_one_and_reads_do_not(job):
    client, task, path = job
    first = client.get(path).json()["version"]
    made = client.patch(f"{path}?action=create", json=body(box(task), tags=(tag(task),))).json()
    versions = [made["version"]]
    versions += [
        client.patch(f"{path}?action={action}", json=body()).json()["version"]
        for action in ("create", "update", "delete")
    ]
    versions.append(client.put(path, json=body(version=10**6)).json()["version"])
    assert client.delete(path).status_code == 204
    versions.append(client.get(path).json()["version"])
    assert versions == [first + n for n in range(1, 7)]


def test_answers_keep_order_and_length_and_echo_what_was_sent(job):
    client, task, path = job
    sent = [box(task, frame, points=[frame, 0.1, 2.5, 1e-7]) for frame in (3, 0, 2, 0)]
    answer = client.patch(f"{path}?action=create", json=body(*sent)).json()
    assert list(answer) == ["version", "tags", "shapes", "tracks"]
    assert [shape["frame"] for shape in answer["shapes"]] == [3, 0, 2, 0]
    assert [shape["points"] for shape in answer["shapes"]] == [shape["points"] for shape in sent]
    assert all(shape["attributes"] == [] for shape in answer["shapes"])
    stored = client.get(path).json()["shapes"]
    assert [shape["frame"] for shape in stored] == [0, 0, 2, 3]
    assert list(stored[0]) == [
        "type",
        "occluded",
        "z_order",
        "points",
        "id",
        "frame",
        "label_id",
        "group",
        "source",
        "attributes",
    ]
    assert [value["value"] for value in stored[0]["attributes"]] == ["red", "4"]


def test_values_may_be_spelled_as_old_clients_spell_them(job):
    client, task, path = job
    colour, doors = (attribute["id"] for attribute in task["labels"][0]["attributes"])
    attributes = [{"spec_id": str(doors), "value": 5}, {"spec_id": colour, "value": True}]
    sent = box(task, attributes=attributes, group=None, occluded="true", z_order="-3", frame="1")
    sent.pop("source")
    shape = client.put(path, json=body(sent)).json()["shapes"][0]
    assert shape["attributes"] == [{"spec_id": doors, "value": "5"}, {"spec_id": colour, "value": "True"}]
    assert (shape["group"], shape["occluded"], shape["z_order"], shape["frame"], shape["source"]) == (
        None,
        True,
        -3,
        1,
        "manual",
    )


def test_the_senders_own_id_comes_back_on_create_and_is_not_stored(job):
    client, task, path = job
    answer = client.patch(
        f"{path}?action=create",
        json=body(
            box(task, client_id="a1"), box(task, client_id=7), box(task), tags=(tag(task, client_id="t"),)
        ),
    ).json()
    assert [shape.get("client_id") for shape in answer["shapes"]] == ["a1", "7", None]
    assert answer["tags"][0]["client_id"] == "t"
    stored = client.get(path).json()
    assert not any("client_id" in item for item in stored["shapes"] + stored["tags"])


def test_create_ignores_ids_and_update_of_unknown_ids_makes_new_objects(job):
    client, task, path = job
    made = client.patch(f"{path}?action=create", json=body(box(task, id=5), box(task, id=5))).json()["shapes"]
    assert len({*ids(made), 5}) == 3
    updated = client.patch(
        f"{path}?action=update", json=body(made[0] | {"frame": 2}, box(task, id=2**52))
    ).json()["shapes"]
    assert updated[0]["id"] == made[0]["id"]
    assert updated[1]["id"] not in (*ids(made), 2**52)
    assert [(shape["id"], shape["frame"]) for shape in client.get(path).json()["shapes"]] == [
        (made[1]["id"], 0),
        (updated[1]["id"], 0),
        (made[0]["id"], 2),
    ]


def test_delete_passes_over_ids_that_are_unknown_null_or_given_twice(job):
    client, task, path = job
    first, second = client.patch(f"{path}?action=create", json=body(box(task), box(task, 1))).json()["shapes"]
    gone = [first, first, second | {"id": 2**52}, second | {"id": None}]
    answer = client.patch(f"{path}?action=delete", json=body(*gone))
    assert (answer.status_code, answer.json()["shapes"]) == (200, gone)
    assert ids(client.get(path).json()["shapes"]) == [second["id"]]


def test_ids_of_another_job_are_left_alone(three_jobs):
    client, task, path = three_jobs
    one, two, _ = (f"/jobs/{number}/annotations" for number in job_ids(task))
    mine = client.patch(f"{one}?action=create", json=body(box(task, 0))).json()["shapes"][0]
    client.patch(f"{two}?action=delete", json=body(mine | {"frame": 3}))
    moved = client.patch(f"{two}?action=update", json=body(mine | {"frame": 3})).json()["shapes"][0]
    assert moved["id"] != mine["id"]
    assert ids(client.get(one).json()["shapes"]) == [mine["id"]]
    assert len(client.get(path).json()["shapes"]) == 2


@pytest.mark.parametrize("action", ["create", "update", "PUT"])
def test_a_retry_with_the_same_key_doubles_nothing(job, action):
    client, task, path = job
    made = client.patch(f"{path}?action=create", json=body(box(task))).json()["shapes"][0]
    content = body(box(task, 1, client_id="x"), *([made] if action == "update" else []), tags=(tag(task, 2),))
    key = {"Idempotency-Key": f"{action}-{made['id']}"}

    def send(_):
        answer = (
            client.put(path, json=content, headers=key)
            if action == "PUT"
            else client.patch(f"{path}?action={action}", json=content, headers=key)
        )
        return answer.status_code, answer.json(), answer.headers.get("etag")

    answers = [*at_once(4, send), send(0)]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200
    stored = client.get(path).json()
    assert stored["version"] == answers[0][1]["version"]
    assert len(stored["shapes"]) == (1 if action == "PUT" else 2)
    other = client.patch(f"{path}?action=create", json=body(box(task, 3)), headers=key)
    assert other.status_code == 422
    assert "already used" in other.json()["detail"]


def test_a_retried_creation_makes_one_task(live):
    with live.client() as client:
        before = client.get("/tasks?page_size=1").json()["count"]
        key = {"Idempotency-Key": "make-one"}
        content = {"name": "once", "labels": LABELS}
        made = at_once(4, lambda _: client.post("/tasks", json=content, headers=key))
        assert {answer.status_code for answer in made} == {201}
        assert len({answer.json()["id"] for answer in made}) == 1
        assert client.get("/tasks?page_size=1").json()["count"] == before + 1
        assert client.post("/tasks", json=content | {"name": "twice"}, headers=key).status_code == 422
    with live.client("maker") as other:
        assert other.post("/tasks", json=content, headers=key).json()["id"] != made[0].json()["id"]


def test_a_write_of_an_old_revision_is_refused_and_writes_nothing(job):
    client, task, path = job
    tag_now = client.get(path).headers["etag"]
    first = client.patch(f"{path}?action=create", json=body(box(task)), headers={"If-Match": tag_now})
    assert first.status_code == 200
    for method, url in (("PATCH", f"{path}?action=create"), ("PUT", path), ("DELETE", path)):
        late = client.request(method, url, json=body(box(task)), headers={"If-Match": tag_now})
        assert late.status_code == 412
        assert late.json()["revision"] == first.json()["version"]
        assert late.headers["etag"] == first.headers["etag"] == f'"{first.json()["version"]}"'
    assert client.get(path).json()["version"] == first.json()["version"]
    assert len(client.get(path).json()["shapes"]) == 1


@pytest.mark.parametrize("form", ["*", "{}", "W/{}", " {} "])
def test_conditions_that_hold_let_a_write_through(job, form):
    client, task, path = job
    condition = form.format(client.get(path).headers["etag"]).strip()
    assert client.put(path, json=body(box(task)), headers={"If-Match": condition}).status_code == 200


def test_the_revision_of_a_task_is_that_of_its_newest_job(three_jobs):
    client, task, path = three_jobs
    client.put(f"/jobs/{job_ids(task)[1]}/annotations", json=body())
    etag = client.get(path).headers["etag"]
    assert (
        client.patch(f"{path}?action=create", json=body(box(task)), headers={"If-Match": etag}).status_code
        == 200
    )
    assert (
        client.patch(f"{path}?action=create", json=body(box(task)), headers={"If-Match": etag}).status_code
        == 412
    )


def test_a_write_to_the_task_goes_to_every_job_of_the_frame_and_reads_as_one(three_jobs):
    client, task, path = three_jobs
    shapes = [box(task, frame, points=[frame, 1, frame + 9, 9]) for frame in range(5)]
    answer = client.put(path, json=body(*shapes, tags=(tag(task, 2),))).json()
    assert sorted(shape["frame"] for shape in answer["shapes"]) == [0, 1, 2, 3, 4]
    counts = [len(client.get(f"/jobs/{number}/annotations").json()["shapes"]) for number in job_ids(task)]
    assert counts == [3, 3, 1]
    merged = client.get(path).json()
    assert (len(merged["shapes"]), len(merged["tags"])) == (5, 1)


def test_a_change_of_annotations_moves_the_tasks_date_and_an_empty_one_does_not(job):
    client, task, path = job
    dates = [client.get(f"/tasks/{task['id']}").json()["updated_date"]]
    for content in (body(box(task)), body(), body(box(task))):
        client.patch(f"{path}?action=create", json=content)
        dates.append(client.get(f"/tasks/{task['id']}").json()["updated_date"])
    assert dates[0] < dates[1] == dates[2] < dates[3]


def test_a_new_attribute_fills_old_objects_when_they_are_read(live):
    with live.client() as client:
        task = task_with_images(client, 1)
        path = f"/jobs/{job_ids(task)[0]}/annotations"
        client.put(
            path,
            json=body(
                box(task),
                box(
                    task, attributes=[{"spec_id": task["labels"][0]["attributes"][0]["id"], "value": "blue"}]
                ),
            ),
        )
        new = {
            "name": "wheels",
            "mutable": False,
            "input_type": "number",
            "values": ["0", "9", "1"],
            "default_value": 4,
        }
        change = {"labels": [{"id": task["labels"][0]["id"], "attributes": [new]}]}
        label = client.patch(f"/tasks/{task['id']}", json=change).json()["labels"][0]
        assert [attribute["name"] for attribute in label["attributes"]] == ["colour", "doors", "wheels"]
        values = [
            [value["value"] for value in shape["attributes"]] for shape in client.get(path).json()["shapes"]
        ]
        assert values == [["red", "4", "4"], ["blue", "4", "4"]]


def test_a_deleted_label_takes_its_annotations_with_it(live):
    with live.client() as client:
        task = task_with_images(client, 2, segment_size=1)
        paths = [f"/jobs/{number}/annotations" for number in job_ids(task)]
        for frame, path in enumerate(paths):
            client.put(path, json=body(box(task, frame), box(task, frame, label=1), tags=(tag(task, frame),)))
        change = {"labels": [{"id": task["labels"][1]["id"], "name": "dog", "deleted": True}]}
        assert [
            label["name"] for label in client.patch(f"/tasks/{task['id']}", json=change).json()["labels"]
        ] == ["car"]
        for path in paths:
            left = client.get(path).json()
            assert (len(left["shapes"]), left["tags"], left["version"]) == (1, [], 2)
        assert (
            client.put(paths[0], json=body(box(task, label=1))).json()
            == f"label_id `{task['labels'][1]['id']}` is invalid"
        )


@pytest.mark.parametrize(
    ("labels", "status", "says"),
    [
        pytest.param(
            [{"name": "x"}, {"name": "x"}],
            400,
            {"labels": ["All label names must be unique for the task"]},
            id="one name twice",
        ),
        pytest.param(
            [{"name": "car"}],
            400,
            {"labels": ["All label names must be unique for the task"]},
            id="a name that is there",
        ),
        pytest.param(
            [{"name": "x", "deleted": True}],
            400,
            {"labels": [{"non_field_errors": ["Deleted label must have an ID"]}]},
            id="deleted without id",
        ),
        pytest.param([{}], 400, {"labels": [{"name": ["This field is required."]}]}, id="no name"),
        pytest.param(
            [{"name": ""}], 400, {"labels": [{"name": ["This field may not be blank."]}]}, id="blank name"
        ),
        pytest.param(
            [{"name": "y" * 65}],
            400,
            {"labels": [{"name": ["Ensure this field has no more than 64 characters."]}]},
            id="name too long",
        ),
        pytest.param(
            [{"id": 9999, "name": "x"}],
            404,
            {"detail": "Not found label with id #9999 to change"},
            id="unknown id",
        ),
    ],
)
def test_labels_that_will_not_do_change_nothing(root, shared_task, labels, status, says):
    path = f"/tasks/{shared_task['id']}"
    before = root.get(path).json()
    answer = root.patch(path, json={"name": "another", "labels": labels})
    assert (answer.status_code, answer.json()) == (status, says)
    assert root.get(path).json() == before


def test_many_small_saves_at_once_are_all_kept(live, job):
    client, task, path = job
    first = client.get(path).json()["version"]
    answers = []
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(
                lambda n: client.patch(f"{path}?action=create", json=body(box(task, n % 4, z_order=n))),
                range(200),
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["shapes"][0]["id"] for answer in answers}) == 200
    stored = client.get(path).json()
    assert sorted(shape["z_order"] for shape in stored["shapes"]) == list(range(200))
    assert stored["version"] == first + 200


def test_two_clients_change_one_task_and_one_job_at_once(live):
    with live.client("root") as one, live.client("boss") as two:
        task = task_with_images(one, 1)
        path = f"/jobs/{job_ids(task)[0]}/annotations"

        def change(n):
            client = (one, two)[n % 2]
            if n % 4 < 2:
                return client.patch(
                    f"/tasks/{task['id']}", json={"labels": [{"name": f"label {n}"}]}
                ).status_code
            return client.patch(f"{path}?action=create", json=body(box(task, z_order=n))).status_code

        assert set(at_once(24, change)) == {200}
        names = {label["name"] for label in one.get(f"/tasks/{task['id']}").json()["labels"]}
        assert names == {"car", "dog", *(f"label {n}" for n in range(24) if n % 4 < 2)}
        assert sorted(shape["z_order"] for shape in one.get(path).json()["shapes"]) == [
            n for n in range(24) if n % 4 >= 2
        ]


def test_a_label_deleted_while_others_draw_it_leaves_nothing_of_it(live):
    with live.client("root") as one, live.client("boss") as two:
        task = task_with_images(one, 1)
        path = f"/jobs/{job_ids(task)[0]}/annotations"
        gone = {"labels": [{"id": task["labels"][1]["id"], "deleted": True}]}

        def draw(n):
            if n == 10:
                return two.patch(f"/tasks/{task['id']}", json=gone).status_code
            return one.patch(f"{path}?action=create", json=body(box(task, label=1))).status_code

        assert set(at_once(20, draw)) <= {200, 400}
        assert one.get(path).json()["shapes"] == []
