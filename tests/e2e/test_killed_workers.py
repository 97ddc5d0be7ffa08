"""Workers killed in the middle of real operations are replaced, and the operation finishes as if nothing had been."""

import pytest
from actors import Box, box_of_wire, export_coco, make_task
from main_job import photographs

from labelwright.storage import Database
from labelwright.storage import operations as rows

_TRIES = 10


@pytest.fixture
def database(house):
    database = Database(f"sqlite:///{house.folder / 'data' / 'labelwright.db'}")
    yield database
    database.close()


def _unfinished(database, kind):
    with database.read() as tx:
        return [each for each in rows.list_unfinished(tx) if each.kind == kind]


def _kill_in_the_middle(house, database, kind):
    """Wait until a worker has the operation and kill them all; whether it was cut short."""
    while not (left := _unfinished(database, kind)) or left[0].state == "queued":
        pass
    house.kill_workers()
    return bool(_unfinished(database, kind))


def test_a_task_gets_its_frames_although_the_worker_died_while_reading(house, client, database):
    images = [(f"{number:03}-{name}", content) for number in range(12) for name, content in photographs()]
    for number in range(_TRIES):
        body = {"name": f"t{number}", "labels": [{"name": "cat"}]}
        task_id = client.send("POST", "/tasks", json=body).json()["id"]
        parts = [(f"client_files[{n}]", (name, content)) for n, (name, content) in enumerate(images)]
        client.send("POST", f"/tasks/{task_id}/data", data={"image_quality": "70"}, files=parts)
        cut_short = _kill_in_the_middle(house, database, "media")
        client.until(f"/tasks/{task_id}/status", lambda found: found.json()["state"] == "Finished")
        assert client.get(f"/tasks/{task_id}")["size"] == len(images)
        if cut_short:
            return
    pytest.fail("the operation was never cut short")


@pytest.fixture
def task(client):
    """A task with 3000 boxes in one job."""
    task = make_task(client, "t", photographs(), segment_size=0)
    boxes = [Box(f"b{n}", n % len(task.names), [1.0, 2.0, 3.0, 4.0]) for n in range(3000)]
    body = {"version": 0, "tags": [], "tracks": [], "shapes": [box.to_wire(task) for box in boxes]}
    client.send("PATCH", f"/jobs/{task.jobs[0]}/annotations?action=create", json=body)
    return task


def test_an_export_is_whole_although_the_worker_died_while_writing(house, client, database, task):
    for _ in range(_TRIES):
        client.try_once("PATCH", f"/tasks/{task.id}", json={"name": "t"})  # what was exported is out of date
        client.send("GET", f"/tasks/{task.id}/dataset", params={"format": "COCO 1.0"})
        cut_short = _kill_in_the_middle(house, database, "export")
        exported = export_coco(client, task, content="dataset")
        identities = {each["attributes"]["identity"] for each in exported.coco["annotations"]}
        assert (len(exported.coco["annotations"]), len(identities)) == (3000, 3000)
        if cut_short:
            return
    pytest.fail("the operation was never cut short")


def test_an_import_is_taken_over_once_although_the_worker_died_while_reading(house, client, database, task):
    archive = export_coco(client, task).archive
    path, query = f"/tasks/{task.id}/annotations", {"format": "COCO 1.0"}
    for tries in range(1, _TRIES + 1):
        client.send("PUT", path, params=query, files={"annotation_file": ("a.zip", archive)})
        cut_short = _kill_in_the_middle(house, database, "import")
        while client.send("PUT", path, params=query, files={"nothing": b""}).status_code == 202:
            pass
        found = client.get(f"/jobs/{task.jobs[0]}/annotations")
        identities = {box_of_wire(task, shape).identity for shape in found["shapes"]}
        assert (found["version"], len(found["shapes"]), len(identities)) == (1 + 2 * tries, 3000, 3000)
        if cut_short:
            return
    pytest.fail("the operation was never cut short")
