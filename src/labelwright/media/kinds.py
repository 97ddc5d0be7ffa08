"""What a file is for us: its name chooses, its first bytes must agree.

The extensions are those of the v1 contract (tasks and data, section 3) and the image types of the usual MIME
tables. No file is ever read as something that its name does not say, or that its first bytes deny: a JPEG with a
zip at its end is a picture as `photo.jpg`, and refused as `photos.zip`. Within one kind the content decides alone:
a PNG may be called `.jpg`, a tar `.zip`.
"""

from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from labelwright.domain.errors import InvalidMedia
from labelwright.domain.sentences import Sentence
from labelwright.media.contents import RAW, TIFF, UNREAD_PICTURES, Content, recognise

MediaKind = Literal["image", "video", "archive", "zip", "pdf", "pointcloud", "other"]

_IMAGE = """
    jpg jpeg jpe jfif pjpeg pjp jp2 jpf jpx png apng bmp gif tif tiff webp avif heic heif ppm pgm pbm pnm
    tga vda icb vst tpic psd ico cur exr hdr pic dds sgi rgb ras sun xbm xpm xwd pcx pct pict qif qtif iff
    ilbm lbm fits dng cr2 crw nef orf raf rw2 raw arw sr2 srf pef x3f mrw kdc k25 dcr erf mdc mos bay cs1 cs2
    fff hrd pnx rdc bmq emf wmf eps epsf epsi djv djvu cgm dwg dxf fig sk sk1 xcf icns wbmp jng rp ag ief ora
    lwo lwob lws msod mdi g3 3ds pntg
"""
_VIDEO = """
    mp4 m4v f4v lrv mov qt qtvr moov avi divx avf mkv mk3d webm wmv wmp mpg mpeg mpe mp2 vob vdr ts mts m2ts
    m2t mpl mpls bdm bdmv clpi cpi 3gp 3gpp 3ga 3g2 3gp2 3gpp2 flv fli flc ogv ogg ogm axv dv mxf nsv rv rvx
    viv vivo movie mng mxu m4u m1u fxm
"""
_ARCHIVE = "tar gtar tgz tbz tbz2 txz tlz rar 7z gz bz2 cpio"
_TAR_COMPRESSIONS = frozenset(("xz", "lz", "lzma", "lzo", "z", "zst"))

_KINDS: dict[str, MediaKind] = {
    **dict.fromkeys(_IMAGE.split(), "image"),
    **dict.fromkeys(_VIDEO.split(), "video"),
    **dict.fromkeys(_ARCHIVE.split(), "archive"),
    "zip": "zip",
    "pdf": "pdf",
    "pcd": "pointcloud",
    "bin": "pointcloud",
}

_DRAWINGS = (".svg", ".svgz")
#: Raw pictures of cameras that are TIFFs by their first bytes: a decoder of TIFF would show the small preview within.
_RAW = """
    dng cr2 crw nef orf raf rw2 raw arw sr2 srf pef x3f mrw kdc k25 dcr erf mdc mos bay fff hrd pnx rdc bmq
"""

#: Pictures that are not read, whose names are no image's for API v1.
_UNREAD = frozenset(("svg", "svgz", "jxl", "cr3", "hif"))


class FileKind(NamedTuple):
    """What a file is for us. `skipped` says why it becomes nothing, where people might wonder."""

    kind: MediaKind
    skipped: Sentence | None = None


def media_kind(name: str) -> MediaKind:
    """Return the kind of the file called `name`, by its extension in any case; folders in it do not matter.

    SVG is "other": it has no pixels of its own.
    """
    extensions = _extensions(name)
    if not extensions:
        return "other"
    last = extensions[-1]
    if last in _TAR_COMPRESSIONS and "tar" in extensions[-2:-1]:
        return "archive"
    if last.startswith("anim"):
        return "video"
    return _KINDS.get(last, "other")


def _extensions(name: str) -> list[str]:
    return [suffix.lower().lstrip(".") for suffix in PurePosixPath(name).suffixes]


def file_kind(name: str, start: bytes) -> FileKind:
    """Return what the file called `name` is, of which `start` is the first `START_BYTES` bytes (less if it is shorter).

    "zip" and "archive" are told apart by content: which of them it is, is what the file must be opened as. Content
    that says nothing is left to whoever decodes it.

    Raises:
        InvalidMedia: the content is of another kind than the name says, or of one that is not read; it says so.
    """
    named = media_kind(name)
    if named in ("other", "pointcloud"):
        return FileKind(named, _why_skipped(name, named))
    found = recognise(start)
    if named in ("zip", "archive"):
        return FileKind(_packed_kind(name, found))
    if found is None:
        return FileKind(named)
    if found is TIFF and _is_named_raw(name):
        found = RAW
    if found.refused is not None:
        raise InvalidMedia(
            "{name} is {format}: {problem}", name=name, format=found.said, problem=found.refused
        )
    if found.kind != named:
        raise _contradiction(name, found)
    return FileKind(named)


def is_named_unread(name: str) -> bool:
    """Whether a file is called as pictures are that are not read, and that API v1 does not take for images."""
    extensions = _extensions(name)
    return bool(extensions) and extensions[-1] in _UNREAD


def is_unread_picture(name: str, start: bytes) -> bool:
    """Whether the file called `name` that begins with `start` is a picture of a kind that is not read.

    That is HEIC, JPEG XL, SVG and raw pictures of cameras. Its content says so, or where that says nothing its name.
    """
    if is_named_unread(name):
        return True
    if media_kind(name) != "image":
        return False
    found = recognise(start)
    return found in UNREAD_PICTURES or (found in (None, TIFF) and _is_named_raw(name))


def _is_named_raw(name: str) -> bool:
    return _extensions(name)[-1] in _RAW.split()


def _why_skipped(name: str, kind: MediaKind) -> Sentence | None:
    if kind == "pointcloud":
        return Sentence("{name} is named like a point cloud, which is not read", name=name)
    if not name.lower().endswith(_DRAWINGS):
        return None
    return Sentence(
        "{name} is an SVG drawing, which has no pixels of its own: save it as PNG to label it", name=name
    )


def _packed_kind(name: str, found: Content | None) -> MediaKind:
    """Return whether a file named like an archive is a zip or a tar, packed or not."""
    if found is None:
        raise InvalidMedia(
            "{name} is named like an archive, but its content is none that can be read", name=name
        )
    if found.kind not in ("zip", "archive"):
        raise _contradiction(name, found)
    if found.refused is not None:
        raise InvalidMedia(
            "{name} is {format}: {problem}", name=name, format=found.said, problem=found.refused
        )
    return found.kind


def _contradiction(name: str, found: Content) -> InvalidMedia:
    return InvalidMedia(
        "{name} is not what its name says: its content is {format}; give it the right extension",
        name=name,
        format=found.said,
    )
