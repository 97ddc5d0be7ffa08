"""What a file is for us, told from its name alone.

The extensions are those of the v1 contract (tasks and data, section 3) and the image types of the usual MIME
tables. Whether a file taken for an image really is one is decided by its content, in `images`.
"""

from pathlib import PurePosixPath
from typing import Literal

from labelwright.domain.errors import NotBuilt
from labelwright.domain.sentences import Sentence

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

_SPOKEN = {
    "video": Sentence("a video"),
    "archive": Sentence("an archive"),
    "zip": Sentence("a zip archive"),
    "pdf": Sentence("a PDF"),
    "pointcloud": Sentence("a point cloud"),
}


def media_kind(name: str) -> MediaKind:
    """Return the kind of the file called `name`, by its extension in any case; folders in it do not matter.

    SVG is "other": it has no pixels of its own.
    """
    extensions = [suffix.lower().lstrip(".") for suffix in PurePosixPath(name).suffixes]
    if not extensions:
        return "other"
    last = extensions[-1]
    if last in _TAR_COMPRESSIONS and "tar" in extensions[-2:-1]:
        return "archive"
    if last.startswith("anim"):
        return "video"
    return _KINDS.get(last, "other")


def is_image(name: str) -> bool:
    """Return whether `name` becomes a frame; False for what v1 skips silently.

    Raises:
        NotBuilt: `name` is of a kind that holds frames, but that this version cannot open.
    """
    kind = media_kind(name)
    if kind in _SPOKEN:
        raise NotBuilt(
            "{name} is {kind}; this version of Labelwright takes image files only",
            name=name,
            kind=_SPOKEN[kind],
        )
    return kind == "image"
