"""Publishing into the folders of datasets, over HTTP, with a worker at work."""

import json
import os
import shutil
from dataclasses import replace

import pytest
from live import LABELS, Live, body, box, jpeg, new_task, serve, tag, task_with_images, until, wait_for_media

from labelwright.domain.catalogue import FORMATS, DatasetSpec

INSTANCES = "annotations/instances_default.json"
CVAT = "cvat_annotations.xml"
TEXT = [
    {
        "name": "text",
        "attributes": [
            {"name": "value", "mutable": False, "input_type": "text", "values": [""], "default_value": ""}
        ],
    }
]


@pytest.fixture
def make(live, root):
    """Make a task of a new dataset of these files, bytes by path; returns the task, the dataset and its folder."""

    def of(annotation_type="object_detection", *, labels=LABELS, files=None):
        folder = live.deps.scratch / os.urandom(8).hex()
        files = files or {"a.jpg": jpeg(), "deep/b.jpg": jpeg(shade=1)}
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        spec = DatasetSpec(name="d", annotation_type=annotation_type, format=FORMATS[annotation_type])
        made = live.deps.catalogue.create(spec, [(path, folder / path) for path in files], user_id=None)
        shutil.rmtree(folder)
        task = task_of(root, made.id, labels=labels)
        return task, made.id, live.deps.platform.storage_root / made.storage_path

    return of


def task_of(client, dataset_id, **fields):
    task = new_task(client, **fields)
    data = {"image_quality": 70, "dataset_ids[0]": dataset_id}
    assert client.post(f"/tasks/{task['id']}/data", data=data).status_code == 202
    assert wait_for_media(client, task["id"])["state"] == "Finished"
    return client.get(f"/tasks/{task['id']}").json()


def draw(client, task, *shapes, tags=()):
    answer = client.put(f"/tasks/{task['id']}/annotations", json=body(*shapes, tags=tags))
    assert answer.status_code == 200, answer.text


def publish(client, task, route="publish", **query):
    """Ask until it is over; return the last answer."""
    path = f"/tasks/{task['id']}/{route}"
    return until(lambda: client.get(path, params=query), lambda answer: answer.status_code != 202)


def published(folder):
    """The files and links of the results, as paths."""
    results = folder / "annotations"
    return sorted(
        path.relative_to(results).as_posix()
        for path in results.rglob("*")
        if not path.is_dir() and path.name != ".labelwright.json"
    )


def labels_in(folder):
    return sorted(
        each["category_id"]
        for each in json.loads((folder / "annotations" / INSTANCES).read_text())["annotations"]
    )


def test_a_task_is_published_once_for_each_state_it_is_in(live, root, make):
    task, dataset_id, folder = make()
    draw(root, task, box(task), box(task, 1, label=1))
    path = f"/tasks/{task['id']}/publish"
    first = root.get(path)
    assert (first.status_code, first.content) == (202, b"")
    done = publish(root, task)
    assert (done.status_code, done.content) == (201, b"")
    assert published(folder) == [INSTANCES, CVAT]
    assert labels_in(folder) == [1, 2]
    before = (folder / "annotations").stat().st_ino
    assert root.get(path, params={"action": "download"}).status_code == 201
    draw(root, task, box(task))
    assert root.get(path).status_code == 202
    assert publish(root, task).status_code == 201
    assert (folder / "annotations").stat().st_ino != before
    assert labels_in(folder) == [1]
    row = next(each for each in root.get("/datas").json() if each["datasetId"] == dataset_id)
    assert row == {
        "name": "a task",
        "convertOutPath": str((folder / "annotations").resolve()),
        "dataSetId": row["dataSetId"],
        "convertStatus": "finished",
        "datasetId": dataset_id,
    }
    dataset = live.deps.catalogue.read(dataset_id)
    assert (dataset.is_published, dataset.labels, dataset.status) == (True, ("car", "dog"), "labeled")


def test_publishing_does_not_make_the_task_look_out_of_date(live, root, make):
    task, dataset_id, _ = make()
    assert publish(root, task).status_code == 201
    assert live.deps.catalogue.read(dataset_id).tag != "1"
    status = until(
        lambda: root.get(f"/tasks/{task['id']}/status").json(), lambda found: "dataset" not in found
    )
    assert status == {"state": "Finished", "message": ""}


def test_another_format_takes_the_place_of_the_first_and_what_others_put_there_stays(root, make):
    came_with = json.dumps({"images": [], "annotations": [], "categories": []}).encode()
    task, _, folder = make(files={"a.jpg": jpeg(), "annotations/instances_old.json": came_with})
    draw(root, task, box(task))
    assert publish(root, task).status_code == 201
    assert publish(root, task, format="CVAT for images 1.1").status_code == 201
    assert published(folder) == ["annotations.xml", CVAT, "instances_old.json"]
    assert publish(root, task).status_code == 201
    assert published(folder) == [INSTANCES, CVAT, "instances_old.json"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.jpg", "annotations"]


def test_labels_of_images_are_published_as_folders_and_come_back_in_the_next_task(root, make):
    task, dataset_id, folder = make("image_classification")
    draw(root, task, tags=(tag(task), tag(task, label_id=task["labels"][0]["id"])))
    assert publish(root, task).status_code == 201
    assert published(folder) == ["car/car_a.jpg", CVAT, "dog/dog_a.jpg", "no_label/no_label_b.jpg"]
    assert (folder / "annotations/dog/dog_a.jpg").read_bytes() == (folder / "a.jpg").read_bytes()
    again = task_of(root, dataset_id, labels=LABELS)
    assert again["size"] == 2
    found = root.get(f"/tasks/{again['id']}/annotations").json()
    names = {label["id"]: label["name"] for label in again["labels"]}
    assert sorted(names[each["label_id"]] for each in found["tags"]) == ["car", "dog"]


def test_texts_stand_beside_links_to_their_images(root, make):
    task, dataset_id, folder = make("ocr_recognition", labels=TEXT)
    label = task["labels"][0]
    value = {"spec_id": label["attributes"][0]["id"]}
    text = {"label_id": label["id"], "group": 0, "source": "manual", "attributes": [value | {"value": "a/b"}]}
    draw(root, task, tags=tuple({"frame": frame, **text} for frame in (0, 1)))
    assert publish(root, task).status_code == 201
    assert published(folder) == [
        "a%2Fb_0.jpg", "a%2Fb_0.txt", "a%2Fb_1.jpg", "a%2Fb_1.txt", CVAT, "frames.json",
    ]  # fmt: skip
    link = folder / "annotations/a%2Fb_1.jpg"
    assert os.readlink(link) == "../deep/b.jpg"
    assert link.read_bytes() == (folder / "deep/b.jpg").read_bytes()
    assert (folder / "annotations/a%2Fb_1.txt").read_text() == "a/b"
    again = task_of(root, dataset_id, labels=TEXT)
    found = root.get(f"/tasks/{again['id']}/annotations").json()["tags"]
    assert [each["attributes"][0]["value"] for each in found] == ["a/b", "a/b"]


def test_what_cannot_be_published_is_told_at_once(root, make):
    uploaded = task_with_images(root, 1)
    answer = root.get(f"/tasks/{uploaded['id']}/publish")
    assert (answer.status_code, "not made of a dataset" in answer.text) == (409, True)
    task, _, folder = make()
    for query in ({"action": "nonsense"}, {"format": "coco 1.0"}):
        assert root.get(f"/tasks/{task['id']}/publish", params=query).status_code == 400
    assert not (folder / "annotations").exists()


@pytest.mark.parametrize("trouble", ["a link", "no folder", "in the way"])
def test_a_failure_is_told_once_and_the_next_call_begins_anew(root, make, tmp_path, trouble):
    task, _, folder = make()
    results = folder / "annotations"
    if trouble == "a link":
        results.symlink_to(tmp_path)
    elif trouble == "in the way":
        results.mkdir()
        (results / "annotations").write_text("theirs")
    else:
        folder.rename(folder.with_name("away"))
    words = {
        "a link": "is a link",
        "no folder": "is not below the storage root",
        "in the way": "is in the way",
    }[trouble]
    failed = publish(root, task)
    assert (failed.status_code, words in failed.json()) == (500, True), failed.text
    assert list(tmp_path.iterdir()) == []
    if trouble == "a link":
        results.unlink()
    elif trouble == "in the way":
        (results / "annotations").unlink()
    else:
        folder.with_name("away").rename(folder)
    assert root.get(f"/tasks/{task['id']}/publish").status_code == 202
    assert publish(root, task).status_code == 201
    assert published(folder) == [INSTANCES, CVAT]


def test_readers_publish_only_where_the_setting_says_so(live, make):
    task, _, _ = make()
    with live.client("watcher") as watcher:
        assert watcher.get(f"/tasks/{task['id']}/publish").status_code == 403
    deps = replace(live.deps, platform=replace(live.deps.platform, publish_by_readers=True))
    with serve(deps) as url:
        open_house = Live(deps, url, live.tokens, live.ids)
        assert publish(open_house.client("watcher"), task).status_code == 201
        open_house.close()


def test_people_are_shown_what_is_published_of_the_tasks_they_see(live, hidden, root, make):
    task, dataset_id, _ = make()
    assert publish(root, task).status_code == 201
    for house, name, sees in ((live, "watcher", True), (live, "nobody", True), (hidden, "nobody", False)):
        with house.client(name) as client:
            found = [each["datasetId"] for each in client.get("/datas").json()]
        assert (dataset_id in found) == sees, name
