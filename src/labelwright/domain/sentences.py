"""Sentences for people: English text that remembers how it was made, so that it can be said in another language.

The template is the English text with its values in braces, as `str.format` takes them. `languages` holds what each
template is in Chinese; a test reads the source and asks for every one of them. So a sentence is never put together
from pieces of text: what is itself a sentence becomes the value of another (`"{name}: {problem}"`).
"""

import json
from typing import Any

Value = str | int | float | bool | None

_PLAIN = (str, int, float)  # a tuple: a union here takes three times as long
#: How a packed sentence begins. No sentence in English does.
_PACKED = '{"say": '


class Sentence(str):
    """A sentence, as text in English, with its `template` and `values`."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, Value]

    def __new__(cls, template: str, /, **values: object) -> "Sentence":
        """Fill `values` into `template`. Without values it is taken as it is, braces too; a sentence stays itself."""
        if isinstance(template, Sentence):
            return template
        kept = {name: _kept(value) for name, value in values.items()}
        made = super().__new__(cls, template.format(**kept) if kept else template)
        made.template = template
        made.values = kept
        return made


def _kept(value: object) -> Value:
    """Return `value` as something JSON has."""
    return value if value is None or isinstance(value, _PLAIN) else str(value)


def pack(text: str) -> str:
    """Return a sentence as one text that keeps template and values; any other text as it is."""
    return json.dumps(_packed(text), ensure_ascii=False) if isinstance(text, Sentence) and text else str(text)


def unpack(text: str) -> Sentence:
    """Return what was packed. A text that was not is a sentence without values."""
    return _unpacked(json.loads(text)) if text.startswith(_PACKED) else Sentence(text)


def _packed(value: Value) -> Any:
    if not isinstance(value, Sentence):
        return value
    return {"say": value.template, "with": {name: _packed(each) for name, each in value.values.items()}}


def _unpacked(packed: Any) -> Sentence:
    values = {
        name: _unpacked(each) if isinstance(each, dict) else each for name, each in packed["with"].items()
    }
    return Sentence(packed["say"], **values)
