"""Pages of TIFFs that somebody has damaged; that whole ones keep their pixels is seen in `services/test_sources.py`."""

import io
import random
from contextlib import suppress

import pytest
from PIL import Image

from labelwright.domain.errors import InvalidMedia
from labelwright.media.tiffs import find_pages, write_page


def tiff(*, big):
    pages = [Image.effect_noise((20, 10), 50) for _ in range(3)]
    content = io.BytesIO()
    pages[0].save(content, "TIFF", save_all=True, append_images=pages[1:], big_tiff=big)
    return content.getvalue()


@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
def test_flipped_bytes_give_pages_or_a_sentence(big):
    whole, dice = tiff(big=big), random.Random(3)
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.choice((0, 1, 255, dice.randrange(256)))
        file = io.BytesIO(content[: dice.randrange(len(content))] if dice.random() < 0.2 else content)
        for at in find_pages(file):
            page = io.BytesIO()
            with suppress(InvalidMedia):
                write_page(file, at, page, name="a.tif")
            assert len(page.getvalue()) < 3 * len(whole)


def test_a_circle_of_pages_ends():
    content = bytearray(tiff(big=False))
    first = int.from_bytes(content[4:8], "little")
    following = first + 2 + 12 * int.from_bytes(content[first : first + 2], "little")
    content[following : following + 4] = content[4:8]
    assert find_pages(io.BytesIO(content)) == [first]


def test_what_is_no_tiff_has_no_pages():
    assert find_pages(io.BytesIO(b"")) == find_pages(io.BytesIO(b"MM\0\x2b" + b"\xff" * 60)) == []
