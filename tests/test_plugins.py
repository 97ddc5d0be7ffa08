import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from labelwright.domain.errors import Invalid
from labelwright.formats import Format
from labelwright.plugins import GROUP, find_formats


def never(*_):
    raise AssertionError("a format was used by being found")


@pytest.fixture
def install(monkeypatch):
    """Put a module with these attributes in place and give an entry point for it."""

    def door(name, **attributes):
        module = ModuleType(name)
        module.__dict__.update(attributes)
        monkeypatch.setitem(sys.modules, name, module)
        return EntryPoint(name, name, GROUP)

    return door


def names(formats):
    return [each.display_name for each in formats]


def test_what_is_built_in_stands_in_the_order_of_the_contract():
    found = find_formats(())
    added = ["ImageNet 1.0", "OCR RECOGNITION 1.0", "OCR DETECTION 1.0"]
    assert names(found.importers) == ["COCO 1.0", "CVAT 1.1", *added]
    assert names(found.exporters) == ["COCO 1.0", "CVAT for images 1.1", *added]
    assert [each.ext for each in found.importers] == ["JSON, ZIP", "XML, ZIP", "ZIP", "ZIP", "JSON, ZIP"]
    assert {each.ext for each in found.exporters} == {"ZIP"}
    assert found.problems == []


def test_an_installed_format_comes_by_the_same_door(install):
    offered = Format(name="YOLO", version="1.1", ext="ZIP", write=never)
    other = Format(name="Another", version="2", ext="ZIP", write=never, read=never)
    found = find_formats([install("theirs", FORMATS=(other, offered))])
    assert names(found.exporters)[2:4] == ["YOLO 1.1", "ImageNet 1.0"]
    assert names(found.exporters)[-1] == "Another 2"
    assert found.importer("Another 2") is other
    assert found.problems == []


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        pytest.param({}, "has no attribute 'FORMATS'", id="no formats"),
        pytest.param({"FORMATS": ["YOLO"]}, "holds something that is no Format", id="wrong kind"),
        pytest.param(
            {"FORMATS": (Format(name="COCO", version="1.0", ext="ZIP", write=never),)},
            "'theirs' offers 'COCO 1.0', which is there already",
            id="taken name",
        ),
    ],
)
def test_a_bad_plugin_is_named_and_stops_nothing(install, attributes, problem):
    found = find_formats([install("theirs", **attributes)])
    assert names(found.exporters) == names(find_formats(()).exporters)
    assert len(found.problems) == 1
    assert problem in found.problems[0]


def test_a_plugin_that_cannot_be_imported_is_named():
    found = find_formats([EntryPoint("theirs", "no_such_module_here", GROUP)])
    assert "'theirs' (no_such_module_here) cannot be used" in found.problems[0]


def test_unknown_names_are_refused_in_the_words_of_the_contract():
    found = find_formats(())
    with pytest.raises(Invalid, match=r"^Unknown input format 'coco 1\.0'$"):
        found.importer("coco 1.0")
    with pytest.raises(Invalid, match=r"^Unknown format specified for the request$"):
        found.exporter("CVAT 1.1")
