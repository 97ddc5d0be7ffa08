"""Pages of PDFs. Pillow makes the ordinary ones; the hostile ones are written by hand."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from labelwright.domain.errors import InvalidMedia
from labelwright.media.pdf import open_pdf, page_name


def pdf(*objects, trailer=""):
    """Return a PDF of the objects, numbered from 1; the first is its catalogue."""
    content, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(content))
        content += (
            f"{number} 0 obj\n".encode()
            + (body if isinstance(body, bytes) else body.encode())
            + b"\nendobj\n"
        )
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<</Size {len(objects) + 1}/Root 1 0 R"
    return content + f"{end}{trailer}>>\nstartxref\n{len(content)}\n%%EOF\n".encode()


def stream(content, extra=""):
    return f"<<{extra}/Length {len(content)}>>stream\n{content}\nendstream"


def page(box="0 0 72 36", more="", content="1 0 0 rg 0 0 36 36 re f"):
    """The objects 2 to 4 of a PDF with one page, its left half red."""
    return [
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R{more}>>",
        stream(content),
    ]


CATALOGUE = "<</Type/Catalog/Pages 2 0 R>>"


def draw_all(folder, content, *, max_megapixels=10.0, **options):
    path = folder / "upload"
    path.write_bytes(content)
    with open_pdf(path, name="a/scan.pdf", max_megapixels=max_megapixels, **options) as reader:
        return [reader.draw(index) for index in range(reader.count)]


def painters():
    """Processes that draw, as far as they are ours and still there."""
    lists = Path("/proc/self/task").glob("*/children")
    found = [Path("/proc", pid, "cmdline") for each in lists for pid in each.read_text().split()]
    return [each for each in found if each.exists() and b"pdf_painter" in each.read_bytes()]


def test_each_page_is_a_picture_of_200_dots_an_inch(tmp_path):
    pages = [Image.new("RGB", (425, 550), colour) for colour in ("red", "lime", "blue")]
    target = io.BytesIO()
    pages[0].save(target, "PDF", resolution=50, save_all=True, append_images=pages[1:])
    drawn = draw_all(tmp_path, target.getvalue())
    assert [each[:3] for each in drawn] == [(f"scan{index:09}.jpeg", 1700, 2200) for index in range(3)]
    shown = [Image.open(io.BytesIO(each.jpeg)) for each in drawn]
    assert {(image.format, image.mode, image.size) for image in shown} == {("JPEG", "RGB", (1700, 2200))}
    assert [max(range(3), key=image.getpixel((850, 1100)).__getitem__) for image in shown] == [0, 1, 2]
    assert painters() == []


def test_pages_are_drawn_in_any_order_and_alike_each_time(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf(CATALOGUE, *page()))
    with open_pdf(tmp_path / "a.pdf", name="a.pdf", max_megapixels=10) as reader:
        first, again = reader.draw(0), reader.draw(0)
    assert (first.width, first.height) == (200, 100)
    assert first == again
    image = Image.open(io.BytesIO(first.jpeg))
    assert image.getpixel((30, 50)) == pytest.approx((255, 0, 0), abs=6)
    assert image.getpixel((170, 50)) == (255, 255, 255)


def test_a_page_that_is_turned_is_drawn_turned(tmp_path):
    (drawn,) = draw_all(tmp_path, pdf(CATALOGUE, *page(more="/Rotate 90")))
    assert (drawn.width, drawn.height) == (100, 200)


def test_the_name_of_a_page_is_that_of_the_contract():
    assert page_name("folder/my scan.v2.pdf", 12) == "my scan.v2000000012.jpeg"


def test_scripts_do_not_run_and_attachments_stay_closed(tmp_path):
    marker = tmp_path / "marker"
    catalogue = (
        "<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R/Names<</EmbeddedFiles<</Names[(a.exe)6 0 R]>>"
        "/JavaScript<</Names[(s)5 0 R]>>>>>>"
    )
    more = "/AA<</O<</S/Launch/F(/bin/sh)/P(-c 'touch marker')>>>>"
    script = f"<</S/JavaScript/JS(app.launchURL\\('file://{marker}'\\);while\\(true\\){{}})>>"
    attached = "<</Type/Filespec/F(a.exe)/EF<</F 7 0 R>>>>"
    content = pdf(catalogue, *page(more=more), script, attached, stream("MZ", "/Type/EmbeddedFile"))
    assert len(draw_all(tmp_path, content)) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["upload"]


ENCRYPTED = pdf(
    CATALOGUE,
    *page(),
    f"<</Filter/Standard/V 1/R 2/P -4/O<{'ab' * 32}>/U<{'cd' * 32}>>>",
    trailer="/Encrypt 5 0 R/ID[<00><00>]",
)
UNKNOWN_LOCK = pdf(CATALOGUE, *page(), "<</Filter/Other/V 9>>", trailer="/Encrypt 5 0 R/ID[<00><00>]")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(ENCRYPTED, "is encrypted, send it without a password", id="encrypted"),
        pytest.param(UNKNOWN_LOCK, "is protected in a way that is not known here", id="another protection"),
        pytest.param(b"", "is no PDF that can be read, or is damaged", id="empty"),
        pytest.param(b"%PDF-1.7\nhello", "is no PDF that can be read, or is damaged", id="start alone"),
        pytest.param(
            pdf(CATALOGUE, "<</Type/Pages/Kids[]/Count 0>>"), "is no PDF that can be read", id="no pages"
        ),
    ],
)
def test_what_cannot_be_opened_is_said(tmp_path, content, sentence):
    with pytest.raises(InvalidMedia, match=rf"^a/scan\.pdf {sentence}"):
        draw_all(tmp_path, content)
    assert painters() == []


def test_a_page_above_the_limit_is_refused_before_it_is_drawn(tmp_path):
    said = r"^page 1 of a/scan\.pdf is 40000×40000 at 200 dots an inch, over the limit of 10 megapixels \("
    with pytest.raises(InvalidMedia, match=said):
        draw_all(tmp_path, pdf(CATALOGUE, *page(box="0 0 14400 14400")))


def test_a_page_that_takes_too_much_memory_harms_nobody(tmp_path):
    with pytest.raises(
        InvalidMedia, match=r"^page 1 of a/scan\.pdf cannot be drawn: (it is damaged|PDFium stopped)"
    ):
        draw_all(tmp_path, pdf(CATALOGUE, *page(box="0 0 14400 14400")), max_megapixels=1e6)
    assert painters() == []


def bomb(levels):
    """A page of forms that each draw the next ten times."""
    forms = [
        stream(
            f"/F{level} Do " * 10,
            f"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</F{level} {6 + level} 0 R>>>>",
        )
        for level in range(levels)
    ]
    leaf = stream("0 0 9 9 re f", "/Type/XObject/Subtype/Form/BBox[0 0 99 99]")
    more = "/Resources<</XObject<</F 5 0 R>>>>"
    return pdf(CATALOGUE, *page(more=more, content="/F Do"), *forms, leaf)


def test_a_page_that_takes_too_long_is_given_up(tmp_path):
    began = time.monotonic()
    with pytest.raises(InvalidMedia, match=r"^page 1 of a/scan\.pdf cannot be drawn within 3 s$"):
        draw_all(tmp_path, bomb(9), timeout_s=3.0)
    assert time.monotonic() - began < 20
    assert painters() == []


def test_a_damaged_page_is_named(tmp_path):
    kids = ["<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>", *page()[1:]]
    with pytest.raises(InvalidMedia, match=r"^page 2 of a/scan\.pdf cannot be drawn: it is damaged$"):
        draw_all(tmp_path, pdf(CATALOGUE, *kids))
