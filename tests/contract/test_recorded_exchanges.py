"""Every exchange on record, replayed on its mount against a live server, or named with the issue it waits for.

Compared are status, keys with their order, types, and values wherever they do not depend on ids or time. What was
recorded in 2020 is asked of a mount with that dialect.
"""

import json
import re
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from live import LABELS, PASSWORD, image_parts, job_ids, jpeg, task_with_images, until, wait_for_media
from of_datasets import new_dataset, new_folder

from labelwright.domain.times import utc_text
from labelwright.services import accounts

ENTRIES = json.loads(Path(__file__).with_name("recorded-exchanges.json").read_text())
PLATFORM, MODELS = "5: inside an AI platform", "automatic annotation"

#: What waits for a later issue, by number of the entry.
WAITS = {
    **dict.fromkeys([3, 53, 54, 57, 59], PLATFORM),
    **dict.fromkeys([11, 12, 13, 14, 15, 16, 92, 93, 94], MODELS),
}
#: What is replayed now, but for a part that waits.
PARTLY = {
    26: "formats: those not built yet are absent",
    64: "formats: those not built yet are absent",
}
#: Values that depend on ids, time or what else the server holds.
VARYING = {
    "url",
    "id",
    "created_date",
    "updated_date",
    "last_login",
    "date_joined",
    "data",
    "label_id",
    "spec_id",
    "task_id",
    "key",
    "version",
    "count",
    "next",
    "email",
}


#: People of the recording of 2020, who are ids there.
PEOPLE = {"owner", "assignee"}
#: The keys of annotations, whose order is another in each recording.
ANNOTATIONS = {"version", "tags", "shapes", "tracks"}


class Replay:
    """The server, one with the dialect of 2020, and clients of the people in the recordings."""

    def __init__(self, live, of_2020):
        self.live = live
        self.of_2020 = of_2020

    def client(self, entry):
        name = {"platform-2021": "admin", "latest-2021": "django", "upstream-2020": "root"}[entry["dialect"]]
        if name not in self.live.tokens:
            account = accounts.NewAccount(username=name, password=PASSWORD, password_again=PASSWORD)
            accounts.create_account(self.live.deps, account=account, roles=(), is_admin=True)
            self.live.tokens[name] = accounts.sign_in(self.live.deps, username=name, password=PASSWORD).token
        server = self.of_2020 if entry["dialect"] == "upstream-2020" else self.live
        client = server.client(name)
        if entry["path"].startswith("/annotations"):
            client.base_url = f"{self.live.url}/annotations/api/v1"
        return client


@pytest.fixture(scope="module")
def replay(live, of_2020):
    return Replay(live, of_2020)


def same(recorded, found, where="answer"):
    """See that `found` has the shape of `recorded`, and its values where they do not vary."""
    if isinstance(recorded, dict):
        assert isinstance(found, dict), where
        order = sorted if set(recorded) == ANNOTATIONS else list
        assert order(recorded) == order(found), where
        for key, value in recorded.items():
            if key in PEOPLE and isinstance(value, int):
                assert isinstance(found[key], int), f"{where}.{key}"
            elif key in VARYING:
                assert None in (value, found[key]) or kind(value) == kind(found[key]), f"{where}.{key}"
            else:
                same(value, found[key], f"{where}.{key}")
    elif isinstance(recorded, list):
        assert len(recorded) == len(found), where
        for index, (one, other) in enumerate(zip(recorded, found, strict=True)):
            same(one, other, f"{where}[{index}]")
    else:
        assert (recorded, kind(recorded)) == (found, kind(found)), where


def kind(value):
    """The type of a value; addresses and times by their form."""
    if isinstance(value, str):
        form = re.sub(r"\d+", "0", re.sub(r"//[^/]+/", "//HOST/", value))
        return (
            "time"
            if re.fullmatch(r"0-0-0T0:0:0(\.0)?(Z|\+0:0)", form)
            else "address"
            if form.startswith("http")
            else "text"
        )
    return type(value)


def named(person):
    """Who stands in for a recorded person: somebody of that user name, `worker` for an id."""
    if isinstance(person, dict):
        return person["username"]
    return "worker" if isinstance(person, int) else person


def task_like(client, recorded):
    """Make a task that should look as the recorded one does."""
    labels = [
        {key: label[key] for key in ("name", "attributes") if key in label} for label in recorded["labels"]
    ]
    fields = {"name": recorded["name"], "labels": labels or LABELS, "segment_size": recorded["segment_size"]}
    task = client.post("/tasks", json=fields).json()
    data = {"image_quality": recorded["image_quality"], "chunk_size": recorded["data_chunk_size"]}
    client.post(f"/tasks/{task['id']}/data", data=data, files=image_parts(recorded["size"]))
    wait_for_media(client, task["id"])
    for segment, old in zip(
        client.get(f"/tasks/{task['id']}").json()["segments"], recorded["segments"], strict=True
    ):
        people = {
            name: named(old["jobs"][0][name]) for name in ("assignee", "reviewer") if name in old["jobs"][0]
        }
        assert (
            client.patch(
                f"/jobs/{segment['jobs'][0]['id']}", json={"status": old["jobs"][0]["status"], **people}
            ).status_code
            == 200
        )
    return client.patch(f"/tasks/{task['id']}", json={"assignee": named(recorded["assignee"])}).json()


def replay_inventory(replay, entry):
    """A route named without bodies: it is there, and lets its method through to the handler."""
    client = replay.client(entry)
    task = task_with_images(client, 1)
    path = re.sub(r"^/annotations/api/v1", "", entry["path"]).split("?")[0].replace("{jobID}", "{id}")
    path = path.replace("/tasks/{id}", f"/tasks/{task['id']}").replace(
        "/jobs/{id}", f"/jobs/{job_ids(task)[0]}"
    )
    content = {"/tasks": {"name": "t", "labels": LABELS}}.get(
        path, {"name": "t", "version": 0, "tags": [], "shapes": [], "tracks": []}
    )
    query = {
        "PATCH": {"action": "create"},
        "GET": {"type": "preview", "format": "COCO 1.0"} if path.endswith(("/data", "/dataset")) else {},
    }.get(entry["method"], {})
    answer = client.request(
        entry["method"], path, params=query, json=None if entry["method"] == "GET" else content
    )
    expected = {
        "GET": {200, 202},
        "PUT": {200},
        "PATCH": {200},
        "DELETE": {204},
        "POST": {200, 201, 202, 400},
    }[entry["method"]]
    assert answer.status_code in expected, answer.text


def replay_login(replay, entry):
    with replay.live.client(None) as client:
        client.base_url = f"{replay.live.url}{entry['path'].removesuffix('/auth/login')}"
        answer = client.post("/auth/login", data={"username": "maker", "password": PASSWORD})
    assert answer.status_code == 200
    same(entry["response"] or {"key": ""}, answer.json())


def replay_logout(replay, entry):
    assert replay.live.client(None).post("/auth/logout").status_code == 200


def replay_register(replay, entry):
    fields = entry["request"] | {
        "username": "recorded",
        "first_name": "A",
        "last_name": "B",
        "email": "r@example.com",
    }
    answer = replay.live.client(None).post(
        "/auth/register", data=fields | {"password1": PASSWORD, "password2": PASSWORD}
    )
    assert answer.status_code == 201, answer.text


def replay_user(replay, entry):
    same(entry["response"], replay.client(entry).get("/users/self").json())


def replay_users(replay, entry):
    answer = replay.client(entry).get("/users", params={"page_size": "all"}).json()
    same(entry["response"] | {"results": []}, answer | {"results": []})
    same(entry["response"]["results"][0], answer["results"][0])


def replay_user_by_id(replay, entry):
    """Named without bodies: reading, changing and deleting somebody who was made for it."""
    live, client = replay.live, replay.client(entry)
    account = accounts.NewAccount(
        username=f"user-of-{entry['method']}", password=PASSWORD, password_again=PASSWORD
    )
    made = accounts.create_account(live.deps, account=account, roles=(), is_admin=False)
    body = {"first_name": "Ada"} if entry["method"] == "PATCH" else None
    answer = client.request(entry["method"], f"/users/{made.id}", json=body)
    assert answer.status_code == (204 if entry["method"] == "DELETE" else 200)
    if entry["method"] != "DELETE":
        assert list(answer.json()) == list(client.get("/users/self").json())


def replay_server(replay, entry):
    """Named without bodies, but for the plugins: they are there."""
    path = entry["path"].removeprefix("/annotations/api/v1").replace("{directory}", "/")
    answer = replay.client(entry).get(path)
    assert answer.status_code == 200
    if path.endswith("plugins"):
        recorded = entry["response"] or {"GIT_INTEGRATION": True, "ANALYTICS": False, "MODELS": False}
        same(recorded, answer.json())
    if path.endswith("about"):
        assert list(answer.json()) == ["name", "description", "version"]


def replay_description(replay, entry):
    """The page that shows the API's description, with the address of the document it shows."""
    client = replay.client(entry)
    client.base_url = replay.live.url
    page = client.get(entry["path"])
    assert (page.status_code, page.headers["content-type"][:9]) == (200, "text/html")
    document = client.get(entry["path"], params={"format": "openapi"}).json()
    assert document["basePath"].endswith("/api/v1")


def replay_restrictions(replay, entry):
    """Open to everybody: read before one registers."""
    with replay.live.client(None) as client:
        client.base_url = f"{replay.live.url}/annotations/api/v1"
        answer = client.get(entry["path"].removeprefix("/annotations/api/v1"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(
        "text/html" if "terms" in entry["path"] else "application/json"
    )


def replay_share(replay, entry):
    folder = replay.live.deps.share / entry["request"]["directory"].strip("/")
    folder.mkdir(exist_ok=True)
    for each in entry["response"]:
        (folder / each["name"]).write_bytes(jpeg())
    answer = replay.client(entry).get("/server/share", params=entry["request"])
    assert answer.status_code == 200
    same(sorted(entry["response"], key=lambda each: each["name"]), answer.json())


#: Formats that one of the recordings, or its importers, did not have.
ADDED = ("ImageNet 1.0", "OCR RECOGNITION 1.0", "OCR DETECTION 1.0")


def replay_formats(replay, entry):
    found = replay.client(entry).get("/server/annotation/formats").json()
    assert list(found) == list(entry["response"])
    for direction, formats in found.items():
        recorded = {each["name"]: each for each in entry["response"][direction]}
        names = [each["name"] for each in formats]
        of_record = [name for name in names if name in recorded]
        assert of_record == [name for name in recorded if name in names], "in the order of the registry"
        assert names[len(of_record) :] == [name for name in ADDED if name not in recorded], (
            "and ours after them"
        )
        for each in formats[: len(of_record)]:
            assert {key: value for key, value in each.items() if key != "dimension"} == recorded[each["name"]]


def replay_publishing(replay, entry):
    """Named without bodies, or with an empty one: accepted, then done, nothing said of it."""
    deps, client = replay.live.deps, replay.client(entry)
    route = entry["path"].rpartition("/")[2]
    dataset = new_dataset(deps, new_folder(deps, f"recorded {route}", "a.jpg"))
    task = client.post("/tasks", json={"name": "t", "labels": LABELS}).json()
    named = (
        {"dataset_ids[0]": dataset.id} if route == "publish" else {"platform_files[0]": dataset.storage_path}
    )
    client.post(f"/tasks/{task['id']}/data", data={"image_quality": "70", **named})
    wait_for_media(client, task["id"])
    query = {} if route == "publish" else {"format": "COCO 1.0"}
    answer = until(
        lambda: client.get(f"/tasks/{task['id']}/{route}", params=query),
        lambda found: found.status_code != 202,
    )
    assert (answer.status_code, answer.content) == (201, b"")


def replay_task_list(replay, entry):
    client, recorded = replay.client(entry), entry["response"]["results"][0]
    if entry["dialect"] == "platform-2021":
        recorded["owner"] = "admin"  # the caller owns what it makes
    task = task_like(client, recorded)
    answer = client.get("/tasks", params={"page_size": 10, "id": task["id"], "page": 1}).json()
    assert list(answer) == list(entry["response"])
    same(recorded, answer["results"][0])


def replay_new_task(replay, entry):
    answer = replay.client(entry).post("/tasks", json=entry["request"])
    assert answer.status_code == 201
    same(entry["response"], answer.json())


def replay_changed_task(replay, entry):
    """The label edits of 2021: a label deleted, one added, an attribute value added."""
    client = replay.client(entry)
    change = json.loads(json.dumps(entry["request"]))
    kept = [label for label in change["labels"] if "id" in label]
    before = {
        "labels": [{"name": label["name"], "attributes": label["attributes"]} for label in kept],
        "name": "8",
        "assignee": {"username": "django"},
    }
    task = task_like(client, entry["response"] | before)
    if not kept:
        client.patch(
            f"/tasks/{task['id']}",
            json={"labels": [{"id": label["id"], "deleted": True} for label in task["labels"]]},
        )
    for label, old in zip(kept, task["labels"], strict=False):
        label["id"] = old["id"]
        for attribute, old_attribute in zip(label["attributes"], old["attributes"], strict=True):
            attribute["id"] = old_attribute["id"]
    answer = client.patch(f"/tasks/{task['id']}", json=change)
    assert answer.status_code == 200
    same(entry["response"], answer.json())


def replay_changed_task_of_2020(replay, entry):
    client = replay.client(entry)
    labels = [
        {"name": label["name"], "attributes": label["attributes"]}
        for label in entry["request"]["labels"]
        if "id" in label
    ]
    task = client.post("/tasks", json={"name": "testCreate", "labels": labels, "z_order": False}).json()
    change = entry["request"] | {"assignee": replay.live.ids["worker"]}
    ids = iter(task["labels"])
    change["labels"] = [
        label | ({"id": next(ids)["id"]} if "id" in label else {}) for label in change["labels"]
    ]
    answer = client.patch(f"/tasks/{task['id']}", json=change)
    assert answer.status_code == 200, answer.text
    assert [label["name"] for label in answer.json()["labels"]] == [
        label["name"] for label in change["labels"]
    ]
    assert answer.json()["assignee"] == replay.live.ids["worker"]


def replay_job(replay, entry):
    client = replay.client(entry)
    job = job_ids(task_with_images(client, entry["response"]["stop_frame"] + 1))[0]
    change = dict(entry["request"])
    if isinstance(change.get("assignee"), int):
        change["assignee"] = replay.live.ids["worker"]
    if "reviewer_id" in change:
        change["reviewer_id"] = client.get("/users/self").json()["id"]
        client.patch(f"/jobs/{job}", json={"assignee_id": change["reviewer_id"]})
    answer = client.patch(f"/jobs/{job}", json=change)
    assert answer.status_code == 200
    same(entry["response"], answer.json())


def replay_deleted_task(replay, entry):
    client = replay.client(entry)
    answer = client.delete(f"/tasks/{task_with_images(client, 1)['id']}")
    assert (answer.status_code, answer.content) == (entry["status"], b"")


def replay_data(replay, entry):
    client = replay.client(entry)
    task = client.post("/tasks", json={"name": "t", "labels": LABELS}).json()
    files = [
        (f"client_files[{n}]", (name, jpeg(), "image/jpeg"))
        for n, name in enumerate(entry["response"]["client_files"])
    ]
    answer = client.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=files)
    assert answer.status_code == 202
    same(entry["response"], answer.json())


def replay_status(replay, entry):
    client = replay.client(entry)
    same(entry["response"], client.get(f"/tasks/{task_with_images(client, 1)['id']}/status").json())


def replay_meta(replay, entry):
    client, recorded = replay.client(entry), entry["response"]
    task = client.post("/tasks", json={"name": "t", "labels": LABELS}).json()
    pictures = {}
    for frame in recorded["frames"]:
        size = frame["width"], frame["height"]
        pictures[size] = pictures.get(size) or jpeg(*size)
    files = [
        (f"client_files[{n}]", (frame["name"], pictures[frame["width"], frame["height"]]))
        for n, frame in enumerate(recorded["frames"])
    ]
    client.post(f"/tasks/{task['id']}/data", data={"image_quality": recorded["image_quality"]}, files=files)
    wait_for_media(client, task["id"])
    same(recorded, client.get(f"/tasks/{task['id']}/data/meta").json())


def replay_bytes(replay, entry):
    client = replay.client(entry)
    task, query = task_with_images(client, 1)["id"], entry["path"].split("?")[1]
    answer = client.get(f"/tasks/{task}/data?{query}")
    assert (answer.status_code, answer.content[:2]) == (200, b"\xff\xd8" if "preview" in query else b"PK")


def annotations_like(recorded, task):
    """The recorded objects with the labels and attributes of `task`; those of other labels are of its first."""
    label = task["labels"][0]
    text = json.dumps({name: recorded[name] for name in ("tags", "shapes", "tracks")})
    found = json.loads(text) | {"version": recorded["version"]}
    for item in found["tags"] + found["shapes"]:
        item["label_id"] = label["id"]
        for value in item["attributes"]:
            value["spec_id"] = type(value["spec_id"])(label["attributes"][0]["id"])
    return found


def task_for(client, recorded):
    items = recorded["tags"] + recorded["shapes"]
    attributes = LABELS[0]["attributes"][:1] if any(item["attributes"] for item in items) else []
    return task_with_images(
        client,
        max((item["frame"] for item in items), default=0) + 1,
        labels=[{"name": "car", "attributes": attributes}],
    )


def replay_read_annotations(replay, entry):
    client, recorded = replay.client(entry), entry["response"]
    task = task_for(client, recorded)
    path = f"/jobs/{job_ids(task)[0]}/annotations"
    assert client.put(path, json=annotations_like(recorded, task)).status_code == 200
    same(recorded, client.get(path).json())


def replay_saved_annotations(replay, entry):
    client = replay.client(entry)
    task = task_for(client, entry["request"])
    action = entry["path"].split("=")[1]
    path = f"/jobs/{job_ids(task)[0]}/annotations"
    sent = annotations_like(entry["request"], task)
    if action == "update" and sent["shapes"]:
        made = client.patch(f"{path}?action=create", json=sent).json()["shapes"]
        sent["shapes"] = [shape | {"id": old["id"]} for shape, old in zip(sent["shapes"], made, strict=True)]
    before = client.get(path).json()["version"]
    answer = client.patch(f"{path}?action={action}", json=sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == before + 1
    if entry["response"]:
        same(entry["response"], answer.json())
    else:  # what was sent, with ids
        for series in ("tags", "shapes", "tracks"):
            assert [shape | {"id": None} for shape in sent[series]] == [
                shape | {"id": None} for shape in answer.json()[series]
            ]


def replay_both_levels(replay, entry):
    client = replay.client(entry)
    task = task_with_images(client, 1)
    for path in (f"/tasks/{task['id']}/annotations", f"/jobs/{job_ids(task)[0]}/annotations"):
        assert list(client.get(path).json()) == ["version", "tags", "shapes", "tracks"]


def replay_export(replay, entry):
    """The recordings show the file, or one state of the cycle: the whole cycle is run."""
    client = replay.client(entry)
    kind_of_file = "dataset" if "/dataset" in entry["path"] else "annotations"
    path = f"/tasks/{task_with_images(client, 1)['id']}/{kind_of_file}?{entry['path'].split('?')[1]}"
    seen = [client.get(path).status_code]
    seen.append(until(lambda: client.get(path), lambda answer: answer.status_code != 202).status_code)
    file = client.get(f"{path}&action=download")
    assert [*seen, file.status_code] == [202, 201, 200]
    assert file.content[:2] == b"PK"
    assert entry["status"] in (None, 202, 201, 200)


def replay_import(replay, entry):
    client = replay.client(entry)
    path = f"/tasks/{task_with_images(client, 1)['id']}/annotations?{entry['path'].split('?')[1]}"
    content = b'{"images": [], "categories": [], "annotations": []}'
    answer = client.put(path, files={"annotation_file": ("a.json", content)})
    assert (answer.status_code, answer.content) == (entry["status"], b"")
    assert until(lambda: client.put(path), lambda answer: answer.status_code != 202).status_code == 201


def replay_repository(replay, entry):
    """Beside API v1: the state of a task that has no repository."""
    client = replay.client(entry)
    path = entry["path"].replace(":id", str(task_with_images(client, 1)["id"]))
    answer = client.get(f"{replay.live.url}{path}")
    assert answer.status_code == 200
    same(entry["response"], answer.json())


def replay_page(replay, entry):
    """A page of the app below the platform's mount, whose files are found there."""
    page = httpx.get(f"{replay.live.url}{entry['path']}")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    scripts = re.findall(r'src="(/annotations/assets/[^"]+[.]js)"', page.text)
    assert [httpx.get(f"{replay.live.url}{script}").status_code for script in scripts] == [200]


def replay_new_project(replay, entry):
    """The recorded values are placeholders: people that exist stand in for them."""
    client = replay.client(entry)
    answer = client.post("/projects", json=entry["request"] | {"owner": "admin", "assignee": "worker"})
    assert answer.status_code == entry["status"]
    expected = entry["response"] | {"owner": "admin", "assignee": "worker"}
    same(expected, answer.json() | {"url": "string"})


def replay_projects(replay, entry):
    """Routes on record without bodies: what the contract and this mount's other recordings say of them."""
    client = replay.client(entry)
    project = client.post("/projects", json={"name": "p"}).json()
    path = re.sub(r"^/annotations/api/v1", "", entry["path"]).replace("{id}", str(project["id"]))
    content = {"name": "renamed"} if entry["method"] == "PATCH" else None
    answer = client.request(entry["method"], path, params={"page_size": "1"}, json=content)
    assert answer.status_code == (204 if entry["method"] == "DELETE" else 200)
    if path == f"/projects/{project['id']}" and answer.content:
        assert answer.json() == project | (content or {}) | {"updated_date": answer.json()["updated_date"]}
    elif answer.content:
        assert list(answer.json()) == ["count", "next", "previous", "results"]
        assert answer.json()["results"] == ([project] if path == "/projects" else [])


def replay_events(replay, entry):
    """Events come back as they are stored: numbers as numbers, times in UTC with six digits, keys in v1's order."""
    name = entry["path"].rpartition("/")[2]
    told = {"client_id": "187377", "time": "2021-05-06T01:57:35.495Z", "message": "m"}
    event = {"name": "Fit image", "is_active": True}
    exception = {
        "system": "s",
        "client": "c",
        "filename": "http://h/a.js",
        "line": 1,
        "column": 1,
        "stack": "",
    }
    sent = entry["request"] or (told | exception if name == "exception" else [told | event])
    answer = replay.client(entry).post(f"/server/{name}", json=sent)
    assert answer.status_code == 201, answer.text
    if name == "exception":
        assert set(answer.json()) == set(sent)
        return
    order = ["job_id", "task_id", "proj_id", "client_id", "name", "time", "message", "payload", "is_active"]
    expected = [
        {key: each[key] for key in order if key in each}
        | {"client_id": int(each["client_id"]), "time": in_utc(each["time"])}
        for each in sent
    ]
    assert [list(each.items()) for each in answer.json()] == [list(each.items()) for each in expected]
    for recorded, found in zip(entry["response"] or [], answer.json(), strict=False):
        assert (list(recorded), recorded | {"time": in_utc(recorded["time"])}) == (list(found), found)


def in_utc(time):
    """The time as this server writes it: that of 2020 kept the clock of Shanghai."""
    return utc_text(datetime.fromisoformat(time.replace("Z", "+00:00")))


REPLAYS = {
    replay_description: [0],
    replay_events: [27, 28, 77, 87, 110, 117],
    replay_inventory: [
        2,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        32,
        33,
        34,
        35,
        36,
        37,
        38,
        39,
        40,
        41,
        42,
        43,
        44,
        45,
        47,
        48,
        49,
        95,
    ],
    replay_login: [1, 96],
    replay_logout: [97],
    replay_register: [98],
    replay_user: [99],
    replay_users: [106],
    replay_user_by_id: [50, 51, 52],
    replay_server: [25, 29, 30, 56, 66, 67],
    replay_restrictions: [23, 24, 63],
    replay_share: [102],
    replay_formats: [26, 64],
    replay_publishing: [46, 88],
    replay_task_list: [31, 62, 71, 104, 109],
    replay_new_task: [58, 100],
    replay_new_project: [18],
    replay_projects: [17, 19, 20, 21, 22],
    replay_changed_task: [72, 73, 74],
    replay_changed_task_of_2020: [107],
    replay_job: [75, 76, 108],
    replay_deleted_task: [68],
    replay_data: [101],
    replay_status: [60, 70, 103],
    replay_meta: [78, 111],
    replay_bytes: [65, 79, 112],
    replay_read_annotations: [81, 82, 83, 113],
    replay_saved_annotations: [84, 85, 86, 114, 115, 116],
    replay_both_levels: [80],
    replay_export: [89, 90, 118, 119, 120],
    replay_import: [91],
    replay_repository: [105],
    replay_page: [55, 61, 69],
}
BY_NUMBER = {number: function for function, numbers in REPLAYS.items() for number in numbers}


@pytest.mark.parametrize(
    "number", sorted(BY_NUMBER), ids=lambda n: f"{n} {ENTRIES[n]['method']} {ENTRIES[n]['path']}"
)
def test_a_recorded_exchange_still_happens(replay, number):
    BY_NUMBER[number](replay, json.loads(json.dumps(ENTRIES[number])))


def test_nothing_on_record_is_skipped_silently(tell):
    assert set(BY_NUMBER) | set(WAITS) == set(range(len(ENTRIES)))
    assert not set(BY_NUMBER) & set(WAITS)
    assert set(PARTLY) <= set(BY_NUMBER)
    assert len(ENTRIES) == 121
    assert len(BY_NUMBER) + len(WAITS) == len(ENTRIES)
    assert set(WAITS.values()) == {PLATFORM, MODELS}, "all of this API is replayed"
    tell(f"recorded exchanges: {len(BY_NUMBER)} of {len(ENTRIES)} replayed, {len(PARTLY)} of them in part")
    for reason in sorted({*WAITS.values(), *PARTLY.values()}):
        numbers = [number for table in (WAITS, PARTLY) for number, why in table.items() if why == reason]
        tell(f"waits for {reason}: {', '.join(map(str, sorted(numbers)))}")
