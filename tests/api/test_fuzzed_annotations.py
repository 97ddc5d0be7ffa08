"""Bodies no person would write: whatever comes, the answer is 200 or a 4xx, and what is stored can be read."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from junk import JUNK, NUMBER, QUICK
from live import body, box, tag

ROUTES = st.sampled_from(
    [("PATCH", "?action=create"), ("PATCH", "?action=update"), ("PATCH", "?action=delete"), ("PUT", "")]
)
#: A key of an object, and what it becomes; None takes it away.
MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "id",
                "type",
                "occluded",
                "z_order",
                "points",
                "frame",
                "label_id",
                "group",
                "source",
                "attributes",
                "client_id",
            ]
        ),
        JUNK,
    ),
    max_size=3,
)


@st.composite
def bodies(draw, labels):
    """A body that is right but for a few values."""
    shapes, tags = [], []
    for kind in draw(st.lists(st.sampled_from(["shape", "tag"]), max_size=5)):
        frame = draw(st.integers(-1, 5))
        spec = labels["labels"][0]["attributes"][0]["id"]
        values = draw(
            st.lists(st.fixed_dictionaries({"spec_id": st.just(spec) | JUNK, "value": JUNK}), max_size=2)
        )
        item = box(labels, frame, attributes=values) if kind == "shape" else tag(labels, frame)
        if kind == "shape" and draw(st.booleans()):
            item["points"] = draw(st.lists(NUMBER, max_size=9))
        item |= dict(draw(MUTATIONS))
        (shapes if kind == "shape" else tags).append(item)
    return body(*shapes, tags=tuple(tags), version=draw(st.integers(0, 9) | JUNK)) | draw(
        st.dictionaries(st.sampled_from(["tags", "shapes", "tracks", "x"]), JUNK, max_size=1)
    )


def check(job, method, query, content):
    client, _, path = job
    answer = client.request(
        method, path + query, content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (200, 400, 501), (answer.status_code, answer.text)
    msgspec.json.decode(answer.content)
    stored = client.get(path)
    assert stored.status_code == 200
    for shape in msgspec.json.decode(stored.content)["shapes"]:
        assert all(isinstance(number, float) for number in shape["points"]), shape


@QUICK
@given(data=st.data(), route=ROUTES)
def test_bodies_that_are_nearly_right_never_break_the_server(job, data, route):
    content = json.dumps(data.draw(bodies(job[1])), ensure_ascii=data.draw(st.booleans()))
    check(job, *route, content.encode("utf-8", "surrogatepass"))


@QUICK
@given(data=st.data(), route=ROUTES)
def test_bytes_changed_at_random_never_break_the_server(job, data, route):
    content = bytearray(json.dumps(body(box(job[1]), tags=(tag(job[1]),))).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(content) - 1))
        content[position : position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    check(job, *route, bytes(content))


@pytest.mark.parametrize("path", ["/tasks", "/auth/register", "/auth/login"])
@QUICK
@given(
    value=st.recursive(
        JUNK,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["name", "labels", "attributes", "values", "id", "username", "password1", "owner", "x"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_objects_of_any_kind_never_break_the_server(live, root, path, value):
    content = json.dumps(
        {
            "name": "fuzz",
            "labels": value,
            "username": value,
            "password": value,
            "owner": value,
            "segment_size": value,
        }
    )
    answer = root.post(path, content=content.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 201, 400, 404), (answer.status_code, answer.text)
