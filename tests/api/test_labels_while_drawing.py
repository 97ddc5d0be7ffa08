"""A label typed for the first time while drawing: who may add it to the task, and what comes back."""

import pytest
from live import LABELS, job_ids, task_with_images

from labelwright.domain.colors import normalize_label_name, numbered_color


def add(client, task, *names, **options):
    labels = [{"name": name, "attributes": []} for name in names]
    return client.patch(f"/tasks/{task['id']}", json={"labels": labels}, **options)


def test_the_answer_is_the_whole_task_with_the_new_label_s_id_and_colour(root):
    task = task_with_images(root, 1)
    answer = add(root, task, "路牌")
    assert answer.status_code == 200
    changed = answer.json()
    assert changed.keys() == task.keys()
    assert changed["labels"][:2] == task["labels"]
    new = changed["labels"][2]
    assert (new["name"], new["color"], new["attributes"]) == (
        "路牌",
        numbered_color(normalize_label_name("路牌"), 0),
        [],
    )
    assert new["id"] not in {label["id"] for label in task["labels"]}
    assert root.get(f"/tasks/{task['id']}").json() == changed


@pytest.mark.parametrize("name", ["car", " car "])
def test_a_name_that_is_there_is_refused_and_changes_nothing(root, name):
    task = task_with_images(root, 1)
    answer = add(root, task, name)
    assert (answer.status_code, answer.json()) == (
        400,
        {"labels": ["All label names must be unique for the task"]},
    )
    chinese = add(root, task, name, headers={"Labelwright-Language": "zh-CN"})
    assert chinese.json() == {"labels": ["任务中的标签名称不能重复"]}
    assert root.get(f"/tasks/{task['id']}").json()["labels"] == task["labels"]


def test_admins_the_owner_and_the_task_s_assignee_may_and_who_has_but_a_job_of_it_may_not(live, root):
    with live.client("maker") as maker:
        task = task_with_images(maker, 1, labels=LABELS)
    changes = {"assignee": "other"}
    assert root.patch(f"/tasks/{task['id']}", json=changes).status_code == 200
    assert root.patch(f"/jobs/{job_ids(task)[0]}", json={"assignee": "drawer"}).status_code == 200
    found = {}
    for name in ("root", "boss", "maker", "other", "drawer", "watcher"):
        with live.client(name) as client:
            found[name] = add(client, task, f"of {name}").status_code
    assert found == {"root": 200, "boss": 200, "maker": 200, "other": 200, "drawer": 403, "watcher": 403}


def test_in_an_open_task_who_may_draw_may_still_not_add_labels(live, root):
    task = task_with_images(root, 1)
    with live.client("drawer") as drawer:
        assert drawer.get(f"/jobs/{job_ids(task)[0]}/annotations").status_code == 200
        answer = add(drawer, task, "new")
        assert (answer.status_code, answer.json()) == (
            403, {"detail": "You do not have permission to perform this action."},
        )  # fmt: skip
