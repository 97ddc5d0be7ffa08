"""OCR RECOGNITION 1.0: a text an image, each a file of its own that is named after what it says.

Source: platform contract, 6.4. The text of a frame is the first attribute value on its tags. Beside the texts lies
`frames.json`, an addition of ours: by it an export finds its way back to its frames.
Lost on export: shapes, tags without attributes, and of each frame all tags and values but the first. Lost on import:
texts that belong to no image, which are counted.
"""

from collections import Counter
from collections.abc import Container, Iterator
from os.path import splitext
from pathlib import PurePosixPath

import msgspec
from msgspec import Struct

from labelwright.domain.dataset import Dataset, Frame
from labelwright.domain.errors import ImportMismatch, InvalidArchive, NoAnnotations
from labelwright.domain.imports import ImportTarget, Origin
from labelwright.domain.shapes import AttributeValue, Shape, Tag
from labelwright.folders import safe_name
from labelwright.formats import Archive, Format, ImportSource, SourceFile, write_images

LIST = "frames.json"
#: Where a text goes that says nothing of it: what a task for texts begins with (platform contract, 4).
_LABEL, _ATTRIBUTE = "text", "value"
#: More than an attribute's value can have, whatever its characters are.
_TEXT_BYTES = 65_536


class Listed(Struct, frozen=True):
    """Which frame the text in `file` is of, and the label and attribute it is the value of."""

    file: str
    frame: str
    label: str
    attribute: str


def write(dataset: Dataset, archive: Archive) -> None:
    """Write a file for every frame that has a text, their list, and the images if `dataset` brings any."""
    names = {
        attribute.id: (label.name, attribute.name)
        for label in dataset.labels
        for attribute in label.attributes
    }
    taken: Counter[str] = Counter()
    listed = []
    for frame in dataset.frames():
        text = _text(frame, names, archive)
        if text is None:
            continue
        stem = safe_name(text.value)
        file = f"{stem}_{taken[stem]}.txt"
        taken[stem] += 1
        archive.write_text(file, text.value)
        listed.append(Listed(file, frame.name, *names[text.attribute_id]))
    with archive.open_binary(LIST) as stream:
        stream.write(msgspec.json.encode(listed))
    write_images(dataset, archive, "images")


def _text(frame: Frame, known: Container[int], archive: Archive) -> AttributeValue | None:
    """Return the value that is the frame's text, and count all else that stands on it; None when there is none."""
    for shape in frame.shapes:
        archive.skip(frame.name, f"OCR RECOGNITION has no {shape.type}")
    found: AttributeValue | None = None
    for tag in frame.tags:
        values = [value for value in tag.attributes if value.attribute_id in known]
        if not values:
            archive.skip(frame.name, "a tag without a text")
        for value in values:
            if found is None:
                found = value
            else:
                archive.skip(frame.name, "a second text of an image")
    return found


def read_list(content: bytes | str) -> list[Listed]:
    """Return what `frames.json` lists. Raises InvalidArchive when it is something else."""
    try:
        return msgspec.json.decode(content, type=list[Listed])
    except msgspec.DecodeError as error:
        raise InvalidArchive("{where}: {reason}", where=LIST, reason=error) from error


def read(source: ImportSource, target: ImportTarget) -> Iterator[Tag | Shape]:
    """Yield a tag for each text: by `frames.json`, else `X.txt` is the text of the image X.

    Raises:
        ImportMismatch: a frame or label does not fit the task.
        NoAnnotations: no text belongs to any image.
        InvalidArchive, TooLarge: a file cannot be read.
    """
    found = next((file for file in source.files if PurePosixPath(file.name).name == LIST), None)
    return _read_pairs(source, target) if found is None else _read_listed(source, target, found)


def _read_listed(source: ImportSource, target: ImportTarget, found: SourceFile) -> Iterator[Tag]:
    listed = read_list(source.read_text(found))
    files = {file.name: file for file in source.files}
    folder = PurePosixPath(found.name).parent
    known = {(label.name, each.name) for label in target.labels for each in label.attributes}
    matcher = target.matcher(lambda: (splitext(each.frame)[0] for each in listed))
    for number, each in enumerate(listed):
        file = files.get((folder / each.file).as_posix())
        if file is None:
            raise InvalidArchive("{file} lists {name}, which is missing", file=found.name, name=each.file)
        frame = matcher.named(each.frame)
        if frame is None:
            frame = matcher.match(each.frame)
        label, attribute = (each.label, each.attribute)
        if (label, attribute) not in known:
            label, attribute = _place_of_texts(target)
        values = {attribute: source.read_text(file, most_bytes=_TEXT_BYTES)}
        yield target.tag(Origin(each.frame, number), frame=frame, label=label, attributes=values)


def _read_pairs(source: ImportSource, target: ImportTarget) -> Iterator[Tag]:
    matcher = target.matcher(tuple)
    pairs = []
    for file in source.files:
        path = PurePosixPath(file.name)
        if path.suffix.lower() == ".txt" and not path.name.startswith("."):
            item_id = splitext(file.name)[0]
            frame = matcher.named(item_id)
            pairs.append((file, item_id, matcher.named(path.stem) if frame is None else frame))
    if all(frame is None for _, _, frame in pairs):
        raise NoAnnotations(
            "{file} holds no text of an image of this task: the text of the image X stands in X.txt",
            file=source.name,
        )
    label, attribute = _place_of_texts(target)
    for file, item_id, frame in pairs:
        if frame is None:
            source.skip(item_id, "a text without an image of its name")
            continue
        text = source.read_text(file, most_bytes=_TEXT_BYTES).rstrip("\r\n")
        yield target.tag(Origin(item_id, 0), frame=frame, label=label, attributes={attribute: text})


def _place_of_texts(target: ImportTarget) -> tuple[str, str]:
    """Return the label and attribute that hold a text: `text` and `value`, else the first attribute for texts.

    Raises ImportMismatch when the task has none.
    """
    places = [
        (label.name, attribute.name)
        for label in target.labels
        for attribute in label.attributes
        if attribute.input_type == "text"
    ]
    if not places:
        raise ImportMismatch("no label of this task has an attribute for texts")
    return (_LABEL, _ATTRIBUTE) if (_LABEL, _ATTRIBUTE) in places else places[0]


FORMATS = (Format(name="OCR RECOGNITION", version="1.0", ext="ZIP", write=write, read=read),)
