"""A task's frames over HTTP: chunks, frames, previews, and what cannot be read (tasks-and-data contract, 6 and 7)."""

import io
import zipfile

import pytest
from live import image_parts, jpeg, new_task, wait_for_media


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
