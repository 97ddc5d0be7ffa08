"""ImageNet 1.0: which labels each image has, as a list of names or as folders of images.

Source: API v1 contract, formats §15, and platform contract, 6.2.
Lost on export: shapes, attributes and groups; a label that a frame has twice; without images, a frame whose name
breaks a line. An image keeps its own extension. Lost on import: nothing; images outside a label's folder have none.
"""

from collections.abc import Iterable, Iterator, Sequence
from os.path import splitext
from pathlib import PurePosixPath
from typing import NoReturn

from labelwright.domain.dataset import Dataset, Frame
from labelwright.domain.errors import InvalidArchive, NoAnnotations
from labelwright.domain.imports import FrameMatcher, ImportTarget, Origin
from labelwright.domain.labels import Label
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import Shape, Tag
from labelwright.folders import safe_name
from labelwright.formats import Archive, Format, ImportSource, SourceFile

_LIST, _LABELS = "default.txt", "synsets.txt"
_NO_LABEL = "no_label"
#: What a label of that very name is called as a folder.
_NAMED_NO_LABEL = "%6Eo_label"
_MOST_NAME_BYTES = 255
_IMAGE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
)
#: More digits than any number of a class has.
_LONG_CLASS = 10


def write(dataset: Dataset, archive: Archive) -> None:
    """Write `dataset` as a list, or, when it brings images, as folders: an image for each of its labels."""
    if dataset.read_image is None:
        _write_list(dataset, archive)
    else:
        _write_folders(dataset, archive)


def _write_list(dataset: Dataset, archive: Archive) -> None:
    classes = {label.id: number for number, label in enumerate(dataset.labels)}
    archive.write_text(_LABELS, "".join(f"{label.name}\n" for label in dataset.labels))
    with archive.open_text(_LIST) as stream:
        for frame in dataset.frames():
            name = frame.info.item_id
            if "\n" in name or "\r" in name:
                archive.skip(frame.name, "a name that breaks a line")
                continue
            numbers = sorted(classes[label_id] for label_id in _labels(frame, archive))
            stream.write(f"{_quoted(name)} {' '.join(map(str, numbers))}\n")


def _quoted(name: str) -> str:
    return f'"{name}"' if any(char.isspace() for char in name) or name.startswith('"') else name


def _write_folders(dataset: Dataset, archive: Archive) -> None:
    assert dataset.read_image is not None
    folders = {label.id: _folder(label.name) for label in dataset.labels}
    for frame in dataset.frames():
        labels = _labels(frame, archive)
        image = dataset.read_image(frame.info)
        if image is None:
            archive.skip(frame.name, "the image could not be found")
            continue
        for folder in [folders[label_id] for label_id in labels] or [_NO_LABEL]:
            name = f"{folder}_{frame.info.image_name}"
            if any(len(part.encode()) > _MOST_NAME_BYTES for part in name.split("/")):
                name = frame.info.image_name
            archive.write_image(f"{folder}/{name}", image)


def _folder(label_name: str) -> str:
    return _NAMED_NO_LABEL if label_name == _NO_LABEL else safe_name(label_name)


def _labels(frame: Frame, archive: Archive) -> Sequence[int]:
    """Return the ids of the frame's labels, each once, and count what goes with them and is lost."""
    for shape in frame.shapes:
        archive.skip(frame.name, f"ImageNet has no {shape.type}")
    found: dict[int, None] = {}
    for tag in frame.tags:
        if tag.label_id in found:
            archive.skip(frame.name, "a label that the image has twice")
        elif tag.attributes:
            archive.skip(frame.name, "ImageNet has no attributes")
        found[tag.label_id] = None
    return list(found)


def read(source: ImportSource, target: ImportTarget) -> Iterator[Tag | Shape]:
    """Yield a tag for each label of each image, once: from lists beside a `synsets.txt`, else from folders.

    Raises:
        ImportMismatch: an image or label does not fit the task.
        InvalidArchive: a list cannot be read.
        NoAnnotations: there is nothing to read.
    """
    labels = min(
        (file for file in source.files if PurePosixPath(file.name).name == _LABELS),
        key=lambda file: file.name.count("/"),
        default=None,
    )
    if labels is not None:
        return _read_lists(source, target, labels)
    images = [file.name for file in source.files if splitext(file.name)[1].lower() in _IMAGE_SUFFIXES]
    if not any("/" in name for name in images):
        raise NoAnnotations(
            "{file} holds no ImageNet annotations: neither synsets.txt with lists beside it, nor images in "
            "folders by label",
            file=source.name,
        )
    return _read_folders(images, target)


def _read_lists(source: ImportSource, target: ImportTarget, labels: SourceFile) -> Iterator[Tag]:
    names = _class_names(_lines(source.read_text(labels)), target.labels)
    folder = PurePosixPath(labels.name).parent
    lists = [
        file
        for file in source.files
        if file is not labels
        and PurePosixPath(file.name).parent == folder
        and file.name.lower().endswith(".txt")
    ]
    listed = ((file, *each) for file in lists for each in enumerate(_lines(source.read_text(file)), start=1))
    # The folder that all names lack in front is found by the names themselves, so lists are read before it is asked.
    rows = [(file, number, *_row(line)) for file, number, line in listed if line.strip()]
    matcher = target.matcher(lambda: (splitext(name)[0] for _, _, name, _ in rows))
    seen: set[tuple[int, str]] = set()
    for file, number, name, digits in rows:
        item_id, frame, classes = _find_frame(matcher, name, digits)
        for place, text in enumerate(classes):
            if not text.isdecimal() or len(text) >= _LONG_CLASS or int(text) >= len(names):
                _refuse_class(file, number, text, len(names))
            label = names[int(text)]
            if (frame, label) not in seen:
                seen.add((frame, label))
                yield target.tag(Origin(item_id, place), frame=frame, label=label, attributes={})


def _lines(text: str) -> list[str]:
    """Return the lines of a text; only what ends a line in a text file ends one."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _class_names(lines: Iterable[str], labels: Sequence[Label]) -> list[str]:
    """Return the label each line stands for: by the whole line, or its first word, as in the lists of ImageNet."""
    known = {label.name for label in labels}
    found = []
    for line in lines:
        word = line.split(maxsplit=1)[0] if line.strip() else ""
        found.append(word if line.strip() not in known and word in known else line.strip())
    return found


def _row(line: str) -> tuple[str, list[str]]:
    """Return a line's name and classes. A name with blanks stands in quotes, its extension, if given, behind them."""
    end = line.rfind('"')
    if line.startswith('"') and end > 0:
        words = line[end + 1 :].split()
        suffix = words.pop(0) if words and not line[end + 1].isspace() else ""
        return line[1:end] + suffix, words
    words = line.split()
    first = len(words)
    while first > 1 and words[first - 1].isdecimal():
        first -= 1
    return " ".join(words[:first]), words[first:]


def _find_frame(matcher: FrameMatcher, name: str, digits: list[str]) -> tuple[str, int, list[str]]:
    """Return the item, its frame and its classes; of a name with blanks that nobody quoted, numbers may be a part."""
    longer = name
    for taken in range(len(digits) + 1):
        frame = matcher.named(longer)
        if frame is not None:
            return longer, frame, digits[taken:]
        longer = f"{longer} {digits[taken]}" if taken < len(digits) else longer
    stem, suffix = splitext(name)
    has_suffix = suffix.lower() in _IMAGE_SUFFIXES
    return name, matcher.match(stem if has_suffix else name, image_name=name if has_suffix else None), digits


def _refuse_class(file: SourceFile, line: int, text: str, count: int) -> NoReturn:
    raise InvalidArchive(
        "{file}, line {line}: {problem}",
        file=file.name,
        line=line,
        problem=Sentence("class {number} is not in synsets.txt, which has {count}", number=text, count=count),
    )


def _read_folders(images: Sequence[str], target: ImportTarget) -> Iterator[Tag]:
    folders = {_folder(label.name): label.name for label in target.labels}
    places = [place for name in images if (place := _place(name, folders)) is not None]
    matcher = target.matcher(lambda: (splitext(item)[0] for _, _, item, _ in places))
    seen: set[tuple[int, str]] = set()
    for name, folder, item, rest in places:
        frame = _first(map(matcher.named, (name, item, rest, PurePosixPath(rest).name)))
        if frame is None:
            frame = matcher.match(splitext(item)[0], image_name=item)
        label = folders.get(folder, folder)
        if (frame, label) not in seen:
            seen.add((frame, label))
            yield target.tag(Origin(splitext(item)[0], 0), frame=frame, label=label, attributes={})


def _place(name: str, folders: Iterable[str]) -> tuple[str, str, str, str] | None:
    """Return an image's name, the folder that is its label, the item it is of, and its name below the folder.

    The label's folder may lie in others, such as `train`; an image in none, or without a label, is None.
    """
    parts = PurePosixPath(name).parts
    known = [depth for depth, part in enumerate(parts[:-1]) if part in folders or part == _NO_LABEL]
    depth = known[0] if known else 0
    folder = parts[depth]
    if len(parts) == 1 or folder == _NO_LABEL:
        return None
    rest = "/".join(parts[depth + 1 :])
    return name, folder, rest.removeprefix(f"{folder}_"), rest


def _first(found: Iterable[int | None]) -> int | None:
    return next((frame for frame in found if frame is not None), None)


FORMATS = (Format(name="ImageNet", version="1.0", ext="ZIP", write=write, read=read),)
