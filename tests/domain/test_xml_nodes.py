import pytest

from labelwright.domain import xml_nodes
from labelwright.domain.errors import InvalidArchive
from labelwright.domain.xml_nodes import read_nodes

LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><r><n>&b;</n></r>'


def nodes(text, *, depth=2, size=7):
    content = text if isinstance(text, bytes) else text.encode()
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    return list(read_nodes(pieces, name="a.xml", root="r", depth=depth))


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_nodes_come_whole_with_children_and_text(size):
    found = nodes('<r>\n <n a="1">\n  <c> x &amp; <![CDATA[<y>]]> </c><c/></n> <m>t</m></r>', size=size)
    (root, none), (_, first), (_, second) = found
    assert (root.name, none) == ("r", None)
    assert (first.name, first.attributes, first.text) == ("n", {"a": "1"}, "")
    assert [child.text for child in first.children] == [" x & <y> ", ""]
    assert (second.name, second.text) == ("m", "t")


def test_parents_are_shown_when_they_open():
    found = nodes('<r><p id="1"><n/></p><p id="2"/><q><n><p/></n></q></r>', depth=3)
    assert [(visit.parent.name, visit.node and visit.node.name) for visit in found] == [
        ("p", None), ("p", "n"), ("p", None), ("q", None), ("q", "n"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings_are_read_when_the_file_names_them(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><r><n>é</n></r>'
    assert nodes(text.encode(encoding))[1].node.text == "é"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "line 1: column 1: no element found", id="empty"),
        pytest.param("no xml", "line 1: column 1: syntax error", id="text"),
        pytest.param("<r>\n<n></r>", "line 2: column 6: mismatched tag", id="wrong end"),
        pytest.param("<r><n>", "column 7: no element found", id="cut off"),
        pytest.param("<s/>", "the outermost element is <s>, <r> was expected", id="another kind"),
        pytest.param(LAUGHS, "a DOCTYPE is refused", id="billion laughs"),
        pytest.param('<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', "a DOCTYPE is refused", id="external"),
        pytest.param("<r>&who;</r>", "undefined entity", id="unknown entity"),
        pytest.param("<r>" + "<n>" * 100, "holds too many elements, or nests them too deep", id="depth bomb"),
        pytest.param('<?xml version="1.0" encoding="klingon"?><r/>', "encoding", id="unknown encoding"),
        pytest.param(b"<r>\xff</r>", "not well-formed", id="not UTF-8"),
    ],
)
def test_what_is_not_sound_xml_is_refused_by_line(text, sentence):
    with pytest.raises(InvalidArchive, match=rf"^a\.xml, .*{sentence}"):
        nodes(text)


@pytest.mark.parametrize(
    ("limit", "text", "sentence"),
    [
        pytest.param("MAX_LENGTH", '<r><n a="' + "x" * 500, "a tag is too long", id="tag"),
        pytest.param("MAX_LENGTH", "<r><n>" + "x\n" * 300, "holds too much text", id="text"),
        pytest.param("MAX_DESCENDANTS", "<r><n>" + "<c/>" * 102, "holds too many elements", id="children"),
    ],
)
def test_a_single_endless_element_is_refused(monkeypatch, limit, text, sentence):
    monkeypatch.setattr(xml_nodes, limit, 100)
    with pytest.raises(InvalidArchive, match=sentence):
        nodes(text)
