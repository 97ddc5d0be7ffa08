"""Parts of images: the pixels they had, upright, in the kind of file their source allows."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from labelwright.domain.errors import InvalidMedia
from labelwright.media.crops import cut
from labelwright.media.images import read_image_size

BOX = (10, 4, 33, 29)


def noise(mode: str, size_wh: tuple[int, int] = (60, 40)) -> Image.Image:
    values = np.random.default_rng(7).integers(0, 256, (size_wh[1], size_wh[0], 4), dtype=np.uint8)
    if mode == "I;16":
        return Image.fromarray(values.view(np.uint32)[..., 0].astype(np.uint16))
    if mode in ("1", "P"):
        return Image.fromarray(values).convert("RGB").convert(mode)
    return Image.fromarray(values).convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *((mode, "PNG") for mode in ("RGB", "RGBA", "LA", "1", "P", "I;16")),
        *(("RGB", kind) for kind in ("TIFF", "BMP")),
        ("L", "BMP"),
        ("P", "GIF"),
    ],
)
def test_a_part_of_a_lossless_image_has_its_very_pixels(mode, kind):
    source = saved(noise(mode), kind)
    (part,) = cut(source, [BOX], name="a", max_megapixels=1)
    assert part.extension == ".png"
    with Image.open(io.BytesIO(source)) as whole, Image.open(io.BytesIO(part.content)) as found:
        assert found.format == "PNG"
        assert found.mode == whole.mode
        assert np.array_equal(np.asarray(found), np.asarray(whole.crop(BOX)))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_part_of_a_jpeg_is_a_jpeg_hardly_to_be_told_apart(mode):
    gradient = Image.linear_gradient("L").resize((60, 40))
    source = saved(
        Image.merge("RGB", [gradient, gradient.rotate(180), gradient]).convert(mode), "JPEG", quality=90
    )
    (part,) = cut(source, [BOX], name="a", max_megapixels=1)
    assert part.extension == ".jpg"
    with Image.open(io.BytesIO(source)) as whole, Image.open(io.BytesIO(part.content)) as found:
        assert found.format == "JPEG"
        wanted = np.asarray(whole.convert("RGB").crop(BOX)).astype(int)
        assert np.abs(np.asarray(found.convert("RGB")).astype(int) - wanted).max() <= 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_part_is_cut_out_of_the_image_as_people_see_it(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = saved(noise("RGB"), "PNG", exif=exif)
    size = read_image_size(source, name="a", max_megapixels=1)
    box = (2, 3, size.width - 5, size.height - 1)
    (part,) = cut(source, [box], name="a", max_megapixels=1)
    with Image.open(io.BytesIO(source)) as whole, Image.open(io.BytesIO(part.content)) as found:
        assert np.array_equal(np.asarray(found), np.asarray(ImageOps.exif_transpose(whole).crop(box)))
        assert 0x0112 not in found.getexif()


def test_the_colour_profile_goes_along():
    for kind in ("PNG", "JPEG"):
        source = saved(noise("RGB"), kind, icc_profile=b"a profile")
        (part,) = cut(source, [BOX], name="a", max_megapixels=1)
        with Image.open(io.BytesIO(part.content)) as found:
            assert found.info["icc_profile"] == b"a profile"


def test_a_damaged_image_is_named():
    source = saved(noise("RGB"), "PNG")
    with pytest.raises(InvalidMedia, match=r"b/a\.png"):
        list(cut(source[: len(source) // 2], [BOX], name="b/a.png", max_megapixels=1))
