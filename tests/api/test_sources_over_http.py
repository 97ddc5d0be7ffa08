"""What people send, over HTTP: paths of folders, related images, what is left out of it, addresses, another try."""

import io

from live import jpeg, new_task, wait_for_media
from PIL import Image

OWN = {"Labelwright-Dialect": "labelwright"}


def png(size):
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).save(buffer, "PNG")
    return buffer.getvalue()


def post(client, files=(), *, task=None, **data):
    """Give a task files, each with its path before it, as a page sends a folder; the answer and the task's id."""
    fields = []
    for index, (path, content) in enumerate(files):
        fields.append((f"client_paths[{index}]", (None, path)))
        fields.append((f"client_files[{index}]", (path.rpartition("/")[2], content)))
    task = task or new_task(client)["id"]
    data = {"image_quality": "70", **data}
    return client.post(f"/tasks/{task}/data", data=data, files=fields or None), task


FOLDER = [
    ("trip/b.jpg", jpeg(shade=90)),
    ("trip/a.jpg", jpeg()),
    ("trip/more/a.jpg", jpeg()),
    ("trip/related_images/b_jpg/深度.png", png((40, 30))),
    ("trip/related_images/b_jpg/rear.png", png((20, 30))),
    ("trip/notes.txt", b"x"),
    ("trip/.DS_Store", b"x"),
]


def test_a_folder_keeps_its_paths_and_says_what_was_left_out(root):
    answer, task = post(root, FOLDER, start_frame="1")
    assert answer.status_code == 202, answer.text
    assert wait_for_media(root, task) == {"state": "Finished", "message": ""}
    told = root.get(f"/tasks/{task}/status", headers=OWN).json()["message"]
    assert told == "Left out, because there is nothing in them to label (1): trip/notes.txt"
    chinese = root.get(f"/tasks/{task}/status", headers={**OWN, "Labelwright-Language": "zh-CN"}).json()
    assert chinese["message"] == "有 1 个文件没有可标注的内容，未采用：trip/notes.txt"
    frames = root.get(f"/tasks/{task}/data/meta", headers=OWN).json()["frames"]
    assert [(frame["name"], frame["has_related_context"]) for frame in frames] == [
        ("trip/b.jpg", True),
        ("trip/more/a.jpg", False),
    ]
    folder = "trip/related_images/b_jpg"
    assert [frame.get("related_images") for frame in frames] == [
        [f"{folder}/rear.png", f"{folder}/深度.png"],
        None,
    ]
    assert "has_related_context" not in root.get(f"/tasks/{task}/data/meta").json()["frames"][0]


def test_an_image_is_sent_as_one_whatever_its_name_looks_like(root):
    _, task = post(root, [("data:text/html,a.jpg", jpeg())])
    wait_for_media(root, task)
    answer = root.get(f"/tasks/{task}/data?type=frame&number=0&quality=original")
    assert answer.headers["content-type"] == "image/jpeg"


def test_the_related_image_of_a_frame_is_had_by_its_number_in_the_source(root):
    _, task = post(root, FOLDER, start_frame="1")
    wait_for_media(root, task)
    address = f"/tasks/{task}/data?type=context_image&number=1"
    found = root.get(address, headers=OWN)
    assert (found.status_code, found.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(found.content)).size == (20, 30)
    again = {"If-None-Match": found.headers["etag"]}
    assert root.get(address, headers=again).status_code == 304
    second = root.get(f"{address}&position=1", headers={**OWN, **again})
    assert Image.open(io.BytesIO(second.content)).size == (40, 30)
    for position in ("2", "-1", "x"):
        assert root.get(f"{address}&position={position}", headers=OWN).status_code == 404
    none = root.get(f"/tasks/{task}/data?type=context_image&number=2", headers=OWN)
    assert (none.status_code, none.json()) == (404, "No context image related to the frame")
    before = root.get(f"/tasks/{task}/data?type=context_image&number=2")
    assert (before.status_code, before.json()) == (400, "Only 3D tasks support context images")
    assert root.get(f"/tasks/{task}/data?type=context_image").status_code == 400


def test_paths_that_cannot_be_names_or_come_too_late_are_refused(live, root):
    for path in ("../a.jpg", "/a.jpg", "a//b.jpg", "a\\b.jpg", "a\nb.jpg", "x" * 300 + ".jpg"):
        answer, task = post(root, [(path, jpeg())])
        assert (answer.status_code, list(answer.json())) == (400, ["client_paths"]), answer.text
    nested = [("client_paths[0]x", (None, "a.jpg")), ("client_files[0]", ("a.jpg", jpeg()))]
    assert root.post(f"/tasks/{task}/data", data={"image_quality": "70"}, files=nested).status_code == 400
    late = [("client_files[0]", ("a.jpg", jpeg())), ("client_paths[0]", (None, "b/a.jpg"))]
    answer = root.post(f"/tasks/{task}/data", data={"image_quality": "70"}, files=late)
    assert answer.json() == {"client_paths": ["A path stands before the file it belongs to."]}
    assert live.blob_files(f"tasks/{task}/") == []


def test_an_address_inside_the_network_is_not_asked_and_the_task_may_be_tried_again(live, root):
    answer, task = post(root, **{"remote_files[0]": "http://127.0.0.1:9/secret/a.jpg?token=abc"})
    assert answer.json()["remote_files"] == ["http://127.0.0.1:9/secret/a.jpg?token=abc"]
    status = wait_for_media(root, task)
    assert status["state"] == "Failed"
    assert (
        "Failed to download http://127.0.0.1:9/secret/a.jpg: 127.0.0.1 is inside the network"
        in status["message"]
    )
    assert live.blob_files(f"tasks/{task}/") == []
    answer, _ = post(root, [("a.jpg", jpeg()), ("b.jpg", b"no picture")], task=task)
    assert "b.jpg" in wait_for_media(root, task)["message"]
    answer, _ = post(root, task=task, stop_frame="0")
    assert answer.json()["client_files"] == ["a.jpg", "b.jpg"]
    assert wait_for_media(root, task)["state"] == "Finished"
    assert len(live.blob_files(f"tasks/{task}/")) == 1
