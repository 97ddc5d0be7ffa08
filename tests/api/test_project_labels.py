"""Labels that a project shares with its tasks, and tasks that move to the labels of a project (contract, 8 and 9.5)."""

import pytest
from live import LABELS, body, box, job_ids, new_project, new_task, tag, task_in, task_with_images
from sqlalchemy import text


@pytest.fixture
def labelled(root):
    """A project with two tasks, a car and a tagged dog in each: (project, tasks)."""
    project = new_project(root)
    tasks = [task_in(root, project, 2, segment_size=1) for _ in range(2)]
    for task in tasks:
        path = f"/jobs/{job_ids(task)[0]}/annotations"
        assert root.put(path, json=body(box(task), tags=(tag(task),))).status_code == 200
    return project, tasks


def annotations(client, task, job=0):
    return client.get(f"/jobs/{job_ids(task)[job]}/annotations").json()


def ended_tags(live, task):
    """The revisions of the first job that took tags to history."""
    query = text("SELECT ended_revision FROM tags_history WHERE job_id = :job")
    with live.deps.database.read() as tx:
        return list(tx.connection.execute(query, {"job": job_ids(task)[0]}).scalars())


def test_a_label_edit_of_a_project_reaches_all_its_tasks(live, root, labelled):
    project, tasks = labelled
    car, dog = project["labels"]
    assert [task["labels"] for task in tasks] == [project["labels"]] * 2
    size = {"name": "size", "mutable": False, "input_type": "text", "values": [""], "default_value": "S"}
    change = [{"id": car["id"], "name": "van", "attributes": [size]}, {"name": "bus"},
              {"id": dog["id"], "name": "dog", "deleted": True}]  # fmt: skip
    labels = root.patch(f"/projects/{project['id']}", json={"labels": change}).json()["labels"]
    assert [label["name"] for label in labels] == ["van", "bus"]
    added = labels[0]["attributes"][-1]["id"]
    for task in tasks:
        after = root.get(f"/tasks/{task['id']}").json()
        assert after["labels"] == labels
        assert after["updated_date"] > task["updated_date"]
        found = annotations(root, task)
        assert found["tags"] == []
        assert {"spec_id": added, "value": "S"} in found["shapes"][0]["attributes"]
        assert (found["version"], annotations(root, task, 1)["version"]) == (2, 1)
        assert ended_tags(live, task) == [2]


@pytest.mark.parametrize(
    ("labels", "status", "says"),
    [
        pytest.param(
            [{"name": "car"}],
            400,
            {"labels": ["All label names must be unique for the project"]},
            id="a name that is taken",
        ),
        pytest.param(
            [{"id": 10**6, "name": "x"}],
            404,
            {"detail": "Not found label with id #1000000 to change"},
            id="unknown id",
        ),
        pytest.param(
            [{"name": "x", "deleted": True}],
            400,
            {"labels": [{"non_field_errors": ["Deleted label must have an ID"]}]},
            id="deleted without id",
        ),
    ],
)
def test_a_label_edit_that_will_not_do_changes_nothing(root, labels, status, says):
    project = new_project(root)
    answer = root.patch(f"/projects/{project['id']}", json={"name": "no", "labels": labels})
    assert (answer.status_code, answer.json()) == (status, says)
    assert root.get(f"/projects/{project['id']}").json() == project


def test_labels_of_a_project_are_not_changed_by_a_task(root):
    project = new_project(root)
    task = task_in(root, project)
    path = f"/tasks/{task['id']}"
    answer = root.patch(path, json={"name": "no", "labels": [{"name": "new"}]})
    says = f"the labels of task {task['id']} are those of project {project['id']}: change them there"
    assert (answer.status_code, answer.json()) == (400, {"labels": [says]})
    same = root.patch(path, json={"name": "yes", "labels": task["labels"]}).json()
    assert (same["name"], same["labels"]) == ("yes", project["labels"])


def test_a_task_of_a_project_takes_annotations_of_its_labels_only(root, labelled):
    _, (task, _) = labelled
    foreign = new_task(root)
    answer = root.put(f"/jobs/{job_ids(task)[0]}/annotations", json=body(box(foreign)))
    assert (answer.status_code, answer.json()) == (400, f"label_id `{foreign['labels'][0]['id']}` is invalid")


def test_a_moved_task_goes_on_by_the_labels_of_the_project(root):
    task = task_with_images(root, 2, segment_size=1)
    path = f"/jobs/{job_ids(task)[0]}/annotations"
    root.put(path, json=body(box(task), tags=(tag(task),)))
    project = new_project(
        root, labels=[{"name": "dog"}, {"name": "vehicle", "attributes": LABELS[0]["attributes"]}]
    )
    mapping = [{"id": task["labels"][0]["id"], "name": "vehicle"}]
    moved = root.patch(f"/tasks/{task['id']}", json={"project_id": project["id"], "labels": mapping}).json()
    assert (moved["project_id"], moved["labels"]) == (project["id"], project["labels"])
    found = annotations(root, task)
    dog, vehicle = project["labels"]
    assert (found["version"], found["tags"][0]["label_id"]) == (2, dog["id"])
    assert found["shapes"][0]["label_id"] == vehicle["id"]
    values = [(each["spec_id"], each["value"]) for each in found["shapes"][0]["attributes"]]
    assert values == [(each["id"], each["default_value"]) for each in vehicle["attributes"]]
    assert root.put(path, json=found).status_code == 200
    again = root.patch(f"/tasks/{task['id']}", json={"project_id": project["id"]})
    assert (again.status_code, annotations(root, task)["version"]) == (200, 3)


def test_a_task_moves_from_one_project_to_another_and_leaves_its_labels(root):
    first, second = new_project(root), new_project(root)
    task = task_in(root, first)
    moved = root.patch(f"/tasks/{task['id']}", json={"project_id": second["id"], "name": "moved"}).json()
    assert (moved["labels"], moved["name"]) == (second["labels"], "moved")
    assert root.get(f"/projects/{first['id']}").json()["labels"] == first["labels"]
    assert root.get(f"/projects/{first['id']}").json()["tasks"] == []


def test_a_move_that_will_not_do_changes_nothing(root):
    task, project = new_task(root), new_project(root, labels=[{"name": "car"}])
    path, before = f"/tasks/{task['id']}", root.get(f"/tasks/{task['id']}").json()
    unmapped = ["All task or project label names must be mapped to the target project"]
    answers = {
        project["id"]: (400, {"non_field_errors": unmapped}),
        10**6: (400, ["Cannot find project with ID 1000000"]),
        "x": (400, {"project_id": ["A valid integer is required."]}),
    }
    for number, expected in answers.items():
        answer = root.patch(path, json={"project_id": number, "name": "no"})
        assert (answer.status_code, answer.json()) == expected
    strange = {"project_id": project["id"], "labels": [{"id": 10**6, "name": "car"}]}
    assert root.patch(path, json=strange).status_code == 404
    assert root.get(path).json() == before
