"""Script time of a page, from Chromium's own trace: what ran on the main thread, and how long, frame by frame.

It is the processor's time, not the clock's: what other programs take away meanwhile does not count.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page

_CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline.frame", "v8"]
#: What runs script, at the outermost: layout, painting and collecting garbage outside of script are not ours.
_SCRIPT = {
    "EventDispatch",
    "FireAnimationFrame",
    "FunctionCall",
    "EvaluateScript",
    "TimerFire",
    "FireIdleCallback",
    "RunMicrotasks",
    "v8.callFunction",
    "XHRReadyStateChange",
}


@dataclass
class Spans:
    """Script on the main thread of a page. `frames_ms`: its sum in each animation frame that had any."""

    total_ms: float = 0.0
    longest_ms: float = 0.0
    frames_ms: list[float] = field(default_factory=list)

    def frame_ms(self, part: float) -> float:
        """The `part` quantile of the frames."""
        return quantile(self.frames_ms, part)


def quantile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


@contextmanager
def script_of(page: Page) -> Iterator[Spans]:
    """Trace `page` while the block runs; the spans are filled when it ends."""
    spans, browser = Spans(), page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=_CATEGORIES)
    try:
        yield spans
    finally:
        events = json.loads(browser.stop_tracing())["traceEvents"]
    _fill(spans, events)


def _fill(spans: Spans, events: list[dict]) -> None:
    began = [event for event in events if event["name"] == "BeginMainThreadFrame"]
    threads = [(event["pid"], event["tid"]) for event in began]
    main = max(set(threads), key=threads.count)
    starts = sorted(event["ts"] for event in began if (event["pid"], event["tid"]) == main)
    frames = [0.0] * (len(starts) + 1)
    for start, length in _outermost(events, main):
        spans.total_ms += length / 1000
        spans.longest_ms = max(spans.longest_ms, length / 1000)
        frames[sum(each <= start for each in starts)] += length / 1000
    spans.frames_ms = [frame for frame in frames if frame > 0]


def _outermost(events: list[dict], main: tuple[int, int]) -> Iterator[tuple[float, float]]:
    """Start on the clock and length on the processor, in µs, of script that does not run inside other script."""
    ours = [
        (event["ts"], event.get("dur", 0), event.get("tdur", 0))
        for event in events
        if event["name"] in _SCRIPT and event["ph"] == "X" and (event["pid"], event["tid"]) == main
    ]
    end = 0.0
    for start, length, busy in sorted(ours, key=lambda span: (span[0], -span[1])):
        if start >= end:
            yield start, busy
            end = start + length
