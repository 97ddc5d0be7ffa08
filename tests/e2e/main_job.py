"""The main job over real HTTP while the server and its workers are killed, again and again.

    python tests/e2e/main_job.py --rounds 12 --seed 7

Several people annotate, upload, import and export at once; each repeats what was not answered, with the same
Idempotency-Key. In the end every acknowledged annotation must be there once, in its last state, and nothing else.
`LABELWRIGHT_DATABASE_URL` and `LABELWRIGHT_OPERATIONS_URL` choose another database, which must be empty.
"""

import argparse
import random
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from actors import (
    Actor,
    Annotator,
    Box,
    Export,
    Exporter,
    Importer,
    Task,
    Uploader,
    box_of_wire,
    boxes_by_identity,
    export_coco,
    make_task,
)
from house import Client, House, Wrong

_PHOTOGRAPHS = {
    "skimage": [f"data/{name}" for name in (
        "astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "rocket.jpg", "hubble_deep_field.jpg",
    )],
    "sklearn": ["datasets/images/china.jpg", "datasets/images/flower.jpg"],
}  # fmt: skip
_ANNOTATORS = 4


@dataclass(frozen=True)
class Outcome:
    """What stands in the end: the acknowledged boxes by identity, the export with its images, what was survived."""

    task: Task
    boxes: dict[str, Box]
    export: Export
    kills: int
    broken: int
    done: dict[str, int]


def photographs() -> list[tuple[str, bytes]]:
    """Name and bytes of the photographs that scikit-image and scikit-learn bring."""
    found = []
    for package, files in _PHOTOGRAPHS.items():
        spec = find_spec(package)
        assert spec is not None, f"{package} is missing: run `make setup`"
        assert spec.submodule_search_locations is not None
        paths = [Path(spec.submodule_search_locations[0], file) for file in files]
        found += [(path.name, path.read_bytes()) for path in paths]
    return found


def run(house: House, *, rounds: int, seed: str) -> Outcome:
    """Let everybody work, kill something `rounds` times, and check what is left. Raises Wrong."""
    house.start()
    client = Client(house).sign_in()
    images = photographs()
    task = make_task(client, "main", [*images, ("z-again.png", images[0][1])], segment_size=2)
    own = make_task(client, "imported", images[:2], segment_size=0)
    annotators = [
        Annotator(house, f"annotator{n}", seed, task, task.jobs[n], task.jobs[-1]) for n in range(_ANNOTATORS)
    ]
    uploader = Uploader(house, "uploader", seed, images)
    others = [uploader, Importer(house, "importer", seed, own), Exporter(house, "exporter", seed, own)]
    actors: list[Actor] = [*annotators, *others]
    for actor in actors:
        actor.start()
    kills = _kill_at_random(house, actors, random.Random(seed), rounds)
    _stop(actors)
    boxes = _check_jobs(client, task, annotators)
    _check_uploads(client, uploader)
    if "Traceback" in house.log.read_text():
        raise Wrong("the server or a worker met a mistake of its own")
    return Outcome(
        task, boxes, export_coco(client, task, content="dataset"), kills,
        sum(actor.client.broken for actor in actors), {actor.name: actor.done for actor in actors},
    )  # fmt: skip


def _kill_at_random(house: House, actors: list[Actor], chance: random.Random, rounds: int) -> int:
    kills = 0
    for _ in range(rounds):
        time.sleep(chance.uniform(0.2, 2.5))
        if any(actor.failure for actor in actors):
            break
        what = chance.choice(["server", "server", "a worker", "all workers"])
        if what == "server":
            house.kill()
            time.sleep(chance.choice([0.0, 0.3]))
            house.start()
            kills += 1
        else:
            kills += house.kill_workers(1 if what == "a worker" else None)
    return kills


def _stop(actors: list[Actor]) -> None:
    for actor in actors:
        actor.stopping.set()
    for actor in actors:
        actor.join(120)
        if actor.failure is not None:
            raise actor.failure
        if actor.is_alive():
            raise Wrong(f"{actor.name} waits for an answer that never comes")


def _check_jobs(client: Client, task: Task, annotators: list[Annotator]) -> dict[str, Box]:
    """See that each job holds what was acknowledged, at a version that counts the writes."""
    expected = {each.own: (each.mine, each.writes[each.own]) for each in annotators}
    shared = {identity: box for each in annotators for identity, box in each.added.items()}
    expected[task.jobs[-1]] = (shared, sum(each.writes[each.shared] for each in annotators))
    for job, (boxes, writes) in expected.items():
        answer = client.get(f"/jobs/{job}/annotations")
        found = boxes_by_identity(box_of_wire(task, shape) for shape in answer["shapes"])
        if found != boxes:
            different = [name for name in found.keys() | boxes.keys() if found.get(name) != boxes.get(name)]
            name = different[0]
            raise Wrong(
                f"job {job}: {len(different)} boxes differ; {name} is {found.get(name)}, was {boxes.get(name)}"
            )
        if answer["version"] != writes:
            raise Wrong(f"job {job} is at version {answer['version']} after {writes} writes")
    return {identity: box for boxes, _ in expected.values() for identity, box in boxes.items()}


def _check_uploads(client: Client, uploader: Uploader) -> None:
    found = client.get("/tasks", name=uploader.name, page_size=1000)["results"]
    if len(found) - len(uploader.made) not in (0, 1) or len({task["name"] for task in found}) != len(found):
        raise Wrong(f"{len(found)} tasks of {len(uploader.made)} uploads")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=12, help="how often something is killed")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="what chance begins with")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="labelwright-e2e-") as folder:
        house = House(Path(folder))
        try:
            outcome = run(house, rounds=asked.rounds, seed=asked.seed)
        except BaseException:
            print(house.log.read_text(), file=sys.stderr)
            raise
        finally:
            house.stop()
        print(house.log.read_text(), file=sys.stderr)
    print(
        f"{len(outcome.boxes)} boxes, each there once; {outcome.kills} kills, {outcome.broken} lost answers"
    )
    print(outcome.done)
    return 0


if __name__ == "__main__":
    sys.exit(main())
