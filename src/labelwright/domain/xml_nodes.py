"""Reads long XML files from strangers, one small element at a time.

A DOCTYPE is refused, and with it entities and external references: nothing expands, nothing is fetched.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from msgspec import Struct, field

from labelwright.domain.errors import InvalidArchive
from labelwright.domain.sentences import Sentence

#: Elements within one another, and within one yielded node.
MAX_DEPTH = 64
MAX_DESCENDANTS = 100_000
#: Bytes of a single tag, or characters of text within one node.
MAX_LENGTH = 64 * 1024 * 1024


class Node(Struct, gc=False):
    """An element: its attributes, its child elements, and its text if it has no children."""

    name: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    text: str = ""


class Visit(NamedTuple):
    """`parent` has been opened, when `node` is None; else `node`, a child of it, is complete."""

    parent: Node
    node: Node | None


def read_nodes(pieces: Iterable[bytes], *, name: str, root: str, depth: int) -> Iterator[Visit]:
    """Yield the elements at `depth` (the outermost one, named `root`, has depth 1), complete, in order.

    Their parents come as well, when they open, without children. `depth` is 2 or more, `name` what
    messages call the file.

    Raises:
        InvalidArchive: it is no XML, has a DOCTYPE or another outermost element, or nests or holds more
            in one element than anything sensible; the message names the line.
    """
    builder = _Builder(name, root, depth)
    parser = builder.parser
    fed = 0
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > MAX_LENGTH:
                builder.fail(Sentence("a tag is too long"))
            yield from builder.visits
            builder.visits.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        builder.fail(
            Sentence(
                "column {column}: {reason}", column=error.offset + 1, reason=expat.ErrorString(error.code)
            )
        )
    except (LookupError, ValueError) as error:
        builder.fail(Sentence("its encoding cannot be read ({reason})", reason=error))
    yield from builder.visits


class _Builder:
    """Gathers what the parser tells into `visits`."""

    def __init__(self, name: str, root: str, depth: int) -> None:
        self._file_name = name
        self._root = root
        self._node_depth = depth
        self._depth = 0
        self._parent = Node(root, {})
        self._path: list[Node] = []
        self._descendants = 0
        self._text: list[str] = []
        self._text_length = 0
        self.visits: list[Visit] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def fail(self, problem: Sentence) -> NoReturn:
        """Say what is wrong at the line the parser has come to."""
        raise InvalidArchive(
            "{file}, line {line}: {problem}",
            file=self._file_name,
            line=self.parser.CurrentLineNumber,
            problem=problem,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth < self._node_depth:
            self._open_parent(name, attributes)
            return
        node = Node(name, attributes)
        if self._depth == self._node_depth:
            self._descendants = self._text_length = 0
            self.parser.CharacterDataHandler = self._characters
        else:
            self._path[-1].children.append(node)
            self._descendants += 1
            if self._descendants > MAX_DESCENDANTS or self._depth > MAX_DEPTH:
                self.fail(
                    Sentence(
                        "<{name}> holds too many elements, or nests them too deep", name=self._path[0].name
                    )
                )
        self._path.append(node)
        self._text.clear()

    def _open_parent(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 1 and name != self._root:
            self.fail(
                Sentence(
                    "the outermost element is <{name}>, <{root}> was expected", name=name, root=self._root
                )
            )
        if self._depth == self._node_depth - 1:
            self._parent = Node(name, attributes)
            self.visits.append(Visit(self._parent, None))

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if not self._path:
            return
        node = self._path.pop()
        if not node.children:
            node.text = "".join(self._text)
        if not self._path:
            self.parser.CharacterDataHandler = None
            self.visits.append(Visit(self._parent, node))

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._text_length += len(text)
        if self._text_length > MAX_LENGTH:
            self.fail(Sentence("an element holds too much text"))

    def _refuse_doctype(self, *_: object) -> NoReturn:
        self.fail(Sentence("a DOCTYPE is refused, and entities and external references with it"))
