"""Datasets of the platform's dataset manager, asked over real HTTP (platform contract, 3)."""

import time
from pathlib import Path

import pytest
from live import jpeg

from labelwright.domain.catalogue import DatasetChange, DatasetSpec
from labelwright.domain.errors import Conflict, Invalid, NotBuilt, NotFound, Unreachable
from labelwright.platform.catalogue import RemoteCatalogue

SPEC = DatasetSpec(
    name="狗", annotation_type="ocr_recognition", format="OCR RECOGNITION 1.0", description="d"
)
TIMEOUT_S = 0.6


@pytest.fixture
def catalogue(platform):
    return remote(platform)


def remote(platform, **changed) -> RemoteCatalogue:
    wanted = {"token": platform.service_token, "timeout_s": TIMEOUT_S, "root": platform.storage_root}
    return RemoteCatalogue(platform.datasets_url, **wanted | changed)


def images(folder: Path, *names: str) -> list[tuple[str, Path]]:
    found = []
    for number, name in enumerate(names):
        path = folder / f"sent-{number}"
        path.write_bytes(jpeg(shade=number))
        found.append((name, path))
    return found


def test_a_dataset_is_read_as_recorded(platform, catalogue, tmp_path):
    (tmp_path / "a.jpg").write_bytes(jpeg())
    number = platform.add_dataset(name="test_dog1111", folder=tmp_path, annotType="object_detection")
    found = catalogue.read(number)
    assert (found.name, found.tag, found.format, found.item_count) == ("test_dog1111", "1", "COCO 1.0", 1)
    assert (found.annotation_type, found.labels, found.owner_id) == ("object_detection", None, None)
    assert (platform.storage_root / found.storage_path / "a.jpg").is_file()
    platform.raise_tag(number)
    assert catalogue.read(number).tag == "2"
    call = platform.calls[-1]
    assert call[:2] == ("GET", f"/dataset_manager/api/cv_datasets/id/{number}")
    assert call.authorization == f"Bearer {platform.service_token}"
    with pytest.raises(NotFound):
        catalogue.read(10**6)


def test_binding_and_publishing_are_the_recorded_calls(platform, catalogue):
    number = platform.add_dataset(name="x")
    catalogue.bind(number, holder="task/1")
    assert platform.calls[-1][1:4:2] == (f"/dataset_manager/api/cv_datasets/id/{number}/bind", None)
    with pytest.raises(Conflict, match="dataset is in use"):
        catalogue.delete(number)
    catalogue.unbind(number, holder="task/1", labels=["猫"])
    assert platform.calls[-1].body == {"labelList": ["猫"]}
    assert (catalogue.read(number).labels, catalogue.read(number).status) == (("猫",), "labeled")
    catalogue.delete(number)
    with pytest.raises(NotFound):
        catalogue.bind(number, holder="task/1")


@pytest.mark.parametrize("name", ["storagePath", "cvDatasetFormat", "tag"])
@pytest.mark.parametrize("value", [None, "", "absent"])
def test_a_dataset_that_lacks_what_is_needed_is_refused(platform, catalogue, name, value):
    number = platform.add_dataset(name="x")
    platform.datasets[number][name] = value
    if value == "absent":
        del platform.datasets[number][name]
    with pytest.raises(Unreachable, match=f"does not tell the {name} of dataset {number}"):
        catalogue.read(number)


@pytest.mark.parametrize("path", ["../elsewhere", "/etc", "link", "absent", "."])
def test_a_folder_outside_the_storage_root_is_refused(platform, catalogue, tmp_path, path):
    if not (platform.storage_root / "link").is_symlink():
        (platform.storage_root / "link").symlink_to(tmp_path)
    number = platform.add_dataset(name="x")
    platform.datasets[number]["storagePath"] = path
    with pytest.raises(Invalid, match="not below the storage root"):
        catalogue.read(number)


@pytest.mark.parametrize(
    "spelled", [{"tag": "7"}, {"tag": "v2", "itemCount": None, "extra": {"x": 1}}, {"name": None}]
)
def test_what_the_manager_spells_otherwise_is_read(platform, catalogue, spelled):
    number = platform.add_dataset(name="x")
    platform.datasets[number].update(spelled)
    assert catalogue.read(number).tag == str(spelled.get("tag", 1))


@pytest.mark.parametrize("how", ["slow", "drip", "500", "malformed", "nonsense", "down"])
def test_every_failure_is_said_in_time_and_ends_with_its_cause(platform, catalogue, tmp_path, how):
    number, doomed = (platform.add_dataset(name="x") for _ in range(2))
    platform.fail("datasets", how)
    calls = (
        lambda: catalogue.read(number),
        lambda: catalogue.list_datasets(page=1, page_size=5, search=""),
        lambda: catalogue.bind(number, holder="task/1"),
        lambda: catalogue.unbind(number, holder="task/1", labels=["a"]),
        lambda: catalogue.delete(doomed),
    )
    for call in calls:
        started = time.monotonic()
        if how == "nonsense" and call not in calls[:2]:
            call()  # it says that all is well, and nothing more is asked
            continue
        with pytest.raises(Unreachable, match="the dataset manager"):
            call()
        assert time.monotonic() - started < TIMEOUT_S + 1
    platform.fail("datasets", None)
    assert catalogue.read(number).id == number


def test_a_token_that_is_not_known_is_said_so(platform):
    with pytest.raises(Unreachable, match="status 401"):
        remote(platform, token="another").read(1)


def test_a_dataset_is_made_of_files_sent_to_the_manager(platform, catalogue, tmp_path):
    sent = images(tmp_path, "图 1.jpg", "sub/b.jpg")
    (tmp_path / "text").write_text("你好", encoding="utf-8")
    made = catalogue.create(SPEC, [*sent, ("图 1.txt", tmp_path / "text")], user_id=None)
    assert (made.name, made.item_count, made.format) == ("狗", 2, "OCR RECOGNITION 1.0")
    folder = platform.folder_of(made.id)
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert held == {"5Zu-IDE.jpg", "sub/Yg.jpg", "5Zu-IDE.txt"}
    assert (folder / "sub" / "Yg.jpg").read_bytes() == jpeg(shade=1)
    assert catalogue.list_datasets(page=1, page_size=1, search="狗").datasets[0].id == made.id


def test_a_dataset_asked_for_again_is_not_made_twice(platform, catalogue, tmp_path):
    older = platform.add_dataset(name="once")
    platform.datasets[older]["createdAt"] -= 3_600_000
    asked_ms = int(time.time() * 1000)
    spec = DatasetSpec(
        name="once", annotation_type="object_detection", format="COCO 1.0", code="c", asked_ms=asked_ms
    )
    made = [catalogue.create(spec, images(tmp_path, "a.jpg"), user_id=None).id for _ in range(2)]
    assert made[0] == made[1] != older


def test_thousands_of_files_are_sent_without_opening_all_at_once(platform, catalogue, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg())
    names = [(f"{number}.jpg", path) for number in range(2_000)]  # more than a process may have open
    assert catalogue.create(SPEC, names, user_id=None).item_count == 2_000


def test_a_folder_of_the_storage_is_named_to_the_manager(platform, catalogue):
    folder = platform.storage_root / "theirs"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(jpeg())
    spec = DatasetSpec(
        name="in place", annotation_type="object_detection", format="COCO 1.0", storage_path="theirs"
    )
    assert catalogue.create(spec, [], user_id=None).storage_path == "theirs"


def test_what_the_manager_cannot_do_is_said(platform, catalogue):
    with pytest.raises(NotBuilt, match="do it there"):
        catalogue.change(1, DatasetChange(name="y"))
    with pytest.raises(NotBuilt):
        catalogue.add_items(1, [])
    with pytest.raises(Invalid, match="name is required"):
        catalogue.create(
            DatasetSpec(name="", annotation_type="object_detection", format="x"), [], user_id=None
        )
