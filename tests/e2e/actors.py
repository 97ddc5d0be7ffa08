"""What people do to a server at once: each knows what must be there in the end, from acknowledged answers alone."""

import io
import json
import random
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from house import Client, House, Wrong

_IDENTITY = {"name": "identity", "mutable": False, "input_type": "text", "values": [], "default_value": "-"}
_TURN = {
    "name": "turn",
    "mutable": False,
    "input_type": "number",
    "values": ["0", "999999", "1"],
    "default_value": "0",
}
LABELS = [{"name": "thing", "attributes": [_IDENTITY, _TURN]}]


@dataclass(frozen=True)
class Task:
    """A task of photographs; `names` are those of its frames, `jobs` the ids of its jobs."""

    id: int
    label: int
    specs: dict[str, int]
    names: list[str]
    jobs: list[int]
    ranges: list[tuple[int, int]]


@dataclass
class Box:
    """A rectangle that was acknowledged. `identity` is carried in an attribute, so that a doubled one is seen."""

    identity: str
    frame: int
    points: list[float]
    turn: int = 0
    id: int | None = None

    def to_wire(self, task: Task) -> dict:
        values = {"identity": self.identity, "turn": str(self.turn)}
        return {
            "id": self.id, "type": "rectangle", "occluded": False, "z_order": 0, "points": self.points,
            "frame": self.frame, "label_id": task.label, "group": 0, "source": "manual",
            "attributes": [{"spec_id": task.specs[name], "value": value} for name, value in values.items()],
        }  # fmt: skip


def box_of_wire(task: Task, shape: dict) -> Box:
    values = {each["spec_id"]: each["value"] for each in shape["attributes"]}
    identity, turn = values[task.specs["identity"]], int(values[task.specs["turn"]])
    return Box(identity, shape["frame"], shape["points"], turn, shape["id"])


def boxes_by_identity(boxes) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for box in boxes:
        if box.identity in found:
            raise Wrong(f"{box} is there twice, also as {found[box.identity]}")
        found[box.identity] = box
    return found


def make_task(client: Client, name: str, photographs: list[tuple[str, bytes]], *, segment_size: int) -> Task:
    """Make a task of photographs and wait until they are its frames."""
    body = {"name": name, "labels": LABELS, "segment_size": segment_size, "overlap": 0}
    made = client.send("POST", "/tasks", json=body, key=f"make {name}").json()
    client.send("POST", f"/tasks/{made['id']}/data", data={"image_quality": "70"}, files=_parts(photographs))
    return read_task(client, made["id"])


def read_task(client: Client, task_id: int) -> Task:
    """Wait until the task's frames are read and return it."""
    finished = client.until(
        f"/tasks/{task_id}/status", lambda found: found.json()["state"] in ("Finished", "Failed")
    )
    if finished.json()["state"] != "Finished":
        raise Wrong(f"the images of task {task_id} could not be read: {finished.text}")
    made, meta = client.get(f"/tasks/{task_id}"), client.get(f"/tasks/{task_id}/data/meta")
    label = made["labels"][0]
    return Task(
        made["id"], label["id"], {each["name"]: each["id"] for each in label["attributes"]},
        [frame["name"] for frame in meta["frames"]], [each["jobs"][0]["id"] for each in made["segments"]],
        [(each["start_frame"], each["stop_frame"]) for each in made["segments"]],
    )  # fmt: skip


def _parts(photographs):
    return [
        (f"client_files[{n}]", (name, content, "image/jpeg")) for n, (name, content) in enumerate(photographs)
    ]


class Actor(threading.Thread):
    """Does `act` again and again until told to stop; what went wrong is in `failure`."""

    def __init__(self, house: House, name: str, seed: str) -> None:
        super().__init__(name=name, daemon=True)
        self.client = Client(house).sign_in()
        self.random = random.Random(f"{seed}/{name}")
        self.stopping = threading.Event()
        self.failure: BaseException | None = None
        self.done = 0

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.act()
                self.done += 1
                time.sleep(self.random.random() * 0.02)
        except BaseException as error:
            self.failure = error

    def act(self) -> None:
        raise NotImplementedError


class Annotator(Actor):
    """Creates, updates, deletes and replaces boxes of a job of their own, and adds some to one all share."""

    def __init__(self, house: House, name: str, seed: str, task: Task, own: int, shared: int) -> None:
        super().__init__(house, name, seed)
        self.task, self.own, self.shared = task, own, shared
        self.mine: dict[str, Box] = {}
        self.added: dict[str, Box] = {}
        self.writes = {own: 0, shared: 0}
        self._count = 0

    def act(self) -> None:
        known = sorted(self.mine)
        chosen = [
            self.mine[each] for each in self.random.sample(known, min(len(known), self.random.randint(1, 9)))
        ]
        match self.random.choice(["create", "create", "share", "update", "delete", "replace"]):
            case "share":
                self.added |= self._write("PATCH", self.shared, "create", self._new(self.shared))
            case "update" if chosen:
                changed = [
                    Box(each.identity, each.frame, self._points(), each.turn + 1, each.id) for each in chosen
                ]
                self.mine |= self._write("PATCH", self.own, "update", changed)
            case "delete" if chosen:
                self._write("PATCH", self.own, "delete", chosen)
                self.mine = {key: box for key, box in self.mine.items() if box not in chosen}
            case "replace" if self.random.random() < 0.3:
                self.mine = self._write("PUT", self.own, None, self._new(self.own))
            case _:
                self.mine |= self._write("PATCH", self.own, "create", self._new(self.own))

    def _points(self) -> list[float]:
        left, top = self.random.randint(0, 800) / 4, self.random.randint(0, 800) / 4
        return [left, top, left + self.random.randint(1, 200) / 4, top + self.random.randint(1, 200) / 4]

    def _new(self, job: int) -> list[Box]:
        first, last = self.task.ranges[self.task.jobs.index(job)]
        self._count += 1
        names = (f"{self.name}-{self._count}-{n}" for n in range(self.random.randint(1, 20)))
        return [Box(name, self.random.randint(first, last), self._points()) for name in names]

    def _write(self, method: str, job: int, action: str | None, boxes: list[Box]) -> dict[str, Box]:
        body = {"version": 0, "tags": [], "tracks": [], "shapes": [box.to_wire(self.task) for box in boxes]}
        answer = self.client.send(
            method, f"/jobs/{job}/annotations", key=f"{self.name} {self.done}", json=body,
            params={"action": action} if action else {},
        )  # fmt: skip
        self.writes[job] += 1
        return boxes_by_identity(box_of_wire(self.task, shape) for shape in answer.json()["shapes"])


class Uploader(Actor):
    """Makes task after task of photographs, slowly enough to be cut off in the middle."""

    def __init__(self, house: House, name: str, seed: str, photographs: list[tuple[str, bytes]]) -> None:
        super().__init__(house, name, seed)
        self.photographs = photographs
        self.made: dict[str, int] = {}

    def act(self) -> None:
        name = f"{self.name}-{self.done}"
        made = self.client.send("POST", "/tasks", json={"name": name, "labels": LABELS}, key=name).json()
        path, taken = f"/tasks/{made['id']}/data", False
        body, kind = self.client.build_multipart(_parts(self.photographs))
        while not taken:
            answer = self.client.try_once("POST", path, content=_slowly(body), headers={"Content-Type": kind})
            if answer is not None:
                # The first try may have been taken on although its answer never came: v1 says it like this.
                taken = answer.status_code == 202 or "Adding more data is not supported" in answer.text
                if not taken:
                    raise Wrong(f"POST {path} -> {answer.status_code} {answer.text}")
            time.sleep(0.05)
        task = read_task(self.client, made["id"])
        if task.names != sorted(name for name, _ in self.photographs):
            raise Wrong(f"task {task.id} has the frames {task.names}")
        self.made[name] = task.id


def _slowly(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 2**18):
        yield body[start : start + 2**18]
        time.sleep(0.02)


class Importer(Actor):
    """Imports files into a task of its own and saves a box after each: none may undo the other."""

    def __init__(self, house: House, name: str, seed: str, task: Task) -> None:
        super().__init__(house, name, seed)
        self.task = task
        self.path = f"/tasks/{task.id}/annotations"

    def act(self) -> None:
        names = [f"{self.name}-{self.done}-{n}" for n in range(self.random.choice([1, 50, 3000]))]
        before = self._version()
        self._import(_coco_file(self.task, names), before)
        job, first = self.task.jobs[0], self.task.ranges[0][0]
        saved = Box(f"{self.name}-{self.done}-saved", first, [1.0, 2.0, 3.0, 4.0])
        body = {"version": 0, "tags": [], "tracks": [], "shapes": [saved.to_wire(self.task)]}
        path = f"/jobs/{job}/annotations?action=create"
        self.client.send("PATCH", path, json=body, key=f"{self.name} {self.done}")
        self.check({*names, saved.identity}, before + 3)

    def check(self, names: set[str], version: int) -> None:
        answer = self.client.get(f"/jobs/{self.task.jobs[0]}/annotations")
        found = boxes_by_identity(box_of_wire(self.task, shape) for shape in answer["shapes"])
        if (answer["version"], found.keys()) != (version, names):
            raise Wrong(
                f"expected {len(names)} boxes at version {version}, got {len(found)} at {answer['version']}: "
                f"missing {sorted(names - found.keys())[:3]}, foreign {sorted(found.keys() - names)[:3]}"
            )

    def _version(self) -> int:
        return int(self.client.get(f"/jobs/{self.task.jobs[0]}/annotations")["version"])

    def _import(self, content: bytes, before: int) -> None:
        """Send the file and ask until it is taken over.

        v1 tells the end once: when that answer is lost, only the version knows.
        """
        query = {"format": "COCO 1.0"}
        while True:
            file = {"annotation_file": ("instances_default.json", content)}
            answer = self.client.try_once("PUT", self.path, params=query, files=file)
            while answer is None or answer.status_code == 202:
                time.sleep(0.05)
                answer = self.client.try_once("PUT", self.path, params=query, files={"nothing": b""})
            if answer.status_code == 201:
                return
            if "No file was submitted" not in answer.text:
                raise Wrong(f"PUT {self.path} -> {answer.status_code} {answer.text[:300]}")
            if self._version() != before:
                return


def _coco_file(task: Task, names: list[str]) -> bytes:
    images = [{"id": n, "file_name": name, "width": 1, "height": 1} for n, name in enumerate(task.names, 1)]
    boxes = [
        {"id": n, "image_id": 1, "category_id": 1, "bbox": [n % 50, 2, 3.5, 4.25], "area": 1, "iscrowd": 0,
         "segmentation": [], "attributes": {"identity": name, "turn": 0}}
        for n, name in enumerate(names, 1)
    ]  # fmt: skip
    return json.dumps(
        {"images": images, "categories": [{"id": 1, "name": "thing"}], "annotations": boxes}
    ).encode()


@dataclass
class Export:
    """A COCO export, opened."""

    archive: bytes
    coco: dict = field(default_factory=dict)


def export_coco(client: Client, task: Task, *, content: str = "annotations") -> Export:
    """Ask for an export until it can be fetched, and fetch it."""
    path, query = f"/tasks/{task.id}/{content}", {"format": "COCO 1.0"}
    while True:
        client.until(path, lambda answer: answer.status_code == 201, **query)
        answer = client.send("GET", path, params={**query, "action": "download"})
        if answer.status_code == 200:
            break
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        if archive.testzip() is not None:
            raise Wrong("the export is broken")
        return Export(answer.content, json.loads(archive.read("annotations/instances_default.json")))


class Exporter(Actor):
    """Exports the task others work on: each file is whole and holds nothing twice."""

    def __init__(self, house: House, name: str, seed: str, task: Task) -> None:
        super().__init__(house, name, seed)
        self.task = task

    def act(self) -> None:
        found = export_coco(self.client, self.task).coco["annotations"]
        identities = [each["attributes"]["identity"] for each in found]
        if len(set(identities)) != len(identities):
            raise Wrong("an export holds a box twice")
