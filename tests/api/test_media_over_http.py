"""A task's data over HTTP: sent, cut off, hostile, outside the share (tasks-and-data contract, 2 to 5)."""

import socket
import struct
import zlib

import pytest
from live import image_parts, jpeg, new_task, task_with_images, until, wait_for_media

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def png_bomb(width, height):
    """A PNG whose header promises width × height pixels and whose data are next to nothing."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    return (
        PNG_HEAD
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 64))
        + chunk(b"IEND", b"")
    )


def send(client, files=(), **data):
    """Post data to a new task; the answer and the task's id."""
    task = new_task(client)
    return client.post(
        f"/tasks/{task['id']}/data", data={"image_quality": "70", **data}, files=list(files) or None
    ), task["id"]


def test_the_answer_echoes_what_was_sent_before_processing(root):
    answer, task = send(
        root, image_parts(2), chunk_size="3", start_frame="1", use_cache="true", use_zip_chunks="true"
    )
    assert answer.status_code == 202
    assert list(answer.json().items()) == [
        ("chunk_size", 3),
        ("size", 0),
        ("image_quality", 70),
        ("start_frame", 1),
        ("stop_frame", 0),
        ("frame_filter", ""),
        ("compressed_chunk_type", "imageset"),
        ("original_chunk_type", "imageset"),
        ("client_files", ["000.jpg", "001.jpg"]),
        ("server_files", []),
        ("remote_files", []),
        ("use_zip_chunks", False),
        ("use_cache", False),
        ("copy_data", False),
    ]
    assert wait_for_media(root, task)["state"] == "Finished"
    meta = root.get(f"/tasks/{task}/data/meta").json()
    assert list(meta) == [
        "chunk_size",
        "size",
        "image_quality",
        "start_frame",
        "stop_frame",
        "frame_filter",
        "frames",
    ]
    assert (
        meta["size"],
        meta["start_frame"],
        meta["stop_frame"],
        [frame["name"] for frame in meta["frames"]],
    ) == (1, 1, 1, ["001.jpg"])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        pytest.param(
            {"image_quality": None}, {"image_quality": ["This field is required."]}, id="no quality"
        ),
        pytest.param(
            {"image_quality": "101"},
            {"image_quality": ["Ensure this value is less than or equal to 100."]},
            id="quality 101",
        ),
        pytest.param(
            {"chunk_size": "0"}, {"chunk_size": ["Chunk size must be a positive integer"]}, id="chunk size 0"
        ),
        pytest.param(
            {"chunk_size": "2001"},
            {"chunk_size": ["Ensure this value is less than or equal to 2000."]},
            id="chunk size over the limit",
        ),
        pytest.param(
            {"frame_filter": ""}, {"frame_filter": ["Invalid frame filter expression"]}, id="empty filter"
        ),
        pytest.param(
            {"frame_filter": "step=0"}, {"frame_filter": ["Invalid frame filter expression"]}, id="step 0"
        ),
        pytest.param(
            {"frame_filter": "step=1" + "0" * 256},
            {"frame_filter": ["Ensure this field has no more than 256 characters."]},
            id="a filter too long",
        ),
        pytest.param(
            {"start_frame": "5", "stop_frame": "2"},
            {"non_field_errors": ["Stop frame must be more or equal start frame"]},
            id="stop before start",
        ),
        pytest.param(
            {"start_frame": "-1"},
            {"start_frame": ["Ensure this value is greater than or equal to 0."]},
            id="negative start",
        ),
        pytest.param(
            {"server_files[0]": "x" * 1025},
            {"server_files": ["Ensure this field has no more than 1024 characters."]},
            id="a path too long",
        ),
        pytest.param(
            {"server_files[0]": "a\0b"},
            {"server_files": ["Null characters are not allowed."]},
            id="NUL in a path",
        ),
    ],
)
def test_a_request_that_will_not_do_is_refused_and_keeps_no_file(live, root, fields, says):
    task = new_task(root)
    data = {name: value for name, value in ({"image_quality": "70"} | fields).items() if value is not None}
    answer = root.post(f"/tasks/{task['id']}/data", data=data, files=image_parts(2))
    assert (answer.status_code, answer.json()) == (400, says)
    assert live.blob_files(f"tasks/{task['id']}/") == []
    assert "size" not in root.get(f"/tasks/{task['id']}").json()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("notes.jpg", b"this is no image", id="text"),
        pytest.param("empty.jpg", b"", id="empty"),
        pytest.param("cut.jpg", jpeg(640, 480)[:2000], id="truncated JPEG"),
        pytest.param("header.jpg", jpeg()[:20], id="header of a JPEG"),
        pytest.param("bomb.png", png_bomb(60_000, 60_000), id="60,000 × 60,000"),
        pytest.param("huge.png", png_bomb(2**31 - 1, 2**31 - 1), id="2³¹ × 2³¹"),
        pytest.param("zero.png", png_bomb(0, 0), id="0 × 0"),
        pytest.param("shapes.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="SVG"),
        pytest.param("code.tif", b"II*\0" + b"\xff" * 64, id="TIFF of nonsense"),
    ],
)
def test_a_file_that_is_no_whole_image_fails_the_task_naming_it(live, root, name, content):
    answer, task = send(root, [*image_parts(1), ("client_files[1]", (name, content))])
    assert answer.status_code == 202
    status = wait_for_media(root, task)
    assert status["state"] == "Failed"
    assert name in status["message"]
    assert "Traceback" not in status["message"]
    assert str(live.deps.scratch.parent) not in status["message"]
    shown = root.get(f"/tasks/{task}").json()
    assert (shown["size"], shown["data_chunk_size"], shown["segments"]) == (0, None, [])
    assert root.get(f"/tasks/{task}/data?type=preview").json() == {
        "message": "Cannot find requested data for the task",
        "code": "not_found",
    }
    assert root.get(f"/tasks/{task}/status").json() == status
    assert {path.split("/")[2] for path in live.blob_files(f"tasks/{task}/")} == {"uploads"}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param([], "No media data found", id="nothing"),
        pytest.param([("client_files[0]", ("a.txt", b"x"))], "No media data found", id="only text"),
        pytest.param([("client_files[0]", ("n" * 300 + ".jpg", jpeg()))], "is too long", id="300 letters"),
        pytest.param(
            [("client_files[0]", ("a.jpg", jpeg())), ("client_files[1]", ("a.jpg", jpeg()))],
            "a.jpg",
            id="one name twice",
        ),
        pytest.param(
            [("client_files[0]", ("x/a.jpg", jpeg())), ("client_files[1]", ("y\\a.jpg", jpeg()))],
            "a.jpg",
            id="one name in two folders",
        ),
        pytest.param([("client_files[0]", ("a.jpg", jpeg()))], "start_frame", id="nothing selected"),
    ],
)
def test_data_that_make_no_frames_fail_the_task_with_a_sentence(root, files, says):
    answer, task = send(root, files, **({"start_frame": "7"} if says == "start_frame" else {}))
    assert answer.status_code == 202, answer.text
    status = wait_for_media(root, task)
    assert status["state"] == "Failed"
    assert says in status["message"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("../../etc/a.jpg", "a.jpg", id="dots"),
        pytest.param("/etc/a.jpg", "a.jpg", id="absolute"),
        pytest.param("C:\\Users\\x\\a.jpg", "a.jpg", id="Windows"),
        pytest.param("照片 一.jpg", "照片 一.jpg", id="Chinese"),
        pytest.param("e\u0301.jpg", "e\u0301.jpg", id="combining"),
        pytest.param("<b>&'.jpg", "<b>&'.jpg", id="markup"),
        pytest.param(".hidden.jpg", ".hidden.jpg", id="hidden"),
        pytest.param("-rf.jpg", "-rf.jpg", id="option"),
    ],
)
def test_names_are_kept_but_for_their_folders(root, sent, kept):
    answer, task = send(root, [("client_files[0]", (sent, jpeg()))])
    assert answer.json()["client_files"] == [kept]
    assert wait_for_media(root, task) == {"state": "Finished", "message": ""}
    assert root.get(f"/tasks/{task}/data/meta").json()["frames"][0]["name"] == kept


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("照片.jpg".encode("gbk"), id="GBK"),
        pytest.param(b"a\x00b.jpg", id="NUL"),
        pytest.param(b"\xff\xfe.jpg", id="no UTF-8"),
        pytest.param(b"a%0Ab.jpg", id="a percent-encoded line end"),
        pytest.param(b"x" * 1100 + b".jpg", id="1100 letters"),
        pytest.param(b'a\\"b.jpg', id="an escaped quote"),
        pytest.param(b"a\tb\x1b[31m.jpg", id="control characters"),
    ],
)
def test_strange_bytes_in_names_are_taken_or_refused(live, root, name):
    task = new_task(root)["id"]
    parts = (
        b'--B\r\nContent-Disposition: form-data; name="image_quality"\r\n\r\n70\r\n'
        b'--B\r\nContent-Disposition: form-data; name="client_files[0]"; filename="' + name
    )
    content = parts + b'"\r\nContent-Type: image/jpeg\r\n\r\n' + jpeg() + b"\r\n--B--\r\n"
    answer = root.post(
        f"/tasks/{task}/data", content=content, headers={"Content-Type": "multipart/form-data; boundary=B"}
    )
    assert answer.status_code in (202, 400), answer.text
    if answer.status_code == 202:
        assert wait_for_media(root, task)["state"] in ("Finished", "Failed")
        assert root.get(f"/tasks/{task}/data/meta").status_code == 200
    else:
        assert live.blob_files(f"tasks/{task}/") == []


@pytest.mark.parametrize("how", ["cut inside a file", "cut between files", "no end", "reset"])
def test_an_upload_cut_off_leaves_nothing_behind(live, root, how):
    task = new_task(root)["id"]
    part = b'--B\r\nContent-Disposition: form-data; name="client_files[%d]"; filename="%d.jpg"\r\n\r\n%s\r\n'
    whole = part % (0, 0, jpeg(300, 300)) + part % (1, 1, b"x" * 20_000_000) + part % (2, 2, jpeg(300, 300))
    cut = {
        "cut inside a file": len(whole) - 2_000,
        "cut between files": whole.index(b"--B", 9),
        "no end": len(whole),
        "reset": 19_000_000,
    }[how]
    head = (
        f"POST /api/v1/tasks/{task}/data HTTP/1.1\r\nHost: x\r\nAuthorization: Token {live.tokens['root']}\r\n"
        "Content-Type: multipart/form-data; boundary=B\r\n"
    )
    length = len(whole) if how == "no end" else len(whole) + 1000
    address, port = live.url.removeprefix("http://").split(":")
    with socket.create_connection((address, int(port))) as raw:
        raw.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % length + whole[:cut])
        if how == "no end":
            assert b"400" in raw.recv(64)
        if how == "reset":
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    until(
        lambda: (live.blob_files(f"tasks/{task}/"), sorted(live.deps.scratch.glob("upload-*"))),
        lambda left: left == ([], []),
    )
    answer = root.post(f"/tasks/{task}/data", data={"image_quality": "70"}, files=image_parts(1))
    assert answer.status_code == 202
    assert wait_for_media(root, task)["state"] == "Finished"


@pytest.fixture(scope="module")
def share(live, tmp_path_factory):
    """Files of the share: a.jpg, b/2.jpg, b/10.jpg, b/notes.txt, and links out of it."""
    root = live.deps.share
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.jpg").write_bytes(jpeg(10, 10))
    (root / "b").mkdir()
    for name in ("a.jpg", "b/2.jpg", "b/10.jpg"):
        (root / name).write_bytes(jpeg())
    (root / "b" / "notes.txt").write_text("no image")
    (root / "out").symlink_to(outside)
    (root / "out.jpg").symlink_to(outside / "secret.jpg")
    return root


@pytest.mark.parametrize("copy_data", ["false", "true"])
@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (["a.jpg"], ["a.jpg"]),
        (["/a.jpg"], ["a.jpg"]),
        (["b/"], ["b/10.jpg", "b/2.jpg"]),
        (["b/", "b/2.jpg"], ["b/2.jpg"]),
        (["b", "a.jpg"], ["a.jpg", "b/10.jpg", "b/2.jpg"]),
        (["/"], ["a.jpg", "b/10.jpg", "b/2.jpg"]),
        (["a.jpg", "a.jpg"], ["a.jpg"]),
    ],
    ids=str,
)
def test_files_of_the_share_are_read_in_place_or_copied(live, root, share, chosen, names, copy_data):
    answer, task = send(
        root, **{f"server_files[{n}]": path for n, path in enumerate(chosen)}, copy_data=copy_data
    )
    assert answer.json()["server_files"] == chosen
    assert wait_for_media(root, task) == {"state": "Finished", "message": ""}
    assert [frame["name"] for frame in root.get(f"/tasks/{task}/data/meta").json()["frames"]] == names
    assert bool(live.blob_files(f"tasks/{task}/")) == (copy_data == "true")
    assert root.get(f"/tasks/{task}/data?type=chunk&number=0").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "../outside0/secret.jpg",
        "b/../../x.jpg",
        "/etc/passwd",
        "out.jpg",
        "out",
        "out/secret.jpg",
        "missing.jpg",
        "..",
        "b/..",
        ".",
        "~",
    ],
)
def test_files_outside_the_share_are_not_reached(root, share, path):
    _, task = send(root, **{"server_files[0]": path})
    if path != ".":
        assert wait_for_media(root, task)["state"] == "Failed"
    frames = [frame["name"] for frame in root.get(f"/tasks/{task}/data/meta").json()["frames"]]
    assert not any("secret" in name or "out" in name for name in frames)


def test_sources_of_later_issues_say_so_and_keep_nothing(live, root):
    answer, task = send(root, image_parts(1), cloud_storage_id="57")
    assert (answer.status_code, live.blob_files(f"tasks/{task}/")) == (501, [])
    assert "size" not in root.get(f"/tasks/{task}").json()


def test_a_file_that_vanished_is_404_and_names_the_frame_only(live, root, share):
    (share / "later.jpg").write_bytes(jpeg())
    _, task = send(root, **{"server_files[0]": "later.jpg"})
    wait_for_media(root, task)
    (share / "later.jpg").unlink()
    for query in ("type=chunk&number=0", "type=frame&number=0&quality=original", "type=preview"):
        answer = root.get(f"/tasks/{task}/data?{query}")
        assert answer.status_code == 404
        assert "later.jpg" in answer.text
        assert str(share) not in answer.text


def test_images_may_be_posted_once(root):
    task = task_with_images(root, 1)
    answer = root.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=image_parts(1))
    assert (answer.status_code, answer.json()) == (400, "Adding more data is not supported")
