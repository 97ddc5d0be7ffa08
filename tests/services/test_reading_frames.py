"""How bytes of frames are read on their way out, and who makes what is asked for first."""

import io
import shutil
import threading

import pytest
from live import until
from of_datasets import give, new_task

from labelwright.compose import open_deps
from labelwright.parts import videos
from labelwright.parts.chunks import keep_first
from labelwright.parts.frames import task_frames
from labelwright.services import accounts, frames, tasks
from labelwright.settings import Settings

CONTENT = bytes(range(256)) * 8192


@pytest.mark.parametrize("is_file", [True, False], ids=["file", "member of an archive"])
def test_any_part_of_a_content_is_read_with_and_without_waiting(tmp_path, is_file):
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    content = frames.Content(path.open("rb") if is_file else io.BytesIO(CONTENT))
    assert content.size_bytes == len(CONTENT)
    for part in (range(len(CONTENT)), range(1000, 3000), range(0, 1)):
        expected = CONTENT[part.start : part.stop]
        assert content.read(part) == expected
        # A file system may not tell what is in memory; a member of an archive never does.
        assert content.read_at_once(part) in ((None, expected) if is_file else (None,))
    path.write_bytes(CONTENT[:100])
    assert not is_file or content.read(range(50, 200)) == CONTENT[50:100]
    content.close()
    content.close()


@pytest.fixture
def deps(tmp_path, sqlite_template, plain_clip):
    shutil.copyfile(sqlite_template, tmp_path / "labelwright.db")
    shutil.copyfile(plain_clip, tmp_path / "clip.mp4")
    deps = open_deps(Settings(data=tmp_path, share=str(tmp_path)))
    yield deps
    deps.videos.close()
    deps.operations.close()
    deps.database.close()


def test_who_asks_for_a_new_video_waits_for_the_decoder_that_is_there(deps, tmp_path, monkeypatch):
    account = accounts.NewAccount(username="root", password="x", password_again="x")
    user = accounts.create_account(deps, account=account, roles=(), is_admin=True)
    operation = give(
        deps, user, new_task(deps, user), server_files=("clip.mp4",), use_zip_chunks=True, chunk_size=80
    )
    media = tasks.read_task(deps, user=user, task_id=operation.task_id).media
    with deps.database.read() as tx:
        rows = task_frames(tx, media)
    deps.cache.forget(f"{media.id}")
    opened, begun, released = [], threading.Event(), threading.Event()
    reopen = videos._open

    def counted(*arguments, **options):
        begun.set()
        assert released.wait(20)
        opened.append(reopen(*arguments, **options))
        return opened[-1]

    deps.videos.close()
    monkeypatch.setattr(videos, "_open", counted)
    maker = threading.Thread(target=keep_first, args=(deps, media, rows))
    maker.start()
    assert begun.wait(20)
    query = {"user": user, "task_id": operation.task_id}
    chunk = frames.find_chunk(deps, number=0, quality="compressed", as_type=None, **query)
    answers = []
    asking = [
        threading.Thread(target=lambda found=found: answers.append(found.make()))
        for found in (chunk, frames.find_preview(deps, **query))
    ]
    for thread in asking:
        thread.start()
    until(lambda: sum(thread.is_alive() for thread in asking), (2).__eq__)
    released.set()
    for thread in (maker, *asking):
        thread.join(20)
    (decoder,) = opened
    assert not decoder.is_alive  # nobody reads on where videos are taken in
    assert sorted(answer.read(range(2)) for answer in answers) == [b"PK", b"\xff\xd8"]
    for answer in answers:
        answer.close()
