"""Shapes and tags: what a person draws on one frame, or says of a whole one.

Field order is the key order API v1 shows, so one encoder serves the wire and the stored `doc`
(architecture, decision 3).
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from labelwright.domain.sentences import Sentence

ShapeType = Literal["rectangle", "polygon", "polyline", "points", "cuboid"]
Source = Literal["manual", "auto"]
#: Numbers that columns of 32 bits hold; ids of annotations may be larger, but stay exact in a browser.
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
AnnotationId = Annotated[int, Meta(ge=0, le=2**53)]
Layer = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]

#: Least count of numbers in `points`, and whether it is the only one (API v1 contract, annotations 1.3).
POINT_COUNTS: dict[str, tuple[int, bool]] = {
    "rectangle": (4, True),
    "polygon": (6, False),
    "polyline": (4, False),
    "points": (2, False),
    "cuboid": (16, True),
}


class AttributeValue(Struct, gc=False):
    """The value, as text, of one attribute of an object. `attribute_id` is v1's `spec_id`."""

    attribute_id: Count = field(name="spec_id")
    value: Annotated[str, Meta(max_length=4096)]


class Shape(Struct, gc=False, kw_only=True):
    """A region on one frame.

    `points` are float image pixels `x0, y0, x1, y1, …`, kept exactly as given (decision 11); a
    rectangle is left, top, right, bottom. `frame` counts from 0 in the task. `group` 0 means none.
    `client_id` is the sender's own name for the object: echoed once on create, never stored.
    Not frozen: the server sets `id` on 100,000 of them a save, where copies would cost more than
    decoding did.
    """

    type: ShapeType
    occluded: bool
    z_order: Layer = 0
    points: Annotated[list[float], Meta(min_length=1)]
    id: AnnotationId | None = None
    frame: Count
    label_id: Count
    group: Count | None
    source: Source = "manual"
    attributes: list[AttributeValue]
    client_id: str | UnsetType = UNSET


class Tag(Struct, gc=False, kw_only=True):
    """A label on a whole frame. Fields as in `Shape`."""

    id: AnnotationId | None = None
    frame: Count
    label_id: Count
    group: Count | None
    source: Source = "manual"
    attributes: list[AttributeValue]
    client_id: str | UnsetType = UNSET


def points_problem(shape_type: str, count: int) -> Sentence | None:
    """Say what is wrong with `count` numbers of a `shape_type`, or None when they will do."""
    least, exact = POINT_COUNTS[shape_type]
    if exact and count != least:
        return Sentence(
            "a {type} takes {least} numbers, got {count}", type=shape_type, least=least, count=count
        )
    if count < least or count % 2:
        return Sentence(
            "a {type} takes an even count of at least {least} numbers, got {count}",
            type=shape_type,
            least=least,
            count=count,
        )
    return None
