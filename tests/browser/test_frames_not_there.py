"""While the picture of a frame is not there, nothing is done to a frame that nobody sees, and the page says why."""

import pytest
from texts import like, text

BOX = (100, 100, 300, 300)


class Gate:
    """Holds all requests for pictures of a browser but the first frame's, until it is opened."""

    def __init__(self, context):
        self._held, self._fate = [], None
        context.route("**/data?*", self._take)

    def _take(self, route):
        if self._fate is not None:
            self._fate(route)
        elif "type=frame" in route.request.url and "number=0" in route.request.url:
            route.continue_()
        else:
            self._held.append(route)

    def open(self, fate=lambda route: route.continue_()):
        self._fate = fate
        for route in self._held:
            fate(route)


@pytest.fixture
def cold(make_task, open_job, visit):
    """A workbench with a copied box on its first frame, and the gate before its second one, which is asked for."""
    visited = visit()
    gate = Gate(visited.context)
    bench = open_job(make_task(), visited=visited)
    bench.take("rectangle").draw_box(*BOX)
    bench.press("Control+c").idle().press("f")
    return bench, gate


#: Whatever would change something, by what it is.
_WORK = {
    "Ctrl+V": lambda bench: bench.press("Control+v"),
    "a drag": lambda bench: bench.draw_box(400, 100, 600, 300),
    "an arrow": lambda bench: bench.press("ArrowRight"),
    "Delete": lambda bench: bench.press("Delete"),
    "a digit": lambda bench: bench.press("2"),
}


@pytest.mark.parametrize("work", _WORK.values(), ids=_WORK)
def test_nothing_comes_of_work_on_a_frame_under_way_but_a_word(cold, work):
    bench, gate = cold
    before = bench.state()
    work(bench)
    assert bench.said[-1] == text("workbench.frame.loading")
    assert bench.state()["shapes"] == before["shapes"]
    gate.open()
    assert bench.drawn().frame == 1
    assert bench.idle().server_shapes()[0]["points"] == before["shapes"][0]["points"]


def test_a_copy_is_pasted_as_soon_as_the_frame_is_there(cold):
    bench, gate = cold
    gate.open()
    bench.drawn().press("Control+v")
    assert [shape["frame"] for shape in bench.idle().server_shapes()] == [0, 1]


@pytest.mark.parametrize("work", [_WORK["Ctrl+V"], _WORK["a drag"]], ids=["Ctrl+V", "a drag"])
def test_over_a_frame_that_failed_the_page_says_so_and_nothing_is_drawn(cold, work):
    bench, gate = cold
    bench.visit.expect("ERR_FAILED")
    gate.open(lambda route: route.abort())
    notice = bench.page.get_by_role("alert").filter(has_text=text("workbench.frame.failed", frame=1))
    notice.wait_for()
    work(bench)
    assert len(bench.state()["shapes"]) == 1
    assert notice.is_visible()
    if work is _WORK["Ctrl+V"]:
        assert like("workbench.frame.failed").fullmatch(bench.said[-1])
