"""What `labelwright up PATH` makes a task of, and what it says of the rest."""

import io
import shutil
import zipfile

import pytest
from live import jpeg
from PIL import Image

from labelwright.compose import open_deps
from labelwright.domain.errors import Invalid, InvalidMedia
from labelwright.services import accounts, folders, media, origins
from labelwright.settings import Settings

PHOTO = jpeg()


@pytest.fixture(scope="module")
def deps(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("folders")
    shutil.copyfile(sqlite_template, folder / "labelwright.db")
    deps = open_deps(Settings(data=folder))
    yield deps
    deps.videos.close()
    deps.operations.close()
    deps.database.close()


@pytest.fixture(scope="module")
def user(deps):
    account = accounts.NewAccount(username="root", password="x", password_again="x")
    return accounts.create_account(deps, account=account, roles=(), is_admin=True)


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, PHOTO)
    return buffer.getvalue()


@pytest.fixture
def lay(tmp_path, plain_clip):
    """Lays files into a folder, of the kind that their names say."""
    contents = {
        "jpg": PHOTO,
        "mp4": plain_clip.read_bytes(),
        "zip": zipped("a.jpg", "b.jpg"),
        "ts": b"const one = 1;",
        "heic": b"\0\0\0\x18ftypheic" + bytes(20),
    }

    def lay(*names):
        folder = tmp_path / "folder"
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(contents.get(name.rpartition(".")[2], b"nothing"))
        return folder

    Image.new("RGB", (72, 72)).save(
        tmp_path / "two.pdf", save_all=True, append_images=[Image.new("L", (9, 9))]
    )
    contents["pdf"] = (tmp_path / "two.pdf").read_bytes()
    return lay


def read(deps, user, task):
    """Read the frames of a task as a worker does."""
    operation = origins.read_making(deps, user=user, task_id=task.id).operation
    return media.read_media(deps, operation, lambda *_: None)


OPENED = {
    "a folder with one video": (("a/clip.mp4", "b.ts", "c.txt", ".d.mp4"), "", "a/clip.mp4", 75, ()),
    "one video beside an archive": (("clip.mp4", "x.zip"), "", "clip.mp4", 75, ("x.zip",)),
    "a folder with one archive": (("x.zip",), "", "x.zip", 2, ()),
    "a folder with one PDF": (("x.pdf", "c.txt"), "", "x.pdf", 2, ()),
    "an archive": (("x.zip", "a.jpg"), "x.zip", "x.zip", 2, ()),
    "a PDF": (("x.pdf",), "x.pdf", "x.pdf", 2, ()),
    "an image": (("a.jpg", "b.jpg"), "a.jpg", "", 1, ()),
    "images beside videos": (("b.mp4", "a.mp4", "a.jpg", "x.zip"), "", "", 1, ("a.mp4", "b.mp4", "x.zip")),
}


@pytest.mark.parametrize(("files", "path", "single", "size", "left_out"), OPENED.values(), ids=OPENED)
def test_a_folder_or_file_is_opened_as_the_task_of_what_it_holds(
    deps, user, lay, files, path, single, size, left_out
):
    folder = lay(*files)
    opened = folders.open_folder(deps, user=user, path=folder / path)
    assert (opened.single, tuple(opened.left_out), tuple(opened.fresh)) == (single, left_out, ())
    assert opened.task.name == (path or "folder")
    assert read(deps, user, opened.task)["size"] == size
    lay("late.jpg", "late.heic")
    again = folders.open_folder(deps, user=user, path=folder / path)
    assert (again.task.id, again.count) == (opened.task.id, size)
    assert list(again.fresh) == (["late.jpg"] if not path and not single else [])
    assert list(again.left_out) == sorted((*left_out, *(["late.jpg"] if single and not path else [])))


def test_a_heic_alone_is_told_what_it_is(deps, user, lay):
    opened = folders.open_folder(deps, user=user, path=lay("a.heic") / "a.heic")
    with pytest.raises(
        InvalidMedia, match=r"a.heic is a HEIC picture: such pictures are not read, save it as JPEG"
    ):
        read(deps, user, opened.task)


REFUSED = {
    "two videos": (
        ("a.mp4", "b.mp4", "c.zip"),
        "",
        "but 3 videos, archives or PDFs: give one of them, .*a.mp4",
    ),
    "a video by name alone": (("a.ts",), "", "no image, video, archive or PDF in"),
    "a text": (("a.txt",), "a.txt", "no image, video, archive or PDF in"),
    "nothing": (("a.txt",), "gone", "is no folder and no file"),
}


@pytest.mark.parametrize(("files", "path", "said"), REFUSED.values(), ids=REFUSED)
def test_what_no_task_can_be_made_of_is_refused(deps, user, lay, files, path, said):
    with pytest.raises(Invalid, match=said):
        folders.open_folder(deps, user=user, path=lay(*files) / path)
