"""The dataset manager's routes over real HTTP, answered by our own catalogue (platform contract, 3)."""

import base64
import io
import json
import socket
import time
import zipfile
from pathlib import Path

import httpx
import pytest
from live import PASSWORD, jpeg, new_task, until
from PIL import Image

from labelwright.api.platform.datasets import HANDLERS
from labelwright.storage import tasks

RECORDED = Path(__file__).parent.parent / "contract" / "recorded-exchanges.json"
ROOT = "/dataset_manager/api/cv_datasets"


class Datasets:
    """What one person asks of the catalogue; `told` is the data of a good answer."""

    def __init__(self, live, name: str = "maker", mount: str = "") -> None:
        self.http = live.client(name)
        self.http.base_url = f"{live.url}{mount}{ROOT}"
        self.root = live.deps.platform.storage_root

    def told(self, method: str, path: str = "", *, status: int = 200, **request: object):
        answer = self.http.request(method, path, **request)
        assert answer.status_code == status, answer.text
        body = answer.json()
        assert (body["code"], body["msg"]) == (0, "success")
        return body["data"]

    def refused(self, method: str, path: str = "", *, status: int, **request: object) -> str:
        answer = self.http.request(method, path, **request)
        assert answer.status_code == status, answer.text
        assert answer.json()["data"] is None
        assert answer.json()["code"] == status
        return answer.json()["msg"]

    def create(self, *files: tuple[str, bytes], status: int = 201, **fields: str):
        ask = self.told if status == 201 else self.refused
        return ask(
            "POST",
            data={"name": "狗", "annotType": "object_detection", **fields},
            files=parts(files),
            status=status,
        )

    def folder(self, dataset: dict) -> Path:
        return self.root / dataset["storagePath"]


def parts(files):
    return [(f"files[{n}]", (name, content)) for n, (name, content) in enumerate(files)] or None


def zipped(files: dict[str, bytes], *, encoding: str = "utf-8", deflate: bool = False) -> bytes:
    """A zip archive; the names are written in `encoding`, and marked as UTF-8 only if it is that."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as archive:
        for number, (name, content) in enumerate(files.items()):
            stand_in = f"{number}".rjust(len(name.encode(encoding)), "#") if encoding != "utf-8" else name
            archive.writestr(stand_in, content)
    packed = out.getvalue()
    for number, name in enumerate(files if encoding != "utf-8" else ()):
        written = name.encode(encoding)
        packed = packed.replace(f"{number}".rjust(len(written), "#").encode(), written)
    return packed


def zip_with(name: str, *, mode: int = 0) -> bytes:
    """An archive of one image under a name that no tool would give it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("x" * len(name))
        entry.external_attr = mode << 16
        archive.writestr(entry, jpeg())
    return out.getvalue().replace(b"x" * len(name), name.encode())


def recorded() -> dict:
    return json.loads(RECORDED.read_text(encoding="utf-8"))[57]["response"]


@pytest.fixture
def datasets(live):
    return Datasets(live)


@pytest.fixture
def kept(live, datasets):
    """See that a test leaves nothing in storage and scratch folders."""

    def files() -> set[Path]:
        folders = (live.deps.platform.storage_root, live.deps.scratch)
        return {path for folder in folders for path in folder.rglob("*") if path.name != "datasets"}

    before = files()
    yield
    assert files() - before == set()


@pytest.mark.parametrize("mount", ["", "/annotations"])
def test_a_dataset_is_told_as_recorded(live, mount):
    datasets = Datasets(live, mount=mount)
    made = datasets.create(("图 1.jpg", jpeg()), ("sub/b.png", jpeg()), description=" d ")
    envelope = datasets.http.get(f"/id/{made['id']}").json()
    assert list(envelope) == list(recorded())
    assert list(envelope["data"]) == list(recorded()["data"])
    same = (
        "annotScene",
        "annotStatus",
        "extType",
        "version",
        "sourceType",
        "storageType",
        "isLatest",
        "jobStatus",
    )
    assert {name: made[name] for name in same} == {name: recorded()["data"][name] for name in same}
    assert (made["name"], made["description"], made["tag"], made["itemCount"]) == ("狗", "d", 1, 2)
    assert made["cvDatasetFormat"] == "COCO 1.0"
    assert (datasets.folder(made) / "sub" / "b.png").read_bytes() == jpeg()
    listed = datasets.told("GET", params={"pageSize": "1", "name": "狗"})
    assert (listed["items"], listed["pageNum"], listed["pageSize"]) == ([made], 1, 1)


def test_images_are_known_by_content_and_annotations_by_name(datasets):
    files = {
        "相机/图 一.jpg": jpeg(),
        "no extension": jpeg(),
        "annotations/instances_default.json": b'{"annotations": [{}, {}]}',
        "a.txt": b"text",
        "clip.mp4": b"....ftypisom",
        "__MACOSX/._a.jpg": b"litter",
        ".hidden/b.jpg": jpeg(),
    }
    made = datasets.create(("all.zip", zipped(files, encoding="gbk")), ("c.json", b"{}"))
    held = sorted(
        path.relative_to(datasets.folder(made)).as_posix() for path in datasets.folder(made).rglob("*.*")
    )
    assert held == ["a.txt", "annotations/instances_default.json", "c.json", "相机/图 一.jpg"]
    assert (made["itemCount"], made["annotCount"]) == (2, 2)


BOMB = zipped({"a.jpg": jpeg(), "b.txt": bytes(200 * 1024 * 1024)}, deflate=True)


@pytest.mark.parametrize(
    ("files", "status", "said"),
    [
        pytest.param([("a.jpg", b"no image at all")], 400, "a.jpg is no image", id="a text called an image"),
        pytest.param([("a.jpg", b"")], 400, "a.jpg is no image", id="an empty file"),
        pytest.param([("a.mp4", b"....ftypisom")], 400, "no image, no zip", id="a video"),
        pytest.param([("a.txt", b"text")], 400, "needs an image", id="no image"),
        pytest.param([], 400, "no files", id="no files"),
        pytest.param([("a.jpg", jpeg()), ("a.jpg", jpeg())], 400, "two files", id="twice the same name"),
        pytest.param(
            [("a.zip", zipped({"b.jpg": jpeg()})), ("b.jpg", jpeg())], 400, "two files", id="and in a zip"
        ),
        pytest.param([("x" * 300 + ".jpg", jpeg())], 400, "too long", id="300 letters"),
        pytest.param([("../a.jpg", jpeg())], 400, "no path below", id="up"),
        pytest.param([("/etc/a.jpg", jpeg())], 400, "no path below", id="absolute"),
        pytest.param([("a.zip", zip_with("../../a.jpg"))], 400, "leads out", id="a member that leads out"),
        pytest.param([("a.zip", zip_with("a\0b.jpg"))], 400, "NUL", id="a member with NUL"),
        pytest.param([("a.zip", zip_with("a\nb.jpg"))], 400, "line break", id="a member with a line break"),
        pytest.param(
            [("a.zip", zip_with("a.jpg", mode=0o120777))], 400, "link", id="a member that is a link"
        ),
        pytest.param(
            [("a.zip", zipped({"a.jpg": b"text"}))], 400, "a.jpg is no image", id="a member that is none"
        ),
        pytest.param([("a.zip", zipped({"a.jpg": jpeg()})[:-40])], 400, "a.zip", id="a cut archive"),
        pytest.param([("a.zip", BOMB)], 413, "LABELWRIGHT_MAX_ARCHIVE_RATIO", id="a bomb"),
    ],
)
def test_what_will_not_do_is_refused_by_name_and_leaves_nothing(datasets, kept, files, status, said):
    assert said in datasets.create(*files, status=status)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"name": "  "}, "needs a name", id="no name"),
        pytest.param({"name": "x" * 257}, "at most 256", id="a long name"),
        pytest.param({"name": "a\0b"}, "NUL", id="NUL in the name"),
        pytest.param({"annotType": "video"}, "annotType", id="an unknown type"),
        pytest.param({"storagePath": "here"}, "not of both", id="files and a folder"),
    ],
)
def test_fields_that_will_not_do_are_named(datasets, kept, fields, said):
    assert said in datasets.create(("a.jpg", jpeg()), status=400, **fields)


@pytest.mark.parametrize("path", ["../..", "/etc", "outside", "absent", "", ".", "a\0b"])
def test_no_folder_outside_the_storage_root_is_read(datasets, tmp_path, path):
    (tmp_path / "a.jpg").write_bytes(jpeg())
    if not (datasets.root / "outside").is_symlink():
        (datasets.root / "outside").symlink_to(tmp_path)
    datasets.create(storagePath=path, status=400)


def test_a_folder_below_the_storage_root_is_read_where_it_is(datasets):
    folder = datasets.root / "theirs" / "deep"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(jpeg())
    for number, path in enumerate(("theirs/deep", str(folder))):
        body = {"name": f"in place {number}", "annotType": "ocr_detection", "storagePath": path}
        made = datasets.told("POST", status=201, json=body)
        assert (made["storagePath"], made["cvDatasetFormat"]) == ("theirs/deep", "OCR DETECTION 1.0")
        datasets.told("DELETE", f"/id/{made['id']}")
    assert (folder / "a.jpg").is_file()


def test_items_are_paged_shown_added_and_deleted(datasets):
    encoded = base64.urlsafe_b64encode("相机 1".encode()).decode().rstrip("=")
    made = datasets.create(
        *[(f"{n}.jpg", jpeg(shade=n)) for n in range(12)], (f"z/{encoded}.jpg", jpeg(900, 600))
    )
    items = f"/id/{made['id']}/items"
    last = datasets.told("GET", items, params={"pageNum": 2})
    assert (last["total"], [each["path"] for each in last["items"]]) == (
        13,
        ["8.jpg", "9.jpg", f"z/{encoded}.jpg"],
    )
    shown = last["items"][-1]
    assert (shown["name"], shown["displayName"]) == (f"{encoded}.jpg", "相机 1.jpg")
    preview = datasets.http.get(f"{items}/preview", params={"path": shown["path"]})
    with Image.open(io.BytesIO(preview.content)) as image:
        assert (image.format, image.size) == ("JPEG", (256, 171))
    known = {"If-None-Match": preview.headers["ETag"]}
    assert (
        datasets.http.get(f"{items}/preview", params={"path": shown["path"]}, headers=known).status_code
        == 304
    )
    file = datasets.http.get(f"{items}/file", params={"path": shown["path"]})
    assert file.content == jpeg(900, 600)
    assert file.headers["Content-Type"] == "image/jpeg"
    assert file.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert datasets.told("POST", items, status=201, files=parts([("new/n.jpg", jpeg())]))["tag"] == 2
    assert "already" in datasets.refused(
        "POST", items, status=400, files=parts([("m.jpg", jpeg()), ("0.jpg", jpeg())])
    )
    gone = datasets.told("DELETE", items, params={"path": "0.jpg"})
    assert (gone["tag"], gone["itemCount"]) == (3, 13)
    assert not (datasets.folder(made) / "m.jpg").exists()


@pytest.mark.parametrize(
    "path",
    ["../x.jpg", "/etc/passwd", "a.txt", "link.jpg", "annotations/r.jpg", "absent.jpg", "", "a\0b", "sub"],
)
def test_nothing_but_images_of_the_dataset_is_read(datasets, tmp_path, path):
    made = datasets.create(("sub/a.jpg", jpeg()), ("a.txt", b"secret"), ("annotations/r.jpg", jpeg()))
    (tmp_path / "x.jpg").write_bytes(jpeg())
    (datasets.folder(made) / "link.jpg").symlink_to(tmp_path / "x.jpg")
    items = f"/id/{made['id']}/items"
    for method, where in (("GET", f"{items}/file"), ("GET", f"{items}/preview"), ("DELETE", items)):
        datasets.refused(method, where, status=404, params={"path": path})
    assert datasets.told("GET", f"/id/{made['id']}")["itemCount"] == 1


def test_pages_that_cannot_be_are_refused(datasets):
    for query in ({"pageNum": "0"}, {"pageNum": "x"}, {"pageSize": "1001"}, {"pageSize": "-1"}):
        assert "expected a number" in datasets.refused("GET", status=400, params=query)
    assert datasets.told("GET", params={"pageNum": "999999"})["items"] == []


def test_a_dataset_in_use_is_kept(live, datasets):
    made = datasets.create(("a.jpg", jpeg()))
    at = f"/id/{made['id']}"
    assert datasets.told("POST", f"{at}/bind") is None
    assert datasets.told("GET", at)["annotStatus"] == "labeling"
    assert "in use" in datasets.refused("DELETE", at, status=409)
    for body in ({}, {"labelList": "a"}, {"labelList": [1]}, {"labelList": None}):
        assert "labelList" in datasets.refused("POST", f"{at}/unbind", status=400, json=body)
    assert datasets.told("POST", f"{at}/unbind", json={"labelList": ["猫", "dog"]}) is None
    told = datasets.told("GET", at)
    assert (told["annotStatus"], told["isPublished"], told["labelList"], told["tag"]) == (
        "labeled",
        True,
        ["猫", "dog"],
        2,
    )
    task = new_task(live.kept_client("maker"))
    with live.deps.database.write() as tx:
        tasks.update_task(tx, task["id"], dataset_id=made["id"])
    assert f"({task['id']})" in datasets.refused("DELETE", at, status=409)
    live.kept_client("maker").delete(f"/tasks/{task['id']}")
    datasets.told("DELETE", at)
    datasets.refused("GET", at, status=404)


READ, CHANGE = {"maker", "other", "watcher", "boss", "root"}, {"maker", "boss", "root"}
#: Method, path behind the dataset's, what is sent, who may, and what whoever may gets: bodies are bad, nothing changes.
RIGHTS = [
    ("GET", "", None, READ, 200),
    ("GET", "/items", None, READ, 200),
    ("GET", "/items/file?path=x", None, READ, 404),
    ("GET", "/items/preview?path=x", None, READ, 404),
    ("PATCH", "", {"name": ""}, CHANGE, 400),
    ("POST", "/unbind", {}, CHANGE, 400),
    ("POST", "/items", {}, CHANGE, 400),
    ("DELETE", "/items?path=x", None, CHANGE, 404),
    ("POST", "/crop", {}, CHANGE, 400),
    ("GET", "/crop/x", None, READ | {"drawer", "nobody"}, 404),
    ("POST", "/bind", None, CHANGE, 200),
    ("DELETE", "", None, CHANGE, 409),
]
PEOPLE = (None, "gone", "nobody", "drawer", "watcher", "other", "maker", "boss", "root")


def test_the_matrix_has_every_route():
    named = {
        (method, path.partition("?")[0].replace("/x", "/{operation_id:str}")) for method, path, *_ in RIGHTS
    }
    of_one = "/cv_datasets/id/{dataset_id:int}"
    routed = {(method, path) for each in HANDLERS for method in each.http_methods for path in each.paths}
    assert routed == {(method, f"{of_one}{path}") for method, path in named} | {
        ("GET", "/cv_datasets"),
        ("POST", "/cv_datasets"),
    }


@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_do_what(live, datasets, person):
    made = datasets.create(("a.jpg", jpeg()))
    asker = Datasets(live, person) if person != "gone" else Datasets(live, None)
    if person == "gone":
        asker.http.headers["Authorization"] = f"Token {live.tokens['gone']}"
    for method, path, body, may, allowed in RIGHTS:
        for number in (made["id"], 10**6):
            status = allowed if person in may else 403
            if number != made["id"]:
                status = 404
            status = 401 if person in (None, "gone") else status
            answer = asker.http.request(
                method, f"/id/{number}{path}", **({"json": body} if body is not None else {})
            )
            assert answer.status_code == status, (method, path, number, answer.text)
    makes = {None: 401, "gone": 401, "maker": 400, "other": 400, "boss": 400, "root": 400}
    assert asker.http.post("", json={}).status_code == makes.get(person, 403)
    lists = 401 if person in (None, "gone") else 200 if person in READ else 403
    assert asker.http.get("").status_code == lists


def test_what_is_wrong_is_said_in_the_language_asked_for(datasets):
    chinese = {"Labelwright-Language": "zh-CN"}
    assert datasets.create(status=400, name="") == "a dataset needs a name"
    said = datasets.refused("POST", status=400, data={"annotType": "object_detection"}, headers=chinese)
    assert said == "数据集需要名称"
    assert "Method" in datasets.refused("PUT", "/id/1", status=405)
    assert datasets.http.options("/id/1").headers["Allow"] == "GET, PATCH, DELETE, HEAD, OPTIONS"
    assert datasets.http.get("/nothing/here").status_code == 404


def test_a_session_needs_the_csrf_pair(live):
    with httpx.Client(base_url=f"{live.url}{ROOT}") as http:
        http.post(f"{live.url}/api/v1/auth/login", json={"username": "maker", "password": PASSWORD})
        answer = http.post("", data={"name": "x"})
        assert (answer.status_code, answer.json()["code"]) == (403, 403)
        echo = {"X-CSRFToken": http.cookies["csrftoken"]}
        assert http.post("", json={}, headers=echo).status_code == 400


def test_a_body_that_ends_early_leaves_nothing(live, kept):
    head = f"POST {ROOT} HTTP/1.1\r\nHost: x\r\nAuthorization: Token {live.tokens['maker']}\r\n"
    body = b'--b\r\nContent-Disposition: form-data; name="files[0]"; filename="a.jpg"\r\n\r\n' + jpeg()
    with socket.create_connection(("127.0.0.1", int(live.url.rpartition(":")[2]))) as line:
        line.sendall(
            f"{head}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 99999\r\n\r\n".encode()
        )
        line.sendall(body)
        time.sleep(0.3)
    until(lambda: not list(live.deps.scratch.glob("dataset-*")), bool)
