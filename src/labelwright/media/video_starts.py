"""Key pictures of H.264 from which decoding gives the very pictures it gives from the beginning.

Containers mark as key also pictures after which the rest comes right only bit by bit (intra refresh). ITU-T
H.264: section 7.3.1 (NAL units), 7.3.2.3.1 and D.1.8 (the message "recovery point").
"""

from collections.abc import Iterator

_IDR, _SEI = 5, 6
_SLICES = range(1, 6)
_RECOVERY_POINT = 6


def is_exact_start(packet: bytes, extradata: bytes | None) -> bool:
    """Return whether a key packet of H.264 is such a start: an IDR picture, or one that is right at once.

    `extradata` is the stream's: an `avcC` record, or None or Annex B bytes for a stream with start codes.
    """
    for unit in _units(packet, extradata):
        kind = unit[0] & 31
        if kind == _IDR:
            return True
        if kind == _SEI and (frames := _recovery_frames(unit[1:])) is not None:
            return frames == 0
        if kind in _SLICES:
            return False
    return False


def _units(packet: bytes, extradata: bytes | None) -> Iterator[bytes]:
    """Yield the first bytes of each NAL unit, enough for what is looked for."""
    if extradata and extradata[0] == 1 and len(extradata) > 4:
        width, position = (extradata[4] & 3) + 1, 0
        while position + width < len(packet):
            size = int.from_bytes(packet[position : position + width], "big")
            position += width
            if size:
                yield packet[position : position + min(size, 256)]
            position += size
        return
    position = packet.find(b"\0\0\1")
    while 0 <= position < len(packet) - 3:
        yield packet[position + 3 : position + 259]
        position = packet.find(b"\0\0\1", position + 3)


def _recovery_frames(messages: bytes) -> int | None:
    """Return `recovery_frame_cnt` of a recovery point among SEI messages, None if there is none."""
    position = 0
    while position + 2 < len(messages):
        kind, position = _long_number(messages, position)
        size, position = _long_number(messages, position)
        if kind == _RECOVERY_POINT:
            bits = int.from_bytes(messages[position : position + 4].ljust(4, b"\0"), "big")
            zeros = 32 - bits.bit_length()
            return (bits >> max(31 - 2 * zeros, 0)) - 1
        position += size
    return None


def _long_number(content: bytes, position: int) -> tuple[int, int]:
    total = 0
    while position < len(content):
        total += content[position]
        position += 1
        if content[position - 1] != 255:
            break
    return total, position
