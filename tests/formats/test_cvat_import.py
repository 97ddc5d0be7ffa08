import io
import zipfile

import pytest

from labelwright.domain.dataset import FrameInfo
from labelwright.domain.errors import ImportMismatch, InvalidArchive, NotBuilt

# Written after the contract's description, as a server of 2021 lays it out.
SAMPLE = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task><labels><label><name>box</name><attributes><attribute><name>x</name></attribute></attributes></label></labels></task>
  </meta>
  <image id="0" name="street/a.jpg" width="200" height="100">
    <box label="car &amp; &lt;van&gt;" occluded="1" source="auto"
         xtl="1.50" ytl="2.00" xbr="3.00" ybr="4.00" z_order="-3" group_id="4">
      <attribute name="colour">deep
red</attribute>
      <attribute name="parked">True</attribute>
      <attribute name="nobody knows me">5</attribute>
    </box>
    <points label="人" flipped="1" points="1.00,2.00;3.00,4.00">
    </points>
    <tag label="人" source="semi-auto">
    </tag>
  </image>
  <image id="14" name="somewhere/else.png"><polyline label="人" points="1,2;3,4"/></image>
</annotations>
"""


def one_image(body, head='id="0" name="street/a.jpg"'):
    return f"<annotations><image {head}>{body}</image></annotations>".encode()


def test_a_file_of_another_program_is_read(read_file):
    (box, points, tag, polyline), losses = read_file("CVAT 1.1", SAMPLE.encode())
    assert (box.type, box.points, box.occluded, box.z_order) == ("rectangle", [1.5, 2.0, 3.0, 4.0], True, -3)
    assert (box.frame, box.label_id, box.group, box.source) == (0, 7, 4, "auto")
    assert [(each.attribute_id, each.value) for each in box.attributes] == [(71, "deep\nred"), (73, "true")]
    assert (points.type, points.points, points.z_order) == ("points", [1.0, 2.0, 3.0, 4.0], 0)
    assert (tag.label_id, tag.source, tag.group) == (9, "manual", 0)
    assert (polyline.type, polyline.frame) == ("polyline", 2)  # by its id, the number in the source
    assert losses.counts == {}


def test_an_export_read_again_is_the_same(export, read_file, make_dataset, shape, tag):
    values = [(71, 'a<b & "c"\r\n\tend '), (72, "4"), (73, "true"), (74, "false")]
    shapes = [
        shape(points=(1.25, 2.0, 3.0, 4.5), label=7, values=values, occluded=True, group=6),
        shape("cuboid", [float(each) for each in range(16)], z_order=2, source="auto"),
        shape("points", (1.0, 2.0), frame=2),
        shape("polygon", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), frame=2),
        shape("polyline", (1.0, 2.0, 3.0, 4.0), frame=2),
    ]
    tags = [tag(frame=2, group=6)]
    path = export("CVAT for images 1.1", make_dataset(shapes, tags))
    found, losses = read_file("CVAT 1.1", path.read_bytes())
    assert found == [*shapes, *tags]
    assert losses.counts == {}


def test_every_xml_of_a_zip_is_read(read_file):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("annotations.xml", one_image("<tag label='人'/>"))
        archive.writestr("deep/down/more.XML", one_image("<tag label='人'/>"))
        archive.writestr("__MACOSX/._annotations.xml", b"no XML")
        archive.writestr("readme.txt", b"no XML")
    assert len(read_file("CVAT 1.1", buffer.getvalue())[0]) == 2


def test_the_folder_that_image_names_leave_out_is_found(read_file):
    found, _ = read_file("CVAT 1.1", one_image("<tag label='人'/>", 'id="99" name="b.jpg"'))
    assert found[0].frame == 1


def test_video_frames_are_matched_by_name(read_file):
    frames = [FrameInfo(index, 3 * index, f"frame_{3 * index:06}", 10, 10, ".PNG") for index in range(5)]
    found, _ = read_file(
        "CVAT 1.1", one_image("<tag label='人'/>", 'id="6" name="frame_000006"'), frames=frames
    )
    assert found[0].frame == 2


def test_types_we_do_not_have_are_left_out_and_counted(read_file):
    skeleton = '<skeleton label="人"><points label="人" points="1,2"/></skeleton>'
    body = f'<mask label="人" rle="1,2"/>{skeleton}<tag label="人"/>'
    found, losses = read_file("CVAT 1.1", one_image(body))
    assert len(found) == 1
    assert losses.counts == {
        "<mask>: a type Labelwright does not have": 1,
        "<skeleton>: a type Labelwright does not have": 1,
    }


def test_a_turned_box_is_taken_over_unturned_and_counted(read_file):
    box = '<box label="人" xtl="1" ytl="1" xbr="2" ybr="2" rotation="{}"/>'
    found, losses = read_file("CVAT 1.1", one_image(box.format("30.5") + box.format("0.00")))
    assert (len(found), list(losses.counts.values())) == (2, [1])


def test_tracks_are_refused_not_lost(read_file):
    with pytest.raises(NotBuilt, match="tracks"):
        read_file("CVAT 1.1", b'<annotations><track id="0" label="a"></track></annotations>')


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(
            '<tag label="dog"/>', r"#0 \(label\): Label 'dog' is not registered for this task", id="label"
        ),
        pytest.param(
            '<tag label="人"/><points points="1,2"/>', r"#1 \(points\): annotation has no label", id="none"
        ),
        pytest.param('<points label="人"/>', "its 'points' is missing", id="no points"),
        pytest.param('<points label="人" points="1,b"/>', "a coordinate is no number", id="letters"),
        pytest.param('<points label="人" points="1,nan"/>', "not all finite", id="not finite"),
        pytest.param('<points label="人" points="1;2;3"/>', "even count", id="odd count"),
        pytest.param('<tag label="人" group_id="x"/>', "group_id is 'x', a whole number", id="group"),
        pytest.param(
            '<points label="人" points="1,2" z_order="99999999999"/>', "must be below", id="z-order"
        ),
    ],
)
def test_an_object_that_does_not_fit_the_task_fails_the_import(read_file, body, sentence):
    with pytest.raises(ImportMismatch, match=sentence):
        read_file("CVAT 1.1", one_image(body))


def test_an_image_that_is_no_frame_fails_the_import(read_file):
    with pytest.raises(ImportMismatch, match=r"^Could not match item id: 'x/y' with any task frame$"):
        read_file("CVAT 1.1", one_image("", 'id="77" name="x/y.jpg"'))


def test_a_zip_without_xml_is_refused_not_taken_for_empty(read_file):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(InvalidArchive, match=r"holds no XML file; CVAT's is named annotations\.xml"):
        read_file("CVAT 1.1", buffer.getvalue())
