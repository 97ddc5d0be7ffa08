import json

import pytest

from labelwright.domain import json_elements
from labelwright.domain.errors import InvalidArchive
from labelwright.domain.json_elements import BEGIN, read_elements


def elements(text, *wanted, size=7):
    content = text if isinstance(text, bytes) else text.encode()
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    return [
        (each.key, "begin" if each.value is BEGIN else each.value)
        for each in read_elements(pieces, name="a.json", wanted=wanted)
    ]


TRICKY = {
    "skipped": {"deep": [1, {"b": None}], "text": 'a "quoted" ] } , 人 \\'},
    "a": [1, -12.5e3, 12345678901, True, None, "人" * 20, {"x": [[]]}, [], {}],
    "number": 1234567,
    "b": [],
    "unwanted": [1, 2, 3],
}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
@pytest.mark.parametrize("indent", [None, 2], ids=["dense", "indented"])
def test_elements_come_whole_however_the_text_is_cut(size, indent):
    text = json.dumps(TRICKY, indent=indent, ensure_ascii=False)
    expected = [("a", "begin"), *(("a", value) for value in TRICKY["a"]), ("b", "begin")]
    assert elements(text, "a", "b", size=size) == expected


def test_an_empty_object_has_no_elements():
    assert elements(" { } \n", "a") == []


def test_a_byte_order_mark_is_passed_over():
    assert elements(b'\xef\xbb\xbf{"a": [1]}', "a") == [("a", "begin"), ("a", 1)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "line 1, column 1: '{' was expected", id="empty"),
        pytest.param("[1]", "line 1, column 1: '{' was expected", id="array"),
        pytest.param('{"a": [1, 2}', r"line 1, column 12: ',' or '\]' was expected", id="wrong bracket"),
        pytest.param('{"a": [1\n 2]}', r"line 2, column 2: ',' or '\]' was expected", id="no comma"),
        pytest.param('{"a": [1, ]}', "line 1, column 11: Expecting value", id="comma too many"),
        pytest.param('{"a": [1]', "line 1, column 10: ',' or '}' was expected", id="cut off"),
        pytest.param('{"a": [{"b": "c', "line 1, column 14: Unterminated string", id="cut off in a text"),
        pytest.param('{"a": [1]} x', "line 1, column 12: the file goes on", id="more behind"),
        pytest.param("{1: [1]}", "a key in double quotes", id="number as key"),
        pytest.param('{"a": 5}', "line 1, column 7: an array was expected under 'a'", id="no array"),
        pytest.param('{"a": [NaN]}', "NaN is not a number JSON knows", id="NaN"),
        pytest.param('{"b": -Infinity}', "-Infinity is not a number JSON knows", id="Infinity"),
        pytest.param(
            '{"a": [' + "9" * 5000 + "]}", "line 1, column 8: Exceeds the limit", id="endless number"
        ),
        pytest.param(b'{"a": ["\xff"]}', "not UTF-8", id="not UTF-8"),
        pytest.param('{"a": [' + "[" * 100_000, "nested too deep", id="depth bomb"),
        pytest.param('{"b": ' + '{"a":' * 100_000, "nested too deep", id="depth bomb of objects"),
    ],
)
@pytest.mark.parametrize("size", [5, 1 << 18])
def test_what_is_not_json_is_refused_by_line(text, sentence, size):
    with pytest.raises(InvalidArchive, match=rf"^a\.json, .*{sentence}"):
        elements(text, "a", size=size)


def test_a_single_endless_value_is_refused(monkeypatch):
    monkeypatch.setattr(json_elements, "VALUE_LIMIT", 1000)
    with pytest.raises(InvalidArchive, match="one value is longer than 1000 characters"):
        elements('{"a": ["' + "x" * 5000, "a")


def test_a_fault_early_in_a_long_file_is_found_without_reading_on():
    def pieces():
        yield b'{"a": [1 2, ' + b"3, " * 1000
        raise AssertionError("read on")

    with pytest.raises(InvalidArchive, match="column 10"):
        list(read_elements(pieces(), name="a.json", wanted=("a",)))
