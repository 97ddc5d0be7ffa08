"""Workers killed while a task is made of a dataset, and while it is read anew: done once and whole all the same."""

import io
import json

import pytest
from house import Client
from PIL import Image

from labelwright.storage import Database
from labelwright.storage import operations as rows

LABELS = [{"name": "one", "attributes": []}]
IMAGES = 300
_TRIES = 10


def picture(shade):
    content = io.BytesIO()
    Image.new("RGB", (64, 48), (shade % 256, 0, 0)).save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
def house(make_house):
    house = make_house()
    house.start()
    return house


@pytest.fixture
def client(house):
    return Client(house).sign_in()


@pytest.fixture
def folder(house):
    """A folder below the storage root: many images, and a box on each."""
    folder = house.folder / "data/storage/many"
    folder.mkdir(parents=True)
    images, boxes = [], []
    for number in range(IMAGES):
        (folder / f"{number:03}.jpg").write_bytes(picture(number))
        images.append({"id": number, "file_name": f"{number:03}.jpg", "width": 64, "height": 48})
        boxes.append(
            {"id": number, "image_id": number, "category_id": 1, "bbox": [number / 100, 1, 9, 9],
             "segmentation": [], "iscrowd": 0, "area": 81}
        )  # fmt: skip
    categories = [{"id": 1, "name": "one"}]
    found = {"images": images, "categories": categories, "annotations": boxes}
    (folder / "instances_default.json").write_text(json.dumps(found))
    return folder


@pytest.fixture
def dataset(house, client, folder):
    """The number of the folder's dataset."""
    form = {"name": "many", "annotType": "object_detection", "storagePath": "many"}
    made = client.send(
        "POST",
        f"{house.url}/dataset_manager/api/cv_datasets",
        files={key: (None, value) for key, value in form.items()},
    )
    return made.json()["data"]["id"]


@pytest.fixture
def database(house):
    database = Database(f"sqlite:///{house.folder / 'data' / 'labelwright.db'}")
    yield database
    database.close()


def kill_in_the_middle(house, database):
    """Wait until a worker is at work on frames and kill them all; whether it was cut short."""
    while not (left := unfinished(database)) or left[0].progress == 0:
        if not left:
            return False
    house.kill_workers()
    return bool(unfinished(database))


def unfinished(database):
    with database.read() as tx:
        return [each for each in rows.list_unfinished(tx) if each.kind == "media"]


def make_task(client, dataset):
    task = client.send("POST", "/tasks", json={"name": "t", "labels": LABELS, "segment_size": 100}).json()
    form = {"image_quality": "70", "dataset_ids[0]": str(dataset)}
    client.send("POST", f"/tasks/{task['id']}/data", data=form)
    return task["id"]


def finish(client, task):
    status = client.until(f"/tasks/{task}/status", lambda found: found.json()["state"] == "Finished").json()
    assert status["message"] == ""
    return client.get(f"/tasks/{task}")


def boxes_of(client, task):
    """Left edge of the box on each frame, and ids, through all jobs."""
    shapes = client.get(f"/tasks/{task}/annotations")["shapes"]
    assert len({shape["id"] for shape in shapes}) == len(shapes)
    return sorted((shape["frame"], round(shape["points"][0] * 100)) for shape in shapes)


def test_frames_and_annotations_come_once_and_are_carried_over_once(house, client, database, folder, dataset):
    cut_short = []
    for _ in range(_TRIES):
        task = make_task(client, dataset)
        cut_short.append(kill_in_the_middle(house, database))
        assert finish(client, task)["size"] == IMAGES
        assert boxes_of(client, task) == [(frame, frame) for frame in range(IMAGES)]
        if cut_short[-1]:
            break
    for added in range(1, _TRIES + 1):
        (folder / f"00-{_TRIES - added}.jpg").write_bytes(picture(added))  # before all others
        client.send("POST", f"/tasks/{task}/data?reload=true")
        cut_short.append(kill_in_the_middle(house, database))
        assert finish(client, task)["size"] == IMAGES + added
        assert boxes_of(client, task) == [(frame + added, frame) for frame in range(IMAGES)]
        if cut_short[-1]:
            break
    assert cut_short.count(True) == 2, "both were cut short once"
