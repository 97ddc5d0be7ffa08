"""Runs the browser tests that just failed once more, alone; succeeds when there are few and all succeed now.

A browser beside as many other processes as the machine has cores can miss a deadline through nobody's fault. What
fails alone as well, and whatever else failed, is a failure. Each second try is told, so that it is looked into.

    python tools/try_again.py PYTEST-COMMAND...
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
#: More than this is no bad luck.
_MOST = 3


def main(command: list[str]) -> int:
    """Return 0 if the tests that failed, few and of the browser alone, succeed now."""
    failed = sorted(json.loads(_FAILED.read_text(encoding="utf-8"))) if _FAILED.is_file() else []
    if not failed or len(failed) > _MOST or not all(name.startswith("tests/browser/") for name in failed):
        return 1
    print("== tried again, alone:", *failed, sep="\n  ", flush=True)
    return subprocess.run([*command, *failed], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
