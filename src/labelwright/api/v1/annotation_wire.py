"""v1 JSON and annotations: decoded once from bytes, answered from ready JSON.

A body that is right is read in one pass by msgspec. Only when that pass fails is it read again, slowly,
to accept v1's looser spellings or to say field by field what is wrong.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any, cast, get_args

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from labelwright.api.requests import MalformedBody, read_json_object
from labelwright.api.v1.dialects import Dialect
from labelwright.api.v1.fields import Fields
from labelwright.domain.annotations import SERIES, Annotations, Series
from labelwright.domain.errors import Invalid, NotBuilt
from labelwright.domain.requests import RequestKey
from labelwright.domain.sentences import Sentence
from labelwright.domain.shapes import POINT_COUNTS, AnnotationId, AttributeValue, Shape, Source, Tag
from labelwright.services.annotations import Action, StoredAnnotations, Sync

#: Oldest id a client may send, and longest attribute value (contract, annotations 8).
_MAX_ID = 2**53
_VALUE_LIMIT = 4096
_CLIENT_ID_LIMIT = 256
_SOURCES: tuple[Source, ...] = get_args(Source)
_NO_TRACKS = Sentence("Tracks are not built yet: send an empty list of tracks.")


class _Body(Struct):
    """The envelope; all four keys are required."""

    version: int
    tags: list[Tag]
    shapes: list[Shape]
    tracks: list[Raw]


class _Part(Struct):
    """Objects of a sync; what is left out is empty."""

    tags: list[Tag] = []
    shapes: list[Shape] = []
    tracks: list[Raw] = []


class _Ids(Struct):
    tags: list[AnnotationId] = []
    shapes: list[AnnotationId] = []
    tracks: list[Raw] = []


class _SyncBody(Struct):
    version: int
    create: _Part = field(default_factory=_Part)
    update: _Part = field(default_factory=_Part)
    delete: _Ids = field(default_factory=_Ids)


class _Answer(Struct):
    version: int
    tags: list[Tag]
    shapes: list[Shape]
    tracks: list[Raw] = []


class _Named(Struct):
    """The id of a created object, and what the sender calls it."""

    id: int | None
    client_id: str | UnsetType


class _Created(Struct):
    version: int
    create: dict[Series, list[_Named]]


# Lax: numbers may come as text, as forms and the v1 web client send them.
_decode = msgspec.json.Decoder(_Body, strict=False).decode
_decode_sync = msgspec.json.Decoder(_SyncBody, strict=False).decode
_encode = msgspec.json.Encoder().encode


def read_annotations(body: bytes) -> Annotations:
    """Return the annotations of a body.

    Raises:
        MalformedBody: it is no JSON.
        FieldErrors: something is missing or wrong, by field.
        NotBuilt: it holds tracks.
    """
    try:
        decoded = _decode(body)
    except msgspec.ValidationError:
        return _read_slowly(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody("JSON parse error - {reason}", reason=error) from error
    if decoded.tracks:
        raise NotBuilt(_NO_TRACKS)
    if not _finite(decoded.shapes):
        return _read_slowly(body)
    return Annotations(version=decoded.version, tags=decoded.tags, shapes=decoded.shapes)


def _read_slowly(body: bytes) -> Annotations:
    fields = Fields(read_json_object(body))
    for name in ("version", "tags", "shapes", "tracks"):
        if name not in fields:
            fields.fail(name, Sentence("This field is required."))
    version = fields.integer("version", 0)
    tags = fields.each("tags", _read_tag)
    shapes = fields.each("shapes", _read_shape)
    if fields.values.get("tracks"):
        raise NotBuilt(_NO_TRACKS)
    fields.finish()
    return Annotations(version=version or 0, tags=tags, shapes=shapes)


def _finite(shapes: list[Shape]) -> bool:
    """Whether all points are numbers, as far as a quick look tells: the lax decoder takes "nan" for one.

    The sum of a shape's points tells in one step, but may overflow.
    """
    return all(isfinite(sum(shape.points)) for shape in shapes)


def read_sync(body: bytes, *, if_match: int | None, request: RequestKey | None) -> Sync:
    """Return what the body of a sync asks for. Raises as `read_annotations`."""
    try:
        decoded = _decode_sync(body)
    except msgspec.ValidationError:
        decoded = _read_sync_slowly(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody("JSON parse error - {reason}", reason=error) from error
    if decoded.create.tracks or decoded.update.tracks or decoded.delete.tracks:
        raise NotBuilt(_NO_TRACKS)
    ids = [tag.id for tag in decoded.update.tags] + [shape.id for shape in decoded.update.shapes]
    if None in ids or not (_finite(decoded.create.shapes) and _finite(decoded.update.shapes)):
        decoded = _read_sync_slowly(body)
    create, update = (
        Annotations(version=decoded.version, tags=part.tags, shapes=part.shapes)
        for part in (decoded.create, decoded.update)
    )
    delete = {series: getattr(decoded.delete, series) for series in SERIES}
    return Sync(create=create, update=update, delete=delete, if_match=if_match, request=request)


def _read_sync_slowly(body: bytes) -> _SyncBody:
    fields = Fields(read_json_object(body))
    version = fields.integer("version", 0, required=True)
    create = _read_part(fields, "create", _read_tag, _read_shape)
    update = _read_part(fields, "update", _named(_read_tag), _named(_read_shape))
    delete = _inner(fields, "delete")
    ids = _Ids(_read_ids(delete, "tags"), _read_ids(delete, "shapes"), _tracks(delete))
    if delete.errors:
        fields.errors["delete"] = delete.errors
    fields.finish()
    return _SyncBody(version or 0, create, update, ids)


def _read_part(fields: Fields, name: str, read_tag: Any, read_shape: Any) -> _Part:
    inner = _inner(fields, name)
    part = _Part(inner.each("tags", read_tag), inner.each("shapes", read_shape), _tracks(inner))
    if inner.errors:
        fields.errors[name] = inner.errors
    return part


def _inner(fields: Fields, name: str) -> Fields:
    """Return the fields of the object `name`, none if it is left out."""
    value = fields.values.get(name, {})
    if isinstance(value, dict):
        return Fields(value)
    fields.fail(
        name, Sentence("Invalid data. Expected a dictionary, but got {kind}.", kind=type(value).__name__)
    )
    return Fields({})


def _tracks(fields: Fields) -> list[Raw]:
    return [Raw()] if fields.values.get("tracks") else []


def _named(read: Callable[[Fields], Any]) -> Callable[[Fields], Any]:
    """Return `read` for an object that must have an id."""

    def read_named(fields: Fields) -> Any:
        if fields.values.get("id") in (None, ""):
            fields.fail("id", Sentence("This field is required."))
        return read(fields)

    return read_named


def _read_ids(fields: Fields, name: str) -> list[int]:
    values = fields.values.get(name, [])
    if not isinstance(values, list):
        fields.fail(
            name, Sentence('Expected a list of items but got type "{kind}".', kind=type(values).__name__)
        )
        return []
    numbered = Fields({str(index): value for index, value in enumerate(values)})
    ids = [numbered.integer(index, 0, most=_MAX_ID) or 0 for index in numbered.values]
    if numbered.errors:
        fields.errors[name] = [numbered.errors.get(index, []) for index in numbered.values]
    return ids


def _common(fields: Fields) -> dict[str, Any]:
    client_id = (
        fields.text("client_id", limit=_CLIENT_ID_LIMIT)
        if fields.values.get("client_id") is not None
        else UNSET
    )
    return {
        "id": fields.integer("id", nullable=True, most=_MAX_ID),
        "frame": fields.integer("frame", 0, required=True),
        "label_id": fields.integer("label_id", 0, required=True),
        "group": fields.integer("group", required=True, nullable=True),
        "source": fields.choice("source", _SOURCES, "manual"),
        "attributes": _required_each(fields, "attributes", _read_attribute),
        "client_id": client_id,
    }


def _required_each(fields: Fields, name: str, read: Any) -> list[Any]:
    if name not in fields:
        fields.fail(name, Sentence("This field is required."))
    return fields.each(name, read)


def _read_tag(fields: Fields) -> Tag:
    return Tag(**_common(fields))


def _read_shape(fields: Fields) -> Shape:
    if "type" not in fields:
        fields.fail("type", Sentence("This field is required."))
    return Shape(
        type=fields.choice("type", tuple(POINT_COUNTS), "points"),  # type: ignore[arg-type]  # one of the choices
        occluded=fields.boolean("occluded", required=True),
        z_order=fields.integer("z_order", 0, least=-(2**31)) or 0,
        points=fields.numbers("points"),
        **_common(fields),
    )


def _read_attribute(fields: Fields) -> AttributeValue:
    value = fields.values.get("value")
    if isinstance(value, bool):
        fields.values["value"] = str(value)
    return AttributeValue(
        attribute_id=fields.integer("spec_id", 0, required=True) or 0,
        value=fields.text("value", limit=_VALUE_LIMIT, required=True, strip=False),
    )


def read_action(text: str | None) -> Action:
    """Return what a PATCH's `action` asks for. Raises Invalid."""
    if text in get_args(Action) and text != "replace":
        return cast(Action, text)
    raise Invalid("Please specify a correct 'action' for the request")


def write_annotations(saved: Annotations, dialect: Dialect) -> bytes:
    """Return the answer to a write: what was sent, in that order, with its ids."""
    return _as_known(_encode(_Answer(saved.version, saved.tags, saved.shapes)), dialect)


def write_created(created: Annotations) -> bytes:
    """Return the answer to a sync: the ids of what was created, in the order sent."""
    named = {
        series: [_Named(item.id, item.client_id) for item in getattr(created, series)] for series in SERIES
    }
    return _encode(_Created(created.version, named))


def write_stored(stored: StoredAnnotations, dialect: Dialect) -> bytes:
    """Return the answer to a read, joined from ready fragments."""
    found = (
        f'{{"version":{stored.version},"tags":[{",".join(stored.tags)}],'
        f'"shapes":[{",".join(stored.shapes)}],"tracks":[]}}'
    )
    return _as_known(found.encode(), dialect)


def _as_known(answer: bytes, dialect: Dialect) -> bytes:
    """Return our own JSON without what the dialect of 2020 does not know.

    No text in it looks like a source: the quotes in texts are escaped.
    """
    if dialect.is_oldest:
        for source in _SOURCES:
            answer = answer.replace(f',"source":"{source}"'.encode(), b"")
    return answer
