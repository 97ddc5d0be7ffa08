import io
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from live import body, box, new_task, until, wait_for_media
from msgspec.structs import replace
from PIL import Image

from labelwright.media.video_index import HASH_BYTES, FrameIndex
from labelwright.parts.chunks import chunk_key
from labelwright.services import videos
from labelwright.storage import frames as frames_storage

X264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
PICKED = "select='not(mod(n,3))+not(mod(n,7))',setpts=PTS+random(0)*0.01/TB"
MADE = {
    "variable-rate.mp4": (*X264, "-vf", PICKED, "-fps_mode", "vfr", "-g", "250"),
    "b-frames.avi": (*X264, "-bf", "2", "-g", "12"),
    "long-gop.mov": (*X264, "-bf", "3", "-g", "250"),
}
SHIPPED = ("carphone_pristine.mp4", "carphone_distorted.mp4")


def send(client, path, **data):
    """Make a task of the video; returns it before it is read."""
    task = new_task(client, **data.pop("task", {}))
    files = {"client_files[0]": (path.name, path.read_bytes(), "video/mp4")}
    answer = client.post(f"/tasks/{task['id']}/data", data={"image_quality": "70", **data}, files=files)
    assert answer.status_code == 202, answer.text
    return task


def finished(client, task):
    status = wait_for_media(client, task["id"])
    assert status["state"] == "Finished", status
    return client.get(f"/tasks/{task['id']}").json()


def media_of(live, task):
    with live.deps.database.read() as tx:
        return videos.existing_task(tx, task["id"]).media


def video_of(live, task):
    return media_of(live, task).video


def proved(live, task):
    """The video of the task, once all of its frames are hashed."""
    return until(lambda: video_of(live, task), lambda video: video.is_proved)


def get(client, task, **query):
    return client.get(f"/tasks/{task['id']}/data", params=query)


def picture(answer):
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"), dtype=np.int16)


@pytest.fixture(scope="module")
def clips(live, make_clip, oracle_places):
    """Tasks of clips and the clips, by name; all were sent before the first is waited for."""
    paths = {name: make_clip(name, *arguments) for name, arguments in MADE.items()}
    turned = ("-display_rotation", "90", "-i", paths["long-gop.mov"])
    paths["turned.mp4"] = make_clip("turned.mp4", "-c", "copy", before=turned)
    paths |= {name: Path(oracle_places[1], "datasets", "data", name) for name in SHIPPED}
    with live.client("root") as client:
        tasks = {name: send(client, path) for name, path in paths.items()}
        yield {name: (finished(client, task), paths[name]) for name, task in tasks.items()}


@pytest.mark.parametrize("name", [*MADE, "turned.mp4", *SHIPPED])
def test_frame_n_of_a_task_is_frame_n_of_ffmpeg(name, clips, live, root, ffmpeg):
    task, path = clips[name]
    whole = ("-noautorotate", "-i", path, "-map", "0:V:0", "-fps_mode", "passthrough")
    lines = ffmpeg(*whole, "-f", "framehash", "-hash", "sha256", "-").decode().splitlines()
    expected = [line.rpartition(",")[2].strip() for line in lines if not line.startswith("#")]
    index = FrameIndex.from_bytes(live.deps.blobs.get(proved(live, task).index_key))
    assert task["size"] == len(expected)
    assert [index.hash_of(number).hex() for number in range(len(index))] == [
        each[: 2 * HASH_BYTES] for each in expected
    ]


@pytest.mark.parametrize("name", ["b-frames.avi", "turned.mp4"])
def test_frames_served_in_any_order_are_those_of_ffmpeg(name, clips, root, ffmpeg):
    task, path = clips[name]
    size = picture(get(root, task, type="frame", number=0)).shape
    raw = ffmpeg(
        "-i", path, "-map", "0:V:0", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"
    )
    true = np.frombuffer(raw, np.uint8).reshape(-1, *size).astype(np.int16)
    for number in (40, 3, 74, 41, 1):
        lossless = get(root, task, type="frame", number=number)
        assert lossless.headers["content-type"] == "image/png"
        away = [np.abs(picture(lossless) - true[each]).mean() for each in (number, number - 1)]
        assert away[0] < 1.5 < away[1]
    chunk = get(root, task, type="chunk", number=1, **{"as": "imageset"})
    with zipfile.ZipFile(io.BytesIO(chunk.content)) as members:
        assert len(members.namelist()) == 36
        third = np.asarray(Image.open(members.open("000002.jpeg")), dtype=np.int16)
    assert min(range(36, 42), key=lambda number: np.abs(third - true[number]).mean()) == 38


def test_task_takes_of_a_video_the_frames_that_were_chosen(make_clip, live, root):
    path = make_clip("forty.mp4", *X264, "-frames:v", "40")
    chosen = {"start_frame": "3", "stop_frame": "30", "frame_filter": "step=4", "use_zip_chunks": "true"}
    task = finished(root, send(root, path, task={"segment_size": 4}, **chosen))
    assert (task["mode"], task["size"], task["data_original_chunk_type"]) == ("interpolation", 7, "video")
    kept = ("data_compressed_chunk_type", "data_chunk_size", "overlap")
    assert [task[name] for name in kept] == ["imageset", 72, 2]
    segments = [(each["start_frame"], each["stop_frame"]) for each in task["segments"]]
    assert segments == [(0, 3), (2, 5), (4, 6), (6, 6)]
    meta = root.get(f"/tasks/{task['id']}/data/meta").json()
    assert meta["frames"] == [{"width": 160, "height": 120, "name": "forty.mp4"}]
    assert (meta["start_frame"], meta["stop_frame"], meta["frame_filter"]) == (3, 27, "step=4")
    whole = finished(root, send(root, path))
    for relative, absolute in ((0, 3), (6, 27)):
        found = get(root, task, type="frame", number=relative)
        assert found.content == get(root, whole, type="frame", number=absolute).content
    assert get(root, task, type="frame", number=7).status_code == 400
    assert [whole[name] for name in kept] == ["video", 36, 5]


def exported(client, task, format_name, *, dataset=False):
    path = f"/tasks/{task['id']}/{'dataset' if dataset else 'annotations'}"
    query = {"format": format_name, "filename": "x.zip"}
    until(lambda: client.get(path, params=query).status_code, lambda status: status != 202)
    found = client.get(path, params={**query, "action": "download"})
    assert found.status_code == 200, found.text
    return found.content


def bring_in(client, path, packed, **query):
    files = {"annotation_file": ("x.zip", packed)}
    assert client.put(path, params=query, files=files).status_code == 202
    until(lambda: client.put(path, params=query).status_code, lambda status: status != 202)


def test_objects_on_frames_of_a_video_come_back_on_the_same_pictures(make_clip, root):
    path = make_clip("forty.mp4", *X264, "-frames:v", "40")
    chosen = {"start_frame": "3", "frame_filter": "step=4"}
    task = finished(root, send(root, path, **chosen))
    annotations = f"/tasks/{task['id']}/annotations"
    drawn = body(box(task, 0), box(task, 5, points=[3.5, 4.5, 9.25, 8.0]))
    assert root.put(annotations, json=drawn).status_code == 200
    with zipfile.ZipFile(io.BytesIO(exported(root, task, "COCO 1.0", dataset=True))) as members:
        names = [name for name in members.namelist() if name.endswith(".PNG")]
        assert names == [f"images/frame_{number:06d}.PNG" for number in range(3, 40, 4)]
        assert members.read(names[5]) == get(root, task, type="frame", number=5).content
    for export, importer in (("CVAT for images 1.1", "CVAT 1.1"), ("COCO 1.0", "COCO 1.0")):
        packed = exported(root, task, export)
        root.delete(annotations)
        bring_in(root, annotations, packed, format=importer)
        found = root.get(annotations).json()["shapes"]
        assert sorted((each["frame"], each["points"][:2]) for each in found) == [
            (0, [1.5, 2.25]),
            (5, [3.5, 4.5]),
        ]


def test_what_was_read_before_the_frames_were_proved_is_not_sent_again(make_clip, live, root):
    task = finished(root, send(root, make_clip("plain.mp4", *X264), use_zip_chunks="true"))
    video, media = proved(live, task), media_of(live, task)

    def note(is_proved):
        stored = msgspec.json.encode(replace(video, is_proved=is_proved)).decode()
        with live.deps.database.write() as tx:
            frames_storage.update_media(tx, media.id, video=stored)

    path = f"/tasks/{task['id']}/data"
    for query in ({"type": "chunk", "number": 0}, {"type": "frame", "number": 7}, {"type": "preview"}):
        note(is_proved=False)
        early = get(root, task, **query)
        assert early.headers["cache-control"] == "private, no-cache"
        known = {"If-None-Match": early.headers["etag"]}
        assert root.get(path, params=query, headers=known).status_code == 304
        note(is_proved=True)
        late = root.get(path, params=query, headers=known)
        assert (late.status_code, late.headers["etag"]) == (304, early.headers["etag"])
        assert "immutable" in late.headers["cache-control"]
        other = {"If-None-Match": early.headers["etag"].replace("=", "=0")}
        again = root.get(path, params=query, headers=other)
        assert (again.status_code, again.content) == (200, early.content)
        assert again.headers["etag"] != early.headers["etag"]


def test_damage_in_a_video_is_told_and_the_rest_of_it_is_shown(make_clip, live, root, tmp_path):
    whole = make_clip("plain.mp4", *X264, "-bf", "3", "-g", "12").read_bytes()
    middle = len(whole) // 2
    path = tmp_path / "scratched.mp4"
    path.write_bytes(whole[:middle] + bytes(600) + whole[middle + 600 :])
    task = finished(root, send(root, path))
    assert task["size"] == 75
    assert proved(live, task).faults
    status = root.get(f"/tasks/{task['id']}/status", headers={"Labelwright-Dialect": "labelwright"}).json()
    assert "scratched.mp4 is damaged in" in status["message"]
    assert get(root, task, type="chunk", number=1).status_code == 200
    assert get(root, task, type="frame", number=2).status_code == 200


def test_what_is_no_video_fails_by_name_and_leaves_nothing_but_what_was_sent(live, root, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
    task = send(root, path)
    status = wait_for_media(root, task["id"])
    assert (status["state"], "film.mp4 is no video" in status["message"]) == ("Failed", True)
    assert [key.split("/")[2] for key in live.blob_files(f"tasks/{task['id']}/")] == ["uploads"]


def test_video_of_the_share_is_read_in_place_until_it_changes(make_clip, live, root):
    clip = make_clip("shared.mp4", *X264, "-g", "12")
    place = live.deps.share / "cameras" / "north.mp4"
    place.parent.mkdir()
    place.write_bytes(clip.read_bytes())
    task = new_task(root)
    asked = {"image_quality": 70, "server_files": ["cameras/north.mp4"], "use_zip_chunks": True}
    assert root.post(f"/tasks/{task['id']}/data", json=asked).status_code == 202
    task = finished(root, task)
    assert not [key for key in live.blob_files(f"tasks/{task['id']}/") if "/video/" not in key]
    proved(live, task)
    first = chunk_key(media_of(live, task), 0, "compressed", "imageset", live.deps.limits)
    until(lambda: live.deps.cache.holds(first), bool)  # made anew from proved frames, before anybody asks
    assert get(root, task, type="frame", number=69).status_code == 200  # its decoder stays open
    place.write_bytes(clip.read_bytes()[:-1] + b"x")
    told = get(root, task, type="frame", number=70)
    assert (told.status_code, "has changed" in told.text) == (400, True)
    place.unlink()
    told = get(root, task, type="frame", number=71)
    assert (told.status_code, "cannot be read" in told.text) == (404, True)
