"""By keyboard alone: through the parts of the page and back, and to the list of all keys."""

import pytest
from texts import text

BOX = (100, 100, 300, 300)
_WHERE = """() => {
  const areas = [".top-bar", ".toolbar", ".side", ".timeline", ".stage"];
  return areas.find((area) => document.querySelector(area).contains(document.activeElement)) ?? "nowhere";
}"""


def areas(bench, *keys):
    """Where the focus is after each of `keys`."""
    return [bench.press(key).page.evaluate(_WHERE) for key in keys]


def test_f6_goes_from_the_picture_through_the_bars_and_back(bench):
    assert areas(bench, *["F6"] * 5) == [".top-bar", ".toolbar", ".side", ".timeline", ".stage"]
    assert bench.said[-1] == text("workbench.on-picture")
    assert areas(bench, "Shift+F6", "Shift+F6") == [".timeline", ".side"]


def test_arrows_move_the_slider_that_has_the_focus(bench):
    bench.take("rectangle").draw_box(*BOX)
    bench.press("Shift+F6", "ArrowRight").drawn()
    assert (bench.frame, areas(bench, "F6")) == (1, [".stage"])


def test_tab_goes_through_a_bar_and_on_the_picture_through_its_objects(bench):
    bench.take("rectangle").draw_box(*BOX)
    bench.draw_box(400, 100, 600, 300)
    bench.press("Escape", "Escape")
    assert areas(bench, *["Shift+F6"] * 3, "Tab", "Tab") == [".timeline", ".side"] + [".toolbar"] * 3
    assert bench.selected == []
    assert areas(bench, *["F6"] * 3) == [".side", ".timeline", ".stage"]
    first = bench.press("Tab").selected
    assert len(first) == 1
    assert bench.press("Tab").selected != first


def test_f6_comes_back_to_the_button_it_left_and_out_of_a_field(bench):
    bench.press("F6", "F6", "Tab", "Enter")
    assert bench.state()["tool"] == "rectangle"
    bench.press("Escape")
    assert areas(bench, *["F6"] * 5)[-1] == ".toolbar"
    assert bench.press("Enter").state()["tool"] == "rectangle"
    bench.press("`")
    assert areas(bench, "F6") == [".toolbar"]


def test_f6_stands_in_the_list_of_keys(bench):
    bench.press("F1")
    row = bench.named("dialog", text("workbench.help")).locator("dl > div").filter(has_text="Shift+F6")
    assert text("command.area.previous") in row.inner_text()


def test_the_key_that_opens_the_list_of_keys_closes_it(bench):
    keys = bench.named("dialog", text("workbench.help"))
    bench.press("F1")
    keys.wait_for()
    bench.press("F1")
    keys.wait_for(state="detached")
    bench.press("r")
    assert bench.state()["tool"] == "rectangle"


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_bar_counts_frames_in_one_way_that_of_exports(make_task, open_job, root, locale):
    task = make_task(4, segment_size=2)
    bench = open_job(task, 1, locale=locale)
    bench.press("f").drawn()
    field = bench.page.locator(".frame-field")
    assert field.get_by_label(text("workbench.frame", locale)).input_value() == "3"
    assert text("workbench.frame.range", locale, first=2, last=3) in field.inner_text()
    bench.page.set_viewport_size({"width": 1440, "height": 900})  # narrower bars give this room to the name
    assert text("workbench.frames", locale, size=2) in bench.page.locator(".top-bar").inner_text()
