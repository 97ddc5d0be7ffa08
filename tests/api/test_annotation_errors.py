"""Annotations that do not fit: refused in the contract's words, nothing of them written (annotations contract, 1–3)."""

import json

import httpx
import pytest
from live import body, box, run_server, tag, task_with_images

REQUIRED = ["This field is required."]
NEGATIVE = ["Ensure this value is greater than or equal to 0."]
JSON_TYPE = {"Content-Type": "application/json"}


def without(shape, *names):
    return {name: value for name, value in shape.items() if name not in names}


@pytest.mark.parametrize("action", ["create", "update", "replace", "task create", "task replace"])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"label_id": 9999}, "label_id `9999` is invalid", id="unknown label"),
        pytest.param(
            {"attributes": [{"spec_id": 999, "value": "x"}]},
            "spec_id `999` is invalid",
            id="unknown attribute",
        ),
        pytest.param(
            {"points": [1, 2, 3]}, "a rectangle takes 4 numbers, got 3 (frame 0)", id="three numbers"
        ),
        pytest.param(
            {"points": [1, 2, 3, 4, 5, 6]}, "a rectangle takes 4 numbers, got 6 (frame 0)", id="six numbers"
        ),
        pytest.param(
            {"type": "polygon"},
            "a polygon takes an even count of at least 6 numbers, got 4 (frame 0)",
            id="polygon of two points",
        ),
        pytest.param(
            {"type": "polyline", "points": [1, 2, 3, 4, 5]},
            "a polyline takes an even count of at least 4 numbers, got 5 (frame 0)",
            id="odd polyline",
        ),
        pytest.param(
            {"type": "points", "points": [1]},
            "a points takes an even count of at least 2 numbers, got 1 (frame 0)",
            id="half a point",
        ),
        pytest.param(
            {"type": "cuboid"}, "a cuboid takes 16 numbers, got 4 (frame 0)", id="cuboid of two points"
        ),
    ],
)
def test_a_shape_that_does_not_fit_is_named(job, change, says, action):
    client, task, path = job
    answer = write(client, task, path, action, body(box(task), box(task, **change)))
    assert (answer.status_code, answer.json()) == (400, says)
    assert client.get(path).json()["shapes"] == []


def write(client, task, path, action, content):
    if action.startswith("task"):
        path = f"/tasks/{task['id']}/annotations"
    if action.endswith("replace"):
        return client.put(path, json=content)
    return client.patch(f"{path}?action={action.split()[-1]}", json=content)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"frame": -1}, {"frame": NEGATIVE}, id="negative frame"),
        pytest.param({"label_id": -1}, {"label_id": NEGATIVE}, id="negative label"),
        pytest.param({"group": -1}, {"group": NEGATIVE}, id="negative group"),
        pytest.param({"frame": "x"}, {"frame": ["A valid integer is required."]}, id="frame no number"),
        pytest.param(
            {"frame": 2**40},
            {"frame": [f"Ensure this value is less than or equal to {2**31 - 1}."]},
            id="frame too large",
        ),
        pytest.param(
            {"z_order": 10**30},
            {"z_order": [f"Ensure this value is less than or equal to {2**31 - 1}."]},
            id="z_order of 30 digits",
        ),
        pytest.param(
            {"z_order": 2**40},
            {"z_order": [f"Ensure this value is less than or equal to {2**31 - 1}."]},
            id="z_order over 32 bits",
        ),
        pytest.param({"type": "circle"}, {"type": ['"circle" is not a valid choice.']}, id="unknown type"),
        pytest.param(
            {"source": "robot"}, {"source": ['"robot" is not a valid choice.']}, id="unknown source"
        ),
        pytest.param(
            {"occluded": "maybe"}, {"occluded": ["Must be a valid boolean."]}, id="occluded undecided"
        ),
        pytest.param({"points": []}, {"points": ["This list may not be empty."]}, id="no points"),
        pytest.param({"points": None}, {"points": ["This field may not be null."]}, id="points null"),
        pytest.param(
            {"points": ["a", 1, 2, 3]}, {"points": ["A valid number is required."]}, id="a letter in points"
        ),
        pytest.param(
            {"points": [True, 1, 2, 3]},
            {"points": ["A valid number is required."]},
            id="a truth value in points",
        ),
        pytest.param(
            {"points": ["nan", 1, 2, 3]}, {"points": ["A valid number is required."]}, id="NaN as text"
        ),
        pytest.param(
            {"points": ["1e999", 1, 2, 3]}, {"points": ["A valid number is required."]}, id="1e999 as text"
        ),
        pytest.param(
            {"points": [10**400, 1, 2, 3]},
            {"points": ["A valid number is required."]},
            id="400 digits in points",
        ),
        pytest.param(
            {"points": {"x": 1}},
            {"points": ['Expected a list of items but got type "dict".']},
            id="points an object",
        ),
        pytest.param(
            {"attributes": [{"value": "x"}]}, {"attributes": [{"spec_id": REQUIRED}]}, id="no spec_id"
        ),
        pytest.param({"attributes": [{"spec_id": 1}]}, {"attributes": [{"value": REQUIRED}]}, id="no value"),
        pytest.param(
            {"attributes": [{"spec_id": 1, "value": "x" * 4097}]},
            {"attributes": [{"value": ["Ensure this field has no more than 4096 characters."]}]},
            id="a value too long",
        ),
        pytest.param(
            {"attributes": "x"},
            {"attributes": ['Expected a list of items but got type "str".']},
            id="attributes no list",
        ),
    ],
)
def test_a_bad_field_is_told_where_it_stands(job, change, says):
    client, task, path = job
    answer = client.patch(f"{path}?action=create", json=body(box(task), box(task, **change)))
    assert (answer.status_code, answer.json()) == (400, {"shapes": [{}, says]})
    assert client.get(path).json()["version"] == client.get(path).json()["version"]
    assert client.get(path).json()["shapes"] == []


@pytest.mark.parametrize("name", ["type", "occluded", "points", "frame", "label_id", "group", "attributes"])
def test_a_missing_field_of_a_shape_is_told(job, name):
    client, task, path = job
    answer = client.put(path, json=body(without(box(task), name)))
    assert (answer.status_code, answer.json()) == (400, {"shapes": [{name: REQUIRED}]})


@pytest.mark.parametrize("name", ["frame", "label_id", "group", "attributes"])
def test_a_missing_field_of_a_tag_is_told(job, name):
    client, task, path = job
    answer = client.put(path, json=body(tags=(tag(task), without(tag(task), name))))
    assert (answer.status_code, answer.json()) == (400, {"tags": [{}, {name: REQUIRED}]})


def test_a_missing_part_of_the_envelope_is_told(job):
    client, _, path = job
    answer = client.put(path, json={})
    assert (answer.status_code, answer.json()) == (
        400,
        dict.fromkeys(("version", "tags", "shapes", "tracks"), REQUIRED),
    )


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_number_that_is_none_is_refused(job, number):
    client, task, path = job
    text = json.dumps(body(box(task))).replace("30.125", number)
    answer = client.put(path, content=text, headers=JSON_TYPE)
    assert answer.status_code == 400
    assert client.get(path).json()["shapes"] == []


@pytest.mark.parametrize("frame", [4, 100, 2**31 - 1])
@pytest.mark.parametrize("kind", ["shapes", "tags"])
def test_a_frame_outside_the_job_is_refused(job, frame, kind):
    client, task, path = job
    content = body(box(task, frame)) if kind == "shapes" else body(tags=(tag(task, frame),))
    answer = client.patch(f"{path}?action=create", json=content)
    assert (answer.status_code, answer.json()) == (400, f"frame {frame} is outside, expected 0 to 3")


def test_objects_outside_every_job_vanish_from_a_write_to_the_task(job):
    client, task, path = job
    answer = client.put(f"/tasks/{task['id']}/annotations", json=body(box(task, 1), box(task, 99)))
    assert answer.status_code == 200
    assert [shape["frame"] for shape in answer.json()["shapes"]] == [1]
    assert [shape["frame"] for shape in client.get(path).json()["shapes"]] == [1]


@pytest.mark.parametrize("action", ["", "?action=", "?action=replace", "?action=CREATE", "?action=nonsense"])
def test_an_unknown_action_is_refused(job, action):
    client, task, path = job
    for target in (path, f"/tasks/{task['id']}/annotations"):
        answer = client.patch(target + action, json=body())
        assert (answer.status_code, answer.json()) == (
            400,
            ["Please specify a correct 'action' for the request"],
        )


@pytest.mark.parametrize("kind", ["text/plain", "application/xml"])
def test_annotations_of_another_type_are_refused(job, kind):
    client, task, path = job
    answer = client.put(path, content=json.dumps(body(box(task))), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()) == (
        415,
        {"detail": f'Unsupported media type "{kind}" in request.'},
    )


def test_tracks_are_not_built_and_say_so(job):
    client, task, path = job
    track = {"frame": 0, "label_id": task["labels"][0]["id"], "group": 0, "attributes": [], "shapes": []}
    assert client.put(path, json=body(tracks=[track])).status_code == 501


def test_an_id_twice_in_an_update_is_refused(job):
    client, task, path = job
    made = client.patch(f"{path}?action=create", json=body(box(task))).json()["shapes"][0]
    answer = client.patch(f"{path}?action=update", json=body(made, made))
    assert answer.status_code == 400
    assert str(made["id"]) in answer.text
    assert len(client.get(path).json()["shapes"]) == 1


def test_an_update_of_many_ids_one_of_them_twice_is_refused_at_once(job):
    client, task, path = job
    shapes = [box(task, id=number) for number in range(1, 40_001)]
    shapes[-1]["id"] = 39_999
    assert client.patch(f"{path}?action=update", json=body(*shapes), timeout=20).status_code == 400


@pytest.fixture(scope="module")
def small(tmp_path_factory, sqlite_template):
    """A server of low limits: 1 MB a body, 100 objects a request, 2 MB an upload, 3 files, 1 megapixel."""
    limits = {
        "max_body_mb": 1,
        "max_shapes": 100,
        "max_upload_mb": 2,
        "max_upload_files": 3,
        "max_image_megapixels": 1,
    }
    yield from run_server(tmp_path_factory.mktemp("small"), sqlite_template, **limits)


def test_too_many_objects_are_refused_naming_the_setting(small):
    with small.client() as client:
        task = task_with_images(client, 1)
        path = f"/jobs/{task['segments'][0]['jobs'][0]['id']}/annotations"
        assert client.put(path, json=body(*[box(task)] * 100)).status_code == 200
        answer = client.put(path, json=body(*[box(task)] * 101))
        assert answer.status_code == 413
        assert "LABELWRIGHT_MAX_SHAPES" in answer.json()["detail"]
        assert len(client.get(path).json()["shapes"]) == 100


@pytest.mark.parametrize("how", ["content-length", "chunked"])
@pytest.mark.parametrize("route", ["PATCH", "PUT", "POST"])
def test_a_body_over_the_limit_is_refused_naming_the_setting(small, how, route):
    text = b'{"name": "' + b"x" * 3_000_000 + b'"}'
    with small.client() as client:
        task = task_with_images(client, 1)
        path = (
            "/tasks"
            if route == "POST"
            else f"/jobs/{task['segments'][0]['jobs'][0]['id']}/annotations?action=create"
        )
        content = text if how == "content-length" else iter([text[:2_000_000], text[2_000_000:]])
        try:
            answer = client.request(route, path, content=content, headers=JSON_TYPE)
        except (httpx.WriteError, httpx.ReadError):
            pytest.fail("the connection was cut before the answer could be read")
        assert answer.status_code == 413, answer.text
        assert "LABELWRIGHT_MAX_BODY_MB" in answer.json()["detail"]
        assert client.get("/users/self").status_code == 200


@pytest.mark.parametrize(
    ("parts", "status", "says"),
    [
        pytest.param(
            [("client_files[0]", ("a.jpg", b"x" * 2_500_000))], 413, "LABELWRIGHT_MAX_UPLOAD_MB", id="files"
        ),
        pytest.param(
            [(f"client_files[{n}]", (f"{n}.jpg", b"x")) for n in range(4)],
            413,
            "LABELWRIGHT_MAX_UPLOAD_FILES",
            id="count",
        ),
        pytest.param([("frame_filter", (None, b"x" * 1_500_000))], 413, "LABELWRIGHT_MAX_BODY_MB", id="text"),
    ],
)
def test_an_upload_over_a_limit_is_refused_and_leaves_nothing(small, parts, status, says):
    with small.client() as client:
        task = client.post("/tasks", json={"name": "t", "labels": [{"name": "x"}]}).json()
        answer = client.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=parts)
        assert answer.status_code == status, answer.text
        assert says in answer.json()["detail"]
        assert small.blob_files(f"tasks/{task['id']}/") == []
        assert "size" not in client.get(f"/tasks/{task['id']}").json()
