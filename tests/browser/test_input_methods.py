"""Chinese input methods: while one composes, Enter and letters are its own."""


def compose(bench, letters):
    """Begin to compose, as an input method does: the keys arrive as key 229, the text as a composition."""
    cdp = bench.cdp()
    key = {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process", "code": "KeyX"}
    cdp.send("Input.dispatchKeyEvent", key)
    cdp.send(
        "Input.imeSetComposition",
        {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)},
    )
    return cdp


def test_enter_while_composing_chooses_no_label(bench):
    bench.press("l")
    compose(bench, "xing")
    bench.press("Enter")
    assert bench.state()["nextLabel"] == "car"
    assert bench.page.evaluate("document.activeElement.tagName") == "INPUT"


def test_what_was_composed_is_searched_and_the_next_enter_chooses_it(bench):
    bench.press("l")
    compose(bench, "xing").send("Input.insertText", {"text": "行人"})
    bench.press("Enter")
    bench.until(lambda state: state["nextLabel"] == "行人")


def test_letters_of_an_input_method_are_no_commands_over_the_picture(bench):
    bench.take("polygon")
    for point in [(100, 100), (300, 100), (200, 300)]:
        bench.click(*point)
    cdp = bench.cdp()
    for code in ("KeyF", "KeyN", "Enter", "Digit2"):
        for kind in ("rawKeyDown", "keyUp"):
            key = {"type": kind, "windowsVirtualKeyCode": 229, "key": "Process", "code": code}
            cdp.send("Input.dispatchKeyEvent", key)
    state = bench.state()
    assert (state["frame"], state["shapes"], state["nextLabel"], state["tool"]) == (0, [], "car", "polygon")
    bench.press("Enter")
    assert len(bench.idle().server_shapes()) == 1


def test_keys_go_by_their_place_while_the_keyboard_writes_other_letters(bench):
    key = {"type": "rawKeyDown", "windowsVirtualKeyCode": 82, "key": "к", "code": "KeyR"}
    bench.cdp().send("Input.dispatchKeyEvent", key)
    assert bench.state()["tool"] == "rectangle"
