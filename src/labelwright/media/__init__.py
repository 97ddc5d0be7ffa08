"""Turning files into frames: the only floor that knows codecs.

`kinds` tells by name and first bytes what a file is, `images` reads sizes and encodes single frames, `chunks` packs
frames for download. Everything here is a function of bytes, paths and numbers: limits come in as arguments,
nothing is kept between calls, and every function may run in several threads at once.

Importing this package, `kinds` or `chunks` is cheap; `images` brings the codecs in and is imported where
pixels are touched, so that the API process starts without them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class FrameSource:
    """Where one frame comes from: the `name` people know it by, and `read` for the bytes of its file.

    `read` is called once, when the frame's turn comes and perhaps in another thread, so that a chunk of big
    images never lies in memory as a whole.
    """

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class FrameFile:
    """Where the bytes of one frame's file come from, for whoever passes them on as they are: `open` gives a stream that
    can seek, for the body of a `with`, and is called once, when the frame's turn comes.
    """

    name: str
    open: Callable[[], AbstractContextManager[BinaryIO]]
