import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hand import git_house  # noqa: F401  # as below
from live import hidden, job, live, of_2020, root, shared_task  # noqa: F401  # fixtures: importing them offers them
