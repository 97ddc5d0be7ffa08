"""What is measured with: photographs and annotations, made here, the same in every run."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg
from PIL import Image

#: A full-HD frame, as many cameras give it.
WIDTH, HEIGHT = 1920, 1080
_JPEG_QUALITY = 86
#: Standard deviation of the grain, in steps of 256: photographs that were enlarged have none of their own.
_GRAIN = 4.0

LABELS = [
    {
        "name": "car",
        "attributes": [
            {"name": "plate", "mutable": False, "input_type": "text", "default_value": "-", "values": []},
            {
                "name": "speed",
                "mutable": True,
                "input_type": "number",
                "default_value": "0",
                "values": ["0", "200", "1"],
            },
        ],
    },
    {"name": "tree", "attributes": []},
]


@cache
def photographs(count: int) -> tuple[bytes, ...]:
    """Return `count` different JPEGs of 1920×1080 and about 450 KB: a photograph with grain."""
    pixels = _photograph().astype(np.int16)
    generator = np.random.default_rng(7)
    grain = generator.normal(0.0, _GRAIN, (HEIGHT, WIDTH, 1)).astype(np.int16)
    found = []
    for index in range(count):
        grained = pixels + np.roll(grain, (37 * index, 91 * index), axis=(0, 1))
        frame = np.clip(grained, 0, 255).astype(np.uint8)
        found.append(simplejpeg.encode_jpeg(frame, quality=_JPEG_QUALITY, colorsubsampling="420"))
    return tuple(found)


def _photograph() -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """Return a photograph that scikit-learn ships, enlarged to `WIDTH` × `HEIGHT`, as rows of RGB."""
    import sklearn.datasets

    with Image.open(Path(sklearn.datasets.__file__).parent / "images" / "china.jpg") as image:
        large = image.convert("RGB").resize(
            (WIDTH, WIDTH * image.height // image.width), Image.Resampling.BICUBIC
        )
    top = (large.height - HEIGHT) // 2
    return np.asarray(large.crop((0, top, WIDTH, top + HEIGHT)))


@cache
def plain_picture() -> bytes:
    """Return a small JPEG of 1920×1080: a frame for measurements that look at no pixels."""
    grey = np.full((HEIGHT, WIDTH, 3), 127, dtype=np.uint8)
    return bytes(simplejpeg.encode_jpeg(grey, quality=70))


def rectangles(count: int, *, label: dict[str, Any], frames: int, seed: int = 7) -> list[dict[str, Any]]:
    """Return `count` rectangles with two attributes, as API v1 takes them, spread over `frames` frames."""
    chance = random.Random(seed)
    plate, speed = (attribute["id"] for attribute in label["attributes"])
    found = []
    for index in range(count):
        left, top = round(chance.uniform(0, WIDTH - 300), 2), round(chance.uniform(0, HEIGHT - 300), 2)
        right, bottom = round(left + chance.uniform(8, 280), 2), round(top + chance.uniform(8, 280), 2)
        found.append(
            {
                "type": "rectangle",
                "occluded": False,
                "z_order": 0,
                "points": [left, top, right, bottom],
                "frame": index % frames,
                "label_id": label["id"],
                "group": 0,
                "source": "manual",
                "attributes": [
                    {"spec_id": plate, "value": f"LW {index:06d}"},
                    {"spec_id": speed, "value": str(index % 200)},
                ],
            }
        )
    return found


def body_of(shapes: list[dict[str, Any]]) -> bytes:
    """Return the body that saves `shapes`."""
    return json.dumps({"version": 0, "tags": [], "tracks": [], "shapes": shapes}).encode()
