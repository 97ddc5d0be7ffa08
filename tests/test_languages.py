"""Every sentence of the server has its Chinese: the source is read for them, nothing is run."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from labelwright.domain.errors import Invalid, NotFound
from labelwright.domain.sentences import Sentence, pack, unpack
from labelwright.languages import chinese, language_of, say

SOURCE = Path(__file__).parent.parent / "src" / "labelwright"
#: The console has its own table in both languages, `cli/words.py`.
TREES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(SOURCE.rglob("*.py"))
    if path.relative_to(SOURCE).parts[0] != "cli"
}
#: Keywords that are no values of the sentence, by what is called; for every other error `field`.
RESERVED = {"Sentence": set(), "InvalidLabel": {"index", "key"}}


class Said(NamedTuple):
    """A sentence made somewhere: its template, the names of its values, and where."""

    template: str
    values: set[str]
    where: str


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def error_classes() -> tuple[set[str], set[str]]:
    """The names of all errors of ours, and of those that take a template themselves."""
    classes = [node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    takes_template = {"LabelwrightError": True}
    grown = True
    while grown:
        grown = False
        for node in classes:
            base = next((name_of(base) for base in node.bases if name_of(base) in takes_template), None)
            if base is None or node.name in takes_template:
                continue
            inits = [
                each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"
            ]
            own = [argument.arg for init in inits for argument in (*init.args.posonlyargs, *init.args.args)]
            takes_template[node.name] = "template" in own if inits else takes_template[base]
            grown = True
    return set(takes_template), {name for name, takes in takes_template.items() if takes}


ERRORS, TEMPLATED = error_classes()


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that make a sentence: of `Sentence`, of an error, of an error's own base."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in ERRORS:
            yield from (
                each
                for each in ast.walk(node)
                if isinstance(each, ast.Call)
                and isinstance(each.func, ast.Attribute)
                and each.func.attr == "__init__"
                and each.args
            )
        elif isinstance(node, ast.Call) and node.args and name_of(node.func) in TEMPLATED | {"Sentence"}:
            yield node


def sentence_names(tree: ast.Module) -> set[str]:
    """Names in a module that hold a sentence, or are functions that return one."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            names |= {
                each.arg for each in arguments if each.annotation and name_of(each.annotation) == "Sentence"
            }
            if node.returns and name_of(node.returns) == "Sentence":
                names.add(node.name)
        elif isinstance(node, ast.Assign) and name_of(getattr(node.value, "func", node)) == "Sentence":
            names |= {name_of(target) for target in node.targets}
    return names


def is_sentence(node: ast.expr, known: set[str]) -> bool:
    if isinstance(node, ast.Call):
        node = node.func
    is_message = isinstance(node, ast.Attribute) and node.attr == "message"
    return is_message or name_of(node) in known | {"template"}


def read_source(trees: Mapping[Path, ast.Module]) -> tuple[list[Said], list[str]]:
    """Every sentence that is written down, and the places that put one together otherwise."""
    found, wrong = [], []
    for path, tree in trees.items():
        known = sentence_names(tree)
        for call in calls(tree):
            first, where = call.args[0], f"{path.relative_to(SOURCE)}:{call.lineno}"
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                names = {each.arg or "**" for each in call.keywords}
                values = names - RESERVED.get(name_of(call.func), {"field"})
                found.append(Said(first.value, values, where))
            elif not is_sentence(first, known) and path.name != "sentences.py":
                wrong.append(f"{where}: {ast.unparse(first)}")
    return found, wrong


def places(template: str) -> dict[str, tuple[str | None, str | None]]:
    """What stands in braces, with its conversion and format."""
    return {
        name: (conversion, spec)
        for _, name, spec, conversion in Formatter().parse(template)
        if name is not None
    }


SAID, WRONG = read_source(TREES)


def test_the_source_was_found():
    assert len(SAID) > 250
    assert {"Invalid", "InvalidLabel", "NoData", "MalformedBody"} <= TEMPLATED
    assert {"FieldErrors", "WeakPassword", "RevisionMoved"} <= ERRORS - TEMPLATED


@pytest.mark.parametrize(
    "written", ['f"{name} is gone"', '"gone: " + name', '"{} is gone".format(name)', "str(error)", "name"]
)
def test_a_sentence_put_together_would_be_noticed(written):
    tree = ast.parse(f"raise Invalid({written}, field='a')")
    assert read_source({SOURCE / "some.py": tree}) == ([], [f"some.py:1: {ast.unparse(ast.parse(written))}"])


def test_no_sentence_is_put_together_from_pieces():
    assert WRONG == [], "write a template with values: f-strings cannot be said in Chinese"


def test_every_sentence_is_given_its_values():
    assert [said for said in SAID if said.values not in ({"**"}, set(places(said.template)))] == []


def test_every_sentence_has_its_chinese():
    missing = [said for said in SAID if said.template and said.template not in chinese()]
    assert missing == [], "add them to src/labelwright/chinese.json"


def test_nothing_is_translated_that_nobody_says():
    assert sorted(chinese().keys() - {said.template for said in SAID}) == []


@pytest.mark.parametrize("template", sorted(chinese()))
def test_a_sentence_has_the_same_places_in_both_languages(template):
    assert places(chinese()[template]) == places(template)


def test_chinese_is_chinese():
    words = [
        text for template, text in chinese().items() if re.search("[a-z]{2}", re.sub("{.*?}", "", template))
    ]
    assert [text for text in words if not re.search("[\u4e00-\u9fff]", text)] == []
    assert [text for text in words if re.search("[\u4e00-\u9fff][,;:!?]", text)] == []


def test_the_table_is_in_order_and_has_each_sentence_once():
    pairs = json.loads(
        (SOURCE / "chinese.json").read_text(encoding="utf-8"), object_pairs_hook=lambda pairs: pairs
    )
    templates = [template for template, _ in pairs]
    assert templates == sorted(set(templates), key=lambda template: (template.lower(), template))


def test_sentences_within_sentences_are_said_too():
    inner = Sentence("the file is empty")
    error = Invalid("{name} is no image that can be read: {reason}", name="猫 {0}.jpg", reason=inner)
    assert str(error) == error.message == "猫 {0}.jpg is no image that can be read: the file is empty"
    assert say(error.message, "en") == str(error)
    assert say(error.message, "zh-CN") == "猫 {0}.jpg 不是可读取的图片：文件为空"


def test_a_text_of_somebody_else_is_said_as_it_is():
    assert say("a {plain} text", "zh-CN") == "a {plain} text"
    assert say(Sentence("no such {sentence}"), "zh-CN") == "no such {sentence}"
    assert say(NotFound("").message, "zh-CN") == ""


def test_a_field_is_no_value_and_a_value_may_be_called_anything_else():
    error = Invalid("{name} cannot be read: {reason}", field="file", name="a.jpg", reason="gone")
    assert (error.field, error.message.values) == ("file", {"name": "a.jpg", "reason": "gone"})


def test_values_stay_what_json_has():
    sentence = Sentence("{file} {number} {share!r} {none}", file=Path("a/b"), number=3, share="x", none=None)
    assert sentence == "a/b 3 'x' None"
    assert sentence.values == {"file": "a/b", "number": 3, "share": "x", "none": None}


@pytest.mark.parametrize(
    "sentence",
    [
        Sentence("Reading images: {done} of {count}", done=120, count=500),
        Sentence(
            "{where} {otherwise} ({reason})", where='a"}.zip', otherwise=Sentence("is damaged"), reason="\0"
        ),
        Sentence("No media data found"),
        Sentence('{"say": 1}'),
    ],
)
def test_a_packed_sentence_comes_back_with_its_values(sentence):
    again = unpack(pack(sentence))
    assert (again, again.template, again.values) == (sentence, sentence.template, sentence.values)
    assert [type(value) for value in again.values.values()] == [
        type(value) for value in sentence.values.values()
    ]


@pytest.mark.parametrize(
    "text", ["", "Images are being read 14%", "KeyError: 'x'", "{braces} of an older row"]
)
def test_what_older_rows_hold_is_read_as_it_is(text):
    assert (unpack(text), unpack(text).values) == (text, {})
    assert pack(text) == text


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-CN", "zh-CN"),
        (" ZH-hans ", "zh-CN"),
        ("zh", "zh-CN"),
        ("en-US", "en"),
        ("", "en"),
        ("zhx", "en"),
        ("de, zh-CN", "en"),
    ],
)
def test_a_language_tag_names_a_language(tag, language):
    assert language_of(tag) == language
