"""Images that show a frame in another way: `DIR/related_images/{name of the image with '.' as '_'}/*` belong to
`DIR/{image}` (API v1 contract, tasks-and-data 7.1).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from labelwright.domain.sentences import Sentence
from labelwright.domain.tasks import FrameRow, RelatedImage
from labelwright.parts.frames import some_of
from labelwright.parts.locations import Source

_FOLDER = "related_images"


def part_related(
    images: Sequence[Source],
) -> tuple[list[Source], dict[str, list[Source]], tuple[Sentence, ...]]:
    """Part images, sorted by name, into frames and what is related to the frame of a name; say what is to neither."""
    frames = [image for image in images if _FOLDER not in image[0].split("/")[:-1]]
    if len(frames) == len(images):
        return frames, {}, ()
    names: dict[str, list[str]] = defaultdict(list)
    for name, _ in frames:
        folder, slash, base = name.rpartition("/")
        names[folder + slash + base.replace(".", "_")].append(name)
    related: dict[str, list[Source]] = defaultdict(list)
    strays: list[str] = []
    for image in images:
        folder, found, rest = f"/{image[0]}".rpartition(f"/{_FOLDER}/")
        if not found:
            continue
        owners = names.get(f"{folder}/{rest.partition('/')[0]}".removeprefix("/"), ())
        for owner in owners:
            related[owner].append(image)
        if not owners:
            strays.append(image[0])
    if not strays:
        return frames, related, ()
    told = Sentence(
        "Left out below related_images, because they belong to no image ({count}): {names}",
        count=len(strays),
        names=some_of(strays),
    )
    return frames, related, (told,)


def related_rows(rows: Sequence[FrameRow], related: Mapping[str, Sequence[Source]]) -> list[RelatedImage]:
    """Return what is to be kept of related images, for the frames that were taken."""
    return [
        RelatedImage(row.frame, position, name, location)
        for row in rows
        for position, (name, location) in enumerate(related.get(row.name, ()))
    ]
