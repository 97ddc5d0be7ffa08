"""The label is chosen before, during or after drawing, by digit or by search; never a question per box."""

import pytest
from texts import text
from tracing import script_of

BOX = (100, 100, 300, 300)


def saved_labels(bench):
    return [bench.label_of(shape) for shape in bench.idle().server_shapes()]


def test_a_digit_before_drawing_is_the_next_label(bench):
    bench.take("rectangle").press("3")
    assert bench.state()["nextLabel"] == "行人"
    bench.draw_box(*BOX)
    assert saved_labels(bench) == ["行人"]


def test_a_digit_while_drawing_is_the_drafts_label(bench):
    bench.take("polygon")
    for point in [(100, 100), (300, 100), (200, 300)]:
        bench.click(*point)
    bench.press("2", "Enter")
    assert saved_labels(bench) == ["dog"]


def test_a_digit_after_drawing_is_the_new_shapes_label_in_one_more_step(bench):
    bench.take("rectangle")
    bench.draw_box(*BOX)
    bench.press("4")
    assert saved_labels(bench) == ["自行车"]
    bench.press("Control+z")
    assert saved_labels(bench) == ["car"]
    bench.press("Control+z")
    assert saved_labels(bench) == []


def test_a_digit_changes_all_selected_shapes(bench):
    bench.take("rectangle")
    for left in (50, 300, 550):
        bench.draw_box(left, 100, left + 150, 300)
    bench.press("Escape", "Control+a", "2")
    assert saved_labels(bench) == ["dog"] * 3


def test_what_a_digit_means_after_drawing_is_told_the_first_times(bench):
    bench.take("rectangle").draw_box(*BOX)
    assert bench.said[-1] == text("workbench.drawn.first", label="car")
    bench.press("2")
    hint = text("workbench.label.changed.first", label="dog", next="car", keys="Shift+2")
    assert bench.said[-1] == hint
    for n in range(5):
        bench.draw_box(400, 100 + 80 * n, 600, 160 + 80 * n)
        bench.press("2")
    assert bench.said[-2:] == [
        text("workbench.drawn", label="car"),
        text("workbench.label.changed", label="dog", count=1),
    ]


def test_the_label_in_the_toolbar_is_the_next_ones_whatever_is_selected(bench):
    bench.take("rectangle").draw_box(*BOX)
    bench.press("2")
    assert len(bench.selected) == 1
    bench.named("button", text("workbench.next-label", label="car")).click()
    bench.page.keyboard.type("行人")
    bench.press("Enter")
    bench.named("button", text("workbench.next-label", label="行人")).wait_for()
    assert saved_labels(bench) == ["dog"]
    bench.draw_box(400, 100, 600, 300)
    assert sorted(saved_labels(bench)) == ["dog", "行人"]


def test_a_digit_in_a_tab_that_only_shows_says_why_nothing_changes(bench, open_job):
    bench.take("rectangle").draw_box(*BOX)
    bench.idle()
    second = bench.visit.context.new_page()
    second.goto(bench.page.url)
    second.wait_for_function(
        "() => window.__workbench?.frame === 0 && window.__workbench.shapes.length === 1"
    )
    second.keyboard.press("Tab")
    second.wait_for_function("() => window.__workbench.selected.length === 1")
    second.keyboard.press("2")
    assert second.evaluate("window.__workbench.said.at(-1)") == text("workbench.read-only")
    assert second.evaluate("window.__workbench.shapes[0].label") == "car"
    assert saved_labels(bench) == ["car"]


def test_a_digit_without_a_label_says_so(bench):
    bench.press("9")
    assert text("workbench.label.no-digit", digit=9, count=4) in bench.said


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("dog", "dog", id="as it is written"),
        pytest.param("dg", "dog", id="letters left out"),
        pytest.param("xingren", "行人", id="pinyin"),
        pytest.param("zxc", "自行车", id="first letters of pinyin"),
        pytest.param("行", "行人", id="Chinese"),
    ],
)
def test_search_finds_a_label_by(bench, typed, expected):
    bench.press("l")
    bench.page.keyboard.type(typed)
    bench.press("Enter")
    bench.until(lambda state: state["nextLabel"] == expected)
    bench.take("rectangle").draw_box(*BOX)
    assert saved_labels(bench) == [expected]


def test_a_label_typed_for_the_first_time_is_made(bench):
    bench.press("r", "l")
    bench.page.keyboard.type("traffic light")
    bench.press("Enter")
    bench.until(lambda state: state["nextLabel"] == "traffic light")
    bench.draw_box(*BOX)
    assert saved_labels(bench) == ["traffic light"]


def test_search_left_with_escape_changes_nothing(bench):
    bench.take("rectangle").draw_box(*BOX)
    bench.press("l")
    bench.page.keyboard.type("dog")
    bench.press("Escape")
    assert bench.state()["nextLabel"] == "car"
    assert bench.state()["tool"] == "rectangle"
    assert saved_labels(bench) == ["car"]


def test_five_hundred_labels_are_searched_in_a_blink(make_task, open_job, tell):
    names = [
        f"{kind} {number}" for number in range(125) for kind in ("car", "行人", "traffic sign", "自行车")
    ]
    bench = open_job(make_task(1, labels=[{"name": name, "attributes": []} for name in names]))
    bench.press("l")
    bench.page.keyboard.type("x")
    with script_of(bench.page) as spans:
        bench.page.keyboard.type("ingren 77")
    assert bench.press("Enter").until(lambda state: state["nextLabel"] == "行人 77")
    tell(f"500 labels: {spans.total_ms / 9:.1f} ms of script a letter (wanted < 50)")
    assert spans.total_ms / 9 < 150
