"""Publishing into folders of a platform, whose dataset manager fails in every way; saving of the first generation."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from live import LABELS, body, box, jpeg, new_task, run_server, until, wait_for_media

sys.path.insert(0, str(Path(__file__).parents[1]))

from platform_server import TRANSLATED, PlatformServer

INSTANCES = "annotations/instances_default.json"


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with PlatformServer(tmp_path_factory.mktemp("storage")) as server:
        yield server


@pytest.fixture(scope="module")
def inside(platform, tmp_path_factory, sqlite_template):
    """A server with datasets of the platform, and people of its own."""
    kept = ("catalogue_url", "catalogue_token", "storage_root", "platform_url")
    settings = {name: value for name, value in platform.settings().items() if name in kept}
    folder = tmp_path_factory.mktemp("inside")
    yield from run_server(folder, sqlite_template, platform_timeout_s=1, **settings)


@pytest.fixture
def client(inside, platform):
    with inside.client("root") as made:
        yield made
    for part in ("datasets", "unbind"):
        platform.fail(part, None)


@pytest.fixture
def make(platform, client, tmp_path):
    """Make a task of a dataset of the platform, or of its folder, with two boxes; returns both and the folder."""

    def of(*, as_folder=False):
        for number, name in enumerate(("a.jpg", "b.jpg")):
            (tmp_path / name).write_bytes(jpeg(shade=number))
        number = platform.add_dataset(name="set", folder=tmp_path)
        folder = platform.folder_of(number)
        task = new_task(client, labels=LABELS)
        named = {"platform_files[0]": str(folder)} if as_folder else {"dataset_ids[0]": number}
        wanted = {"image_quality": 70, **named}
        assert client.post(f"/tasks/{task['id']}/data", data=wanted).status_code == 202
        assert wait_for_media(client, task["id"])["state"] == "Finished"
        assert (
            client.put(f"/tasks/{task['id']}/annotations", json=body(box(task), box(task, 1))).status_code
            == 200
        )
        return task, number, folder

    return of


def ask(client, task, route="publish", **query):
    path = f"/tasks/{task['id']}/{route}"
    return until(lambda: client.get(path, params=query), lambda answer: answer.status_code != 202)


def calls_of(platform, ending):
    return [call for call in platform.calls if call.path.endswith(ending)]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("500", "the dataset manager answered with status 500"),
        ("slow", "did not answer within 1 s"),
        ("down", "the dataset manager"),
        ("malformed", "answered nonsense"),
    ],
)
def test_a_dataset_that_cannot_be_told_fails_the_publishing_and_the_next_call_tells_it(
    client, platform, make, how, words
):
    task, number, folder = make()
    platform.fail("unbind", how)
    failed = ask(client, task)
    assert failed.status_code == 500
    assert failed.json().startswith("the results are written, but the dataset could not be told: ")
    assert words in failed.json()
    written = (folder / "annotations").stat().st_ino
    assert len(json.loads((folder / "annotations" / INSTANCES).read_text())["annotations"]) == 2
    platform.fail("unbind", None)
    assert ask(client, task).status_code == 201
    assert (folder / "annotations").stat().st_ino == written, "only what was missing was done"
    row = platform.datasets[number]
    assert (row["labelList"], row["annotStatus"], row["isPublished"]) == (["car", "dog"], "labeled", True)
    told = calls_of(platform, f"{number}/unbind")[-1]
    assert (told.body, told.authorization) == (
        {"labelList": ["car", "dog"]}, f"Bearer {platform.service_token}",
    )  # fmt: skip
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_without_the_dataset_manager_nothing_is_written_and_the_answer_says_why(client, platform, make):
    task, _, folder = make()
    platform.fail("datasets", "down")
    failed = ask(client, task)
    assert (failed.status_code, "dataset manager cannot be reached" in failed.json()) == (500, True), (
        failed.text
    )
    assert not (folder / "annotations").exists()
    platform.fail("datasets", None)
    assert ask(client, task).status_code == 201


@pytest.mark.parametrize("path", ["../../outside", "/etc", "link", "", "."])
def test_a_dataset_whose_folder_leads_elsewhere_is_not_written_to(client, platform, make, tmp_path, path):
    task, number, _ = make()
    outside = tmp_path / "outside"
    outside.mkdir()
    link = platform.storage_root / "link"
    if path == "link":
        link.symlink_to(outside)
    platform.datasets[number]["storagePath"] = path
    before = sorted(platform.storage_root.iterdir())
    try:
        assert ask(client, task).status_code == 500
        assert sorted(platform.storage_root.iterdir()) == before
        assert list(outside.iterdir()) == []
    finally:
        link.unlink(missing_ok=True)


def test_a_task_of_a_folder_is_saved_into_it_and_the_platform_is_told(client, platform, make):
    task, _, folder = make(as_folder=True)
    assert client.get(f"/tasks/{task['id']}/save_to_platform").status_code == 201
    assert not (folder / "annotations").exists()
    assert client.get(f"/tasks/{task['id']}/save_to_platform", params={"format": "COCO"}).status_code == 400
    assert client.get(f"/tasks/{task['id']}/publish").status_code == 409
    saved = ask(client, task, "save_to_platform", format="COCO 1.0")
    assert (saved.status_code, saved.content) == (201, b"")
    results = {
        path.name: path.read_bytes() for path in (folder / "annotations").iterdir() if path.name[0] != "."
    }
    assert sorted(results) == ["instance.json", "instances_default.json"]
    assert results["instance.json"] == results["instances_default.json"]
    assert sorted(path.name for path in folder.iterdir()) == ["a.jpg", "annotations", "b.jpg"]
    assert calls_of(platform, TRANSLATED)[-1][3] == {"path": str(folder)}
    row = next(
        each for each in client.get("/datas").json() if each["name"] == "a task" and each["datasetId"] is None
    )
    assert row["convertOutPath"] == str(folder / "annotations")


def test_a_platform_that_cannot_be_told_of_what_was_saved_does_not_fail_it(client, platform, make):
    task, _, folder = make(as_folder=True)
    platform.fail("datasets", "500")
    assert ask(client, task, "save_to_platform", format="COCO 1.0").status_code == 201
    shutil.rmtree(folder / "annotations")
    assert ask(client, task, "save_to_platform", format="CVAT for images 1.1").status_code == 201
    assert (folder / "annotations/annotations.xml").exists()
