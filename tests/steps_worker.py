"""A worker process for tests: the real worker with kinds of operations that leave marks in a file.

`media` takes three steps, `export` one that goes on until it is stopped, `import` one that fails as asked, `hash` one
that nobody waits for. Each step writes a line as it begins and as it ends. The environment says where: LW_DATABASE,
LW_OPERATIONS, LW_FOLDER.
"""

import argparse
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from labelwright import worker
from labelwright.deps import Limits
from labelwright.domain.errors import ImportMismatch
from labelwright.operations import Queue
from labelwright.storage import Database
from labelwright.workflows import Stage


@dataclass(frozen=True)
class StepDeps:
    """What the worker and these steps use of `Deps`."""

    database: Database
    scratch: Path
    limits: Limits = field(default_factory=Limits)

    def clock(self):
        return datetime.now(UTC)


def _step(name):
    def run(deps, operation, progress):
        with (deps.scratch / f"{operation.id}.marks").open("a", buffering=1) as marks:
            marks.write(f"{name} begins\n")
            rounds = operation.request.get("rounds", 5)
            for done in range(rounds):
                progress(done / rounds, f"{name} {done} of {rounds}")
                time.sleep(0.05)
            marks.write(f"{name} ends\n")
        return {name: len(operation.result or {})}

    return run


def _fail(deps, operation, progress):
    raise {"mismatch": ImportMismatch, "bug": KeyError}[operation.request["how"]](
        "frame a.jpg is not in the task"
    )


KINDS = {
    "media": [Stage("one", _step("one")), Stage("two", _step("two")), Stage("three", _step("three"))],
    "export": [Stage("only", _step("only"))],
    "import": [Stage("fail", _fail)],
    "hash": [Stage("proof", _step("proof"))],
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--slot", type=int, default=0)
    parser.add_argument("--watch-stdin", action="store_true")
    asked = parser.parse_args()
    if asked.watch_stdin:
        threading.Thread(target=worker._end_with_stdin, daemon=True).start()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    folder, queue = Path(os.environ["LW_FOLDER"]), Queue(os.environ["LW_OPERATIONS"])
    deps = StepDeps(Database(os.environ["LW_DATABASE"]), folder)
    pace = worker.Pace(
        beat_s=float(os.environ.get("LW_BEAT_S", "0.2")),
        stale_s=float(os.environ.get("LW_STALE_S", "30")),
        adrift_s=0.3,
    )
    worker.run(deps, queue, executor_id=f"worker-{asked.slot}", stop=stop, kinds=KINDS, pace=pace)


if __name__ == "__main__":
    main()
    sys.stderr.flush()
    os._exit(0)
