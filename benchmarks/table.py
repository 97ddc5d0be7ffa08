"""The table of figures: a row each, in English and Chinese, printed and written into the READMEs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Literal

Language = Literal["en", "zh"]
#: A text in both languages, or one that is the same in both.
Words = tuple[str, str] | str
READMES: dict[Language, str] = {"en": "README.md", "zh": "README.zh-CN.md"}
_MARKS = "<!-- bench:start -->", "<!-- bench:end -->"

_HEADS: dict[Language, tuple[str, ...]] = {
    "en": ("what", "wanted", "measured", "this machine's own floor", "CVAT 1.7"),
    "zh": ("项目", "目标", "实测", "本机下限", "CVAT 1.7"),
}
_NOTES: dict[Language, str] = {
    "en": (
        "{day}, {machine}. Medians, with least and most in brackets; everything runs on this one machine, the "
        "client too. A floor is what the machine takes for the heart of the job in the barest code there is; it is no "
        "whole server. CPU is that of all our processes, from /proc. CVAT 1.7: its production set-up on "
        "PostgreSQL, on a machine of two cores. ✗ marks what is not reached."
    ),
    "zh": (
        "{day}，{machine}。数值为中位数，括号内为最小值和最大值；客户端也在同一台机器上运行。"
        "“本机下限”是用最简代码完成该项核心工作所需的开销，并不是完整的服务器。CPU 时间为我们所有进程之和，取自 /proc。"
        "CVAT 1.7 为使用 PostgreSQL 的生产部署，运行在同为两核的机器上。✗ 表示未达到目标。"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure. `is_reached` None: nothing was wanted."""

    what: Words
    wanted: Words
    measured: Words
    floor: Words
    cvat: Words = "–"
    is_reached: bool | None = None

    def cells(self, language: Language) -> list[str]:
        """Return the row's texts in the order of the heads."""
        mark = "" if self.is_reached is None or self.is_reached else " ✗"
        texts = (self.what, self.wanted, self.measured, self.floor, self.cvat)
        found = [_say(text, language) for text in texts]
        found[2] = f"**{found[2]}**{mark}"
        return found


def _say(text: Words, language: Language) -> str:
    if isinstance(text, str):
        return text
    return text[0] if language == "en" else text[1]


def spread(values: Sequence[float], unit: str = "s") -> str:
    """Return median, least and most: `0.81 s (0.78–0.93)`."""
    middle = median(values)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    shown = f"{middle:.{digits}f} {unit}"
    return f"{shown} ({min(values):.{digits}f}–{max(values):.{digits}f})" if len(values) > 1 else shown


def render(rows: Sequence[Row], language: Language, *, machine: tuple[str, str], day: date) -> str:
    """Return the table and what must be known to read it, as Markdown."""
    heads = _HEADS[language]
    lines = [_line(heads), _line(["---"] * len(heads)), *(_line(row.cells(language)) for row in rows)]
    note = _NOTES[language].format(day=day.isoformat(), machine=_say(machine, language))
    return "\n".join([*lines, "", note])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def write(folder: Path, rows: Sequence[Row], *, machine: tuple[str, str], day: date) -> None:
    """Put the table between the marks of both READMEs in `folder`."""
    for language, name in READMES.items():
        path = folder / name
        path.write_text(
            replaced(path.read_text("utf-8"), render(rows, language, machine=machine, day=day)), "utf-8"
        )


def replaced(text: str, table: str) -> str:
    """Return `text` with `table` between its marks. Raises ValueError when they are not there."""
    first, last = _MARKS
    found = re.subn(rf"{first}.*?{last}", lambda _: f"{first}\n{table}\n{last}", text, flags=re.DOTALL)
    if found[1] != 1:
        raise ValueError(f"expected {first} and {last} once, found them {found[1]} times")
    return found[0]
