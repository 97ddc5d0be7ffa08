"""What a second try, or a busy task, must not spoil."""

import pytest
from live import body, box, task_with_images, until


def test_a_retried_deletion_leaves_what_was_saved_since(live):
    with live.client() as client:
        task = task_with_images(client, 2)
        path = f"/jobs/{task['segments'][0]['jobs'][0]['id']}/annotations"
        client.patch(f"{path}?action=create", json=body(box(task)))
        key = {"Idempotency-Key": f"delete-{task['id']}"}
        assert client.delete(path, headers=key).status_code == 204
        client.patch(f"{path}?action=create", json=body(box(task, 1)))
        assert client.delete(path, headers=key).status_code == 204
        assert [shape["frame"] for shape in client.get(path).json()["shapes"]] == [1]


def test_an_export_one_waits_for_is_given_although_others_go_on_saving(live):
    with live.client() as client, live.client("boss") as other:
        task = task_with_images(client, 2)
        path = f"/jobs/{task['segments'][0]['jobs'][0]['id']}/annotations"
        wanted = {"format": "COCO 1.0"}

        def ask():
            other.patch(f"{path}?action=create", json=body(box(task)))
            return client.get(f"/tasks/{task['id']}/annotations", params=wanted).status_code

        until(ask, lambda status: status == 201)
        client.get(f"/tasks/{task['id']}/annotations", params=wanted | {"action": "download"})
        assert ask() == 202, "what was fetched is not given again for a task that moved on"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(
            {"If-Modified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"}, 200, id="an older picture is known"
        ),
        pytest.param({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304, id="this picture is known"),
        pytest.param({"If-Modified-Since": "yesterday"}, 200, id="no time at all"),
        pytest.param(
            {"If-None-Match": '"x"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
            200,
            id="ETag wins",
        ),
    ],
)
def test_a_preview_is_not_sent_again_to_those_who_have_it(live, shared_task, header, expected):
    with live.client() as client:
        address = f"/tasks/{shared_task['id']}/data?type=preview"
        known = client.get(address).headers["last-modified"]
        assert client.get(address, headers={"If-Modified-Since": known}).status_code == 304
        assert client.get(address, headers=header).status_code == expected
