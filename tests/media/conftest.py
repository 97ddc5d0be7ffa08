import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clips import ffmpeg, make_clip, oracle_places, plain_clip  # noqa: F401  # fixtures: importing them offers them
