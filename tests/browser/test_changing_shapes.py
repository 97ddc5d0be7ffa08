"""Select, move, resize, vertices, delete, copy; each gesture is one step that undo takes back."""

import pytest
from texts import text
from workbench import near

PENTAGON = [(100, 100), (300, 120), (340, 300), (200, 400), (80, 260)]


@pytest.fixture
def box(bench):
    """A saved and selected box from (200, 200) to (400, 300), no tool in hand."""
    bench.take("rectangle").draw_box(200, 200, 400, 300)
    bench.press("Escape")
    bench.click(300, 250)
    assert len(bench.idle().selected) == 1
    return bench


@pytest.fixture
def polygon(bench):
    bench.take("polygon").draw_polygon(PENTAGON)
    bench.press("Escape")
    bench.click(200, 250)
    assert len(bench.idle().selected) == 1
    return bench


def only(bench):
    (shape,) = bench.idle().server_shapes()
    return shape["points"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param((300, 250), (350, 290), [250, 240, 450, 340], id="moved by its middle"),
        pytest.param((200, 200), (150, 180), [150, 180, 400, 300], id="resized by a corner"),
        pytest.param((400, 250), (440, 260), [200, 200, 440, 300], id="resized by an edge"),
        pytest.param((200, 200), (500, 500), [400, 300, 500, 500], id="turned inside out"),
    ],
)
def test_a_box_is(box, start, end, expected):
    box.drag(start, end)
    assert near(only(box), expected, within=2)
    box.press("Control+z")
    assert near(only(box), [200, 200, 400, 300], within=2)


def test_escape_takes_a_drag_back_that_goes_on(box):
    begin, end = box.clients([(300, 250), (350, 290)])
    box.page.mouse.move(*begin)
    box.page.mouse.down()
    box.page.mouse.move(*end, steps=3)
    box.press("Escape")
    box.page.mouse.up()
    assert near(only(box), [200, 200, 400, 300], within=2)


def test_a_box_is_never_moved_out_of_the_picture(box):
    box.drag((300, 250), (790, 590))
    assert near(only(box), [600, 500, 800, 600], within=2)


def test_a_vertex_is_moved_added_and_taken_away(polygon):
    polygon.drag(PENTAGON[1], (350, 80))
    assert near(only(polygon)[2:4], [350, 80], within=2)
    polygon.drag((225, 90), (225, 40))
    assert len(only(polygon)) == 12
    polygon.click(*PENTAGON[3], "Alt")
    assert len(only(polygon)) == 10
    polygon.press("Control+z", "Control+z", "Control+z")
    assert near(only(polygon), [edge for point in PENTAGON for edge in point], within=2)


@pytest.mark.parametrize(
    ("key", "by"),
    [
        ("ArrowRight", (1, 0)),
        ("ArrowUp", (0, -1)),
        ("Shift+ArrowLeft", (-10, 0)),
        ("Shift+ArrowDown", (0, 10)),
    ],
)
def test_an_arrow_moves_what_is_selected(box, key, by):
    before = only(box)
    box.press(key)
    assert only(box) == [edge + by[n % 2] for n, edge in enumerate(before)]


def test_a_key_held_down_is_one_step(box):
    before = only(box)
    for _ in range(5):
        box.page.keyboard.down("ArrowRight")
    box.page.keyboard.up("ArrowRight")
    assert only(box)[0] == before[0] + 5
    box.press("Control+z")
    assert only(box) == before


@pytest.mark.parametrize("key", ["ArrowRight", "Shift+ArrowDown", "Delete", "Backspace", "="])
def test_what_is_hidden_is_not_changed_unseen_by(box, key):
    before = box.idle().server_shapes()
    box.press("h", key)
    assert box.said[-1] == text("workbench.hidden", count=1)
    assert box.idle().server_shapes() == before
    box.press("h", "ArrowRight")
    assert only(box)[0] == before[0]["points"][0] + 1


@pytest.mark.parametrize("how", ["Shift+Delete", "its row"])
def test_what_is_hidden_is_deleted_by_who_means_it(box, how):
    box.press("h")
    if how == "its row":
        box.page.get_by_role("button", name=text("object.delete"), exact=True).click()
    else:
        box.press(how)
    assert box.idle().server_shapes() == []


def test_a_deleted_box_comes_back_by_its_toast(box):
    before = only(box)
    box.press("Delete")
    assert box.idle().server_shapes() == []
    box.named("button", text("workbench.undo")).last.click()
    assert only(box) == before


def test_a_copy_is_pasted_on_another_frame(box):
    box.press("Control+c", "f").drawn().press("Control+v")
    saved = box.idle().server_shapes()
    assert [shape["frame"] for shape in saved] == [0, 1]
    assert near(saved[1]["points"], saved[0]["points"], within=20)
    assert len(box.selected) == 1


def test_undo_goes_to_the_frame_of_the_step(box):
    box.press("f").drawn().take("rectangle").draw_box(500, 100, 600, 200)
    box.press("Control+z", "Control+z")
    assert box.drawn().frame == 0
    assert box.idle().server_shapes() == []
    box.press("Control+Shift+z", "Control+y")
    assert box.drawn().frame == 1
    assert [shape["frame"] for shape in box.idle().server_shapes()] == [0, 1]


def test_a_thousand_steps_are_undone_and_made_anew(box):
    before = only(box)
    for there in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        box.repeat(250, there, there)
    box.repeat(500, "KeyZ", "z", ctrlKey=True)
    assert only(box) == [edge + 250 for edge in before]
    box.repeat(500, "KeyZ", "z", ctrlKey=True)
    assert only(box) == before
    box.repeat(500, "KeyZ", "Z", ctrlKey=True, shiftKey=True)
    assert only(box) == [edge + 250 for edge in before]


def test_nothing_to_undo_is_told(bench):
    bench.press("Control+z", "Control+Shift+z")
    assert bench.said[-2:] == [text("workbench.no-undo"), text("workbench.no-redo")]


@pytest.mark.parametrize("steps", [-6, 0, 8], ids=["far away", "fitted", "close"])
def test_a_handle_is_hit_four_screen_pixels_beside_it(box, steps):
    box.move(400, 300)
    for _ in range(abs(steps)):
        box.page.mouse.wheel(0, 100 if steps < 0 else -100)
    (x, y) = box.drawn().clients([(400, 300)])[0]
    box.page.mouse.move(x + 3.5, y + 3.5)
    box.page.mouse.down()
    box.page.mouse.move(x + 40, y + 40, steps=4)
    box.page.mouse.up()
    assert near(only(box)[:2], [200, 200], within=2)
    assert only(box)[2] > 401


def test_a_rectangle_dragged_over_nothing_selects_what_it_holds(box):
    box.take("rectangle").draw_box(500, 400, 600, 500)
    box.press("Escape", "Escape")
    box.drag((150, 150), (650, 550))
    assert len(box.selected) == 2
    box.drag((150, 150), (450, 350))
    assert len(box.selected) == 1


def test_attributes_of_the_selected_box_are_saved(box):
    box.page.get_by_label("colour").fill("blue")
    box.page.get_by_label("far").check()
    (shape,) = box.idle().server_shapes()
    assert sorted(each["value"] for each in shape["attributes"]) == ["blue", "true"]


def test_the_list_of_objects_selects_and_shows_them(box):
    row = box.named("row", None).filter(has_text="car").first
    box.press("Escape", "Escape")
    assert box.selected == []
    row.click()
    assert len(box.selected) == 1
