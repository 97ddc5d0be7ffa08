"""Measure Labelwright's speed and memory on this machine, and print the table of the README.

Nothing is needed but the development set-up (`make bench`). Figures are for reading, never a test: machines are noisy.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import machine
import table
from measures import QUICK, Size, measure_one, measure_saves, measure_start, measure_tasks
from measures_frames import measure_frames
from measures_media import measure_autosave, measure_coco, measure_images
from measures_sources import measure_sources
from measures_statistics import measure_statistics
from measures_video import measure_video
from table import Row

MEASURES: dict[str, Callable[[Size], Iterator[Row]]] = {
    "start": measure_start,
    "saves": measure_saves,
    "one": measure_one,
    "tasks": measure_tasks,
    "frames": measure_frames,
    "images": measure_images,
    "sources": measure_sources,
    "video": measure_video,
    "coco": measure_coco,
    "autosave": measure_autosave,
    "statistics": measure_statistics,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=MEASURES, default=list(MEASURES), help="measure these alone"
    )
    parser.add_argument(
        "--quick", action="store_true", help="repeat little: to see that it works, not for figures"
    )
    parser.add_argument(
        "--write", action="store_true", help="write the table into both READMEs; takes all measurements"
    )
    asked = parser.parse_args()
    if asked.write and (asked.quick or len(asked.only) < len(MEASURES)):
        parser.error("--write goes with neither --only nor --quick: the READMEs hold whole, careful tables")
    rows: list[Row] = []
    for name in asked.only:
        began = time.monotonic()
        rows += MEASURES[name](QUICK if asked.quick else Size())
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    here = machine.describe(Path("/var/tmp"))
    print(table.render(rows, "en", machine=here, day=date.today()))
    if asked.write:
        table.write(Path(__file__).parent.parent, rows, machine=here, day=date.today())
    return 0


if __name__ == "__main__":
    sys.exit(main())
