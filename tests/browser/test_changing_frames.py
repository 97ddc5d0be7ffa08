"""From frame to frame: tool, label and zoom stay, nothing flashes, and one always knows how much is left."""

import pytest
from live import job_ids
from pictures import BAR_STEP, find_marker, photograph, photographs, video
from texts import like, text

#: Looks at each animation frame whether the picture is there: a blank one has no colour in its middle.
_WATCH = """() => {
  const canvas = document.querySelector("canvas");
  window.seen = [];
  const look = () => {
    const context = canvas.getContext("2d");
    window.seen.push(context.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3]);
    window.looking = requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture
def long_bench(make_task, open_job):
    return open_job(make_task(25))


@pytest.mark.parametrize(
    ("keys", "frame"),
    [
        pytest.param("f", 1, id="next"),
        pytest.param("f f d", 1, id="previous"),
        pytest.param("v", 10, id="ten forward"),
        pytest.param("v v c", 10, id="ten back"),
        pytest.param("End", 24, id="last"),
        pytest.param("End Home", 0, id="first"),
        pytest.param("v v v", 24, id="never beyond the last"),
        pytest.param("f c", 0, id="never before the first"),
    ],
)
def test_keys_of_the_v1_client_change_the_frame(long_bench, keys, frame):
    for key in keys.split():
        long_bench.press(key).drawn()
    assert long_bench.frame == frame


def test_the_ends_of_the_job_are_told(bench):
    bench.press("d")
    assert text("workbench.first-frame") in bench.said
    bench.press("f").drawn().press("f")
    assert text("workbench.last-frame") in bench.said


def test_tool_label_and_zoom_stay_on_the_next_frame(bench):
    bench.take("rectangle").press("2")
    bench.move(200, 150)
    bench.page.mouse.wheel(0, -400)
    before = bench.drawn().state()
    after = bench.press("f").drawn().state()
    assert (after["frame"], after["tool"], after["nextLabel"]) == (1, "rectangle", "dog")
    assert after["camera"] == before["camera"]
    bench.draw_box(210, 160, 260, 200)
    assert [(shape["frame"], bench.label_of(shape)) for shape in bench.idle().server_shapes()] == [(1, "dog")]


def test_a_frame_of_another_size_is_shown_whole(make_task, open_job):
    pictures = [("0.jpg", photograph(0, 800, 600)), ("1.jpg", photograph(1, 300, 900))]
    bench = open_job(make_task(pictures))
    bench.press("f").drawn()
    width, height = bench.page.viewport_size.values()
    for x, y in bench.clients([(0, 0), (300, 900)]):
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_shapes_of_other_frames_are_not_shown(bench):
    bench.take("rectangle").draw_box(100, 100, 300, 300)
    bench.press("f").drawn()
    assert bench.shapes == []
    bench.press("d").drawn()
    assert len(bench.shapes) == 1


def hold_next(bench):
    """Hold the key of the next frame for a while, as keyboards repeat it; whether it has gone some way."""
    for _ in range(8):
        bench.page.keyboard.down("f")
        bench.page.wait_for_timeout(30)
    return bench.frame > 3


def test_holding_next_never_flashes_blank(long_bench):
    long_bench.page.evaluate(_WATCH)
    long_bench.visit.until(lambda: hold_next(long_bench))
    long_bench.page.keyboard.up("f")
    long_bench.drawn()
    seen = long_bench.page.evaluate("() => { cancelAnimationFrame(window.looking); return window.seen; }")
    assert set(seen) == {255}


def test_a_half_drawn_polygon_is_not_lost_by_a_change_of_frame(bench):
    bench.take("polygon")
    for point in [(100, 100), (300, 100), (200, 300)]:
        bench.click(*point)
    bench.press("f")
    assert text("workbench.busy") in bench.said
    assert bench.frame == 0
    bench.press("Enter")
    assert len(bench.shapes) == 1


def test_the_page_says_where_one_is_and_what_is_left(make_task, open_job):
    bench = open_job(make_task(5))
    bench.take("rectangle").draw_box(100, 100, 300, 300)
    bench.press("f").drawn()
    bar = bench.page.locator(".top-bar").inner_text()
    assert "0–4" in bar
    assert like("workbench.empty-frames").search(bar)
    assert "4" in bar


def test_next_frame_without_objects_is_found(long_bench):
    long_bench.take("rectangle")
    for _ in range(3):
        long_bench.draw_box(100, 100, 300, 300)
        long_bench.press("f").drawn()
    long_bench.press("Home").drawn().press("e").drawn()
    assert long_bench.frame == 3


def test_arrows_go_to_the_next_frame_with_objects(long_bench):
    long_bench.press("v").drawn().take("rectangle").draw_box(100, 100, 300, 300)
    long_bench.press("Escape", "Escape", "Home").drawn().press("ArrowRight").drawn()
    assert long_bench.frame == 10


def test_one_key_ends_the_job_and_opens_the_next(make_task, open_job, root):
    task = make_task(4, segment_size=2)
    bench = open_job(task)
    bench.press("Control+Enter")
    first, second = job_ids(task)
    bench.page.wait_for_url(f"**/tasks/{task['id']}/jobs/{second}*")
    bench.page.wait_for_function("() => window.__workbench?.frame === 2")
    assert root.get(f"/jobs/{first}").json()["status"] == "completed"


def test_the_address_opens_the_frame_it_names(make_task, open_job):
    assert open_job(make_task(3), query="?frame=2").frame == 2


def bar_of(bench):
    """The number of the frame whose picture is on the screen: see `pictures.video`."""
    left, *_ = find_marker(bench.page.locator(".stage").screenshot(), 1)
    origin, step = (x for x, _ in bench.clients([(0, 0), (BAR_STEP, 0)]))
    place = bench.page.locator(".stage").bounding_box()
    return round((left + place["x"] - origin) / (step - origin))


@pytest.mark.parametrize("zips", ["true", "false"], ids=["as zips of pictures", "as videos"])
def test_a_video_plays_to_its_end_and_stops_for_who_draws(make_task, open_job, zips):
    bench = open_job(make_task([("walk.mp4", video(30))], media={"use_zip_chunks": zips}))
    bench.take("select").press("Space").until(lambda state: state["frame"] == 29)
    bench.named("button", text("player.play")).wait_for()
    assert bar_of(bench.drawn()) == 29
    bench.press("Home").drawn().take("rectangle").press("Space").until(lambda state: state["frame"] >= 4)
    bench.draw_box(20, 20, 120, 50)
    (shape,) = bench.idle().server_shapes()
    assert shape["frame"] == bench.frame == bar_of(bench)
    bench.press("Escape", "Escape", "v").drawn()
    assert bar_of(bench) == bench.frame == min(shape["frame"] + 10, 29)


def test_space_held_for_the_mouse_plays_nothing(bench):
    bench.drag((100, 100), (200, 150), "Space")
    assert bench.named("button", text("player.play")).is_enabled()
    assert bench.frame == 0
    bench.press("Space").until(lambda state: state["frame"] == 1)


def test_the_slider_is_dragged_to_any_frame(long_bench):
    place = long_bench.page.locator(".frame-slider").bounding_box()
    x, y = place["x"], place["y"] + place["height"] / 2
    long_bench.page.mouse.move(x + 6, y)
    long_bench.page.mouse.down()
    long_bench.page.mouse.move(x + place["width"] / 2, y, steps=6)
    long_bench.page.mouse.up()
    assert long_bench.drawn().frame == 12
    assert long_bench.press("f").drawn().frame == 13


def test_context_images_are_offered_with_their_frame_and_let_drawing_through(make_task, open_job):
    cameras = [
        (f"{name}.jpg", photograph(7, *size)) for name, size in {"left": (60, 40), "rear": (30, 40)}.items()
    ]
    names = ["000.jpg", "001.jpg", *(f"related_images/000_jpg/{name}" for name, _ in cameras)]
    paths = {f"client_paths[{number}]": name for number, name in enumerate(names)}
    bench = open_job(make_task([*photographs(2), *cameras], media=paths))
    panel = bench.page.locator(".related-panel")
    panel.get_by_alt_text(text("related.alt", name="left.jpg")).wait_for()
    rear = panel.get_by_alt_text(text("related.alt", name="rear.jpg"))
    bench.press("Shift+u")
    rear.wait_for()
    assert rear.evaluate("picture => [picture.naturalWidth, picture.naturalHeight]") == [30, 40]
    (x, y), box = bench.clients([(780, 30)])[0], panel.bounding_box()
    assert box["x"] < x < box["x"] + box["width"]
    assert box["y"] < y < box["y"] + box["height"]
    bench.take("rectangle").click_box(300, 200, 780, 30)
    assert len(bench.idle().server_shapes()) == 1
    bench.press("f").drawn()
    assert not bench.page.locator(".related").is_visible()
    bench.press("u", "d").drawn()
    rear.wait_for()
    bench.press("u")
    bench.page.locator(".related-opener").click()
    rear.wait_for()


def test_a_deleted_frame_is_passed_by_and_kept_until_it_is_restored(make_task, open_job, root):
    task = make_task(3)
    bench = open_job(task)
    bench.press("f").drawn().take("rectangle").draw_box(100, 100, 300, 300)
    bench.idle().press("Escape", "Alt+Delete").until(lambda state: state["frame"] == 2)
    assert root.get(f"/tasks/{task['id']}/data/meta").json()["deleted_frames"] == [1]
    assert bench.press("d").drawn().frame == 0
    bench.page.locator("#frame-number").fill("1")
    bench.page.keyboard.press("Enter")
    veil = bench.page.locator(".deleted-veil").get_by_text(text("workbench.frame.is-deleted.title", frame=1))
    veil.wait_for()
    assert len(bench.drawn().shapes) == 1
    bench.press("r")
    assert text("workbench.frame.is-deleted") in bench.said
    bench.page.locator(".deleted-card").get_by_role("button").click()
    veil.wait_for(state="hidden")
    bench.take("rectangle").draw_box(320, 100, 420, 200)
    assert len(bench.idle().server_shapes()) == 2
    assert "deleted_frames" not in root.get(f"/tasks/{task['id']}/data/meta").json()
