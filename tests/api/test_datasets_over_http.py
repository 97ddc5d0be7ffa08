"""Annotations as files: the 202/201/200 protocol, files that do not fit, hostile files (rest-api contract, 10)."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from live import body, box, job_ids, new_task, run_server, tag, task_with_images, until

COCO, XML = "COCO 1.0", "CVAT 1.1"


def export(client, task, kind="annotations", format_name=COCO, **query):
    """Run one whole cycle and return the answer with the file."""
    path, params = f"/tasks/{task['id']}/{kind}", {"format": format_name} | query
    final = until(lambda: client.get(path, params=params), lambda answer: answer.status_code != 202)
    assert (final.status_code, final.content) == (201, b""), final.text
    return client.get(path, params=params | {"action": "download"})


def import_file(client, path, content, *, format_name=COCO, name="annotations.json"):
    """Send a file and poll as clients do, with empty multipart bodies; the final answer."""
    first = client.put(path, params={"format": format_name}, files={"annotation_file": (name, content)})
    if first.status_code != 202:
        return first
    assert first.content == b""
    poll = {"content": b"--x--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}
    return until(
        lambda: client.put(path, params={"format": format_name}, **poll),
        lambda answer: answer.status_code != 202,
    )


def coco(task, *, label="car", frames=("000.jpg",), boxes=1, **extra):
    images = [{"id": n, "file_name": name, "width": 64, "height": 48} for n, name in enumerate(frames, 1)]
    objects = [
        {
            "id": n,
            "image_id": 1,
            "category_id": 1,
            "bbox": [n, 2, 10, 10],
            "area": 100,
            "iscrowd": 0,
            "segmentation": [],
        }
        for n in range(1, boxes + 1)
    ]
    return json.dumps(
        {"images": images, "categories": [{"id": 1, "name": label}], "annotations": objects} | extra
    ).encode()


@pytest.fixture
def drawn(job):
    """The shared task with one box and a tag in it, and its paths."""
    client, task, path = job
    assert client.put(path, json=body(box(task), tags=(tag(task, 1),))).status_code == 200
    return client, task, path


def test_an_export_goes_through_its_states(drawn):
    client, task, path = drawn
    target, query = f"/tasks/{task['id']}/annotations", {"format": COCO}
    assert client.get(target, params=query).status_code == 202
    until(lambda: client.get(target, params=query), lambda answer: answer.status_code == 201)
    assert client.get(target, params=query).status_code == 201
    file = client.get(target, params=query | {"action": "DOWNLOAD"})
    assert (file.status_code, file.headers["content-type"]) == (200, "application/zip")
    assert zipfile.ZipFile(io.BytesIO(file.content)).testzip() is None
    assert client.get(target, params=query | {"action": "download"}).status_code == 202
    assert export(client, task).content == file.content
    client.patch(f"{path}?action=create", json=body(box(task, 2)))
    assert client.get(target, params=query | {"action": "download"}).status_code == 202
    assert export(client, task).content != file.content


@pytest.mark.parametrize("kind", ["annotations", "dataset"])
def test_a_dataset_holds_images_and_annotations_do_not(drawn, kind):
    client, task, _ = drawn
    archive = zipfile.ZipFile(io.BytesIO(export(client, task, kind).content))
    images = [name for name in archive.namelist() if name.endswith(".jpg")]
    assert len(images) == (4 if kind == "dataset" else 0)
    assert any(name.endswith(".json") for name in archive.namelist())


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ("A.Zip", 'filename="a.zip"', "filename*=UTF-8''a.zip"),
        (
            '标注 "一".zip',
            'filename="__ ___.zip"',
            "filename*=UTF-8''%E6%A0%87%E6%B3%A8%20%22%E4%B8%80%22.zip",
        ),
        (
            "a\r\nSet-Cookie: x=1;b",
            'filename="a__set-cookie: x=1;b"',
            "filename*=UTF-8''a%0D%0Aset-cookie%3A%20x%3D1%3Bb",
        ),
        ("../../x", 'filename="../../x"', "filename*=UTF-8''..%2F..%2Fx"),
    ],
)
def test_the_name_of_the_file_is_a_correct_header(drawn, name, plain, encoded):
    client, task, _ = drawn
    answer = export(client, task, filename=name)
    assert answer.headers["content-disposition"] == f"attachment; {plain}; {encoded}"
    assert "x" not in answer.cookies


def test_without_a_name_the_file_is_named_after_task_time_and_format(drawn):
    client, task, _ = drawn
    moment = (
        client.get(f"/tasks/{task['id']}")
        .json()["updated_date"][:19]
        .replace("-", "_")
        .replace(":", "_")
        .replace("T", "_")
    )
    assert (
        f'filename="task_a task-{moment}-coco 1.0.zip"' in export(client, task).headers["content-disposition"]
    )


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"format": "Nonsense 9.9"}, ["Unknown format specified for the request"]),
        ({"format": ""}, ["Unknown format specified for the request"]),
        ({"format": "coco 1.0"}, ["Unknown format specified for the request"]),
        ({"format": COCO, "action": "delete"}, ["Unexpected action specified for the request"]),
    ],
)
@pytest.mark.parametrize("kind", ["annotations", "dataset"])
def test_unknown_formats_and_actions_are_refused(drawn, kind, query, says):
    client, task, _ = drawn
    answer = client.get(f"/tasks/{task['id']}/{kind}", params=query)
    assert (answer.status_code, answer.json()) == (400, says)


def test_a_dataset_needs_a_format(drawn):
    client, task, _ = drawn
    assert client.get(f"/tasks/{task['id']}/dataset").json() == ["Unknown format specified for the request"]


def test_a_task_without_frames_has_nothing_to_export_and_takes_no_import(root):
    task = new_task(root)
    for answer in (
        root.get(f"/tasks/{task['id']}/dataset", params={"format": COCO}),
        import_file(root, f"/tasks/{task['id']}/annotations", b"{}"),
    ):
        assert answer.status_code == 409
        assert f"task {task['id']} has no frames yet" in answer.json()["detail"]


def test_exports_asked_for_at_once_are_one(live, drawn):
    client, task, _ = drawn
    client.patch(f"/tasks/{task['id']}", json={"name": "renamed"})
    with live.deps.database.read() as tx:
        before = tx.connection.exec_driver_sql("SELECT count(*) FROM operations").scalar_one()
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(client.get, f"/tasks/{task['id']}/annotations", params={"format": COCO})
            for _ in range(16)
        ]
    assert {answer.result().status_code for answer in asked} <= {202, 201}
    with live.deps.database.read() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM operations").scalar_one() == before + 1
    both = [export(client, task, format_name=name).status_code for name in (COCO, "CVAT for images 1.1")]
    assert both == [200, 200]


@pytest.mark.parametrize(
    ("format_out", "format_in", "name"), [(COCO, COCO, "a.zip"), ("CVAT for images 1.1", XML, "a.zip")]
)
@pytest.mark.parametrize("level", ["task", "job"])
def test_what_was_exported_comes_back(drawn, format_out, format_in, name, level):
    client, task, path = drawn
    client.put(path, json=body(box(task, points=[1.5, 2.25, 30.12, 40.0])))  # both formats write two decimals
    before = client.get(path).json()
    content = export(client, task, format_name=format_out).content
    client.delete(path)
    target = path if level == "job" else f"/tasks/{task['id']}/annotations"
    answer = import_file(client, target, content, format_name=format_in, name=name)
    assert (answer.status_code, answer.content) == (201, b"")
    after = client.get(path).json()
    assert after["version"] == before["version"] + 3  # a delete, and an import's two
    assert [shape["points"] for shape in after["shapes"]] == [shape["points"] for shape in before["shapes"]]
    assert client.put(path, params={"format": format_in}, files={"x": b""}).json() == {
        "annotation_file": ["No file was submitted."]
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param({"label": "zebra"}, "Label 'zebra' is not registered for this task", id="unknown label"),
        pytest.param(
            {"frames": ("nowhere.jpg",)},
            "Could not match item id: 'nowhere' with any task frame",
            id="unmatched frame",
        ),
        pytest.param(b"this is no JSON", "annotations.json", id="no JSON"),
        pytest.param(b"[]", "", id="a list"),
        pytest.param(b"\xff\xfe\x00", "", id="bytes"),
        pytest.param(b"", "", id="empty"),
        pytest.param(b"PK\x03\x04nonsense", "", id="a broken zip"),
    ],
)
def test_a_file_that_does_not_fit_leaves_the_annotations_and_is_forgotten(live, drawn, content, says):
    client, task, path = drawn
    before = client.get(path).json()
    sent = content if isinstance(content, bytes) else coco(task, **content)
    answer = import_file(client, path, sent)
    assert answer.status_code == 400, answer.text
    assert isinstance(answer.json(), str)
    assert says in answer.json()
    assert str(live.deps.scratch.parent) not in answer.text
    assert client.get(path).json() == before
    assert live.blob_files(f"tasks/{task['id']}/imports/") == []
    assert import_file(client, path, coco(task, boxes=3)).status_code == 201
    assert len(client.get(path).json()["shapes"]) == 3


def test_an_unknown_format_of_an_import_is_refused(drawn):
    client, _, path = drawn
    for name in ("Nonsense 9.9", "", "CVAT for images 1.1"):
        answer = client.put(path, params={"format": name}, files={"annotation_file": ("a.json", b"{}")})
        assert (answer.status_code, answer.json()) == (400, [f"Unknown input format '{name}'"])


@pytest.mark.parametrize(
    "send",
    [{}, {"json": {}}, {"data": {"annotation_file": "x"}}, {"files": {"other": ("a", b"x")}}],
    ids=["nothing", "JSON", "a text", "another field"],
)
def test_an_import_without_a_file_is_refused(live, drawn, send):
    client, task, path = drawn
    answer = client.put(path, params={"format": COCO}, **send)
    assert (answer.status_code, answer.json()) == (400, {"annotation_file": ["No file was submitted."]})
    # A file of an import before this one goes a moment after its end is told.
    until(lambda: live.blob_files(f"tasks/{task['id']}/imports/"), lambda files: files == [])


@pytest.fixture(scope="module")
def narrow(tmp_path_factory, sqlite_template):
    """A server that unpacks 10 MB at most, 50 times the packed size."""
    yield from run_server(
        tmp_path_factory.mktemp("narrow"),
        sqlite_template,
        max_archive_mb=10,
        max_archive_ratio=50,
        max_archive_members=100,
    )


def zip_of(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "members",
    [
        pytest.param([("annotations/instances_default.json", b" " * 50_000_000)], id="a bomb"),
        pytest.param([("../../evil.json", b"{}")], id="a path upwards"),
        pytest.param([("/etc/evil.json", b"{}")], id="an absolute path"),
        pytest.param([(f"annotations/{n}.json", b"{}") for n in range(200)], id="too many members"),
        pytest.param([("inner.zip", b"PK")], id="a zip in a zip"),
        pytest.param([], id="nothing"),
    ],
)
def test_a_hostile_archive_harms_nothing(narrow, members):
    with narrow.client() as client:
        task = task_with_images(client, 1)
        path = f"/jobs/{job_ids(task)[0]}/annotations"
        before = client.put(path, json=body(box(task))).json()["shapes"]
        for format_name in (COCO, XML):
            answer = import_file(client, path, zip_of(members), format_name=format_name, name="a.zip")
            assert answer.status_code in (400, 201), answer.text
            assert not list(narrow.deps.scratch.parent.rglob("evil*"))
            if answer.status_code == 400:
                assert [shape["id"] for shape in client.get(path).json()["shapes"]] == [before[0]["id"]]
            else:
                before = client.put(path, json=body(box(task))).json()["shapes"]
        assert narrow.blob_files(f"tasks/{task['id']}/imports/") == []
        assert client.get("/users/self").status_code == 200


def test_formats_that_work_are_listed_and_each_can_be_asked_for(drawn):
    client, task, _ = drawn
    found = client.get("/server/annotation/formats").json()
    assert [list(each) for each in found["importers"]] == [
        ["name", "ext", "version", "enabled", "dimension"]
    ] * len(found["importers"])
    assert {COCO, XML} <= {each["name"] for each in found["importers"]}
    assert {COCO, "CVAT for images 1.1"} <= {each["name"] for each in found["exporters"]}
    for each in found["exporters"]:
        assert client.get(
            f"/tasks/{task['id']}/annotations", params={"format": each["name"]}
        ).status_code in (202, 201)
