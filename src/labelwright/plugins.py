"""Finds formats, built-in and installed ones by the same door.

A door is a module that ends in a tuple `FORMATS`. Built-in doors are the modules of
`labelwright.formats`; any installed package opens one by an entry point of the group
`labelwright.formats` that names its module.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules

from labelwright import formats
from labelwright.domain.errors import Invalid
from labelwright.domain.sentences import Sentence
from labelwright.formats import Format

GROUP = "labelwright.formats"
#: The order of API v1's format list (contract, formats §1, platform §6); what is not named follows, by name.
_ORDER = (
    *("COCO", "CVAT", "CVAT for video", "CVAT for images", "Datumaro", "LabelMe", "Segmentation mask"),
    *("MOT", "MOTS PNG", "PASCAL VOC", "TFRecord", "YOLO", "ImageNet", "OCR RECOGNITION", "OCR DETECTION"),
    *("CamVid", "WiderFace", "VGGFace2", "Market-1501"),
    *("ICDAR Recognition", "ICDAR Localization", "ICDAR Segmentation"),
)


@dataclass(frozen=True)
class Formats:
    """All formats there are, in the order of API v1.

    `problems` names, in a sentence each, the installed ones that could not be taken.
    """

    importers: Sequence[Format]
    exporters: Sequence[Format]
    problems: Sequence[str] = ()

    def importer(self, display_name: str) -> Format:
        """Return the format a client names for an import. It may be disabled.

        Raises:
            Invalid: there is none of that name (the sentence is API v1's).
        """
        return _named(
            self.importers, display_name, Sentence("Unknown input format '{name}'", name=display_name)
        )

    def exporter(self, display_name: str) -> Format:
        """Return the format a client names for an export. Raises as `importer` does."""
        return _named(self.exporters, display_name, Sentence("Unknown format specified for the request"))


def find_formats(installed: Iterable[EntryPoint] | None = None) -> Formats:
    """Load every format, built-in ones first.

    `installed` are the entry points to look at, None for those of this environment. One that cannot be
    loaded, or offers a name that is taken, becomes a problem and does not stop the others.
    """
    built_in = [
        each for module in iter_modules(formats.__path__, f"{GROUP}.") for each in _offers(module.name)
    ]
    importers = {each.display_name: each for each in built_in if each.read}
    exporters = {each.display_name: each for each in built_in if each.write}
    problems: list[str] = []
    for point in entry_points(group=GROUP) if installed is None else installed:
        try:
            offered = _offers(point.module)
        except (ImportError, SyntaxError, AttributeError, TypeError) as error:
            problems.append(f"the formats of '{point.name}' ({point.module}) cannot be used: {error}")
            continue
        for each in offered:
            for known, use in ((importers, each.read), (exporters, each.write)):
                if use and known.setdefault(each.display_name, each) is not each:
                    problems.append(f"'{point.name}' offers '{each.display_name}', which is there already")
    return Formats(_ordered(importers.values()), _ordered(exporters.values()), problems)


def _offers(module_name: str) -> tuple[Format, ...]:
    """Return the `FORMATS` of a module.

    Raises:
        ImportError, SyntaxError: the module cannot be imported.
        AttributeError, TypeError: it has no `FORMATS`, or they are no formats.
    """
    offered = import_module(module_name).FORMATS
    if not all(isinstance(each, Format) for each in offered):
        raise TypeError("FORMATS holds something that is no Format")
    return tuple(offered)


def _named(known: Iterable[Format], display_name: str, problem: Sentence) -> Format:
    for each in known:
        if each.display_name == display_name:
            return each
    raise Invalid(problem)


def _ordered(known: Iterable[Format]) -> tuple[Format, ...]:
    ranks = {name: rank for rank, name in enumerate(_ORDER)}
    return tuple(sorted(known, key=lambda each: (ranks.get(each.name, len(ranks)), each.display_name)))
