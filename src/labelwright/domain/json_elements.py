"""Reads a JSON object whose members are long arrays, one array element at a time.

Annotation files are one object around one array of a million elements; decoding it whole would take
a hundred times the memory of an element. Text is taken in windows; an element that a window cuts off is
decoded again when more has come.
"""

import codecs
import json
import re
from collections.abc import Container, Iterable, Iterator
from typing import Any, NamedTuple, NoReturn

from labelwright.domain.errors import InvalidArchive
from labelwright.domain.sentences import Sentence

#: Characters a single value may take outside the wanted arrays, or as an element of one.
VALUE_LIMIT = 64 * 1024 * 1024
#: A fault nearer to the window's end may only be the cut: the longest literal is `-Infinity`.
_CUT_MARGIN = 32
_SPACE = re.compile(r"[ \t\n\r]*")


class Element(NamedTuple):
    """`value` is element `number` (from 0) of the array under `key`; `BEGIN` comes once, before the first."""

    key: str
    number: int
    value: Any


BEGIN = object()


def read_elements(pieces: Iterable[bytes], *, name: str, wanted: Container[str]) -> Iterator[Element]:
    """Yield the elements of the arrays under the `wanted` keys of the object in `pieces`, in file order.

    What stands under other keys is passed over. `name` is what messages call the file.

    Raises:
        InvalidArchive: the text is not UTF-8 or not JSON (NaN, Infinity and values nested too deep are
            not), is no object, holds no array under a wanted key, or one value is too large; the
            message names line and column.
    """
    window = _Window(pieces, name)
    sign = window.expect("{")
    if window.next_sign() == "}":
        sign = window.expect("}")
    while sign != "}":
        key = window.value()
        if not isinstance(key, str):
            window.fail(Sentence("a key in double quotes was expected"), window.position)
        window.expect(":")
        if window.next_sign() == "[":
            if key in wanted:
                yield Element(key, -1, BEGIN)
            for number, value in enumerate(_array(window)):
                if key in wanted:
                    yield Element(key, number, value)
        elif key in wanted:
            window.fail(Sentence("an array was expected under '{key}'", key=key), window.position)
        else:
            window.value()
        sign = window.expect(",}")
    if window.next_sign():
        window.fail(Sentence("the file goes on after its object"), window.position)


def _array(window: "_Window") -> Iterator[Any]:
    window.position += 1
    if window.next_sign() == "]":
        window.position += 1
        return
    sign = ","
    while sign == ",":
        yield window.value()
        sign = window.expect(",]")


class _Window:
    """The part of the text that is at hand, and the place in it."""

    def __init__(self, pieces: Iterable[bytes], name: str) -> None:
        self._pieces = iter(pieces)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._is_over = False
        self._name = name
        self._lines_gone = 0
        self._columns_gone = 0
        self._text = ""
        self.position = 0
        self._scan = json.JSONDecoder(parse_constant=self._refuse_constant).raw_decode

    def next_sign(self) -> str:
        """Skip white space and return the character that follows, empty at the end; it is not consumed."""
        while True:
            match = _SPACE.match(self._text, self.position)
            self.position = match.end() if match else self.position
            if self.position < len(self._text):
                return self._text[self.position]
            if not self._read_more():
                return ""

    def expect(self, signs: str) -> str:
        """Consume one of `signs` and return it."""
        sign = self.next_sign()
        if not sign or sign not in signs:
            self.fail(_expected(*signs), self.position)
        self.position += 1
        return sign

    def value(self) -> Any:
        """Decode and consume the value that comes next."""
        self.next_sign()
        while True:
            try:
                value, end = self._scan(self._text, self.position)
            except json.JSONDecodeError as error:
                is_cut = error.pos > len(self._text) - _CUT_MARGIN or error.msg.startswith("Unterminated")
                if not (is_cut and self._read_more()):
                    self.fail(Sentence("{reason}", reason=error.msg), error.pos)
            except RecursionError:
                self.fail(Sentence("values are nested too deep"), self.position)
            except ValueError as error:
                self.fail(Sentence("{reason}", reason=error), self.position)
            else:
                # A number near the end may go on in the next piece: `1` of `1.5`, of `1e+5`.
                is_closed = self._text[end - 1] in '}]"' or end + _CUT_MARGIN < len(self._text)
                if is_closed or not self._read_more():
                    self.position = end
                    return value

    def fail(self, problem: Sentence, position: int) -> NoReturn:
        """Say what is wrong at `position` of the window, by line and column."""
        line = self._lines_gone + self._text.count("\n", 0, position) + 1
        line_start = self._text.rfind("\n", 0, position)
        column = position - line_start + (self._columns_gone if line_start < 0 else 0)
        raise InvalidArchive(
            "{file}, line {line}, column {column}: {problem}",
            file=self._name,
            line=line,
            column=column,
            problem=problem,
        )

    def _read_more(self) -> bool:
        """Drop what is consumed and take at least as much as is left; False, nothing changed, at the end."""
        left = len(self._text) - self.position
        if left > VALUE_LIMIT:
            self.fail(
                Sentence("one value is longer than {limit} characters", limit=VALUE_LIMIT), self.position
            )
        fresh = ""
        try:
            while len(fresh) <= left and not self._is_over:
                piece = next(self._pieces, b"")
                self._is_over = not piece
                fresh += self._decoder.decode(piece, final=self._is_over)
        except UnicodeDecodeError as error:
            self.fail(Sentence("the text is not UTF-8 ({reason})", reason=error.reason), self.position)
        if not fresh:
            return False
        line_start = self._text.rfind("\n", 0, self.position)
        self._columns_gone = self.position - line_start - 1 + (self._columns_gone if line_start < 0 else 0)
        self._lines_gone += self._text.count("\n", 0, self.position)
        self._text = self._text[self.position :] + fresh
        self.position = 0
        return True

    def _refuse_constant(self, constant: str) -> NoReturn:
        self.fail(Sentence("{constant} is not a number JSON knows", constant=constant), self.position)


def _expected(sign: str, other: str | None = None) -> Sentence:
    if other is None:
        return Sentence("{sign!r} was expected", sign=sign)
    return Sentence("{sign!r} or {other!r} was expected", sign=sign, other=other)
