"""Git repositories of tasks over HTTP: real bare repositories, a real worker."""

import io
import itertools
import json
import threading
import zipfile

import pytest
from bare import Bare
from hand import DONE, Hand
from live import body, box, image_parts, job_ids, new_task, task_with_images, until
from sqlalchemy import text

NUMBERS = itertools.count()


@pytest.fixture
def hand(git_house):
    return Hand(git_house)


@pytest.fixture
def bare(git_house):
    made = Bare(git_house.root / f"r{next(NUMBERS)}.git")
    made.commit("main", "README.md", "kept")
    return made


@pytest.fixture
def task(hand):
    """A task of two images with one box."""
    task = task_with_images(hand.http, 2, name="my street", bug_tracker="http://tracker/1")
    save(hand, task, box(task))
    return task


@pytest.fixture
def pushed(hand, task, bare):
    """A task that was pushed to a repository of its own; returns its branch."""
    assert hand.connect(task, str(bare.folder)) == DONE
    assert hand.push(task) == DONE
    return f"cvat_{task['id']}_my_street"


def save(hand, task, *shapes, action="create"):
    path = f"/jobs/{job_ids(task)[0]}/annotations?action={action}"
    answer = hand.http.patch(path, json=body(*shapes))
    assert answer.status_code == 200, answer.text
    return answer.json()["shapes"]


def test_a_task_without_a_repository_says_so_in_nulls(hand, task):
    found = hand.get(f"get/{task['id']}")
    assert found.json() == {"url": {"value": None}, "status": {"value": None, "error": None}}
    answer = hand.get(f"push/{task['id']}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert answer.text == f"task {task['id']} has no repository"


def test_annotations_are_pushed_to_a_branch_of_their_task(hand, task, bare, pushed):
    assert bare.files(pushed) == ["README.md", "annotation/my_street.zip"]
    assert bare.git("rev-parse", f"{pushed}^") == bare.tip("main")
    with zipfile.ZipFile(io.BytesIO(bare.read(pushed, "annotation/my_street.zip"))) as archive:
        assert archive.namelist() == ["annotations.xml"]
        assert archive.read("annotations.xml").count(b"<box ") == 1
    message = bare.git("log", "-1", "--format=%an%n%B", pushed).splitlines()
    assert message[:2] == ["root", "Annotations of my street by root"]
    assert f"Task URL: {hand.live.url}/tasks/{task['id']}" in message
    assert "Issue tracker: http://tracker/1" in message
    assert "Objects since the last push: 1 created, 0 updated, 0 deleted" in message


def test_the_counts_are_of_what_was_done_since_the_last_push(hand, task, bare, pushed):
    first, second = save(hand, task, box(task), box(task))
    save(hand, task, first | {"occluded": True}, action="update")
    save(hand, task, second, action="delete")
    assert hand.push(task) == DONE
    message = bare.git("log", "-1", "--format=%B", pushed)
    assert "Objects since the last push: 2 created, 1 updated, 1 deleted" in message
    assert bare.git("rev-parse", f"{pushed}^") == bare.tip("main")


def test_the_state_follows_annotations_and_the_repository(hand, task, bare):
    hand.connect(task, str(bare.folder))
    branch = f"cvat_{task['id']}_my_street"
    assert hand.state(task) == {"value": "!sync", "error": None}
    assert hand.push(task) == DONE
    assert hand.state(task) == {"value": "sync", "error": None}
    bare.merge(branch)
    assert hand.state(task) == {"value": "merged", "error": None}
    assert hand.get("meta/get").json()[str(task["id"])] == "merged"
    save(hand, task, box(task, 1))
    assert hand.state(task) == {"value": "!sync", "error": None}
    assert hand.push(task) == DONE
    assert hand.state(task) == {"value": "sync", "error": None}
    assert bare.git("rev-parse", f"{branch}^") == bare.tip("main")


def test_a_branch_that_others_deleted_is_not_synchronised(hand, task, bare, pushed):
    bare.git("update-ref", "-d", f"refs/heads/{pushed}")
    assert hand.state(task) == {"value": "!sync", "error": None}
    assert hand.get("meta/get").json()[str(task["id"])] == "!sync"
    assert hand.push(task) == DONE
    assert hand.state(task)["value"] == "sync"


def test_a_repository_that_cannot_be_asked_leaves_the_last_state_and_says_why(hand, task, bare, pushed):
    away = bare.folder.with_name("away.git")
    bare.folder.rename(away)
    found = hand.state(task)
    assert found["value"] == "sync"
    assert "is no folder below" in found["error"]
    assert hand.get(f"push/{task['id']}").status_code == 400


def test_the_address_is_shown_with_the_file(hand, task, bare):
    hand.connect(task, f"{bare.folder} [one/two.xml]", lfs=True, format="CVAT for images 1.1")
    found = hand.get(f"get/{task['id']}").json()
    assert found["url"] == {"value": f"{bare.folder} [one/two.xml]"}
    assert (found["lfs"], found["format"]) == (True, "CVAT for images 1.1")
    assert hand.push(task) == DONE
    branch = f"cvat_{task['id']}_my_street"
    assert bare.files(branch) == [".gitattributes", "README.md", "one/two.xml"]
    assert bare.read(branch, "one/two.xml").startswith(b"<?xml")
    assert b"*.xml filter=lfs" in bare.read(branch, ".gitattributes")


def test_another_format_can_be_pushed(hand, task, bare):
    hand.connect(task, f"{bare.folder} [coco.json]", format="COCO 1.0")
    assert hand.push(task) == DONE
    coco = json.loads(bare.read(f"cvat_{task['id']}_my_street", "coco.json"))
    assert len(coco["annotations"]) == 1


def test_a_format_that_makes_no_such_file_says_so(hand, task, bare):
    hand.connect(task, f"{bare.folder} [coco.xml]", format="COCO 1.0")
    found = hand.push(task)
    assert found == {"status": "failed", "stderr": "COCO 1.0 makes 0 .xml files, not one: push it as .zip"}
    assert bare.branches() == ["main"]
    assert hand.state(task) == {"value": "!sync", "error": None}


def test_an_empty_repository_gets_a_default_branch_first(hand, git_house, task):
    empty = Bare(git_house.root / f"r{next(NUMBERS)}.git", head="trunk")
    hand.connect(task, str(empty.folder))
    assert hand.push(task) == DONE
    assert empty.branches() == [f"cvat_{task['id']}_my_street", "trunk"]
    assert hand.state(task)["value"] == "sync"


def test_the_repository_can_be_replaced(hand, git_house, task, bare, pushed):
    other = Bare(git_house.root / f"r{next(NUMBERS)}.git", head="master")
    assert hand.connect(task, f"{other.folder} [a.zip]") == DONE
    assert hand.get(f"get/{task['id']}").json()["url"]["value"] == f"{other.folder} [a.zip]"
    assert hand.state(task)["value"] == "!sync"
    assert hand.push(task) == DONE
    assert other.files(pushed) == ["README.md", "a.zip"]


def test_a_repository_that_cannot_be_reached_is_not_connected(hand, task, git_house):
    (git_house.root / "plain").mkdir(exist_ok=True)
    found = hand.connect(task, str(git_house.root / "plain"))
    assert found["status"] == "failed"
    assert "does not appear to be a git repository" in found["stderr"]
    assert hand.get(f"get/{task['id']}").json()["url"] == {"value": None}
    refused = hand.connect(task, "http://127.0.0.1:1/owner/repo.git")
    assert refused["status"] == "failed"
    assert "127.0.0.1" in refused["stderr"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        pytest.param({}, "path: This field is required.", id="nothing"),
        pytest.param({"path": ""}, "path: This field may not be blank.", id="an empty address"),
        pytest.param({"path": ["x"]}, "path: Not a valid string.", id="a list"),
        pytest.param({"path": "ext::sh"}, "'ext::sh' is no address", id="another transport"),
        pytest.param({"path": "ext::sh -c id"}, "is no address of a repository", id="a command"),
        pytest.param({"path": "--upload-pack=id"}, "is no address of a repository", id="an option"),
        pytest.param({"path": "https://u:p@h.org/a/b"}, "must hold no password", id="a password"),
        pytest.param({"path": "https://h.org/a/b"}, "(LABELWRIGHT_GIT_HOSTS)", id="a host not named"),
        pytest.param({"path": "git@127.0.0.1:a/b"}, "(LABELWRIGHT_GIT_SSH_KEY)", id="no key"),
        pytest.param({"path": "/etc"}, "/etc is no folder below", id="a folder outside"),
        pytest.param({"path": "{root}/../x"}, "is no address of a repository", id="a folder above"),
        pytest.param(
            {"path": "{root} [a.txt]"}, "ends in none of .zip, .xml, .json", id="another kind of file"
        ),
        pytest.param({"path": "{root} [../a.zip]"}, "is no file in a repository", id="a file above"),
        pytest.param({"path": "{root} [.git/a.zip]"}, "is no file in a repository", id="git's own folder"),
        pytest.param({"path": "{root}", "lfs": "perhaps"}, "lfs: Must be a valid boolean.", id="lfs"),
        pytest.param({"path": "{root}", "format": "X 1"}, "Unknown format specified", id="a format"),
        pytest.param([1], "Expected a dictionary, but got list", id="a list for a body"),
    ],
)
def test_what_cannot_be_connected_is_refused_at_once(hand, git_house, task, sent, said):
    sent = json.loads(json.dumps(sent).replace("{root}", str(git_house.root)))
    answer = hand.http.post(f"{hand.url}/create/{task['id']}", json=sent)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert said in answer.text
    assert hand.get(f"check/git.create.{task['id']}").json() == {"status": "unknown"}


def test_a_body_that_is_no_json_is_refused(hand, task):
    answer = hand.http.post(
        f"{hand.url}/create/{task['id']}", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert "JSON parse error" in answer.text


def test_a_task_without_frames_has_nothing_to_push(hand, bare):
    task = new_task(hand.http)
    hand.connect(task, str(bare.folder))
    answer = hand.get(f"push/{task['id']}")
    assert (answer.status_code, answer.text) == (
        400,
        f"task {task['id']} has no frames yet: there is nothing to push",
    )


def test_two_who_push_at_once_push_once(hand, git_house, task, bare):
    hand.connect(task, str(bare.folder))
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(Hand(git_house).get(f"push/{task['id']}").json()))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"rq_id": f"git.push.{task['id']}"}] * 6
    assert hand.finish(f"git.push.{task['id']}") == DONE
    with git_house.deps.database.read() as tx:
        count = text("SELECT count(*) FROM operations WHERE kind = 'push' AND task_id = :task")
        assert tx.connection.execute(count, {"task": task["id"]}).scalar() == 1


def test_two_tasks_push_to_one_empty_repository(hand, git_house):
    empty = Bare(git_house.root / f"r{next(NUMBERS)}.git")
    tasks = [task_with_images(hand.http, 1, name=f"t{n}") for n in range(3)]
    for task in tasks:
        hand.connect(task, str(empty.folder))
    for task in tasks:
        hand.get(f"push/{task['id']}")
    assert [hand.finish(f"git.push.{task['id']}") for task in tasks] == [DONE] * 3
    assert empty.branches() == sorted(["main", *(f"cvat_{task['id']}_{task['name']}" for task in tasks)])


def test_while_it_is_pushed_it_is_syncing(hand, git_house, task, bare, pushed):
    with git_house.deps.database.write() as tx:
        tx.connection.execute(
            text("UPDATE operations SET state = 'started' WHERE key = :key"),
            {"key": f"git.push.{task['id']}"},
        )
    assert hand.state(task) == {"value": "syncing", "error": None}
    assert hand.get("meta/get").json()[str(task["id"])] == "syncing"
    assert hand.get(f"check/git.push.{task['id']}").json() == {"status": "started"}
    with git_house.deps.database.write() as tx:
        tx.connection.execute(
            text("UPDATE operations SET state = 'cancelled' WHERE key = :key"),
            {"key": f"git.push.{task['id']}"},
        )
    said = {"status": "failed", "stderr": "The operation was cancelled."}
    assert hand.get(f"check/git.push.{task['id']}").json() == said


def test_a_deleted_task_takes_its_repository_along(hand, git_house, task, bare, pushed):
    assert hand.http.delete(f"/tasks/{task['id']}").status_code == 204
    assert hand.get(f"get/{task['id']}").status_code == 404
    assert str(task["id"]) not in hand.get("meta/get").json()
    assert pushed in bare.branches()


@pytest.mark.parametrize("rq_id", ["git.push.999999", "git.pull.1", "nonsense", "git.push.", "git.push.1;x"])
def test_an_unknown_id_is_unknown(hand, rq_id):
    assert hand.get(f"check/{rq_id}").json() == {"status": "unknown"}


def test_the_platform_has_the_routes_below_its_own_mount(git_house, task, bare):
    hand = Hand(git_house, mount="/annotations")
    assert hand.connect(task, str(bare.folder)) == DONE
    assert hand.push(task) == DONE
    message = bare.git("log", "-1", "--format=%B", f"cvat_{task['id']}_my_street")
    assert f"Task URL: {git_house.url}/annotations/tasks/{task['id']}" in message


def test_sentences_come_in_chinese_for_those_who_ask(hand, task):
    answer = hand.get(f"push/{task['id']}", headers={"Labelwright-Language": "zh-CN"})
    assert answer.text == f"任务 {task['id']} 没有代码仓库"


def test_a_cancelled_push_can_be_made_again(hand, git_house, task, bare):
    hand.connect(task, str(bare.folder))
    hand.get(f"push/{task['id']}")
    for each in hand.http.get("/operations").json():
        if each["kind"] == "push" and each["task_id"] == task["id"]:
            hand.http.delete(f"/operations/{each['id']}")
    assert hand.finish(f"git.push.{task['id']}")["status"] in ("failed", "finished")
    assert hand.push(task) == DONE
    assert hand.state(task)["value"] == "sync"


def test_images_added_later_do_not_matter_to_a_connection(hand, bare):
    task = new_task(hand.http)
    assert hand.connect(task, str(bare.folder)) == DONE
    hand.http.post(f"/tasks/{task['id']}/data", data={"image_quality": "70"}, files=image_parts(1))
    until(
        lambda: hand.http.get(f"/tasks/{task['id']}/status").json(),
        lambda found: found["state"] == "Finished",
    )
    assert hand.push(task) == DONE
