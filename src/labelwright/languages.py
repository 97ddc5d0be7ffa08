"""The languages the server speaks: English, in which every sentence is written, and Chinese, from one table."""

import functools
import json
from pathlib import Path
from typing import Literal

from labelwright.domain.sentences import Sentence

Language = Literal["en", "zh-CN"]


@functools.cache
def chinese() -> dict[str, str]:
    """Return the Chinese template of every English one; both have the same places for values."""
    table: dict[str, str] = json.loads(Path(__file__).with_name("chinese.json").read_bytes())
    return table


def say(text: str, language: Language) -> str:
    """Return `text` in the language, the sentences among its values too. What no table knows stays English."""
    if language == "en" or not isinstance(text, Sentence):
        return str(text)
    template = chinese().get(text.template)
    values = {
        name: say(value, language) if isinstance(value, Sentence) else value
        for name, value in text.values.items()
    }
    if template is None:
        template = text.template
    return template.format(**values) if values else template


def language_of(tag: str) -> Language:
    """Return the language for a language tag (BCP 47): Chinese for every kind of it, English for all others."""
    return "zh-CN" if tag.strip().lower().partition("-")[0] == "zh" else "en"
