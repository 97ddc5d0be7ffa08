"""Crops to a new dataset, from the request to the pixels (platform contract, 9)."""

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from live import Live, body, box, job_ids, new_task, task_with_images, until, wait_for_media
from PIL import Image
from platform_server import PlatformServer

from labelwright.domain.errors import Cancelled
from labelwright.domain.sentences import Sentence
from labelwright.platform.catalogue import RemoteCatalogue
from labelwright.services import crops
from labelwright.storage import operations, tasks, users

ROOT = "/dataset_manager/api/cv_datasets"
TEXT_LABEL = {
    "name": "text",
    "attributes": [
        {"name": "value", "mutable": False, "input_type": "text", "values": [""], "default_value": ""}
    ],
}


def picture(seed: int, kind: str, size_wh: tuple[int, int] = (90, 60), orientation: int = 1) -> bytes:
    values = np.random.default_rng(seed).integers(0, 256, (size_wh[1], size_wh[0], 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    Image.fromarray(values).save(out, kind, exif=exif)
    return out.getvalue()


class Story:
    """A dataset, a task made of it, and the people's requests about both."""

    def __init__(
        self, live: Live, files: dict[str, bytes], *labels: dict, kind: str = "object_detection"
    ) -> None:
        self.api = live.client("maker")
        self.http = live.client("maker")
        self.http.base_url = f"{live.url}{ROOT}"
        self.deps = live.deps
        parts = [(f"files[{n}]", each) for n, each in enumerate(files.items())]
        made = self.http.post("", data={"name": "源", "annotType": kind}, files=parts)
        assert made.status_code == 201, made.text
        self.dataset = made.json()["data"]
        task = new_task(self.api, labels=list(labels))
        data = {"image_quality": "70", "dataset_ids[0]": str(self.dataset["id"])}
        assert self.api.post(f"/tasks/{task['id']}/data", data=data).status_code == 202
        assert wait_for_media(self.api, task["id"])["state"] == "Finished"
        self.task = self.api.get(f"/tasks/{task['id']}").json()

    def draw(self, *shapes: dict) -> None:
        path = f"/jobs/{job_ids(self.task)[0]}/annotations"
        answer = self.api.put(path, json=body(*shapes))
        assert answer.status_code == 200, answer.text

    def crop(self, **wanted: object) -> dict:
        """Have the first label cut out; returns the operation as it ended."""
        at = f"/id/{self.dataset['id']}/crop"
        asked = {"task_id": self.task["id"], "label": self.task["labels"][0]["name"], **wanted}
        answer = self.http.post(at, json=asked)
        assert answer.status_code == 202, answer.text
        operation = answer.json()["data"]["operation"]
        return until(
            lambda: self.http.get(f"{at}/{operation}").json()["data"],
            lambda found: found["state"] not in ("queued", "started"),
        )

    def made(self, number: int) -> tuple[dict, dict[str, bytes]]:
        """The dataset of that number, and its files."""
        dataset = self.http.get(f"/id/{number}").json()["data"]
        folder = self.deps.platform.storage_root / dataset["storagePath"]
        return dataset, {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def pixels(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


#: In the order of frames.
SOURCES = {
    "a.png": picture(1, "PNG"),
    "c.jpg": picture(3, "JPEG"),
    "子 b.png": picture(2, "PNG", orientation=6),
}


@pytest.fixture(scope="module")
def story(live):
    labels = [{"name": "车/1", "attributes": []}, {"name": "dog", "attributes": []}]
    return Story(live, SOURCES, *labels)


def test_every_box_of_the_label_becomes_an_item_with_its_pixels(story):
    story.draw(
        box(story.task, 2, points=[3.0, 4.0, 41.0, 37.0]),
        box(story.task, 0, points=[10.0, 20.0, 30.0, 40.0]),
        box(story.task, 0, points=[60.5, 30.5, 200.0, 80.0]),
        box(story.task, 0, points=[5.0, 5.0, 5.0, 30.0]),
        box(story.task, 0, label=1, points=[0.0, 0.0, 9.0, 9.0]),
        {**box(story.task, 1), "type": "polygon", "points": [5.0, 50.0, 20.0, 45.0, 9.0, 60.0]},
    )
    before = int(time.time())
    told = story.crop()
    assert (told["state"], told["items"], told["skipped"]) == ("finished", 4, 1)
    dataset, files = story.made(told["dataset_id"])
    name, _, moment = dataset["name"].rpartition("_")
    assert name == "源_crop_车_1"
    assert before <= int(moment) <= time.time()
    assert (dataset["annotType"], dataset["cvDatasetFormat"]) == ("image_classification", "ImageNet 1.0")
    assert (dataset["itemCount"], dataset["annotStatus"]) == (4, "unlabeled")
    assert list(files) == ["a_00001.png", "a_00002.png", "c_00003.jpg", "子 b_00004.png"]
    sources = [pixels(content) for content in SOURCES.values()]
    assert np.array_equal(pixels(files["a_00001.png"]), sources[0][20:40, 10:30])
    assert np.array_equal(pixels(files["a_00002.png"]), sources[0][30:60, 60:90])
    assert np.abs(pixels(files["c_00003.jpg"]) - sources[1][45:60, 5:20]).mean() < 3
    assert np.array_equal(pixels(files["子 b_00004.png"]), np.rot90(sources[2], -1)[4:37, 3:41])


def test_padding_and_name_are_the_askers(story):
    story.draw(box(story.task, 0, points=[10.0, 20.0, 30.0, 40.0]))
    told = story.crop(padding=0.5, name="mine", annotType="object_detection")
    dataset, files = story.made(told["dataset_id"])
    assert (dataset["name"], dataset["cvDatasetFormat"]) == ("mine", "COCO 1.0")
    assert np.array_equal(pixels(files["a_00001.png"]), pixels(SOURCES["a.png"])[10:50, 0:40])


def test_texts_go_along_with_what_is_to_be_read(live):
    story = Story(live, {"a.png": picture(1, "PNG")}, TEXT_LABEL, kind="ocr_detection")
    attribute = story.task["labels"][0]["attributes"][0]["id"]
    texts = ["你好/世界\n", ""]
    story.draw(
        *(box(story.task, 0, attributes=[{"spec_id": attribute, "value": text}]) for text in texts),
    )
    dataset, files = story.made(story.crop()["dataset_id"])
    assert (dataset["annotType"], dataset["cvDatasetFormat"]) == ("ocr_recognition", "OCR RECOGNITION 1.0")
    assert list(files) == ["a_00001.png", "a_00001.txt", "a_00002.png"]
    assert files["a_00001.txt"].decode() == texts[0]
    assert (dataset["itemCount"], dataset["annotCount"]) == (2, 1)


def test_nothing_to_cut_out_is_said_and_makes_no_dataset(story):
    story.draw(box(story.task, 0, points=[5.0, 5.0, 5.0, 30.0]))
    before = story.http.get("").json()["data"]["total"]
    told = story.crop()
    assert (told["state"], told["dataset_id"]) == ("failed", None)
    assert "no object of this label" in told["message"]
    assert story.http.get("").json()["data"]["total"] == before
    assert list(story.deps.scratch.glob("crop-*")) == []


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"task_id": 10**6}, "no task 1000000"),
        ({"task_id": "x"}, "task_id"),
        ({"task_id": 1.5}, "number of a task"),
        ({"label": "none such"}, "no label none such"),
        ({"label": None}, "no label"),
        ({"annotType": "video"}, "annotType"),
        ({"padding": 1.5}, "padding"),
        ({"padding": "nan"}, "padding"),
        ({"name": "x" * 300}, "at most 256"),
    ],
)
def test_a_crop_that_cannot_be_is_refused(story, wanted, said):
    asked = {"task_id": story.task["id"], "label": "dog", **wanted}
    answer = story.http.post(f"/id/{story.dataset['id']}/crop", json=asked)
    assert (answer.status_code, said in answer.json()["msg"]) == (400, True), answer.text


def test_a_task_of_another_dataset_is_refused(story, live):
    other = Story(live, {"a.png": picture(1, "PNG")}, TEXT_LABEL)
    asked = {"task_id": other.task["id"], "label": "text"}
    answer = story.http.post(f"/id/{story.dataset['id']}/crop", json=asked)
    assert (answer.status_code, "is not made of dataset" in answer.json()["msg"]) == (400, True)


class NoWorkers:
    """A queue that runs nothing, so that the test is the worker."""

    def enqueue(self, operation_id, kind):
        """Leave it to the test."""

    def cancel(self, operation_id):
        """Nobody is at it."""


class Dying:
    """A catalogue whose caller is killed as soon as the dataset is there."""

    def __init__(self, catalogue) -> None:
        self.read, self._create = catalogue.read, catalogue.create

    def create(self, spec, files, *, user_id):
        self._create(spec, files, user_id=user_id)
        raise KeyboardInterrupt


@pytest.fixture
def order(live, story):
    """Deps and a crop that no worker takes, under a name of its own."""
    story.draw(*(box(story.task, frame, label=1) for frame in (0, 1)))
    deps = replace(story.deps, operations=NoWorkers())
    wanted = crops.CropRequest(
        dataset_id=story.dataset["id"], task_id=story.task["id"], label="dog", name=f"again {time.time()}"
    )
    with deps.database.read() as tx:
        user = users.read_user(tx, live.ids["maker"])
    yield deps, crops.request_crop(deps, user=user, wanted=wanted)
    assert list(deps.scratch.glob("crop-*")) == []


def datasets_of(story, operation) -> list[dict]:
    return story.http.get("", params={"name": operation.request["spec"]["name"]}).json()["data"]["items"]


def test_a_crop_begun_again_after_its_worker_was_killed_makes_one_dataset(story, order):
    deps, operation = order
    with pytest.raises(KeyboardInterrupt):
        crops.run_crop(replace(deps, catalogue=Dying(deps.catalogue)), operation, lambda *_: None)
    (made,) = datasets_of(story, operation)
    assert crops.run_crop(deps, operation, lambda *_: None)["dataset_id"] == made["id"]
    with pytest.raises(Cancelled):  # a worker that was thought dead comes late
        crops.run_crop(deps, operation, lambda *_: None)
    assert [each["id"] for each in datasets_of(story, operation)] == [made["id"]]


@pytest.mark.parametrize("raises", [True, False], ids=["while it cuts", "while the dataset is made"])
def test_a_cancelled_crop_leaves_nothing(story, order, raises):
    deps, operation = order

    def cancel(fraction: float, message: Sentence) -> None:
        with deps.database.write() as tx:
            operations.cancel(tx, operation.id, now_utc=operation.created_utc)
        if raises:
            raise Cancelled("by a person")

    folders = set((deps.platform.storage_root / "datasets").iterdir())
    with pytest.raises(Cancelled):
        crops.run_crop(deps, operation, cancel)
    assert datasets_of(story, operation) == []
    assert set((deps.platform.storage_root / "datasets").iterdir()) == folders


def test_a_crop_asked_for_while_it_is_made_is_the_same(live, story, order):
    deps, operation = order
    wanted = crops.CropRequest(
        dataset_id=story.dataset["id"],
        task_id=story.task["id"],
        label="dog",
        name=operation.request["spec"]["name"],
    )
    with deps.database.read() as tx:
        user = users.read_user(tx, live.ids["maker"])
    assert crops.request_crop(deps, user=user, wanted=wanted).id == operation.id


def test_who_may_crop(live, story):
    at = f"{live.url}{ROOT}/id/{story.dataset['id']}/crop"
    asked = {"task_id": story.task["id"], "label": "nothing of that name"}
    told = {
        name: live.kept_client(name).post(at, json=asked).status_code
        for name in ("drawer", "watcher", "other", "boss")
    }
    assert told == {"drawer": 403, "watcher": 403, "other": 403, "boss": 400}


def test_a_crop_of_a_platforms_dataset_is_sent_to_its_manager(live, tmp_path):
    with PlatformServer(live.deps.platform.storage_root) as platform:
        for name, content in SOURCES.items():
            (tmp_path / name).write_bytes(content)
        number = platform.add_dataset(name="test_luosi", folder=tmp_path, annotType="ocr_detection")
        catalogue = RemoteCatalogue(
            platform.datasets_url, token=platform.service_token, timeout_s=5, root=platform.storage_root
        )
        task = task_with_images(live.kept_client("maker"), 1, labels=[TEXT_LABEL])
        with live.deps.database.write() as tx:
            tasks.update_task(tx, task["id"], dataset_id=number)
            user = users.read_user(tx, live.ids["maker"])
        attribute = {"spec_id": task["labels"][0]["attributes"][0]["id"], "value": "螺丝"}
        drawn = box(task, 0, points=[1.0, 2.0, 9.0, 8.0], attributes=[attribute])
        live.kept_client("maker").put(f"/jobs/{job_ids(task)[0]}/annotations", json=body(drawn))
        deps = replace(live.deps, catalogue=catalogue, operations=NoWorkers())
        wanted = crops.CropRequest(dataset_id=number, task_id=task["id"], label="text")
        operation = crops.request_crop(deps, user=user, wanted=wanted)
        made = catalogue.read(crops.run_crop(deps, operation, lambda *_: None)["dataset_id"])
        assert made.name.startswith("test_luosi_crop_text_")
        assert (made.annotation_type, made.item_count) == ("ocr_recognition", 1)
        files = {path.suffix: path.read_bytes() for path in platform.folder_of(made.id).iterdir()}
        assert (files[".txt"].decode(), pixels(files[".jpg"]).shape) == ("螺丝", (6, 8, 3))
