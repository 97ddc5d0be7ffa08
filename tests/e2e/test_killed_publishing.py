"""A publishing whose worker is killed in the middle leaves whole results, and nothing beside them."""

import io
import time
import zipfile

import pytest
from house import Client, Wrong
from PIL import Image

LABELS = [{"name": name, "attributes": []} for name in ("one", "two")]
IMAGES = 150


@pytest.fixture
def dataset_house(make_house):
    """A house with a dataset of many images and a task of it; returns house, client, task and the dataset's folder."""
    house = make_house()
    house.start()
    client = Client(house).sign_in()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(IMAGES):
            picture = io.BytesIO()
            Image.new("RGB", (64, 48), (number % 256, 0, 0)).save(picture, "JPEG")
            archive.writestr(f"{number:03}.jpg", picture.getvalue())
    form = {"name": "many", "annotType": "image_classification"}
    address = (
        str(client._http.base_url).removesuffix("/").removesuffix("/api/v1")
        + "/dataset_manager/api/cv_datasets"
    )
    files = {"files[0]": ("many.zip", content.getvalue(), "application/zip")}
    dataset = client.send("POST", address, data=form, files=files).json()["data"]
    task = client.send("POST", "/tasks", json={"name": "many", "labels": LABELS}).json()
    client.send(
        "POST", f"/tasks/{task['id']}/data", data={"image_quality": "70", "dataset_ids[0]": dataset["id"]}
    )
    client.until(f"/tasks/{task['id']}/status", lambda found: found.json()["state"] == "Finished")
    return house, client, task, house.folder / "data/storage" / dataset["storagePath"]


def tag_all(client, task, label):
    made = client.get(f"/tasks/{task['id']}")
    fields = {"label_id": made["labels"][label]["id"], "group": 0, "source": "manual", "attributes": []}
    tags = [{"frame": frame, **fields} for frame in range(IMAGES)]
    client.send(
        "PUT",
        f"/tasks/{task['id']}/annotations",
        json={"version": 0, "tags": tags, "shapes": [], "tracks": []},
    )


def publish(client, task):
    client.until(f"/tasks/{task['id']}/publish", lambda answer: answer.status_code == 201)


def labels_in(folder):
    """The folders of labels among the results, with the number of images in each."""
    results = folder / "annotations"
    return {path.name: len(list(path.iterdir())) for path in results.iterdir() if path.is_dir()}


def test_a_worker_that_is_killed_in_the_middle_leaves_whole_results(dataset_house):
    house, client, task, folder = dataset_house
    tag_all(client, task, 0)
    publish(client, task)
    assert labels_in(folder) == {"one": IMAGES}
    tag_all(client, task, 1)
    assert client.send("GET", f"/tasks/{task['id']}/publish").status_code == 202
    deadline = time.monotonic() + 30
    while not [path for path in folder.glob(".annotations.*/two") if len(list(path.iterdir())) > 5]:
        if time.monotonic() > deadline:
            raise Wrong("nothing is being written")
    assert house.kill_workers() > 0
    assert labels_in(folder) == {"one": IMAGES}, "what was there before, whole"
    assert [path.name for path in folder.glob(".*")] != [], "it was cut short"
    publish(client, task)
    assert labels_in(folder) == {"two": IMAGES}
    assert [path.name for path in folder.glob(".*")] == [], "no litter"
    assert len(list(folder.iterdir())) == IMAGES + 1
