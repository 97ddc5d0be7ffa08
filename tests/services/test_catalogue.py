"""Our own catalogue of datasets: rows on both databases, folders below a storage root."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from live import jpeg

from labelwright.domain.catalogue import DatasetChange, DatasetSpec
from labelwright.domain.errors import Conflict, Invalid, LabelwrightError, NotFound
from labelwright.services.catalogue import EmbeddedCatalogue
from labelwright.storage import Database

SPEC = DatasetSpec(name="狗", annotation_type="object_detection", format="COCO 1.0")
CVAT = '<annotations><image id="0"><box label="a"/><tag label="b"/>\n<points/><boxes/></image></annotations>'


class Place:
    """A catalogue with a storage root, and a folder files come from. Its clock stands still until `look_again`."""

    def __init__(self, database, folder: Path) -> None:
        self.root, self.sent = folder / "storage", folder / "sent"
        self.root.mkdir()
        self.sent.mkdir()
        self.database = database
        self.now_s = 0.0
        self.catalogue = self.another()

    def another(self) -> EmbeddedCatalogue:
        return EmbeddedCatalogue(
            self.database,
            root=self.root,
            results_folder="annotations",
            clock=lambda: datetime.now(UTC),
            monotonic=lambda: self.now_s,
        )

    def files(self, *names: str, content: bytes | None = None) -> list[tuple[str, Path]]:
        found = []
        for number, name in enumerate(names):
            path = self.sent / str(number)
            path.write_bytes(jpeg(shade=number) if content is None else content)
            found.append((name, path))
        return found

    def create(self, *names: str, spec: DatasetSpec = SPEC):
        return self.catalogue.create(spec, self.files(*names), user_id=None)

    def look_again(self, dataset):
        """The dataset once its folder may be looked at again."""
        self.now_s += 5.0
        return self.catalogue.read(dataset.id)

    def folder(self, dataset) -> Path:
        return self.root / dataset.storage_path

    def held(self) -> list[str]:
        """All that lies below the storage root, folders apart."""
        return sorted(
            path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()
        )


@pytest.fixture
def place(database, tmp_path):
    return Place(database, tmp_path)


@pytest.fixture
def lite_place(sqlite_url, tmp_path):
    """One on SQLite alone, where the database does not matter."""
    database = Database(sqlite_url)
    yield Place(database, tmp_path)
    database.close()


def test_a_dataset_is_what_was_asked_for_until_it_is_deleted(place):
    made = place.create("a.jpg", "子/b 1.png")
    assert (made.name, made.tag, made.item_count, made.status, made.labels) == (
        "狗",
        "1",
        2,
        "unlabeled",
        None,
    )
    assert made.storage_path == f"datasets/{made.code}"
    assert place.catalogue.read(made.id) == made
    renamed = place.catalogue.change(made.id, DatasetChange(name="猫", description="d"))
    assert (renamed.name, renamed.description, renamed.tag) == ("猫", "d", "1")
    other = place.create("a.jpg")
    page = place.catalogue.list_datasets(page=1, page_size=1, search="")
    assert (page.total, [each.id for each in page.datasets]) == (2, [other.id])
    assert [each.id for each in place.catalogue.list_datasets(page=1, page_size=9, search="猫").datasets] == [
        made.id
    ]
    place.catalogue.delete(made.id)
    with pytest.raises(NotFound):
        place.catalogue.read(made.id)
    assert place.held() == [f"{other.storage_path}/a.jpg"]


def test_each_change_of_content_raises_the_tag_once_whoever_sees_it(place):
    made = place.create("a.jpg")
    folder = place.folder(made)
    lookers = [place.catalogue, place.another(), place.another()]
    changes = [
        lambda: (folder / "b.jpg").write_bytes(jpeg()),
        lambda: (folder / "b.jpg").write_bytes(jpeg(width=80)),
        lambda: (folder / "deep").mkdir() or (folder / "deep" / "notes.txt").write_text("x"),
        (folder / "a.jpg").unlink,
    ]
    for tag, change in enumerate(changes, start=2):
        change()
        place.now_s += 5.0
        together(*(lambda each=each: each.read(made.id) for each in lookers))
        assert [each.read(made.id).tag for each in lookers] == [str(tag)] * 3
    assert place.catalogue.read(made.id).item_count == 1


def test_a_folder_is_looked_at_every_few_seconds_at_most(lite_place):
    made = lite_place.create("a.jpg")
    assert lite_place.look_again(made).tag == "1"
    (lite_place.folder(made) / "b.jpg").write_bytes(jpeg())
    lite_place.now_s += 1.9
    assert lite_place.catalogue.read(made.id).tag == "1"
    assert lite_place.look_again(made).tag == "2"


def together(*functions) -> list[BaseException]:
    """Run them in threads at once; return what they raised."""
    raised: list[BaseException] = []
    barrier = threading.Barrier(len(functions))

    def run(function):
        barrier.wait()
        try:
            function()
        except LabelwrightError as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_results_links_and_an_absent_folder_are_no_change_of_content(lite_place, tmp_path):
    made = lite_place.create("a.jpg")
    folder = lite_place.folder(made)
    (folder / "annotations" / "cat").mkdir(parents=True)
    (folder / "annotations" / "cat" / "cat_a.jpg").write_bytes(jpeg())
    (tmp_path / "secret.jpg").write_bytes(jpeg())
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "links").symlink_to(tmp_path)
    assert lite_place.look_again(made).tag == "1"
    folder.rename(folder.with_name("away"))
    assert lite_place.look_again(made) == made
    folder.symlink_to(folder.with_name("away"))
    assert lite_place.look_again(made) == made


def test_items_are_added_all_or_none_and_deleted(lite_place):
    made = lite_place.create("a.jpg")
    added = lite_place.catalogue.add_items(made.id, lite_place.files("b.jpg", "c/d.jpg"))
    assert (added.tag, added.item_count) == ("2", 3)
    with pytest.raises(Invalid, match="a file named"):
        lite_place.catalogue.add_items(made.id, lite_place.files("e.jpg", "a.jpg"))
    assert lite_place.catalogue.delete_item(made.id, "b.jpg").tag == "3"
    assert lite_place.catalogue.read(made.id).tag == "3"
    assert lite_place.held() == [f"{made.storage_path}/{name}" for name in ("a.jpg", "c/d.jpg")]


def test_a_dataset_is_labelled_by_binding_and_publishing_it(place):
    made = place.create("a.jpg")
    place.catalogue.bind(made.id, holder="task/1")
    place.catalogue.bind(made.id, holder="task/1")
    place.catalogue.bind(made.id, holder="")
    assert place.catalogue.read(made.id).status == "labeling"
    place.catalogue.unbind(made.id, holder="task/1", labels=())
    with pytest.raises(Conflict, match="is in use"):
        place.catalogue.delete(made.id)
    place.catalogue.unbind(made.id, holder="", labels=())
    assert place.catalogue.read(made.id).status == "unlabeled"
    place.catalogue.bind(made.id, holder="task/2")
    with pytest.raises(Conflict, match="task/2"):
        place.catalogue.delete(made.id)
    results = place.folder(made) / "annotations"
    results.mkdir()
    (results / "cvat_annotations.xml").write_text(CVAT)
    place.catalogue.unbind(made.id, holder="task/2", labels=("狗", "cat"))
    told = place.catalogue.read(made.id)
    assert (told.status, told.is_published, told.tag) == ("labeled", True, "2")
    assert (told.labels, told.annotation_count) == (("狗", "cat"), 3)
    place.catalogue.delete(made.id)
    assert place.held() == []


def test_a_folder_read_in_place_stays_what_it_is(lite_place):
    folder = lite_place.root / "theirs" / "images"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(jpeg())
    spec = DatasetSpec(
        name="x", annotation_type="object_detection", format="COCO 1.0", storage_path="theirs/images"
    )
    made = lite_place.catalogue.create(spec, [], user_id=None)
    assert (made.storage_path, made.item_count) == ("theirs/images", 1)
    for change in (
        lambda: lite_place.catalogue.delete_item(made.id, "a.jpg"),
        lambda: lite_place.catalogue.add_items(made.id, lite_place.files("b.jpg")),
    ):
        with pytest.raises(Conflict, match="read in place"):
            change()
    lite_place.catalogue.delete(made.id)
    assert lite_place.held() == ["theirs/images/a.jpg"]


def test_files_that_another_dataset_reads_are_not_deleted(place):
    made = place.create("in/a.jpg")
    spec = DatasetSpec(
        name="other",
        annotation_type="object_detection",
        format="COCO 1.0",
        storage_path=f"{made.storage_path}/in",
    )
    other = place.catalogue.create(spec, [], user_id=None)
    with pytest.raises(Conflict, match="dataset other too"):
        place.catalogue.delete(made.id)
    place.catalogue.delete(other.id)
    place.catalogue.delete(made.id)
    assert place.held() == []


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("../outside", id="up"),
        pytest.param("in/../../outside", id="up on the way"),
        pytest.param("/etc", id="elsewhere"),
        pytest.param("link", id="by a link"),
        pytest.param("link/deep", id="through a link"),
        pytest.param("loop", id="a loop of links"),
        pytest.param("a.jpg", id="a file"),
        pytest.param("absent", id="nothing"),
        pytest.param("empty", id="no image"),
        pytest.param(".", id="the root itself"),
        pytest.param("a\0b", id="NUL"),
        pytest.param("x" * 5_000, id="too long"),
    ],
)
def test_a_folder_that_will_not_do_makes_no_dataset(lite_place, tmp_path, path):
    (tmp_path / "outside" / "deep").mkdir(parents=True)
    (tmp_path / "outside" / "a.jpg").write_bytes(jpeg())
    (lite_place.root / "link").symlink_to(tmp_path / "outside")
    (lite_place.root / "loop").symlink_to(lite_place.root / "loop")
    (lite_place.root / "a.jpg").write_bytes(jpeg())
    (lite_place.root / "empty").mkdir()
    spec = DatasetSpec(name="x", annotation_type="object_detection", format="COCO 1.0", storage_path=path)
    with pytest.raises(Invalid):
        lite_place.catalogue.create(spec, [], user_id=None)
    assert lite_place.catalogue.list_datasets(page=1, page_size=1, search="").total == 0


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["a.jpg", "a.jpg"], id="twice the same"),
        pytest.param(["a.jpg", "a.jpg/b.jpg"], id="a file as a folder"),
        pytest.param(["../a.jpg"], id="up"),
        pytest.param(["/a.jpg"], id="absolute"),
        pytest.param(["a\0.jpg"], id="NUL"),
        pytest.param(["a\n.jpg"], id="a line break"),
        pytest.param(["x" * 300 + ".jpg"], id="300 letters"),
        pytest.param(["字" * 90 + ".jpg"], id="more bytes than letters"),
    ],
)
def test_names_that_will_not_do_leave_nothing_behind(lite_place, names):
    with pytest.raises(Invalid):
        lite_place.create(*names)
    assert lite_place.held() == []
    assert list((lite_place.root / "datasets").iterdir()) == []
    assert lite_place.catalogue.list_datasets(page=1, page_size=1, search="").total == 0


def test_of_one_code_there_is_one_dataset_however_often_it_is_asked_for(place):
    spec = DatasetSpec(
        name="x",
        annotation_type="object_detection",
        format="COCO 1.0",
        code="5d0c0e1e-74c4-4a0c-9f0a-5f7f0f6f0001",
    )
    # Of a try that was killed after the files were moved and before the row was there:
    (place.root / "datasets" / spec.code).mkdir(parents=True)
    (place.root / "datasets" / spec.code / "old.jpg").write_bytes(jpeg())
    copies = [
        [(name, path.rename(path.with_name(f"{n}-{name}"))) for name, path in place.files("a.jpg")]
        for n in range(3)
    ]
    catalogues = [place.another() for _ in copies]
    raised = together(
        *(
            lambda each=each, files=files: each.create(spec, files, user_id=None)
            for each, files in zip(catalogues, copies, strict=True)
        )
    )
    assert raised == []
    assert place.catalogue.list_datasets(page=1, page_size=9, search="").total == 1
    assert place.held() == [f"datasets/{spec.code}/a.jpg"]


COCO = json.dumps({"images": [], "annotations": [{"id": 1}, {"id": 2}], "categories": []})


@pytest.mark.parametrize(
    ("format_name", "files", "count"),
    [
        pytest.param("COCO 1.0", {"annotations/instances_default.json": COCO}, 2, id="COCO in its folder"),
        pytest.param(
            "OCR DETECTION 1.0", {"x/instances_train.json": COCO}, 2, id="OCR DETECTION beside images"
        ),
        pytest.param("COCO 1.0", {"instances_default.json": "{broken"}, 0, id="a file that makes no sense"),
        pytest.param(
            "ImageNet 1.0", {"synsets.txt": "a\nb\n", "default.txt": "x 0 1\ny\nz 1\n"}, 3, id="ImageNet list"
        ),
        pytest.param(
            "ImageNet 1.0", {"cat/cat_1.jpg": "", "no_label/no_label_2.jpg": ""}, 1, id="ImageNet folders"
        ),
        pytest.param("OCR RECOGNITION 1.0", {"a.txt": "text", "b.txt": "none such"}, 1, id="OCR RECOGNITION"),
        pytest.param("CVAT 1.1", {"all.xml": CVAT}, 3, id="CVAT"),
        pytest.param(
            "COCO 1.0", {"i.json": COCO, "annotations/cvat_annotations.xml": CVAT}, 3, id="published counts"
        ),
        pytest.param("YOLO 1.1", {"a.txt": "0 1 1 1 1"}, 0, id="a format nobody counts"),
    ],
)
def test_objects_that_come_with_the_images_are_counted(lite_place, format_name, files, count):
    spec = DatasetSpec(name="x", annotation_type="object_detection", format=format_name)
    sent = lite_place.files("a.jpg")
    for number, (name, text) in enumerate(files.items(), start=9):
        path = lite_place.sent / str(number)
        path.write_bytes(text.encode() or jpeg())
        sent.append((name, path))
    assert lite_place.catalogue.create(spec, sent, user_id=None).annotation_count == count
