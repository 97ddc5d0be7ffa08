"""The workbench opens for what a task is for: labels by digit, boxes at once, texts typed one after the other."""

import re

import pytest
from pictures import photographs
from playwright.sync_api import expect
from test_input_methods import compose
from texts import text

LABELS = [{"name": name, "attributes": []} for name in ["cat", "dog", "鸟", *"defghij", "kangaroo"]]
TEXT = {"name": "value", "mutable": False, "input_type": "text", "values": [""], "default_value": ""}
TEXT_LABELS = [
    {"name": "stamp", "attributes": []},
    {"name": "text", "color": "#20cc1c", "attributes": [TEXT]},
]


@pytest.fixture
def open_typed(make_task, open_job):
    """Open a job of a task of a type, with so many pictures."""

    def open_for(annotation_type, pictures=2, **options):
        labels = TEXT_LABELS if annotation_type.startswith("ocr") else LABELS
        return open_job(make_task(pictures, labels=labels, annotation_type=annotation_type), **options)

    return open_for


def names(bench):
    """The labels of the tags by frame, as the server has them."""
    return [(tag["frame"], bench.label_of(tag)) for tag in bench.idle().server_tags()]


def values(objects):
    return [attribute["value"] for each in objects for attribute in each["attributes"]]


def field(bench):
    return bench.page.get_by_role("textbox", name=text("text.bar"), exact=True)


def test_twenty_pictures_are_classified_by_twenty_keys(open_typed):
    small = photographs(20, width=80, height=60)
    bench = open_typed("image_classification", small)
    keys = [1, 2, 3, 1, 1, 2, 0, 9, 4, 5, 6, 7, 8, 1, 2, 3, 0, 1, 2, 1]
    bench.press(*map(str, keys))
    known = [label["name"] for label in LABELS]
    assert names(bench) == [(frame, known[(key - 1) % 10]) for frame, key in enumerate(keys)]
    assert bench.drawn().frame == 19


def test_keys_pressed_while_the_next_picture_is_on_its_way_are_not_lost(make_task, open_job, visit):
    visited, held = visit(), []

    def hold(route):
        held.append(route)

    visited.page.route(re.compile(r"/data\?.*number=[1-9]"), hold)
    task = make_task(4, labels=LABELS, annotation_type="image_classification", media={"chunk_size": "1"})
    bench = open_job(task, visited=visited)
    bench.press("1", "2", "3")
    bench.until(lambda state: len(state["tags"]) == 3 and state["save"]["waiting"] == 0)
    assert bench.frame == 0
    while held:
        held.pop(0).continue_()
        bench.page.wait_for_timeout(50)
    assert bench.drawn().frame == 3
    assert names(bench) == [(0, "cat"), (1, "dog"), (2, "鸟")]


def test_a_digit_pressed_again_takes_its_tag_away_and_undo_goes_back_to_the_frame(open_typed):
    bench = open_typed("image_classification")
    bench.press("Shift+Digit1", "Shift+Digit3")
    expect(bench.page.locator(".tag-chip")).to_have_text(["cat", "鸟"])
    assert names(bench) == [(0, "cat"), (0, "鸟")]
    bench.press("1", "2").drawn()
    assert (bench.frame, names(bench)) == (1, [(0, "鸟"), (0, "dog")])
    bench.press("Control+z").drawn()
    assert (bench.frame, names(bench)) == (0, [(0, "鸟")])
    bench.named("button", text("tag.remove", label="鸟")).click()
    assert names(bench) == []


def test_a_label_without_a_key_is_searched_for_and_a_tag_is_a_row_of_the_list(open_typed):
    bench = open_typed("image_classification")
    bench.press("l")
    bench.page.keyboard.type("kang")
    bench.press("Enter").drawn()
    assert (bench.frame, names(bench)) == (1, [(0, "kangaroo")])
    bench.press("d").drawn().named("row", "kangaroo").click()
    bench.press("Delete")
    assert names(bench) == []
    bench.press("e").drawn()
    assert bench.frame == 1


def test_tags_not_saved_yet_outlive_the_page(open_typed, open_job):
    bench = open_typed("image_classification")
    bench.visit.expect("Failed to load resource")
    bench.page.route("**/annotations?action=sync", lambda route: route.abort())
    bench.press("1", "2")
    bench.until(lambda state: state["save"]["waiting"] == 2)
    bench.page.unroute_all()
    again = open_job(bench.task, visited=bench.visit)
    assert names(again) == [(0, "cat"), (1, "dog")]


def test_every_tool_is_one_switch_away_and_the_task_remembers_it(open_typed, open_job):
    bench = open_typed("object_detection")
    polygon = bench.named("button", text("command.tool.polygon"))
    assert bench.state()["tool"] == "rectangle"
    expect(polygon).to_have_count(0)
    bench.press("p")
    assert bench.state()["tool"] == "rectangle"
    bench.press("w", "p")
    expect(polygon).to_be_visible()
    assert bench.state()["tool"] == "polygon"
    again = open_job(bench.task, visited=bench.visit)
    expect(again.page.locator(".mode-switch select")).to_have_value("all")
    again.page.locator(".mode-switch select").select_option("image_classification")
    again.press("1").drawn()
    assert names(again) == [(0, "cat")]


def test_outlines_are_begun_at_once_where_pictures_are_segmented(open_typed):
    bench = open_typed("image_segmentation")
    bench.press("Shift+Digit2").draw_polygon([(100, 100), (300, 100), (200, 300)])
    [shape] = bench.idle().server_shapes()
    assert (shape["type"], bench.label_of(shape)) == ("polygon", "dog")
    bench.page.reload()
    assert (bench.ready().state()["tool"], bench.state()["nextLabel"]) == ("polygon", "dog")


def test_a_text_is_typed_as_soon_as_its_box_is_drawn_and_enter_goes_on_as_one_reads(open_typed):
    bench = open_typed("ocr_detection")
    for box, typed in (
        ((400, 100, 700, 140), "right"),
        ((60, 104, 300, 146), "left"),
        ((60, 300, 300, 340), "low"),
    ):
        bench.draw_box(*box)
        expect(field(bench)).to_be_focused()
        bench.page.keyboard.type(typed)
    bench.press("Shift+Enter", "Shift+Enter")
    expect(field(bench)).to_have_value("left")
    bench.press("Enter")
    expect(field(bench)).to_have_value("right")
    bench.press("Enter", "Enter")
    expect(field(bench)).not_to_be_focused()
    assert bench.state()["tool"] == "rectangle"
    saved = bench.idle().server_shapes()
    assert (values(saved), {bench.label_of(shape) for shape in saved}) == (["right", "left", "low"], {"text"})


def test_leaving_the_field_keeps_text_and_tool_and_one_undo_takes_a_visit_back(open_typed):
    bench = open_typed("ocr_detection")
    bench.draw_box(60, 100, 300, 140)
    bench.page.keyboard.type("one")
    bench.press("Escape")
    assert bench.state()["tool"] == "rectangle"
    bench.press("Enter")
    bench.page.keyboard.type("two")
    assert values(bench.press("Escape").idle().server_shapes()) == ["two"]
    assert values(bench.press("Control+z").idle().server_shapes()) == ["one"]
    bench.press("Control+z")
    expect(bench.page.locator(".object-row .no-text")).to_be_visible()
    bench.press("f").drawn()
    assert bench.frame == 1


def test_enter_while_composing_commits_no_text(open_typed):
    bench = open_typed("ocr_recognition")
    expect(field(bench)).to_be_focused()
    cdp = compose(bench, "zaoshanghao")
    for kind in ("rawKeyDown", "keyUp"):
        key = {"type": kind, "windowsVirtualKeyCode": 229, "key": "Process", "code": "Enter"}
        cdp.send("Input.dispatchKeyEvent", key)
    assert (bench.frame, bench.state()["tags"]) == (0, [])
    cdp.send("Input.insertText", {"text": "早上好"})
    bench.press("Enter").drawn()
    assert (bench.frame, values(bench.idle().server_tags())) == (1, ["早上好"])


def test_texts_are_typed_frame_by_frame_and_undone_where_they_were(open_typed):
    bench = open_typed("ocr_recognition", 3)
    bench.page.keyboard.type("first")
    bench.press("Enter")
    bench.page.keyboard.type("second")
    bench.press("Enter", "Shift+Enter")
    expect(field(bench)).to_have_value("second")
    assert field(bench).evaluate("field => field.selectionEnd - field.selectionStart") == len("second")
    assert [(tag["frame"], *values([tag])) for tag in bench.idle().server_tags()] == [
        (0, "first"),
        (1, "second"),
    ]
    bench.press("Control+z", "Control+z").drawn()
    assert (bench.frame, bench.idle().server_tags()) == (0, [])
    expect(field(bench)).to_have_value("")


def test_emptied_text_keeps_its_tag_and_the_list_shows_that_it_is_empty(open_typed):
    bench = open_typed("ocr_recognition", locale="zh-CN")
    bench.page.keyboard.type("x")
    bench.press("Enter", "Shift+Enter", "Backspace", "Escape")
    expect(bench.page.locator(".object-row .no-text")).to_have_text(text("object.no-text", "zh-CN"))
    assert values(bench.idle().server_tags()) == [""]
    expect(bench.page.locator(".mode-switch select option:checked")).to_have_text("文字识别")


def test_a_task_without_a_label_for_texts_says_so_and_leads_to_its_labels(make_task, open_job):
    bench = open_job(make_task(1, labels=TEXT_LABELS[:1], annotation_type="ocr_recognition"))
    bench.page.get_by_role("link", name=text("text.to-labels")).click()
    bench.page.wait_for_url(f"**/tasks/{bench.task['id']}")
