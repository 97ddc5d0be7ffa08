"""Opening a video file: which of its streams is shown, how it lies, and what FFmpeg may do meanwhile.

Only files are read, never addresses or playlists: a file that calls itself `.mp4` and is a playlist would
make FFmpeg fetch what it names (CVE-2016-1897). Kinds of files and decoders are those in use, the rest of
FFmpeg's some four hundred stay shut. Frames over the limit of pixels are refused by the decoder itself, before
it takes memory for them, and so are those hidden behind a small first one.
"""

import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import SideData
from av.stream import Discard, Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from labelwright.domain.errors import InvalidMedia
from labelwright.domain.sentences import Sentence
from labelwright.media.video_index import VideoLimits

_CONTAINERS = (
    *("mov", "mp4", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf", "ogg"),
    *("dv", "mxf", "nsv", "rm", "vivo", "flic", "ivf", "nut", "h264", "hevc", "m4v", "yuv4mpegpipe"),
)
_DECODERS = (
    *("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v1"),
    *("msmpeg4v2", "msmpeg4", "h263", "h263i", "h263p", "flv", "wmv1", "wmv2", "wmv3", "vc1", "mjpeg"),
    *("prores", "dnxhd", "ffv1", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "png", "theora", "dvvideo"),
    *("cinepak", "svq1", "svq3", "qtrle", "rv10", "rv20", "rv30", "rv40", "flic", "vp6", "vp6f", "cfhd"),
)
# Of the sound and texts beside the picture nothing is decoded, so no decoder of theirs is opened.
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(_CONTAINERS),
    "codec_whitelist": ",".join(_DECODERS),
}
# An EXIF orientation for each turn and mirroring that a display matrix can say: the signs of its elements
# a, b, c, d, whose rows tell where the picture's x and y axes go (ISO/IEC 14496-12, section 6.2.2).
_ORIENTATIONS = {
    (1, 0, 0, 1): 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, 1, -1, 0): 6,
    (0, -1, -1, 0): 7,
    (0, -1, 1, 0): 8,
}
_READ_ERRORS = (av.error.FFmpegError, OSError, ValueError, EOFError)


class OpenVideo:
    """An open file and the decoder of its first stream of moving pictures. Used by one thread at a time.

    Packets are numbered from 0 in the order of the file; that number travels through the decoder in the
    place of the presentation time, so that a frame tells which packet it came from whatever the file says
    about times. `threads` 1 also decodes without threads: damaged pictures then come out the same each time.

    Once closed it has neither `container` nor `stream`, whose memory is gone by then; what else it says stays.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, *, name: str, threads: int) -> None:
        self.container = container
        self.stream = stream
        self.name = name
        self.codec: str = stream.codec_context.name
        self.time_base = stream.time_base or Fraction(1, 1_000_000)
        self.frame_rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        self.faults = 0
        self._skips = False
        if self.codec == "vp8":
            threads = 1  # it says nothing of damage, and with threads paints it otherwise
        stream.thread_count = threads
        stream.thread_type = "AUTO" if threads > 1 else "NONE"

    def packets(self) -> "Iterator[Packet[VideoStream]]":
        """Yield the packets from where the file stands, without the empty one that FFmpeg's end is.

        A file that cannot be read any further simply ends.
        """
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except _READ_ERRORS:
                self.faults += 1
                return
            if packet.size or packet.dts is not None:
                yield packet

    def decode(self, packet: "Packet[VideoStream] | None", *, number: int = -1) -> list[VideoFrame]:
        """Return the frames that packet `number` brings out; None brings out those still held back.

        What cannot be decoded, and what is known to be damaged, is counted in `faults`; ffmpeg goes on too.
        """
        if packet is not None:
            packet.pts = number
        try:
            frames = self.stream.codec_context.decode(packet)
        except (av.error.FFmpegError, EOFError, OSError, ValueError):
            self.faults += 1
            return []
        self.faults += sum(frame.is_corrupt for frame in frames)
        return frames

    def skip_unreferenced(self, is_on: bool) -> None:
        """Have the decoder leave out, from the next packet on, pictures that no other picture leans on."""
        if is_on is not self._skips:
            self._skips = is_on
            self.stream.codec_context.skip_frame = "NONREF" if is_on else "DEFAULT"

    def seek(self, timestamp: int) -> None:
        """Stand at the last key frame that is not behind `timestamp` (in `time_base`), or before it.

        Raises:
            OSError: the file knows no such place.
        """
        self.container.seek(timestamp, stream=self.stream)


@contextmanager
def open_video(path: Path, *, name: str, limits: VideoLimits, threads: int = 1) -> Iterator[OpenVideo]:
    """Open the file at `path`, called `name` in messages, and close it again.

    Raises:
        InvalidMedia: no video, of a kind or codec that is not read, or with larger frames than the limit.
    """
    with _address(path, name) as address:
        try:
            container = av.open(address, options=_options(limits), metadata_errors="replace")
        except _READ_ERRORS as error:
            raise InvalidMedia(_why_not_opened(error, path, name)) from error
        with container:
            stream = _shown_stream(container, name)
            stream.codec_context.options = {"max_pixels": _max_pixels(limits)}
            for other in container.streams:
                if other is not stream:
                    other.discard = Discard.all
            _check_size(stream, name=name, limits=limits)
            video = OpenVideo(container, stream, name=name, threads=threads)
            try:
                yield video
            finally:
                del video.container, video.stream


@contextmanager
def _address(path: Path, name: str) -> Iterator[str]:
    """Give what FFmpeg opens the file by. PyAV takes UTF-8 alone; a name in GBK goes by its descriptor."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        try:
            file = path.open("rb")
        except OSError as error:
            raise InvalidMedia("{name} cannot be read: {reason}", name=name, reason=error.strerror) from error
        with file:
            yield f"file:/proc/self/fd/{file.fileno()}"
    else:
        yield f"file:{path.absolute()}"


def _options(limits: VideoLimits) -> dict[str, str]:
    return {**_OPTIONS, "max_pixels": _max_pixels(limits)}


def _max_pixels(limits: VideoLimits) -> str:
    return str(math.ceil(limits.max_megapixels * 1e6))


def _why_not_opened(error: Exception, path: Path, name: str) -> Sentence:
    try:
        if not path.stat().st_size:
            return Sentence(
                "{name} is no video that can be read: {reason}",
                name=name,
                reason=Sentence("the file is empty"),
            )
    except OSError as missing:
        return Sentence("{name} cannot be read: {reason}", name=name, reason=missing.strerror)
    reason = getattr(error, "strerror", None) or type(error).__name__
    if isinstance(error, (av.error.ArgumentError, av.error.InvalidDataError)):
        reason = Sentence("its content is of no video kind that is read here, or its header is broken")
    return Sentence("{name} is no video that can be read: {reason}", name=name, reason=reason)


def _shown_stream(container: InputContainer, name: str) -> VideoStream:
    """Return the first stream of moving pictures; a cover picture is none."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            break
    else:
        raise InvalidMedia("{name} holds no video: only sound, data or a cover picture", name=name)
    decoder = getattr(stream.codec_context, "name", None)
    if decoder not in _DECODERS:
        raise InvalidMedia(
            "{name} is a video of kind {codec}, which cannot be decoded here",
            name=name,
            codec=decoder or "unknown",
        )
    return stream


def _check_size(stream: VideoStream, *, name: str, limits: VideoLimits) -> None:
    width, height = stream.width, stream.height
    if width * height > limits.max_megapixels * 1e6:
        raise InvalidMedia(
            "{name} is {width}×{height} ({megapixels} megapixels), over the limit of "
            "{limit} megapixels (LABELWRIGHT_MAX_IMAGE_MEGAPIXELS)",
            name=name,
            width=width,
            height=height,
            megapixels=f"{width * height / 1e6:.1f}",
            limit=f"{limits.max_megapixels:g}",
        )


def check_size_bytes(path: Path, size_bytes: int, *, name: str) -> None:
    """See that the file is there and as long as it was.

    Raises:
        InvalidMedia: it is not.
    """
    try:
        found = path.stat().st_size
    except OSError as error:
        raise InvalidMedia("{name} cannot be read: {reason}", name=name, reason=error.strerror) from error
    if found != size_bytes:
        raise InvalidMedia("{name} has changed since its task was made", name=name)


def read_display_orientation(frame: VideoFrame) -> int:
    """Return how the decoded frame must be turned to be seen upright, as the EXIF orientation 1..8.

    A matrix that turns by no multiple of 90 degrees is passed over: 1.
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, SideData):
        return 1
    a, b, _, c, d = struct.unpack_from("=5i", bytes(matrix))
    largest = max(abs(a), abs(b), abs(c), abs(d), 1)
    return _ORIENTATIONS.get((_sign(a, largest), _sign(b, largest), _sign(c, largest), _sign(d, largest)), 1)


def _sign(element: int, largest: int) -> int:
    return round(element / largest)
