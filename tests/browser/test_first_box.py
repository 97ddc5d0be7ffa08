"""What a person does on the first day: start on a folder of photographs, draw, lose the server, and find everything."""

from contextlib import closing

import pytest
from house import House
from loss import SETTINGS, client_of, read_task
from main_job import photographs
from visits import Visit
from workbench import Workbench, near

POLYGON = [(220, 60), (300, 90), (280, 190), (180, 200)]


@pytest.fixture
def house(tmp_path):
    """A house on a folder of real photographs."""
    folder = tmp_path / "my photographs"
    folder.mkdir()
    for name, body in photographs()[:4]:
        (folder / name).write_bytes(body)
    house = House(tmp_path / "house", workers=1, images=folder, settings=SETTINGS)
    house.start()
    yield house
    house.stop()


@pytest.fixture
def person(browser, house, visits):
    """Somebody who has just opened the printed address."""
    visits.append(Visit(browser, house.url))
    visits[-1].go(house.addresses[0].removeprefix(house.url))
    return visits[-1]


@pytest.fixture
def drawing(person, house):
    """The same person at the only job, where the address leads."""
    with closing(client_of(house)) as client:
        task = read_task(client)
        job = task["segments"][0]["jobs"][0]["id"]
        yield Workbench(person, client, task, job).ready()


def test_two_boxes_and_a_polygon_outlive_a_killed_server(drawing, house):
    drawing.visit.expect("ERR_|Failed to fetch")
    drawing.draw_box(40, 40, 140, 120)  # nothing else: the printed address leads here, the tool is armed
    drawing.page.keyboard.type("cat")
    drawing.press("Enter").until(lambda state: state["shapes"])
    drawing.draw_box(60, 200, 160, 300)
    drawing.take("polygon").draw_polygon(POLYGON)
    drawing.idle()
    house.kill()
    house.start()
    drawing.page.reload()
    found = sorted(drawing.ready().shapes, key=lambda shape: (shape["type"], shape["points"]))
    assert [shape["type"] for shape in found] == ["polygon", "rectangle", "rectangle"]
    assert near(found[0]["points"], [edge for point in POLYGON for edge in point], within=2)
    assert near(found[1]["points"], [40, 40, 140, 120], within=2)
    assert len(drawing.server_shapes()) == 3
