"""Tasks made of datasets, over HTTP: of our own catalogue, and of a platform's, which may be slow or silent."""

import json
import time
from dataclasses import replace

import pytest
from live import Live, box, job_ids, jpeg, new_task, run_server, serve, until, wait_for_media
from of_datasets import coco, new_dataset, new_folder, write_images
from platform_server import PlatformServer

OWN = {"Labelwright-Dialect": "labelwright"}


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with PlatformServer(tmp_path_factory.mktemp("platform")) as server:
        yield server


@pytest.fixture(scope="module")
def house(platform, tmp_path_factory, sqlite_template):
    """A server whose datasets are the platform's; people are its own."""
    named = ("catalogue_url", "catalogue_token", "storage_root")
    settings = {name: platform.settings()[name] for name in named}
    folder = tmp_path_factory.mktemp("house")
    yield from run_server(folder, sqlite_template, platform_timeout_s=1, **settings)


@pytest.fixture
def client(house):
    with house.client("root") as client:
        client.base_url = f"{house.url}/annotations/api/v1"
        yield client


@pytest.fixture
def healthy(platform):
    """The platform, well again after the test."""
    yield platform
    platform.fail("datasets", None)


@pytest.fixture
def dataset(platform, tmp_path):
    """A dataset of two photographs."""
    write_images(tmp_path / "images", "a.jpg", "b.jpg")
    return platform.add_dataset(name="made", folder=tmp_path / "images")


def _give(client, task, **fields):
    answer = client.post(f"/tasks/{task['id']}/data", json={"image_quality": 70, **fields})
    assert answer.status_code == 202, answer.text
    return wait_for_media(client, task["id"])


def _names(client, task):
    return [frame["name"] for frame in client.get(f"/tasks/{task['id']}/data/meta").json()["frames"]]


def _status(client, task, **headers):
    return client.get(f"/tasks/{task['id']}/status", headers=headers).json()


def test_a_task_is_made_of_a_dataset(client, platform, dataset):
    task = new_task(client)
    fields = {"dataset_ids": [str(dataset)], "image_quality": "70", "use_cache": True, "use_zip_chunks": True}
    echo = client.post(f"/tasks/{task['id']}/data", json=fields).json()
    assert list(echo)[-7:] == [
        *("client_files", "server_files", "remote_files", "platform_files", "dataset_ids"),
        *("use_zip_chunks", "use_cache"),
    ]
    assert (echo["dataset_ids"], echo["use_cache"], echo["size"]) == ([str(dataset)], False, 0)
    assert wait_for_media(client, task["id"]) == {"state": "Finished", "message": ""}
    assert len(_names(client, task)) == 2
    assert client.get(f"/tasks/{task['id']}/data?type=chunk&number=0&quality=original").content[:2] == b"PK"
    assert platform.bindings[dataset] == 1
    assert client.delete(f"/tasks/{task['id']}").status_code == 204
    assert platform.bindings[dataset] == 0
    assert ("POST", {"labelList": []}) in [
        (call.method, call.body) for call in platform.calls if call.path.endswith(f"/{dataset}/unbind")
    ]


WRONG = {
    "no numbers": ({"dataset_ids": ["x"]}, "dataset_ids"),
    "no ids": ({"dataset_ids": [0]}, "dataset_ids"),
    "no list": ({"dataset_ids": 57}, "dataset_ids"),
    "too many": ({"dataset_ids": [1] * 101}, "non_field_errors"),
    "no paths": ({"platform_files": [7]}, "platform_files"),
    "with the share": ({"dataset_ids": [1], "server_files": ["a.jpg"]}, "non_field_errors"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_meant_is_refused_by_field(root, case):
    fields, where = WRONG[case]
    path = f"/tasks/{new_task(root)['id']}/data"
    answer = root.post(path, json={"image_quality": 70, **fields})
    assert (answer.status_code, list(answer.json())) == (400, [where])
    assert "data" not in root.get(path.removesuffix("/data")).json()


def test_files_do_not_go_with_datasets(root):
    path = f"/tasks/{new_task(root)['id']}/data"
    parts = [("client_files[0]", ("a.jpg", jpeg(), "image/jpeg"))]
    answer = root.post(path, data={"image_quality": "70", "dataset_ids[0]": "1"}, files=parts)
    assert (answer.status_code, list(answer.json())) == (400, ["non_field_errors"])


def test_a_silent_catalogue_fails_the_making_and_another_try_succeeds(client, healthy, dataset):
    task = new_task(client)
    healthy.fail("datasets", "down")
    failed = _give(client, task, dataset_ids=[dataset])
    assert failed["state"] == "Failed"
    assert "dataset manager" in failed["message"]
    healthy.fail("datasets", None)
    assert _give(client, task, dataset_ids=[dataset]) == {"state": "Finished", "message": ""}
    again = client.post(f"/tasks/{task['id']}/data", json={"image_quality": 70, "dataset_ids": [dataset]})
    assert (again.status_code, again.json()) == (400, "Adding more data is not supported")


def test_a_changed_dataset_is_told_and_read_anew_when_asked(client, platform, dataset):
    task = new_task(client)
    _give(client, task, dataset_ids=[dataset])
    unchanged = {"id": dataset, "tag": "1", "current_tag": "1", "changed": False}
    assert _status(client, task) == {"state": "Finished", "message": ""}
    assert _status(client, task, **OWN)["dataset"] == unchanged
    job = job_ids(client.get(f"/tasks/{task['id']}").json())[0]
    client.patch(f"/jobs/{job}/annotations?action=create", json={"version": 0, "tags": [], "tracks": [],
                 "shapes": [box(task, 0), box(task, 1)]})  # fmt: skip
    write_images(platform.folder_of(dataset), "0.jpg")
    (platform.folder_of(dataset) / _names(client, task)[1]).unlink()
    platform.raise_tag(dataset)
    told = until(lambda: _status(client, task), lambda found: "dataset" in found)
    assert told["dataset"] == unchanged | {"current_tag": "2", "changed": True}
    answer = client.post(f"/tasks/{task['id']}/data?reload=true")
    assert (answer.status_code, list(answer.json())) == (202, ["operation"])
    done = wait_for_media(client, task["id"])
    assert done["message"].endswith("went 1 objects and 0 issues.")
    assert "dataset" not in _status(client, task)
    assert len(_names(client, task)) == 2
    found = client.get(f"/jobs/{job}/annotations").json()
    assert [shape["frame"] for shape in found["shapes"]] == [1]


FAULTS = ("slow", "drip", "500", "malformed", "nonsense", "down")


@pytest.mark.parametrize("how", FAULTS)
def test_the_status_answers_whatever_the_catalogue_does(house, client, healthy, dataset, how):
    task = new_task(client)
    _give(client, task, dataset_ids=[dataset])
    with serve(house.deps) as url:  # one that remembers nothing yet
        client.base_url = f"{url}/annotations/api/v1"
        healthy.fail("datasets", how)
        begun = time.monotonic()
        answers = [_status(client, task, **OWN) for _ in range(20)]
        assert time.monotonic() - begun < 4, "asked once, for a second"
    state = {"id": dataset, "tag": "1", "current_tag": None, "changed": False}
    assert answers == [{"state": "Finished", "message": "", "dataset": state}] * 20


def test_a_setting_has_changed_datasets_read_anew(house, client, platform, dataset):
    task = new_task(client)
    _give(client, task, dataset_ids=[dataset])
    write_images(platform.folder_of(dataset), "z.jpg")
    platform.raise_tag(dataset)
    rules = replace(house.deps.platform, reload_changed_datasets=True)
    with serve(replace(house.deps, platform=rules)) as url:
        client.base_url = f"{url}/annotations/api/v1"
        until(lambda: (_status(client, task), len(_names(client, task)))[1], lambda count: count == 3)


def test_tasks_of_a_dataset_are_listed(client, house, dataset):
    assert (client.get(f"/datasets/{dataset}").status_code, client.get(f"/datasets/{dataset}").content) == (
        404,
        b"",
    )
    tasks = [new_task(client) for _ in range(2)]
    for task in tasks:
        _give(client, task, dataset_ids=[dataset])
    ids = [task["id"] for task in tasks]
    assert client.get(f"/datasets/{dataset}").json() == ids
    listed = client.get("/tasks", params={"dataset_id": dataset}).json()
    assert sorted(each["id"] for each in listed["results"]) == ids
    assert client.get("/tasks?dataset_id=x").json() == {"dataset_id": ["Enter a number."]}
    found = client.get("/datasets", params={"name": "made", "pageSize": 1}).json()
    assert (found["datasets"][0]["id"], found["pageSize"]) == (dataset, 1)
    assert found["datasets"][0]["path"].startswith(str(house.deps.platform.storage_root))
    given = {"platform_files": [found["datasets"][0]["path"]]}
    assert _give(client, new_task(client), **given)["state"] == "Finished"


def test_annotations_that_do_not_fit_are_told_by_the_status(client, platform, tmp_path):
    write_images(tmp_path / "images", "a.jpg")
    (tmp_path / "images/instances_x.json").write_text(coco("a.jpg", label="bird"))
    dataset = platform.add_dataset(name="misfit", folder=tmp_path / "images")
    status = _give(client, new_task(client), dataset_ids=[dataset])
    assert status["state"] == "Finished"
    assert "bird" in status["message"]


def test_our_own_catalogue_makes_tasks_too(root, live):
    folder = new_folder(live.deps, "over http", "a.jpg", "b.jpg")
    (folder / "instances_default.json").write_text(coco("b.jpg"))
    dataset = new_dataset(live.deps, folder)
    task = new_task(root)
    answer = root.post(
        f"/tasks/{task['id']}/data", data={"image_quality": "70", "dataset_ids[0]": str(dataset.id)}
    )
    assert (answer.status_code, "dataset_ids" in answer.json()) == (202, False)
    assert wait_for_media(root, task["id"]) == {"state": "Finished", "message": ""}
    job = job_ids(root.get(f"/tasks/{task['id']}").json())[0]
    assert [shape["frame"] for shape in root.get(f"/jobs/{job}/annotations").json()["shapes"]] == [1]


def test_what_a_task_is_for_is_told_to_our_own_pages_alone(live):
    for mount in ("", "/annotations"):
        with live.client("maker") as client:
            client.base_url = f"{live.url}{mount}/api/v1"
            task = new_task(client, annotation_type="ocr_detection")
            path = f"/tasks/{task['id']}"
            assert "annotation_type" not in task
            assert client.get(path, headers=OWN).json()["annotation_type"] == "ocr_detection"
            changed = client.patch(path, json={"annotation_type": "image_classification"}, headers=OWN)
            assert changed.json()["annotation_type"] == "image_classification"
            assert client.put(path, json={"name": "n", "annotation_type": ""}).status_code == 200
            for answer in (
                client.patch(path, json={"annotation_type": "poetry"}),
                client.post("/tasks", json={"name": "n", "labels": [], "annotation_type": "poetry"}),
            ):
                assert (answer.status_code, list(answer.json())) == (400, ["annotation_type"])


def test_reloading_is_for_who_may_change_the_task(live, root):
    folder = new_folder(live.deps, "rights", "a.jpg")
    dataset, task = new_dataset(live.deps, folder), new_task(root)
    _give(root, task, dataset_ids=[dataset.id])
    path = f"/tasks/{task['id']}/data?reload=true"
    with live.client("watcher") as watcher:
        assert watcher.post(path).status_code == 403
    assert root.post(f"/tasks/{task['id']}/data?reload=perhaps").json() == {
        "reload": ["Must be a valid boolean."]
    }
    assert json.loads(root.post(path).content).keys() == {"operation"}
    assert wait_for_media(root, task["id"]) == {"state": "Finished", "message": ""}


def test_services_read_the_tasks_of_a_dataset_where_they_are_known(house: Live, client, dataset):
    task = new_task(client)
    _give(client, task, dataset_ids=[dataset])
    token = "the token that services have, which is long enough"
    rules = replace(house.deps.platform, service_token=token)
    with serve(replace(house.deps, platform=rules)) as url:
        client.base_url = f"{url}/annotations/api/v1"
        del client.headers["Authorization"]
        client.cookies.clear()
        assert client.get(f"/datasets/{dataset}").status_code == 401
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.get(f"/datasets/{dataset}").json() == [task["id"]]
    with serve(replace(house.deps, platform=replace(rules, open_reads=True))) as url:
        client.base_url = f"{url}/annotations/api/v1"
        del client.headers["Authorization"]
        assert client.get(f"/datasets/{dataset}").json() == [task["id"]]
