import pytest

from labelwright.domain.dataset import FrameInfo

PATH = "annotations.xml"
META = """\
<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <id>5</id>
      <name>Night "drive"</name>
      <size>3</size>
      <mode>annotation</mode>
      <overlap>0</overlap>
      <bugtracker></bugtracker>
      <created>2026-11-22 04:30:00.000000+00:00</created>
      <updated>2026-11-22 04:30:00.000000+00:00</updated>
      <start_frame>10</start_frame>
      <stop_frame>14</stop_frame>
      <frame_filter>step=2</frame_filter>
      <labels>
        <label>
          <name>car &amp; &lt;van&gt;</name>
          <color>#ff0000</color>
          <attributes>
            <attribute>
              <name>colour</name>
              <mutable>False</mutable>
              <input_type>text</input_type>
              <default_value></default_value>
              <values></values>
            </attribute>
"""
META_END = """\
        <label>
          <name>人</name>
          <color>#00ff00</color>
          <attributes>
          </attributes>
        </label>
      </labels>
      <segments>
        <segment>
          <id>3</id>
          <start>0</start>
          <stop>2</stop>
          <url>http://localhost:8080/?id=3</url>
        </segment>
      </segments>
      <owner>
        <username>ann</username>
        <email>ann@example.com</email>
      </owner>
      <assignee></assignee>
    </task>
    <dumped>2026-11-22 04:30:00.000000+00:00</dumped>
  </meta>
"""


@pytest.fixture
def images(export, member, make_dataset):
    """Export as CVAT for images and give the text behind the header."""

    def of(shapes=(), tags=(), **more):
        path = export("CVAT for images 1.1", make_dataset(shapes, tags, **more))
        return member(path, PATH).partition("  </meta>\n")[2]

    return of


def test_the_header_says_what_the_task_is(export, member, make_dataset):
    text = member(export("CVAT for images 1.1", make_dataset()), PATH)
    assert text.startswith(META)
    assert META_END in text


def test_every_frame_has_an_image_with_its_number_in_the_source(images):
    assert images() == (
        '  <image id="10" name="street/a.jpg" width="200" height="100">\n  </image>\n'
        '  <image id="12" name="street/b.jpg" width="100" height="100">\n  </image>\n'
        '  <image id="14" name="c.png" width="300" height="50">\n  </image>\n'
        "</annotations>\n"
    )


def test_a_video_frame_has_no_extension_in_the_file(images):
    frames = (FrameInfo(0, 12, "frame_000012", 10, 10, ".PNG"),)
    assert '<image id="12" name="frame_000012" width="10" height="10">' in images(frames=frames)


@pytest.mark.parametrize(
    ("shape_type", "points", "line"),
    [
        pytest.param(
            "rectangle", (1, 2.005, 3.456, 4), 'xtl="1.00" ytl="2.00" xbr="3.46" ybr="4.00"', id="box"
        ),
        pytest.param("polygon", (1, 2, 3, 4, 5, 6), 'points="1.00,2.00;3.00,4.00;5.00,6.00"', id="polygon"),
        pytest.param("polyline", (1, 2, 3, 4), 'points="1.00,2.00;3.00,4.00"', id="polyline"),
        pytest.param("points", (1, 2), 'points="1.00,2.00"', id="points"),
        pytest.param(
            "cuboid",
            range(16),
            'xtl1="0.00" ytl1="1.00" xbl1="2.00" ybl1="3.00" xtr1="4.00" ytr1="5.00" xbr1="6.00" ybr1="7.00" '
            'xtl2="8.00" ytl2="9.00" xbl2="10.00" ybl2="11.00" xtr2="12.00" ytr2="13.00" xbr2="14.00" ybr2="15.00"',
            id="cuboid",
        ),
    ],
)
def test_each_type_has_its_element(images, shape, shape_type, points, line):
    element = "box" if shape_type == "rectangle" else shape_type
    assert (
        f'    <{element} label="人" occluded="1" source="manual" {line} z_order="-2" group_id="3">\n    </{element}>\n'
    ) in images([shape(shape_type, points, occluded=True, z_order=-2, group=3)])


def test_shapes_stand_by_z_order_and_tags_after_them(images, shape, tag):
    shapes = [shape(points=(1, 1, 2, 2), z_order=2), shape("points", (5, 5)), shape("polyline", (1, 1, 2, 2))]
    lines = [
        line.split()[0] for line in images(shapes, [tag(group=2)]).splitlines() if line.startswith("    <")
    ]
    assert lines == ["<points", "</points>", "<polyline", "</polyline>", "<box", "</box>", "<tag", "</tag>"]


def test_values_and_names_are_escaped(images, tag):
    text = images(tags=[tag(label=7, values=[(71, 'a<b & "c"\r\n'), (72, "3")])])
    assert (
        '    <tag label="car &amp; &lt;van&gt;" source="manual">\n'
        '      <attribute name="colour">a&lt;b &amp; "c"&#13;\n</attribute>\n'
        '      <attribute name="age">3</attribute>\n'
        "    </tag>\n"
    ) in text


def test_a_character_xml_cannot_hold_is_replaced_and_reported(export, member, make_dataset, tag):
    path = export("CVAT for images 1.1", make_dataset(tags=[tag(label=7, values=[(71, "bell\x07")])]))
    assert '<attribute name="colour">bell\ufffd</attribute>' in member(path, PATH)
    assert "1 × a character XML cannot hold" in member(path, "export-report.md")
