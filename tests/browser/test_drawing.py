"""Drawing: tool and label stay armed, drag and click both draw, no gesture is silently ignored, no mode fights."""

import pytest
from texts import text
from workbench import near

PENTAGON = [(100, 100), (300, 120), (340, 300), (200, 400), (80, 260)]


def test_twenty_boxes_of_one_class_are_twenty_drags(bench):
    bench.take("rectangle").press("2")
    for n in range(20):
        bench.draw_box(10 + 150 * (n % 5), 10 + 140 * (n // 5), 110 + 150 * (n % 5), 100 + 140 * (n // 5))
    bench.idle()
    assert bench.state()["tool"] == "rectangle"
    saved = bench.server_shapes()
    assert [bench.label_of(shape) for shape in saved] == ["dog"] * 20
    assert near(saved[0]["points"], [10, 10, 110, 100], within=2)


def test_escape_drops_the_draft_then_disarms(bench):
    bench.take("polygon")
    for point in PENTAGON[:3]:
        bench.click(*point)
    bench.press("Escape")
    assert (bench.state()["tool"], bench.shapes) == ("polygon", [])
    bench.press("Escape")
    assert bench.state()["tool"] == "select"
    bench.draw_box(100, 100, 200, 200)
    assert bench.shapes == []


def test_two_clicks_draw_the_box_that_a_drag_draws(bench):
    bench.take("rectangle")
    bench.draw_box(50, 60, 250, 200)
    bench.click_box(350, 60, 550, 200)
    dragged, clicked = (shape["points"] for shape in bench.idle().server_shapes())
    assert near(clicked, [dragged[0] + 300, dragged[1], dragged[2] + 300, dragged[3]], within=2)


def test_a_box_drawn_from_any_corner_has_its_edges_in_order(bench):
    bench.take("rectangle")
    for start, end in [((300, 200), (100, 50)), ((100, 400), (300, 250))]:
        bench.drag(start, end)
    assert all(near(each["points"][::2], [100, 300], within=2) for each in bench.idle().server_shapes())
    assert [sorted(each["points"][1::2]) == each["points"][1::2] for each in bench.shapes] == [True, True]


@pytest.mark.parametrize("end", ["Enter", "n", "double click", "first point"])
def test_a_polygon_ends_by(bench, end):
    bench.take("polygon")
    for point in PENTAGON:
        bench.click(*point)
    if end == "double click":
        bench.page.mouse.dblclick(*bench.clients([PENTAGON[-1]])[0])
    elif end == "first point":
        bench.click(*PENTAGON[0])
    else:
        bench.press(end)
    (drawn,) = bench.idle().server_shapes()
    assert drawn["type"] == "polygon"
    assert near(drawn["points"], [edge for point in PENTAGON for edge in point], within=2)


@pytest.mark.parametrize("how", ["Backspace", "Control+z", "right click"])
def test_the_last_point_of_a_draft_is_taken_back_by(bench, how):
    bench.take("polygon")
    for point in [*PENTAGON, (700, 500)]:
        bench.click(*point)
    bench.click(700, 500, button="right") if how == "right click" else bench.press(how)
    bench.press("Enter")
    assert [len(shape["points"]) for shape in bench.idle().server_shapes()] == [10]


def slip(bench, x, y):
    """Press at an image point, slip two screen pixels, let go."""
    begin = bench.clients([(x, y)])[0]
    bench.page.mouse.move(*begin)
    bench.page.mouse.down()
    bench.page.mouse.move(begin[0] + 2, begin[1] + 1)
    bench.page.mouse.up()


def drag_outside(bench):
    bench.drag((100, 100), (300, 100), button="middle")
    bench.drawn().drag((-80, 100), (-20, 300))


def slip_twice(bench):
    slip(bench, 200, 200)
    slip(bench, 200, 200)


#: By what is said: a tool and what is done with it.
NOTHING_DRAWN = {
    "tool.opposite-corner": ("rectangle", lambda bench: slip(bench, 200, 200)),
    "tool.same-corner": ("rectangle", slip_twice),
    "tool.too-small": ("rectangle", lambda bench: bench.drag((200, 200), (400, 201))),
    "tool.outside": ("rectangle", drag_outside),
    "tool.three-points": ("polygon", lambda bench: bench.draw_polygon(PENTAGON[:2])),
    "tool.flat": ("polygon", lambda bench: bench.draw_polygon([(100, 100), (200, 200), (300, 300)])),
    "tool.point-there": ("polygon", lambda bench: [bench.click(200, 200), bench.click(200, 200)]),
}


@pytest.mark.parametrize(("key", "tool", "gesture"), [(key, *what) for key, what in NOTHING_DRAWN.items()])
def test_a_gesture_that_draws_nothing_is_answered_with(bench, key, tool, gesture):
    bench.take(tool)
    gesture(bench)
    assert bench.shapes == []
    assert bench.said[-1] == text(key)


def test_a_box_drawn_over_the_edge_ends_at_the_edge(bench):
    bench.take("rectangle")
    bench.drag((700, 500), (900, 640))
    (drawn,) = bench.idle().server_shapes()
    assert near(drawn["points"], [700, 500, 800, 600], within=2)


def test_handles_work_while_a_tool_is_armed(bench):
    bench.take("rectangle")
    bench.draw_box(100, 100, 300, 300)
    bench.drag((300, 300), (400, 350))
    (drawn,) = bench.idle().server_shapes()
    assert near(drawn["points"], [100, 100, 400, 350], within=2)


def test_a_drag_begun_inside_a_box_draws_a_nested_one(bench):
    bench.take("rectangle")
    bench.draw_box(100, 100, 500, 500)
    bench.draw_box(200, 200, 300, 300)
    outer, inner = (shape["points"] for shape in bench.idle().server_shapes())
    assert near(outer, [100, 100, 500, 500], within=2)
    assert near(inner, [200, 200, 300, 300], within=2)


def test_alt_click_goes_through_what_lies_under_the_pointer(bench):
    bench.take("rectangle")
    for inset in (0, 50, 100):
        bench.draw_box(100 + inset, 100 + inset, 500 - inset, 500 - inset)
    bench.press("Escape", "Escape")
    seen = []
    for _ in range(4):
        bench.click(300, 300, "Alt")
        seen += [shape["cid"] for shape in bench.selected]
    assert len(set(seen[:3])) == 3
    assert seen[3] == seen[0]


def test_a_box_without_a_label_keeps_its_place_until_it_gets_one(make_task, open_job, root):
    task = make_task()
    gone = [{"id": label["id"], "name": label["name"], "deleted": True} for label in task["labels"]]
    root.patch(f"/tasks/{task['id']}", json={"labels": gone}).raise_for_status()
    bench = open_job(task)
    bench.take("rectangle")
    bench.draw_box(100, 100, 300, 300)
    assert text("workbench.no-label") in bench.said
    bench.page.keyboard.type("truck")
    bench.press("Enter")
    bench.until(lambda state: state["shapes"])
    (drawn,) = bench.idle().server_shapes()
    assert bench.label_of(drawn) == "truck"
