"""A task's frames over HTTP: chunks, frames, previews, and what cannot be read (tasks-and-data contract, 6 and 7)."""

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from live import image_parts, jpeg, new_task, serve, until, wait_for_media
from PIL import Image


@pytest.fixture(scope="module")
def pictures(live):
    """A task of five photographs, two a chunk."""
    with live.client() as client:
        task = new_task(client)
        client.post(
            f"/tasks/{task['id']}/data", data={"image_quality": "70", "chunk_size": "2"}, files=image_parts(5)
        )
        wait_for_media(client, task["id"])
        return f"/tasks/{task['id']}/data"


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("", 400, [{"message": "Data type not specified or has wrong value", "code": "invalid"}]),
        ("type=x", 400, [{"message": "Data type not specified or has wrong value", "code": "invalid"}]),
        ("type=chunk", 400, [{"message": "Number is not specified", "code": "invalid"}]),
        ("type=frame", 400, [{"message": "Number is not specified", "code": "invalid"}]),
        (
            "type=chunk&number=0&quality=compress",
            400,
            [{"message": "Wrong quality value", "code": "invalid"}],
        ),
        (
            "type=chunk&number=9",
            400,
            "cannot get requested data type: chunk, number: 9, quality: compressed\nrequested chunk does not exist",
        ),
        (
            "type=chunk&number=-1",
            400,
            "cannot get requested data type: chunk, number: -1, quality: compressed\nrequested chunk does not exist",
        ),
        (
            "type=frame&number=99&quality=original",
            400,
            "cannot get requested data type: frame, number: 99, quality: original\n"
            "Incorrect requested frame number: 99",
        ),
    ],
)
def test_a_read_that_cannot_be_is_told(root, pictures, query, status, says):
    answer = root.get(f"{pictures}?{query}")
    assert (answer.status_code, answer.json()) == (status, says)


@pytest.mark.parametrize("number", ["x", "1.5", "9" * 30, "", "²"])
def test_a_number_that_is_none_is_out_of_range(root, pictures, number):
    for kind in ("chunk", "frame"):
        assert root.get(pictures, params={"type": kind, "number": number}).status_code == 400


@pytest.mark.parametrize("quality", ["compressed", "original"])
def test_chunks_hold_their_frames(root, pictures, quality):
    counts = []
    for number in range(3):
        answer = root.get(f"{pictures}?type=chunk&number={number}&quality={quality}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
            counts.append(archive.namelist())
    ending = "jpeg" if quality == "compressed" else "jpg"
    assert counts == [[f"000000.{ending}", f"000001.{ending}"]] * 2 + [[f"000000.{ending}"]]


def test_frames_are_the_bytes_sent_or_a_jpeg(root, pictures):
    original = root.get(f"{pictures}?type=frame&number=3&quality=original")
    assert (original.content, original.headers["content-type"]) == (jpeg(shade=3), "image/jpeg")
    assert root.get(f"{pictures}?type=frame&number=3").content[:2] == b"\xff\xd8"
    preview = root.get(f"{pictures}?type=preview")
    assert (preview.headers["content-type"], preview.content[:2]) == ("image/jpeg", b"\xff\xd8")


@pytest.mark.parametrize(
    "query",
    ["type=chunk&number=0", "type=frame&number=0", "type=frame&number=0&quality=original", "type=preview"],
)
def test_what_a_client_has_is_not_sent_again(root, pictures, query):
    etag = root.get(f"{pictures}?{query}").headers["etag"]
    again = root.get(f"{pictures}?{query}", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert root.get(f"{pictures}?{query}", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("query", ["type=chunk&number=1", "type=frame&number=3&quality=original"])
@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=5-99999999999", slice(5, None)),
    ],
)
def test_a_part_is_sent_alone(root, pictures, query, asked, part):
    whole = root.get(f"{pictures}?{query}")
    answer = root.get(f"{pictures}?{query}", headers={"Range": asked})
    start, stop, _ = part.indices(len(whole.content))
    assert (answer.status_code, answer.content) == (206, whole.content[part])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(whole.content)}"
    assert (whole.headers["accept-ranges"], answer.headers["etag"]) == ("bytes", whole.headers["etag"])


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-3", "lines=0-1", "bytes=-", "bytes=x-2", ""])
def test_what_is_no_single_part_gets_all(root, pictures, asked):
    answer = root.get(f"{pictures}?type=chunk&number=0", headers={"Range": asked})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")


def test_a_part_that_is_not_there_is_refused_with_the_length(root, pictures):
    path = f"{pictures}?type=preview"
    size = len(root.get(path).content)
    for asked in (f"bytes={size}-", "bytes=-0"):
        answer = root.get(path, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (416, b"")
        assert answer.headers["content-range"] == f"bytes */{size}"


def test_a_part_of_other_bytes_than_before_is_all_of_them(root, pictures):
    path = f"{pictures}?type=chunk&number=0"
    etag = root.get(path).headers["etag"]
    statuses = [
        root.get(path, headers={"Range": "bytes=2-", "If-Range": known}).status_code
        for known in (etag, '"another"', f"W/{etag}", "Sat, 01 Jan 2022 00:00:00 GMT")
    ]
    assert statuses == [206, 200, 200, 200]


def test_head_tells_the_length_of_what_get_sends(root, pictures):
    for query in ("type=chunk&number=0", "type=frame&number=0&quality=original"):
        whole = root.get(f"{pictures}?{query}")
        head = root.head(f"{pictures}?{query}")
        assert (head.status_code, head.content) == (200, b"")
        same = ("content-length", "content-type", "etag", "cache-control", "accept-ranges")
        assert [head.headers[name] for name in same] == [whole.headers[name] for name in same]


def test_full_chunks_stay_as_they_are_and_others_are_asked_about(root, pictures):
    found = [root.get(f"{pictures}?type=chunk&number={n}").headers["cache-control"] for n in (0, 2)]
    assert found == ["private, max-age=86400, immutable", "private, no-cache"]


def test_pictures_of_images_are_had_in_no_other_form(root, pictures):
    for query, status in [
        ("type=chunk&number=0&as=imageset", 200),
        ("type=frame&number=0&as=jpeg", 200),
        ("type=chunk&number=0&as=video", 400),
        ("type=frame&number=0&as=png", 400),
        ("type=frame&number=0&as=jpeg&quality=original", 400),
        ("type=chunk&number=0&as=jpeg", 400),
    ]:
        assert root.get(f"{pictures}?{query}").status_code == status, query
    problem = root.get(f"{pictures}?type=chunk&number=0&as=zip").json()
    assert problem == [{"message": "Wrong as value", "code": "invalid"}]


def test_a_frame_over_the_limit_is_sent_smaller_and_meta_says_so(live, pictures):
    limits = replace(live.deps.limits, max_chunk_megapixels=0.001)
    with serve(replace(live.deps, limits=limits)) as url, replace(live, url=url).client() as small:
        frame = small.get(f"{pictures}/meta").json()["frames"][0]
        assert (frame["width"], frame["height"]) == (64, 48)
        size = (frame["compressed_width"], frame["compressed_height"])
        assert size == (36, 27)
        sent = [small.get(f"{pictures}?type=frame&number=0").content]
        with zipfile.ZipFile(io.BytesIO(small.get(f"{pictures}?type=chunk&number=0").content)) as chunk:
            sent.append(chunk.read("000000.jpeg"))
        assert [Image.open(io.BytesIO(jpeg)).size for jpeg in sent] == [size, size]
        original = small.get(f"{pictures}?type=frame&number=0&quality=original").content
        assert Image.open(io.BytesIO(original)).size == (64, 48)


def test_a_video_is_had_as_pictures_and_as_videos(root, plain_clip):
    task = new_task(root)
    sent = {"client_files[0]": ("clip.mp4", plain_clip.read_bytes(), "video/mp4")}
    root.post(f"/tasks/{task['id']}/data", data={"image_quality": "70", "chunk_size": "5"}, files=sent)
    wait_for_media(root, task["id"])
    path = f"/tasks/{task['id']}/data"
    for query, kind in [
        ("type=chunk&number=14", "video/mp4"),
        ("type=chunk&number=14&as=video", "video/mp4"),
        ("type=chunk&number=14&as=imageset", "application/zip"),
        ("type=chunk&number=14&quality=original", "video/mp4"),
        ("type=frame&number=74", "image/png"),
        ("type=frame&number=74&quality=original", "image/png"),
        ("type=frame&number=74&as=jpeg", "image/jpeg"),
        ("type=preview", "image/jpeg"),
    ]:
        answer = root.get(f"{path}?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind), query
    for query in (
        "type=chunk&number=0&quality=original&as=imageset",
        "type=frame&number=0&quality=original&as=jpeg",
    ):
        assert "cannot be had as" in root.get(f"{path}?{query}").json()


def test_who_leaves_in_the_middle_leaves_no_file_open(live, root):
    task, large = new_task(root), io.BytesIO()
    Image.new("RGB", (5000, 4000)).save(large, "BMP")  # more than sockets hold on the way
    sent = {"client_files[0]": ("large.bmp", large.getvalue(), "image/bmp")}
    root.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=sent)
    wait_for_media(root, task["id"])

    def open_files():
        paths = (Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd"))
        places = [os.readlink(path) for path in paths if path.is_symlink()]
        return [place for place in places if f"/tasks/{task['id']}/" in place]

    path = f"{root.base_url}tasks/{task['id']}/data?type=frame&number=0&quality=original"
    with httpx.stream("GET", path, headers=root.headers) as answer:
        pieces = answer.iter_raw(1000)  # held: with it the connection would go
        assert next(pieces)[:2] == b"BM"
        until(lambda: len(open_files()), (1).__eq__)
    until(open_files, [].__eq__)


def test_the_next_chunk_is_made_before_it_is_asked_for(live, root):
    task = new_task(root)
    data = {"image_quality": "70", "chunk_size": "2"}
    root.post(f"/tasks/{task['id']}/data", data=data, files=image_parts(6))
    wait_for_media(root, task["id"])
    cache = live.deps.platform.storage_root.parent / "cache"
    before = set(cache.rglob("*.zip"))
    assert root.get(f"/tasks/{task['id']}/data?type=chunk&number=0").status_code == 200
    until(lambda: {path.name for path in set(cache.rglob("*.zip")) - before}, {"0-2.zip", "1-2.zip"}.__eq__)


def test_a_task_without_data_has_none_to_read(root):
    path = f"/tasks/{new_task(root)['id']}/data"
    for query in ("type=chunk&number=0", "type=frame&number=0", "type=preview"):
        answer = root.get(f"{path}?{query}")
        assert (answer.status_code, answer.json()) == (
            404,
            {"message": "Cannot find requested data for the task", "code": "not_found"},
        )
    assert root.get(f"{path}/meta").status_code == 404
    assert root.get(f"{path.removesuffix('/data')}/status").json() == {"state": "Finished", "message": ""}
