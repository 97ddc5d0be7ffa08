"""One request for all changes of a client: deleted, updated and created as one revision, or not at all."""

from dataclasses import replace

import pytest
from live import Live, body, box, job_ids, serve, tag, task_with_images
from sqlalchemy import text

REQUIRED = ["This field is required."]


def sync(client, path, *, headers=None, **parts):
    return client.patch(f"{path}?action=sync", json={"version": 0, **parts}, headers=headers)


def made(client, path, *shapes, tags=()):
    return client.patch(f"{path}?action=create", json=body(*shapes, tags=tags)).json()


def test_deletes_updates_and_creates_as_one_revision(job):
    client, task, path = job
    before = made(client, path, box(task), box(task, 1), tags=(tag(task), tag(task, 1)))
    kept, gone = before["shapes"]
    answer = sync(
        client,
        path,
        delete={"tags": [before["tags"][0]["id"]], "shapes": [gone["id"], 2**52]},
        update={"shapes": [kept | {"frame": 3}]},
        create={"shapes": [box(task, 2, client_id="b"), box(task, 0)], "tags": [tag(task, 2, client_id="t")]},
    )
    assert answer.status_code == 200
    created = answer.json()["create"]
    assert answer.json()["version"] == before["version"] + 1
    assert answer.headers["etag"] == f'"{before["version"] + 1}"'
    assert [shape.get("client_id") for shape in created["shapes"]] == ["b", None]
    stored = client.get(path).json()
    assert [(shape["id"], shape["frame"]) for shape in stored["shapes"]] == [
        (created["shapes"][1]["id"], 0),
        (created["shapes"][0]["id"], 2),
        (kept["id"], 3),
    ]
    assert [found["id"] for found in stored["tags"]] == [before["tags"][1]["id"], created["tags"][0]["id"]]
    assert created["tags"][0]["client_id"] == "t"


def test_an_empty_sync_is_a_revision_and_nothing_else(job):
    client, task, path = job
    before = client.get(path).json()["version"]
    date = client.get(f"/tasks/{task['id']}").json()["updated_date"]
    answer = sync(client, path)
    assert answer.json() == {"version": before + 1, "create": {"tags": [], "shapes": []}}
    assert client.get(f"/tasks/{task['id']}").json()["updated_date"] == date


def test_what_was_replaced_or_deleted_goes_to_history(live, job):
    client, task, path = job
    first, second = made(client, path, box(task), box(task))["shapes"]
    answer = sync(
        client, path, update={"shapes": [first | {"z_order": 7}]}, delete={"shapes": [second["id"]]}
    )
    with live.deps.database.read() as tx:
        query = text("SELECT id FROM shapes_history WHERE ended_revision = :r AND job_id = :j ORDER BY id")
        values = {"r": answer.json()["version"], "j": job_ids(task)[0]}
        assert list(tx.connection.execute(query, values).scalars()) == [first["id"], second["id"]]


def test_a_retried_sync_gets_the_same_answer_and_doubles_nothing(job):
    client, task, path = job
    old = made(client, path, box(task), box(task))["shapes"]
    key = {"Idempotency-Key": f"sync-{old[0]['id']}", "If-Match": client.get(path).headers["etag"]}
    parts = {
        "create": {"shapes": [box(task, 1, client_id="a"), box(task, 2)]},
        "update": {"shapes": [old[0] | {"frame": 3}]},
        "delete": {"shapes": [old[1]["id"]]},
    }
    answers = [sync(client, path, headers=key, **parts) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert all(answer.headers["etag"] == answers[0].headers["etag"] for answer in answers)
    assert [shape["frame"] for shape in client.get(path).json()["shapes"]] == [1, 2, 3]
    assert sync(client, path, headers=key).status_code == 422


def test_a_sync_of_an_old_revision_is_refused_and_writes_nothing(job):
    client, task, path = job
    old = client.get(path).headers["etag"]
    before = made(client, path, box(task))
    late = sync(
        client,
        path,
        headers={"If-Match": old},
        create={"shapes": [box(task)]},
        delete={"shapes": [before["shapes"][0]["id"]]},
    )
    assert (late.status_code, late.json()["revision"]) == (412, before["version"])
    assert late.headers["etag"] == f'"{before["version"]}"'
    stored = client.get(path).json()
    assert (stored["version"], [shape["id"] for shape in stored["shapes"]]) == (
        before["version"],
        [before["shapes"][0]["id"]],
    )


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        pytest.param(
            {"create": {"shapes": [{}, {"label_id": 9999}, {"points": [1]}]}},
            {
                "create": {
                    "shapes": [
                        {},
                        {"non_field_errors": ["label_id `9999` is invalid"]},
                        {"non_field_errors": ["a rectangle takes 4 numbers, got 1 (frame 0)"]},
                    ]
                }
            },
            id="labels and points by index",
        ),
        pytest.param(
            {"create": {"shapes": [{"frame": 99}]}},
            {"create": {"shapes": [{"non_field_errors": ["frame 99 is outside, expected 0 to 3"]}]}},
            id="frame of no job",
        ),
        pytest.param(
            {"create": {"shapes": [{}, {"frame": -1}]}},
            {
                "create": {
                    "shapes": [{}, {"frame": ["Ensure this value is greater than or equal to 0."]}],
                }
            },
            id="field by index",
        ),
        pytest.param(
            {"create": {"shapes": [{"points": ["nan", 1, 2, 3]}]}},
            {"create": {"shapes": [{"points": ["A valid number is required."]}]}},
            id="not a number",
        ),
        pytest.param(
            {"update": {"shapes": [{}]}}, {"update": {"shapes": [{"id": REQUIRED}]}}, id="update of no id"
        ),
        pytest.param(
            {"update": {"shapes": [{"id": 2**50}]}},
            {"update": {"shapes": [{"id": [f"this job holds no object of id {2**50}"]}]}},
            id="update of an unknown id",
        ),
        pytest.param(
            {"delete": {"shapes": [1, "x", -1]}},
            {
                "delete": {
                    "shapes": [
                        [],
                        ["A valid integer is required."],
                        ["Ensure this value is greater than or equal to 0."],
                    ]
                }
            },
            id="ids that are none",
        ),
        pytest.param(
            {"delete": {"shapes": 5}},
            {"delete": {"shapes": ['Expected a list of items but got type "int".']}},
            id="ids no list",
        ),
        pytest.param(
            {"create": [], "delete": 1},
            {
                "create": ["Invalid data. Expected a dictionary, but got list."],
                "delete": ["Invalid data. Expected a dictionary, but got int."],
            },
            id="parts that are no objects",
        ),
        pytest.param({"version": None}, {"version": ["This field may not be null."]}, id="no version"),
    ],
)
def test_objects_that_do_not_fit_are_named_and_nothing_is_written(job, parts, says):
    client, task, path = job
    before = made(client, path, box(task))
    filled = {
        name: {"shapes": [box(task, **fields) for fields in part["shapes"]]}
        if name in ("create", "update") and isinstance(part, dict)
        else part
        for name, part in parts.items()
    }
    filled.setdefault("delete", {"shapes": [before["shapes"][0]["id"]]})
    answer = sync(client, path, **filled)
    assert (answer.status_code, answer.json()) == (400, says)
    stored = client.get(path).json()
    assert (stored["version"], len(stored["shapes"])) == (before["version"], 1)


def test_an_object_is_updated_once_and_not_after_its_deletion(job):
    client, task, path = job
    shape = made(client, path, box(task))["shapes"][0]
    twice = sync(client, path, update={"shapes": [shape, shape]})
    assert (twice.status_code, twice.json()) == (
        400,
        [f"id {shape['id']} stands twice in the shapes to update"],
    )
    gone = sync(client, path, update={"shapes": [shape]}, delete={"shapes": [shape["id"]]})
    assert gone.status_code == 400
    assert len(client.get(path).json()["shapes"]) == 1


@pytest.mark.parametrize("part", ["create", "update", "delete"])
def test_tracks_are_not_built_yet(job, part):
    client, _, path = job
    assert sync(client, path, **{part: {"tracks": []}}).status_code == 200
    assert sync(client, path, **{part: {"tracks": [{}]}}).status_code == 501
    slow = sync(client, path, **{part: {"tracks": [{}], "shapes": []}}, version=" 0 ")
    assert slow.status_code == 501


def test_old_spellings_are_understood(job):
    client, task, path = job
    shape = made(client, path, box(task))["shapes"][0]
    answer = sync(
        client,
        path,
        create={"shapes": [box(task, occluded="yes", frame="2")]},
        update={"shapes": [shape | {"id": str(shape["id"]), "occluded": "on", "frame": "1"}]},
    )
    assert answer.status_code == 200
    found = [(each["frame"], each["occluded"]) for each in client.get(path).json()["shapes"]]
    assert found == [(1, True), (2, True)]


def test_only_those_who_may_change_the_job_may_sync(live, root):
    task = task_with_images(root, 1, assignee_id=live.ids["lead"])
    path = f"/jobs/{job_ids(task)[0]}/annotations"
    statuses = [sync(live.kept_client(name), path).status_code for name in ("root", "lead", "nobody", None)]
    assert statuses == [200, 200, 403, 401]
    assert sync(live.kept_client("root"), "/jobs/999999/annotations").status_code == 404
    task_path = f"/tasks/{task['id']}/annotations"
    assert sync(live.kept_client("root"), task_path).status_code == 400, "a task has no one revision"


def test_the_limit_counts_all_parts_together(live, job):
    client, task, path = job
    shape = made(client, path, box(task))["shapes"][0]
    parts = {
        "create": {"shapes": [box(task)]},
        "update": {"shapes": [shape]},
        "delete": {"shapes": [2**50]},
    }
    limits = replace(live.deps.limits, max_shapes=2)
    with serve(replace(live.deps, limits=limits)) as url:
        strict = Live(live.deps, url, live.tokens, live.ids).client()
        assert sync(strict, path, **parts).status_code == 413
        del parts["delete"]
        assert sync(strict, path, **parts).status_code == 200
        strict.close()
