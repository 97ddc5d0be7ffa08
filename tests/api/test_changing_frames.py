"""Frames added to a task, deleted and restored, as clients see it: through a real worker."""

import pytest
from live import body, box, image_parts, job_ids, task_with_images, wait_for_media

from labelwright.api.v1.dialects import OWN


@pytest.fixture(scope="module")
def task(live):
    """A task of two jobs, the second of which is worker's."""
    root = live.client()
    made = task_with_images(root, 4, segment_size=2, owner_id=live.ids["owner"], assignee_id=live.ids["lead"])
    root.patch(f"/jobs/{job_ids(made)[1]}", json={"assignee_id": live.ids["worker"]})
    return made


def test_images_are_added_while_people_label(live, task):
    root = live.client()
    path, first = f"/tasks/{task['id']}", job_ids(task)[0]
    refused = root.post(f"{path}/data", data={"image_quality": "70"}, files=image_parts(1))
    assert (refused.status_code, refused.json()) == (400, "Adding more data is not supported")
    before = root.get(f"{path}/data", params={"type": "chunk", "number": 0})
    asked = root.post(f"{path}/data?append=true", files=image_parts(3, "more/{}.jpg".format))
    assert (asked.status_code, list(asked.json())) == (202, ["operation"])
    drawn = root.patch(f"/jobs/{first}/annotations?action=create", json=body(box(task)))
    assert (drawn.status_code, wait_for_media(root, task["id"])["state"]) == (200, "Finished")
    after = root.get(path).json()
    assert after["size"] == 7
    segments = [(each["start_frame"], each["stop_frame"]) for each in after["segments"]]
    assert segments == [(0, 1), (2, 3), (4, 5), (6, 6)]
    assert after["segments"][0]["jobs"][0]["id"] == first
    again = root.get(f"{path}/data", params={"type": "chunk", "number": 0})
    assert before.headers["etag"] != again.headers["etag"]
    assert len(again.content) > len(before.content)
    twice = root.post(f"{path}/data?append=true", files=image_parts(3, "more/{}.jpg".format))
    assert twice.status_code == 202
    refusal = "The new images were not added: frames of this task are named so already: 0"
    assert wait_for_media(root, task["id"])["message"].startswith(refusal)


def test_deleted_frames_keep_their_places_and_are_told(live, task):
    root, own = live.client(), live.client(**{"Labelwright-Dialect": OWN.name})
    path = f"/tasks/{task['id']}/data/meta"
    assert ("deleted_frames" in root.get(path).json(), own.get(path).json()["deleted_frames"]) == (False, [])
    assert root.patch(path, json={"deleted_frames": [2, 0, 2]}).json() == {"deleted_frames": [0, 2]}
    shown = root.get(path).json()
    assert (shown["deleted_frames"], len(shown["frames"]) == shown["size"]) == ([0, 2], True)
    assert root.get(f"/tasks/{task['id']}/data", params={"type": "frame", "number": 2}).status_code == 200
    assert own.patch(path, json={"restore": [0, 2]}).json() == {"deleted_frames": []}


def test_who_works_on_a_job_deletes_frames_of_that_job_alone(live, task):
    root, worker, path = live.client(), live.client("worker"), f"/tasks/{task['id']}/data/meta"
    assert worker.patch(path, json={"delete": [3]}).json() == {"deleted_frames": [3]}
    root.patch(path, json={"delete": [0]})
    for change in ({"delete": [1]}, {"restore": [0]}, {"deleted_frames": [3]}):
        refused = worker.patch(path, json=change)
        assert (refused.status_code, "in no job that you may change" in refused.text) == (403, True), change
    assert worker.patch(path, json={"deleted_frames": [0]}).json() == {"deleted_frames": [0]}
    assert root.patch(path, json={"deleted_frames": []}).json() == {"deleted_frames": []}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"deleted_frames": None},
        {"deleted_frames": 3},
        {"delete": ["x"]},
        {"delete": [-1]},
        {"restore": [10**6]},
    ],
    ids=str,
)
def test_a_bad_list_of_frames_changes_nothing(live, task, change):
    refused = live.client().patch(f"/tasks/{task['id']}/data/meta", json=change)
    assert refused.status_code == 400, refused.text
