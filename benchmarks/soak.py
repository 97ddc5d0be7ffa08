"""Run the server under mixed load while it and its workers are killed at random; then look for every save.

Clients save, read, export and import for some minutes. A save is counted when it was acknowledged; one whose answer
was lost is sent again under the same `Idempotency-Key`, as the browser does. At the end every acknowledged box must
be there, once, as it was sent, and nothing else. Then `tests/browser/loss.py` does the same to a real browser, whose
tabs die too. Exits 1 when a box is missing or doubled.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import materials
from measures_media import COCO
from server import API, Scratch, Server, job_of, make_task
from wire import Connection, multipart

_LOSS = Path(__file__).parents[1] / "tests" / "browser" / "loss.py"
_FRAMES = 20
_BATCHES = (1, 1, 1, 5, 50)
_IMPORTED = 500
#: Seconds between two kills, least and most: some fall into a start, some into work.
_KILLS_S = (0.5, 12.0)
_RETRY_S = 0.05
_GIVE_UP_S = 60.0


@dataclass
class Tally:
    """What the clients did, by name; `wrong` are the sentences that make the run fail."""

    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, name: str, by: int = 1) -> None:
        with self.lock:
            self.done[name] += by

    def fail(self, sentence: str) -> None:
        with self.lock:
            self.wrong.append(sentence)


class Client:
    """One client with a connection of its own, which it opens again after each crash."""

    def __init__(self, server: Server, token: str, tally: Tally) -> None:
        self._connection = Connection(server.port, token)
        self._tally = tally

    def call(
        self, method: str, path: str, body: bytes = b"", *, kind: str = "application/json", key: str = ""
    ) -> tuple[int, bytes]:
        """Ask until there is an answer that is no server error. Repeating must be harmless: `key` makes a save so."""
        deadline = time.monotonic() + _GIVE_UP_S
        while True:
            head = self._connection.head(method, path, len(body), kind=kind)
            if key:
                head = head[:-2] + f"Idempotency-Key: {key}\r\n\r\n".encode()
            try:
                answer = self._connection.send(head, body)
            except OSError:
                self._connection.close()
                self._tally.count("answers lost")
            else:
                if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return answer.status, bytes(answer.body)
                self._tally.count(f"answers {answer.status}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path} was not answered for {_GIVE_UP_S:.0f} s")
            time.sleep(_RETRY_S)


class Saver:
    """Creates boxes in a job of its own and remembers what was acknowledged."""

    def __init__(self, client: Client, task: dict[str, Any], seed: int, tally: Tally) -> None:
        self._client, self._task, self._tally = client, task, tally
        self._chance = random.Random(seed)
        self.saved: dict[int, list[float]] = {}
        self.path = f"{API}/jobs/{job_of(task)}/annotations"
        self._number = 0

    def step(self) -> None:
        """Save a few boxes, now and then delete some, now and then read all."""
        self._number += 1
        what = self._chance.random()
        if what < 0.8 or not self.saved:
            self._create()
        elif what < 0.9:
            self._delete()
        else:
            self.check("while it ran")
        time.sleep(self._chance.uniform(0.0, 0.05))

    def _key(self) -> str:
        return f"soak-{self._task['id']}-{self._number}"

    def _create(self) -> None:
        shapes = materials.rectangles(
            self._chance.choice(_BATCHES),
            label=self._task["labels"][0],
            frames=_FRAMES,
            seed=self._chance.getrandbits(32),
        )
        status, body = self._client.call(
            "PATCH", f"{self.path}?action=create", materials.body_of(shapes), key=self._key()
        )
        if status != HTTPStatus.OK:
            raise RuntimeError(f"a save was answered {status}: {body[:200]!r}")
        for sent, shape in zip(shapes, json.loads(body)["shapes"], strict=True):
            if shape["id"] in self.saved:
                self._tally.fail(f"id {shape['id']} was given twice")
            self.saved[shape["id"]] = sent["points"]
        self._tally.count("boxes saved", len(shapes))

    def _delete(self) -> None:
        ids = self._chance.sample(sorted(self.saved), min(3, len(self.saved)))
        shapes = [
            {**shape, "id": known}
            for known, shape in zip(
                ids, materials.rectangles(len(ids), label=self._task["labels"][0], frames=1), strict=True
            )
        ]
        status, body = self._client.call(
            "PATCH", f"{self.path}?action=delete", materials.body_of(shapes), key=self._key()
        )
        if status != HTTPStatus.OK:
            raise RuntimeError(f"a deletion was answered {status}: {body[:200]!r}")
        for known in ids:
            del self.saved[known]
        self._tally.count("boxes deleted", len(ids))

    def check(self, when: str) -> None:
        """See that the job holds what was acknowledged, once each, and nothing else."""
        status, body = self._client.call("GET", self.path)
        if status != HTTPStatus.OK:
            raise RuntimeError(f"a read was answered {status}: {body[:200]!r}")
        shapes = json.loads(body)["shapes"]
        found = {shape["id"]: shape["points"] for shape in shapes}
        self._tally.count("reads checked")
        for what, count in (
            ("twice", len(shapes) - len(found)),
            ("lost", len(self.saved.keys() - found.keys())),
            ("never acknowledged", len(found.keys() - self.saved.keys())),
            (
                "changed",
                sum(found[known] != points for known, points in self.saved.items() if known in found),
            ),
        ):
            if count:
                self._tally.fail(
                    f"task {self._task['id']}, {when}: {count} of {len(self.saved)} boxes {what}"
                )


class Carrier:
    """Exports one task and imports what came into another, again and again; the count must stay."""

    def __init__(self, client: Client, source: dict[str, Any], target: dict[str, Any], tally: Tally) -> None:
        self._client, self._source, self._target, self._tally = client, source, target, tally
        self._round = 0

    def step(self) -> None:
        """Export, import and compare. A new name makes the export a new one, however often it is sent."""
        self._round += 1
        self._client.call(
            "PATCH",
            f"{API}/tasks/{self._source['id']}",
            json.dumps({"name": f"round {self._round}"}).encode(),
        )
        archive = self._export()
        if archive is not None and self._import(archive):
            _, body = self._client.call("GET", f"{API}/jobs/{job_of(self._target)}/annotations")
            shapes = json.loads(body)["shapes"]
            if len(shapes) != _IMPORTED or len({shape["id"] for shape in shapes}) != _IMPORTED:
                self._tally.fail(f"{len(shapes)} boxes after an import of {_IMPORTED}")

    def _export(self) -> bytes | None:
        path = f"{API}/tasks/{self._source['id']}/annotations?format={COCO}"
        self._await("GET", path)
        status, body = self._client.call("GET", f"{path}&action=download")
        if status != HTTPStatus.OK or not body:
            self._tally.count("downloads asked for again")  # its answer was lost: the next round begins anew
            return None
        self._tally.count("exports")
        return body

    def _import(self, archive: bytes) -> bool:
        path = f"{API}/tasks/{self._target['id']}/annotations?format={COCO}"
        body, kind = multipart([("annotation_file", "coco.zip", archive)])
        status, said = self._client.call("PUT", path, body, kind=kind)
        while status == HTTPStatus.ACCEPTED:
            time.sleep(0.1)
            status, said = self._client.call("PUT", path)
        if b"No file was submitted" in said:  # the answer that it is done was lost, and told once
            self._tally.count("ends of imports lost")
        elif status != HTTPStatus.CREATED:
            raise RuntimeError(f"an import was answered {status}: {said[:200]!r}")
        self._tally.count("imports")
        return True

    def _await(self, method: str, path: str) -> None:
        deadline = time.monotonic() + _GIVE_UP_S * 2
        while (answer := self._client.call(method, path))[0] == HTTPStatus.ACCEPTED:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{path} stayed 202")
            time.sleep(0.1)
        if answer[0] != HTTPStatus.CREATED:
            raise RuntimeError(f"{path} was answered {answer[0]}: {answer[1][:200]!r}")


def kill_at_random(server: Server, ends: float, tally: Tally, chance: random.Random) -> None:
    """Kill the server or one of its workers every few seconds until `ends`; a dead server is started again."""
    while time.monotonic() < ends:
        time.sleep(chance.uniform(*_KILLS_S))
        workers = server.workers
        if chance.random() < 0.5 or not workers:
            server.kill()
            tally.count("servers killed")
            server.start()
        else:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
                tally.count("workers killed")


def run(folder: Path, *, minutes: float, clients: int, seed: int) -> Tally:
    """Run the load for `minutes` and check everything at the end."""
    tally, chance = Tally(), random.Random(seed)
    server = Server(folder / "data")
    with server:
        token = server.sign_in().token
        pictures = [materials.plain_picture()] * _FRAMES
        tasks = [
            make_task(server.sign_in(), name=f"soak {index}", pictures=pictures)
            for index in range(clients + 2)
        ]
        savers = [
            Saver(Client(server, token, tally), task, seed + index, tally)
            for index, task in enumerate(tasks[2:])
        ]
        carrier = Carrier(Client(server, token, tally), tasks[0], tasks[1], tally)
        body = materials.body_of(materials.rectangles(_IMPORTED, label=tasks[0]["labels"][0], frames=_FRAMES))
        Client(server, token, tally).call(
            "PATCH", f"{API}/jobs/{job_of(tasks[0])}/annotations?action=create", body
        )
        ends = time.monotonic() + 60 * minutes
        steps = [saver.step for saver in savers] + [carrier.step]
        threads = [threading.Thread(target=_repeat, args=(step, ends, tally)) for step in steps]
        for thread in threads:
            thread.start()
        kill_at_random(server, ends, tally, chance)
        for thread in threads:
            thread.join()
        for saver in savers:
            saver.check("at the end")
        tally.count("boxes held at the end", sum(len(saver.saved) for saver in savers))
        if tally.wrong:
            print(server.said(), file=sys.stderr)
    return tally


def _repeat(step: Callable[[], None], ends: float, tally: Tally) -> None:
    try:
        while time.monotonic() < ends:
            step()
    except Exception as error:  # a client that cannot go on is told of, and the run fails
        traceback.print_exc(file=sys.stderr)
        tally.fail(f"a client gave up: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=6, help="clients that save, each in a task of its own")
    parser.add_argument(
        "--seed", type=int, default=int(time.time()), help="of what is done and when is killed"
    )
    parser.add_argument("--browser-runs", type=int, default=1000, help="disasters a browser meets; 0: none")
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.minutes:g} minutes, {asked.clients} clients", flush=True)
    with Scratch() as folder:
        tally = run(folder, minutes=asked.minutes, clients=asked.clients, seed=asked.seed)
    for name, count in sorted(tally.done.items()):
        print(f"{count:9,}  {name}")
    for sentence in tally.wrong:
        print(f"WRONG: {sentence}")
    print(
        "every acknowledged annotation is there, once"
        if not tally.wrong
        else f"{len(tally.wrong)} things are wrong"
    )
    is_wrong = bool(tally.wrong)
    if asked.browser_runs:
        loss = [sys.executable, str(_LOSS), "--runs", str(asked.browser_runs), "--seed", str(asked.seed)]
        is_wrong |= subprocess.run(loss, check=False).returncode != 0
    return 1 if is_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
