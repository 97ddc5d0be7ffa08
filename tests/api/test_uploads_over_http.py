"""Files sent for a task before it is made of them: many in a form, a large one in pieces (tus), cut off and gone on."""

import base64
import socket
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from live import jpeg, new_task, until, wait_for_media

from labelwright.domain.errors import Conflict, NotFound, TooLarge
from labelwright.services import begin_media, sent_files
from labelwright.storage.sent_files import read_sent
from labelwright.storage.users import read_user

TUS = {"Tus-Resumable": "1.0.0"}
PIECES = {**TUS, "Content-Type": "application/offset+octet-stream"}


def files_of(*paths, content=None):
    """Parts of a form, each file with its path before it, sent under a name that is to be passed over."""
    parts = []
    for number, path in enumerate(paths):
        parts.append((f"paths[{number}]", (None, path.encode())))
        parts.append((f"files[{number}]", ("blob", content or jpeg(shade=number), "image/jpeg")))
    return parts


def begin(client, task, path, size):
    """Make room for a file; its address below the API."""
    metadata = f"filetype aW1hZ2U=,filename {base64.b64encode(path.encode()).decode()}"
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    answer = client.post(f"/tasks/{task}/uploads", headers=headers)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "0")
    return f"/tasks/{task}/{answer.headers['location']}"


def add(client, address, offset, content):
    return client.patch(address, headers={**PIECES, "Upload-Offset": str(offset)}, content=content)


def ask(client, address):
    """How far the server says the file has come."""
    answer = client.head(address, headers=TUS)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return int(answer.headers["upload-offset"])


def make(client, task, ids, **fields):
    answer = client.post(f"/tasks/{task}/data", json={"image_quality": 70, "uploads": ids, **fields})
    assert answer.status_code == 202, answer.text
    return answer.json()


def frame_names(client, task):
    return [frame["name"] for frame in client.get(f"/tasks/{task}/data/meta").json()["frames"]]


def test_a_task_is_made_of_files_that_came_one_way_and_the_other(live, root):
    task = new_task(root)["id"]
    many = root.post(f"/tasks/{task}/uploads", files=files_of("left/1.jpg", "right/1.jpg")).json()
    assert [(sent["path"], sent["size"] == sent["received"]) for sent in many] == [
        ("left/1.jpg", True),
        ("right/1.jpg", True),
    ]
    content = jpeg(600, 400)
    address = begin(root, task, "图 1/large.jpg", len(content))
    assert add(root, address, 0, content[:1000]).headers["upload-offset"] == "1000"
    assert ask(root, address) == 1000
    assert add(root, address, 1000, content[1000:]).status_code == 204
    listed = root.get(f"/tasks/{task}/uploads").json()
    assert [sent["path"] for sent in listed["uploads"]] == ["left/1.jpg", "right/1.jpg", "图 1/large.jpg"]
    assert listed["request"] is None
    echo = make(root, task, [sent["id"] for sent in listed["uploads"]])
    assert echo["client_files"] == ["left/1.jpg", "right/1.jpg", "图 1/large.jpg"]
    assert wait_for_media(root, task) == {"state": "Finished", "message": ""}
    assert frame_names(root, task) == ["left/1.jpg", "right/1.jpg", "图 1/large.jpg"]
    assert root.get(f"/tasks/{task}/data?type=frame&number=2&quality=original").content == content
    assert root.get(f"/tasks/{task}/uploads").json()["uploads"] == []


def test_a_failure_keeps_the_files_for_another_try(live, root):
    task = new_task(root)["id"]
    good = root.post(f"/tasks/{task}/uploads", files=files_of("good.jpg")).json()
    bad = root.post(f"/tasks/{task}/uploads", files=files_of("bad.jpg", content=jpeg()[:200])).json()
    make(root, task, [good[0]["id"], bad[0]["id"]], start_frame=0, chunk_size=3)
    assert wait_for_media(root, task)["state"] == "Failed"
    listed = root.get(f"/tasks/{task}/uploads").json()
    assert [sent["path"] for sent in listed["uploads"]] == ["bad.jpg", "good.jpg"]
    assert (listed["request"]["client_files"], listed["request"]["chunk_size"]) == (
        ["good.jpg", "bad.jpg"],
        3,
    )
    make(root, task, [good[0]["id"]])
    assert wait_for_media(root, task)["state"] == "Finished"
    assert frame_names(root, task) == ["good.jpg"]


def test_what_came_before_a_request_was_cut_off_is_kept(live, root):
    task = new_task(root)["id"]
    content = bytes(range(256)) * 80_000
    address = begin(root, task, "clip.bin", len(content))
    cut_off(live, "PATCH", address, {**PIECES, "Upload-Offset": "0"}, content, after=len(content) // 2)
    kept = until(lambda: ask(root, address), bool)
    assert kept <= len(content) // 2
    while (kept := ask(root, address)) < len(content):  # the last of it may come while we ask
        assert add(root, address, kept, content[kept:]).status_code in (204, 409)
    key = f"tasks/{task}/sent/{address.rsplit('/', 1)[1]}"
    assert live.deps.blobs.get(key) == content


def test_files_that_came_whole_are_kept_when_their_request_is_cut_off(live, root):
    task = new_task(root)["id"]
    part = b'--B\r\nContent-Disposition: form-data; name="files[%d]"; filename="%d.jpg"\r\n\r\n%s\r\n'
    whole = b"".join(part % (n, n, jpeg(shade=n)) for n in range(3))
    headers = {"Content-Type": "multipart/form-data; boundary=B"}

    def listed_after_a_cut():
        cut_off(live, "POST", f"/tasks/{task}/uploads", headers, whole, after=len(whole) - 100)
        time.sleep(0.2)
        return root.get(f"/tasks/{task}/uploads").json()["uploads"]

    assert [sent["path"] for sent in until(listed_after_a_cut, bool)] == ["0.jpg", "1.jpg"]
    assert len(live.blob_files(f"tasks/{task}/")) == 2


def cut_off(live, method, address, headers, content, *, after):
    """Send `after` bytes of the content, and hang up."""
    lines = {**headers, "Authorization": f"Token {live.tokens['root']}", "Content-Length": len(content)}
    head = f"{method} /api/v1{address} HTTP/1.1\r\nHost: x\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    host, port = live.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(head.encode() + b"\r\n" + content[:after])
        time.sleep(0.2)  # who hangs up at once is not even read


def test_a_request_that_hung_touches_no_frame_when_it_ends_at_last(live, root):
    task, image = new_task(root)["id"], jpeg()
    address = begin(root, task, "a.jpg", len(image))
    sent_id = address.rsplit("/", 1)[1]
    with live.deps.database.read() as tx:
        hung = read_sent(tx, task, sent_id)
    assert add(root, address, 0, image).status_code == 204
    with pytest.raises(Conflict):
        sent_files.add_piece(live.deps, sent=hung, content=b"x")
    make(root, task, [sent_id])
    wait_for_media(root, task)
    with pytest.raises(NotFound):
        sent_files.add_piece(live.deps, sent=hung, content=b"x")
    answer = root.get(f"/tasks/{task}/data?type=frame&number=0&quality=original")
    assert (answer.status_code, answer.content) == (200, image)


def test_a_file_stays_while_frames_are_made_of_it(live, root):
    task = new_task(root)["id"]
    (sent,) = root.post(f"/tasks/{task}/uploads", files=files_of("a.jpg")).json()
    with live.deps.database.write() as tx:
        begin_media(tx, live.deps, task_id=task, user=read_user(tx, live.ids["root"]))
    assert root.delete(f"/tasks/{task}/uploads/{sent['id']}").status_code == 409
    root.delete(f"/tasks/{task}")


def test_a_piece_goes_where_the_file_ends_and_nowhere_else(root):
    task = new_task(root)["id"]
    address = begin(root, task, "a.jpg", 10)
    assert add(root, address, 3, b"x").status_code == 409
    assert add(root, address, "three", b"x").status_code == 400
    assert add(root, address, 0, b"x" * 11).status_code == 400
    assert ask(root, address) == 0
    assert add(root, address, 0, b"x" * 4).status_code == 204
    assert add(root, address, 0, b"x" * 4).status_code == 409
    answer = root.patch(address, headers={"Upload-Offset": "4"}, json={})
    assert answer.status_code == 415
    assert add(root, address, 4, b"").headers["upload-offset"] == "4"
    other = root.patch(
        address, headers={**PIECES, "Tus-Resumable": "0.2.2", "Upload-Offset": "4"}, content=b"x"
    )
    assert (other.status_code, other.headers["tus-version"]) == (412, "1.0.0")
    answer = root.post(
        f"/tasks/{task}/data", json={"image_quality": 70, "uploads": [address.rsplit("/", 1)[1]]}
    )
    assert answer.json() == {"uploads": ["a.jpg is not whole: 4 of 10 bytes have come"]}
    assert root.delete(address).status_code == 204
    assert root.head(address).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Upload-Length": "ten"}, id="a length that is none"),
        pytest.param({"Upload-Length": "9" * 16}, id="a length beyond numbers"),
        pytest.param({"Upload-Length": "1"}, id="no name"),
        pytest.param({"Upload-Length": "1", "Upload-Metadata": "filename $$"}, id="a name in no base64"),
        pytest.param(
            {"Upload-Length": "1", "Upload-Metadata": "filename Li4vYQ=="}, id="a name that leads out"
        ),
        pytest.param({"Upload-Length": "1", "Upload-Metadata": "filename YQBi"}, id="NUL in a name"),
        pytest.param({"Upload-Length": "1", "Upload-Metadata": "filename /w=="}, id="a name in no UTF-8"),
        pytest.param({}, id="no form"),
    ],
)
def test_what_can_be_no_file_is_refused(live, root, headers):
    task = new_task(root)["id"]
    answer = root.post(f"/tasks/{task}/uploads", headers=headers)
    assert answer.status_code == 400, answer.text
    assert root.get(f"/tasks/{task}/uploads").json()["uploads"] == []


def test_files_of_all_requests_stay_below_the_limits(live, root):
    task = new_task(root)["id"]
    deps = replace(live.deps, limits=replace(live.deps.limits, max_upload_files=2, max_upload_mb=1))
    with live.deps.database.read() as tx:
        user = read_user(tx, live.ids["root"])
    sent_files.begin_sent(deps, user=user, task_id=task, path="a", size_bytes=600_000)
    with pytest.raises(TooLarge, match="over 1 MB"):
        sent_files.begin_sent(deps, user=user, task_id=task, path="b", size_bytes=600_000)
    sent_files.begin_sent(deps, user=user, task_id=task, path="b", size_bytes=0)
    with pytest.raises(TooLarge, match="more than 2 files"):
        sent_files.begin_sent(deps, user=user, task_id=task, path="c", size_bytes=0)
    upload = sent_files.begin_files(deps, user=user, task_id=task)
    with upload, pytest.raises(TooLarge, match="more than 2 files"):
        upload.open_file("d")


def test_files_nobody_went_on_with_are_swept_and_others_stay(live, root):
    old, new = (new_task(root)["id"] for _ in range(2))
    for task in (old, new):
        root.post(f"/tasks/{task}/uploads", files=files_of("a.jpg"))
    with live.deps.database.write() as tx:
        long_ago = live.deps.clock() - timedelta(days=8)
        tx.connection.exec_driver_sql(
            f"UPDATE uploads SET updated_utc = '{long_ago.isoformat()}' WHERE task_id = {old}"
        )
    sent_files.sweep(live.deps)
    assert (live.blob_files(f"tasks/{old}/"), len(live.blob_files(f"tasks/{new}/"))) == ([], 1)
    root.delete(f"/tasks/{new}")
    assert live.blob_files(f"tasks/{new}/") == []
