"""What a task is made of: archives, PDFs, pages, files of the share and of addresses; and what is refused of them."""

import io
import os
import shutil
import tarfile
import threading
import zipfile
from contextlib import suppress
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

import pytest
from live import jpeg
from of_datasets import give, new_task
from PIL import Image

from labelwright.compose import open_deps
from labelwright.domain.errors import Cancelled, InvalidMedia, NotFound
from labelwright.domain.sentences import unpack
from labelwright.domain.tasks import MediaRequest
from labelwright.http.fetching import Fetcher, Rules
from labelwright.parts.frames import read_location
from labelwright.parts.videos import borrow
from labelwright.services import accounts, media, origins, tasks, videos
from labelwright.settings import Settings
from labelwright.storage import frames as frames_storage
from labelwright.storage import operations as operations_storage

PHOTO = jpeg()


@pytest.fixture(scope="module")
def share(tmp_path_factory):
    """A folder with images, an archive, what is neither, and links in and out."""
    share = tmp_path_factory.mktemp("share")
    for name in ("b/2.jpg", "b/10.jpg", "b/._2.jpg", "b/notes.txt", "c/1.jpg"):
        (share / name).parent.mkdir(exist_ok=True)
        (share / name).write_bytes(PHOTO)
    (share / "only").mkdir()
    (share / "only/clip.zip").write_bytes(zipped(("in.jpg", PHOTO)))
    os.symlink("/etc", share / "b/out")
    os.symlink(share / "c", share / "linked")
    os.symlink("/etc", share / "outside")
    os.mkfifo(share / "b/pipe.jpg")
    return share


@pytest.fixture(scope="module")
def deps(tmp_path_factory, sqlite_template, share):
    folder = tmp_path_factory.mktemp("sources")
    shutil.copyfile(sqlite_template, folder / "labelwright.db")
    deps = open_deps(Settings(data=folder, share=str(share)))
    yield deps
    deps.operations.close()
    deps.database.close()


@pytest.fixture(scope="module")
def user(deps):
    account = accounts.NewAccount(username="root", password="x", password_again="x")
    return accounts.create_account(deps, account=account, roles=(), is_admin=True)


@pytest.fixture(scope="module")
def made(deps, user):
    """Gives a new task files, by name, or whatever else it is asked of: the operation as it ended, and its frames."""

    def make(files=(), *, task=None, **request):
        task = task or new_task(deps, user)
        keys = [f"tasks/{task.id}/uploads/x/{index}" for index in range(len(files))]
        for key, (_, content) in zip(keys, files, strict=True):
            deps.blobs.put(key, content)
        names = tuple(name for name, _ in files)
        operation = give(deps, user, task, client_files=names, uploads=tuple(keys), **request)
        return operation, rows_of(deps, user, task)

    return make


def rows_of(deps, user, task):
    record = tasks.read_task(deps, user=user, task_id=task.id).media
    with deps.database.read() as tx:
        return frames_storage.read_frames(tx, record.id)


def kept(deps, operation):
    """The folders below the task's that hold blobs."""
    prefix = f"tasks/{operation.task_id}/"
    return sorted({key.removeprefix(prefix).split("/")[0] for key in deps.blobs.list_keys(prefix)})


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(*members, mode="w"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            if content is None:
                entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            else:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content or b""))
    return buffer.getvalue()


def saved(*pages, kind="TIFF", **options):
    buffer = io.BytesIO()
    pages[0].save(buffer, kind, save_all=True, append_images=pages[1:], **options)
    return buffer.getvalue()


MEMBERS = [
    (name, jpeg(64, 48, shade)) for shade, name in enumerate(("b/2.jpg", "b/10.jpg", "a.jpg", "B.jpg"))
]
BESIDE = [("notes.txt", b"x"), ("__MACOSX/._a.jpg", b"x"), ("more.zip", zipped(("c.jpg", PHOTO)))]


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("all.zip", zipped(*MEMBERS, *BESIDE), ["uploads"]),
        ("all.zip", zipped(*MEMBERS, method=zipfile.ZIP_STORED), ["uploads"]),
        ("all.tar", tarred(*MEMBERS, *BESIDE), ["uploads"]),
        ("all.tar.gz", tarred(*MEMBERS, *BESIDE, mode="w:gz"), ["made"]),
        ("a tar called.zip", tarred(*MEMBERS), ["uploads"]),
    ],
    ids=["zip", "stored zip", "tar", "packed tar", "tar called zip"],
)
def test_images_of_an_archive_are_frames_by_path(deps, made, name, content, where):
    operation, rows = made([(name, content)])
    assert operation.state == "finished", operation.message
    assert [row.name for row in rows] == ["B.jpg", "a.jpg", "b/10.jpg", "b/2.jpg"]
    by_name = dict(MEMBERS)
    assert [read_location(deps, row) == by_name[row.name] for row in rows] == [True] * 4
    assert (rows[0].width, rows[0].height) == (64, 48)
    assert kept(deps, operation) == where
    assert os.listdir(deps.scratch) == []


HEIC = b"\0\0\0\x18ftypheic" + bytes(20)
UNREAD = [
    ("b.heic", HEIC),
    ("called.jpg", HEIC),
    ("d.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("e.nef", b"II*\0" + bytes(20)),
    ("f.png", b"\xff\x0a" + bytes(20)),
    ("g.jxl", b"\xff\x0a"),
]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("all.zip", zipped),
        ("all.tar", tarred),
        ("all.tgz", partial(tarred, mode="w:gz")),
        ("of the share", None),
    ],
)
def test_pictures_of_kinds_that_are_not_read_are_left_out_and_named(deps, made, share, name, pack):
    files = [("a.jpg", PHOTO), *UNREAD]
    if pack is None:
        (share / "mixed").mkdir()
        for each, content in files:
            (share / "mixed" / each).write_bytes(content)
        operation, rows = made(server_files=("mixed",))
        shutil.rmtree(share / "mixed")
    else:
        operation, rows = made([(name, pack(*files))])
    assert operation.state == "finished", operation.message
    assert [row.name.removeprefix("mixed/") for row in rows] == ["a.jpg"]
    (notice,) = map(unpack, operation.result["notices"])
    assert notice.replace("mixed/", "") == (
        "Left out, because HEIC, JPEG XL, SVG and raw pictures are not read (6): b.heic, called.jpg, d.svg, e.nef, "
        "f.png, …. Save them as JPEG, PNG or TIFF to label them"
    )
    assert len(deps.blobs.list_keys(f"tasks/{operation.task_id}/")) == (0 if pack is None else 1)


def test_only_chosen_pages_of_a_pdf_are_drawn(deps, made):
    pages = [Image.new("RGB", (72, 36), (40 * page, 0, 0)) for page in range(5)]
    operation, rows = made(
        [("scan.pdf", saved(*pages, kind="PDF", resolution=72))], start_frame=1, frame_filter="step=2"
    )
    assert operation.state == "finished", operation.message
    assert [(row.name, row.source_frame) for row in rows] == [
        ("scan000000001.jpeg", 1), ("scan000000003.jpeg", 3),
    ]  # fmt: skip
    assert (rows[0].width, rows[0].height) == (200, 100)
    assert len(deps.blobs.list_keys(f"tasks/{operation.task_id}/")) == 2
    assert Image.open(io.BytesIO(read_location(deps, rows[1]))).getpixel((9, 9))[0] in range(115, 126)
    deps.blobs.delete(deps.blobs.list_keys(f"tasks/{operation.task_id}/"))
    with pytest.raises(NotFound, match=r"frame 1 \(scan000000003.jpeg\) cannot be read: No such file"):
        read_location(deps, rows[1])


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("L", {}),
        ("RGB", {"compression": "jpeg"}),
        ("I;16", {"compression": "tiff_lzw"}),
        ("1", {"compression": "group4"}),
        ("P", {}),
        ("CMYK", {"big_tiff": True}),
    ],
    ids=str,
)
def test_pages_of_a_tiff_are_frames_pixel_by_pixel(deps, made, mode, options):
    pages = [noise(50 + page, mode) for page in range(3)]
    content = saved(*pages, **options)
    operation, rows = made([("a/scan.tif", content), ("a/one.png", saved(noise(50), kind="PNG"))])
    assert operation.state == "finished", operation.message
    names = ["a/one.png", "a/scan.tif", "a/scan_page0002.tif", "a/scan_page0003.tif"]
    assert [(row.name, row.width) for row in rows] == list(zip(names, (50, 50, 51, 52), strict=True))
    assert read_location(deps, rows[1]) == content
    whole = Image.open(io.BytesIO(content))
    for page, row in enumerate(rows[1:]):
        whole.seek(page)
        alone = Image.open(io.BytesIO(read_location(deps, row)))
        assert (alone.mode, alone.tobytes()) == (whole.mode, whole.tobytes())
    assert kept(deps, operation) == ["made", "uploads"]


def test_images_related_to_others_are_no_frames(deps, user, made):
    folder = "d/related_images/b_jpg"
    operation, rows = made(
        [
            *((f"d/{name}.jpg", PHOTO) for name in "abc"),
            *((f"{folder}/{name}.png", saved(Image.new("L", (8, 8)), kind="PNG")) for name in ("y", "x")),
            ("d/related_images/gone_jpg/z.jpg", PHOTO),
        ],
        start_frame=1,
    )
    assert [(row.name, row.source_frame) for row in rows] == [("d/b.jpg", 1), ("d/c.jpg", 2)]
    (notice,) = operation.result["notices"]
    assert "below related_images, because they belong to no image (1)" in unpack(notice)
    record = tasks.read_task(deps, user=user, task_id=operation.task_id).media
    with deps.database.read() as tx:
        first = frames_storage.read_related(tx, record.id, source_frame=1, position=0)
        assert first.name == f"{folder}/x.png"
        assert frames_storage.read_related(tx, record.id, source_frame=0, position=0) is None
        assert frames_storage.read_related_names(tx, record.id) == {
            0: [f"{folder}/{name}.png" for name in "xy"]
        }


def noise(width, mode="L"):
    made = Image.effect_noise((width, 40), 90)
    return made.point(lambda x: x * 257, "I").convert(mode) if mode == "I;16" else made.convert(mode)


BOMB = zipped(("a.jpg", b"\0" * 150_000_000))
WRONG = {
    "two archives": ([("a.zip", zipped()), ("b.zip", zipped())], "Only one video, archive, pdf, zip"),
    "an archive and an image": ([("a.zip", zipped()), ("b.jpg", PHOTO)], "but 1 zip(s), 1 image(s) found"),
    "an archive without images": ([("a.zip", zipped(("a.txt", b"x")))], "No media data found"),
    "an SVG alone": ([("a.svg", b"<svg/>")], "is an SVG drawing"),
    "a zip in the guise of a picture": ([("a.jpg", zipped(("b.jpg", PHOTO)))], "a.jpg is not what its name says"),
    "a picture in the guise of a zip": ([("a.zip", PHOTO)], "a.zip is not what its name says"),
    "a picture with a zip behind it": ([("a.zip", PHOTO + zipped(("b.jpg", PHOTO)))], "a.zip is not what its name"),
    "a HEIC": ([("a.heic", b"\0\0\0\x18ftypheic" + bytes(20))], "a.heic is a HEIC picture"),
    "a zip of HEICs": ([("a.zip", zipped(("b.heic", HEIC)))], "No media data found: Left out, because HEIC"),
    "a web page for a picture": ([("a.zip", zipped(("a.jpg", PHOTO), ("b.jpg", b"<html>")))], "b.jpg is a web page"),
    "a damaged member": ([("a.zip", zipped(("b.jpg", PHOTO[:300])))], "b.jpg"),
    "a bomb": ([("a.zip", BOMB)], "a.zip"),
    "a way out": ([("a.tar", tarred(("../b.jpg", PHOTO)))], "'../b.jpg' leads out"),
    "a link": ([("a.tar.gz", tarred(("b.jpg", PHOTO), ("c.jpg", None), mode="w:gz"))], "is a link or a device"),
    "a line break in a name": ([("a\nb.jpg", PHOTO)], "a line break"),
    "a member of 300 letters": ([("a.zip", zipped(("x" * 300 + ".jpg", PHOTO)))], "is too long"),
    "one name twice": ([("a.jpg", PHOTO), ("a.jpg", PHOTO)], "two files are named a.jpg"),
    "the name of a page": ([("a.tif", saved(*[Image.new("L", (9, 9))] * 2)), ("a_page0002.tif", PHOTO)], "two files"),
    "a PDF that is none": ([("a.pdf", b"%PDF-1.7 nonsense")], "a.pdf"),
    "a page as wide as a house": (
        [("d/a: b.pdf", saved(Image.new("L", (4, 4)), kind="PDF", resolution=0.05))], "page 1 of d/a: b.pdf is",
    ),
    "a manifest": ([("manifest.jsonl", b"{}"), ("a.jpg", PHOTO)], "'Use cache' option"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_named_and_only_the_upload_stays(deps, made, files, said):
    operation, rows = made(files)
    assert (operation.state, rows) == ("failed", [])
    assert said in operation.message
    assert kept(deps, operation) == ["uploads"]
    assert os.listdir(deps.scratch) == []


def test_a_task_that_failed_is_tried_again_with_what_was_uploaded(deps, user, made):
    task = new_task(deps, user)
    operation, _ = made(
        [
            ("manifest.jsonl", b"{}"),
            ("a.gif", saved(noise(9), noise(9), kind="GIF")),
            ("b.txt", b"x"),
        ],
        task=task,
    )
    assert operation.state == "failed"
    operation, rows = made(task=task, use_cache=True, image_quality=30)
    assert operation.state == "finished", operation.message
    assert [row.name for row in rows] == ["a.gif"]
    said = [unpack(notice) for notice in operation.result["notices"]]
    assert said == [
        "Left out, because there is nothing in them to label (1): b.txt",
        "Only the first picture is the frame where a file holds several (1): a.gif",
    ]
    assert len(deps.blobs.list_keys(f"tasks/{task.id}/")) == 1
    with pytest.raises(InvalidMedia, match="Adding more data"):
        made(task=task)


SHARED = {
    "a folder": (("b",), ["b/10.jpg", "b/2.jpg"]),
    "its parent is dropped": (("b/", "/b/2.jpg"), ["b/2.jpg"]),
    "folders and files": (("b", "c/1.jpg"), ["b/10.jpg", "b/2.jpg", "c/1.jpg"]),
    "a link inside": (("linked",), ["linked/1.jpg"]),
    "an archive": (("only/clip.zip",), ["in.jpg"]),
    "a folder with nothing but an archive": (("only",), ["in.jpg"]),
    "images before an archive": (("",), ["b/10.jpg", "b/2.jpg", "c/1.jpg"]),
    "a way up": (("b/../c",), "Don't use '..' inside file paths"),
    "a link outside": (("outside",), "is not in the share"),
    "nothing": (("gone",), "is not in the share"),
    "a pipe": (("b/pipe.jpg",), "is no file or folder"),
}


@pytest.mark.parametrize(("chosen", "expected"), SHARED.values(), ids=SHARED)
def test_files_of_the_share_are_read_in_place_or_copied(deps, made, chosen, expected):
    copied = len(chosen[0]) > 1
    operation, rows = made(server_files=chosen, copy_data=copied)
    if isinstance(expected, str):
        assert (operation.state, kept(deps, operation)) == ("failed", [])
        assert expected in operation.message
        return
    assert operation.state == "finished", operation.message
    assert [row.name for row in rows] == expected
    assert [read_location(deps, row) for row in rows] == [PHOTO] * len(rows)
    assert kept(deps, operation) == (["made"] if copied else [])


@pytest.mark.parametrize("name", ["c/1.jpg", "only/clip.zip"])
def test_a_file_of_the_share_that_changed_is_told(deps, made, share, name):
    _, (row,) = made(server_files=(name,))
    (share / name).write_bytes((share / name).read_bytes())
    with pytest.raises(InvalidMedia, match=f"{row.name} has changed since its task was made"):
        read_location(deps, row)
    (share / name).rename(share / "elsewhere")
    os.symlink(share / "elsewhere", share / name)
    with pytest.raises(NotFound, match="cannot be read"):
        read_location(deps, row)


class Site(SimpleHTTPRequestHandler):
    """Files; besides, `/to/ADDRESS` leads elsewhere, and `/endless.jpg` does not end."""

    def do_GET(self):
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", unquote(self.path.removeprefix("/to/")))
            self.end_headers()
        elif self.path == "/endless.jpg":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(bytes(2**20))
        else:
            super().do_GET()


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    handler = partial(Site, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_files_at_addresses_are_fetched(deps, user, made, site):
    folder, url = site
    (folder / "一 b.jpg").write_bytes(PHOTO)
    (folder / "sub").mkdir()
    (folder / "sub/a.jpg").write_bytes(PHOTO)
    near = replace(deps, fetcher=lambda: Fetcher(Rules(hosts=("127.0.0.1",))))
    task = new_task(deps, user)
    addresses = (f"{url}/%E4%B8%80%20b.jpg?token=secret", f"{url}/sub/a.jpg")
    operation = give(near, user, task, remote_files=addresses)
    assert operation.state == "finished", operation.message
    assert [row.name for row in rows_of(deps, user, task)] == ["a.jpg", "一 b.jpg"]
    again = give(near, user, new_task(deps, user), remote_files=(addresses[1], f"{url}/./sub/a.jpg"))
    assert (again.state, kept(deps, again)) == ("failed", [])
    assert "filename collision" in again.message
    operation, _ = made(remote_files=addresses)
    assert "is inside the network of the server" in operation.message
    assert "secret" not in operation.message
    assert kept(deps, operation) == os.listdir(deps.scratch) == []


@pytest.mark.parametrize("host", ["localhost", "127.1", "[::1]", "169.254.169.254"])
def test_an_address_that_leads_elsewhere_is_followed_no_further_than_allowed(deps, user, site, host):
    folder, url = site
    (folder / "a.jpg").write_bytes(PHOTO)
    elsewhere = f"http://{host}:{url.rpartition(':')[2]}/a.jpg"
    near = replace(deps, fetcher=lambda: Fetcher(Rules(hosts=("127.0.0.1",))))
    operation = give(
        near, user, new_task(deps, user), remote_files=(f"{url}/to/{quote(elsewhere, safe='')}",)
    )
    assert (operation.state, "Failed to download" in operation.message) == ("failed", True), operation.message
    assert host.strip("[]") in operation.message
    assert kept(deps, operation) == os.listdir(deps.scratch) == []


def test_who_cancels_while_a_file_is_fetched_leaves_nothing(deps, user, site):
    task = new_task(deps, user)
    request = MediaRequest(remote_files=(f"{site[1]}/endless.jpg",))
    media.accept_media(deps, user=user, task_id=task.id, request=request, upload=None)
    operation = origins.read_making(deps, user=user, task_id=task.id).operation
    near = replace(deps, fetcher=lambda: Fetcher(Rules(hosts=("127.0.0.1",))))

    def progress(_, message):
        if message.startswith(f"{site[1]}/endless.jpg is being downloaded.. 3 MB"):
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        media.read_media(near, operation, progress)
    assert kept(deps, operation) == os.listdir(deps.scratch) == []


def test_who_cancels_the_proof_of_a_video_keeps_the_task_as_it_is(deps, user, made, plain_clip):
    operation, _ = made([("clip.mp4", plain_clip.read_bytes())])
    assert operation.state == "finished", operation.message
    before = tasks.read_task(deps, user=user, task_id=operation.task_id).media
    with deps.database.read() as tx:
        hashing = operations_storage.newest_operation(tx, f"hash/{before.id}")

    def progress(share, _):
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        videos.run_hashing(deps, hashing, progress)
    assert tasks.read_task(deps, user=user, task_id=operation.task_id).media == before
    assert not before.video.is_proved
    with borrow(deps, before) as video:
        assert Image.open(io.BytesIO(video.read_jpeg(5, quality=70))).size == (160, 120)
    assert videos.run_hashing(deps, hashing, lambda *_: None)["frames"] == 75
    assert tasks.read_task(deps, user=user, task_id=operation.task_id).media.video.is_proved


@pytest.mark.parametrize("at", ["Media files are being extracted", "Reading images"])
def test_who_cancels_leaves_nothing_but_the_upload(deps, user, at):
    task = new_task(deps, user)
    key = f"tasks/{task.id}/uploads/x/0"
    deps.blobs.put(key, tarred(*MEMBERS, mode="w:gz"))
    request = MediaRequest(client_files=("all.tar.gz",), uploads=(key,))
    media.accept_media(deps, user=user, task_id=task.id, request=request, upload=None)
    operation = origins.read_making(deps, user=user, task_id=task.id).operation
    told = []

    def progress(_, message):
        told.append(message)
        if message.startswith(at) and len(told) > 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        media.read_media(deps, operation, progress)
    assert kept(deps, operation) == ["uploads"]
    assert rows_of(deps, user, task) == []


def test_settings_bound_the_frames_of_videos_and_the_pages_of_pdfs(deps, user, share, plain_clip):
    (share / "long").mkdir()
    shutil.copyfile(plain_clip, share / "long/film.mp4")
    pages = [Image.new("RGB", (8, 8)) for _ in range(3)]
    (share / "long/book.pdf").write_bytes(saved(*pages, kind="PDF"))
    tight = replace(deps, limits=replace(deps.limits, max_video_frames=74, max_pdf_pages=2))
    for name, says in (("film.mp4", "more than 74 frames"), ("book.pdf", "3 pages, at most 2 are taken")):
        operation = give(tight, user, new_task(deps, user), server_files=(f"long/{name}",))
        assert (operation.state, says in operation.message) == ("failed", True), operation.message


def test_a_video_of_the_share_is_read_in_place(deps, user, made, share, plain_clip):
    (share / "film").mkdir()
    shutil.copyfile(plain_clip, share / "film/clip.mp4")
    operation, _ = made(server_files=("film",), start_frame=5)
    assert (operation.state, operation.result["size"]) == ("finished", 70), operation.message
    record = tasks.read_task(deps, user=user, task_id=operation.task_id).media
    with borrow(deps, record) as video:
        assert Image.open(io.BytesIO(video.read_jpeg(5, quality=70))).size == (160, 120)
    assert kept(deps, operation) == ["video"]
    deps.videos.close()
    os.utime(share / "film/clip.mp4", ns=(0, 0))
    with pytest.raises(InvalidMedia, match="has changed"), borrow(deps, record):
        pass
