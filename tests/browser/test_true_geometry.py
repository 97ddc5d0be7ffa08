"""What is drawn on something seen is exported where it is: found on the screenshot, drawn by mouse, read from COCO."""

import io
import json
import zipfile

import pytest
from live import until
from pictures import ORIENTATIONS, Marker, find_marker, marked
from workbench import near

MARKER = Marker(211, 143, 297, 221)


def exported_boxes(client, task):
    """The boxes of the task's COCO export, as left, top, right, bottom."""
    path = f"/tasks/{task['id']}/annotations?format=COCO 1.0"
    until(lambda: client.get(path).status_code, lambda status: status == 201)
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{path}&action=download").content))
    found = json.loads(archive.read("annotations/instances_default.json"))["annotations"]
    return [[x, y, x + width, y + height] for x, y, width, height in (each["bbox"] for each in found)]


def draw_on_marker(bench, ratio):
    """Draw a box on the marker as it is seen, not as the page says where it lies."""
    seen = find_marker(bench.drawn().page.screenshot(), ratio)
    assert seen is not None, "the marker is not on the screen"
    bench.page.mouse.move(*seen[:2])
    bench.page.mouse.down()
    bench.page.mouse.move(*seen[2:], steps=5)
    bench.page.mouse.up()
    bench.idle()


def zoom(bench, notches):
    """Turn the wheel over the marker, then pan with the middle button."""
    if notches == 0:
        return
    bench.move(250, 180)
    for _ in range(notches):
        bench.page.mouse.wheel(0, -100)
    bench.drawn()
    x, y = bench.clients([(250, 180)])[0]
    bench.page.mouse.down(button="middle")
    bench.page.mouse.move(x + 37, y - 21, steps=3)
    bench.page.mouse.up(button="middle")
    bench.page.mouse.move(1, 1)


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize("notches", [0, 2], ids=["fitted", "zoomed and panned"])
@pytest.mark.parametrize("orientation", ["upright", "lying on its left"])
def test_a_box_on_a_marker_is_exported_within_a_pixel(root, make_task, open_job, orientation, notches, ratio):
    task = make_task([("marked.jpg", marked(MARKER, 640, 480, orientation))])
    bench = open_job(task, device_scale_factor=ratio)
    zoom(bench, notches)
    bench.take("rectangle")
    draw_on_marker(bench, ratio)
    (box,) = exported_boxes(root, task)
    assert max(abs(a - b) for a, b in zip(box, MARKER.points, strict=True)) <= 1, box


@pytest.mark.parametrize("orientation", [name for name in ORIENTATIONS if name != "upright"])
def test_a_turned_photograph_is_shown_and_exported_upright(root, make_task, open_job, orientation):
    task = make_task([("marked.jpg", marked(MARKER, 480, 640, orientation))])
    bench = open_job(task)
    bench.take("rectangle")
    draw_on_marker(bench, 1)
    (box,) = exported_boxes(root, task)
    assert max(abs(a - b) for a, b in zip(box, MARKER.points, strict=True)) <= 1, box


def test_a_large_photograph_is_exact_when_zoomed_to_its_pixels(root, make_task, open_job):
    marker = Marker(3211, 2143, 3297, 2221)
    task = make_task([("large.jpg", marked(marker, 6000, 4000))])
    bench = open_job(task)
    bench.move(3250, 2180)
    while bench.drawn().state()["camera"]["scale"] < 2:
        bench.page.mouse.wheel(0, -100)
    bench.page.mouse.move(1, 1)
    bench.take("rectangle")
    draw_on_marker(bench, 1)
    (box,) = exported_boxes(root, task)
    assert max(abs(a - b) for a, b in zip(box, marker.points, strict=True)) <= 1, box


def test_zooming_keeps_what_is_under_the_pointer(bench):
    bench.move(300, 200)
    before = bench.clients([(300, 200)])[0]
    for _ in range(5):
        bench.page.mouse.wheel(0, -100)
    after = bench.drawn().clients([(300, 200)])[0]
    assert bench.state()["camera"]["scale"] > 1.5
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 1


@pytest.mark.parametrize("how", ["middle button", "space"])
def test_the_picture_is_moved_with(bench, how):
    bench.take("rectangle")
    bench.page.mouse.wheel(0, -100)
    x, y = bench.drawn().clients([(400, 300)])[0]
    button = "middle" if how == "middle button" else "left"
    bench.page.mouse.move(x, y)
    with bench.held(*([] if button == "middle" else ["Space"])):
        bench.page.mouse.down(button=button)
        bench.page.mouse.move(x + 60, y + 40, steps=4)
        bench.page.mouse.up(button=button)
    after = bench.drawn().clients([(400, 300)])[0]
    assert (round(after[0] - x), round(after[1] - y)) == (60, 40)
    assert bench.shapes == []


def test_two_fingers_move_and_zoom_the_picture(make_task, open_job):
    bench = open_job(make_task(), has_touch=True)
    before = bench.drawn().state()["camera"]
    x, y = bench.clients([(400, 300)])[0]
    cdp = bench.cdp()
    for step, kind in enumerate(["touchStart", *["touchMove"] * 5, "touchEnd"]):
        apart = 40 + 12 * step
        fingers = [{"x": x + 6 * step - apart, "y": y, "id": 0}, {"x": x + 6 * step + apart, "y": y, "id": 1}]
        cdp.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else fingers}
        )
    after = bench.drawn().state()["camera"]
    assert 2 < after["scale"] / before["scale"] < 3
    assert near(bench.clients([(400, 300)])[0], (x + 30, y), within=3)
    assert bench.shapes == []


def test_a_finger_draws_a_box(make_task, open_job):
    bench = open_job(make_task(), has_touch=True).take("rectangle")
    begin, end = bench.clients([(100, 100), (300, 250)])
    cdp = bench.cdp()
    for kind, points in (("touchStart", [begin]), ("touchMove", [end]), ("touchEnd", [])):
        fingers = [{"x": x, "y": y} for x, y in points]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    (drawn,) = bench.idle().server_shapes()
    assert near(drawn["points"], [100, 100, 300, 250], within=2)
