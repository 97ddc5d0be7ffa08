"""Sign in, make a task, annotate, be killed, start again, export: nothing acknowledged is lost or doubled.

`E2E_ROUNDS` and `E2E_SEED` change how often something is killed and when; a failure prints the seed.
"""

import contextlib
import io
import json
import os
import secrets
import subprocess
import zipfile

import httpx
from house import PASSWORD
from main_job import run
from pycocotools.coco import COCO

DATUMARO = """
import json, sys
from datumaro.components.dataset import Dataset

found = {}
for item in Dataset.import_from(sys.argv[1], "coco"):
    boxes = [each for each in item.annotations if each.type.name == "bbox"]
    found[item.id] = sorted([each.attributes["identity"], [float(n) for n in each.points]] for each in boxes)
print("FOUND" + json.dumps(found))
"""


def _run(house, rounds):
    seed = os.environ.get("E2E_SEED") or secrets.token_hex(4)
    print(f"E2E_SEED={seed}")
    outcome = run(house, rounds=int(os.environ.get("E2E_ROUNDS") or rounds), seed=seed)
    print(f"{len(outcome.boxes)} boxes, {outcome.kills} kills, {outcome.broken} lost answers, {outcome.done}")
    assert outcome.kills
    assert outcome.broken
    return outcome


def _by_image(outcome):
    """What was saved, as both oracles see it: image without extension to [identity, left, top, right, bottom]."""
    found = {name.rpartition(".")[0]: [] for name in outcome.task.names}
    for box in outcome.boxes.values():
        found[outcome.task.names[box.frame].rpartition(".")[0]].append([box.identity, box.points])
    return {name: sorted(boxes) for name, boxes in found.items()}


def _in_pycocotools(folder):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(folder / "annotations" / "instances_default.json"))
    found = {image["file_name"].rpartition(".")[0]: [] for image in coco.dataset["images"]}
    for each in coco.loadAnns(coco.getAnnIds()):
        left, top, width, height = each["bbox"]
        (image,) = coco.loadImgs(each["image_id"])
        box = [each["attributes"]["identity"], [left, top, left + width, top + height]]
        found[image["file_name"].rpartition(".")[0]].append(box)
    return {name: sorted(boxes) for name, boxes in found.items()}


def _in_datumaro(python, folder):
    done = subprocess.run(
        [python, "-c", DATUMARO, folder], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("FOUND")[2])


def test_every_acknowledged_annotation_is_there_once_and_both_oracles_find_it(make_house, tmp_path, oracles):
    outcome = _run(make_house(), rounds=12)
    with zipfile.ZipFile(io.BytesIO(outcome.export.archive)) as archive:
        archive.extractall(tmp_path / "export")
    expected = _by_image(outcome)
    assert sum(map(len, expected.values())) == len(outcome.boxes) > 50
    assert _in_pycocotools(tmp_path / "export") == expected
    assert _in_datumaro(oracles, tmp_path / "export") == expected


def test_every_acknowledged_annotation_is_there_once_on_postgresql(make_house, postgres_settings):
    _run(make_house(**postgres_settings), rounds=5)


def test_the_printed_address_signs_in_once(house):
    with httpx.Client(base_url=house.url) as browser, httpx.Client(base_url=house.url) as thief:
        answer = browser.get(house.addresses[0])
        assert (answer.status_code, answer.headers["location"]) == (303, "/tasks/1?work=1")  # the sample
        assert browser.get("/api/v1/users/self").json()["username"] == "admin"
        csrf = {"X-CSRFToken": browser.cookies["csrftoken"]}
        made = browser.post("/api/v1/tasks", json={"name": "mine", "labels": [{"name": "cat"}]}, headers=csrf)
        assert made.status_code == 201, made.text
        assert thief.get(house.addresses[0]).status_code == 400
        assert thief.get("/api/v1/users/self").status_code == 401


def test_a_session_and_a_token_outlive_a_killed_server(house):
    with httpx.Client(base_url=house.url) as browser, httpx.Client(base_url=house.url) as script:
        browser.get(house.addresses[0])
        login = {"username": "admin", "password": PASSWORD}
        token = script.post("/api/v1/auth/login", json=login).json()["key"]
        house.kill()
        house.start()
        assert browser.get("/api/v1/users/self").status_code == 200
        script.cookies.clear()
        signed = script.get("/api/v1/users/self", headers={"Authorization": f"Token {token}"})
        assert signed.json()["username"] == "admin"


def test_the_server_ends_when_asked_with_its_workers(house):
    workers = house.workers()
    assert len(workers) == 2
    assert house.stop() == 0
    assert [pid for pid in workers if os.path.exists(f"/proc/{pid}")] == []
