"""No drawn box is lost or doubled, whatever dies.

`LOSS_RUNS` and `LOSS_SEED` change how often and when; a failure prints the seed. `make soak` makes 1,000 runs.
"""

import os
import secrets

from house import House
from loss import SETTINGS, run, write_photographs


def test_every_drawn_box_is_there_once_whatever_dies(tmp_path, browser, tell):
    seed = os.environ.get("LOSS_SEED") or secrets.token_hex(4)
    print(f"LOSS_SEED={seed}")
    images = write_photographs(tmp_path / "photographs")
    house = House(tmp_path / "house", workers=1, images=images, settings=SETTINGS)
    try:
        done = run(house, browser, runs=int(os.environ.get("LOSS_RUNS") or 50), seed=seed)
    finally:
        house.stop()
    tell(f"LOSS_SEED={seed}: {dict(done)}")
    assert done["boxes"] > 0
    assert done["tabs killed"] > 0
