"""Who may do what at the git routes, and how those are met who did not sign in."""

import httpx
import pytest
from bare import Bare
from hand import DONE, Hand
from live import job_ids, task_with_images


@pytest.fixture
def hand(git_house):
    return Hand(git_house)


@pytest.fixture(scope="module")
def bare(git_house):
    return Bare(git_house.root / "one.git")


@pytest.fixture(scope="module")
def task(git_house):
    return task_with_images(git_house.kept_client("root"), 1)


@pytest.fixture(scope="module")
def pushed(git_house, task, bare):
    """The task, pushed to its repository."""
    hand = Hand(git_house)
    assert hand.connect(task, str(bare.folder)) == DONE
    assert hand.push(task) == DONE


ROUTES = ("create/{}", "get/{}", "push/{}", "check/git.push.{}", "meta/get")


@pytest.mark.parametrize("mount", ["", "/annotations"])
@pytest.mark.parametrize("path", ROUTES)
def test_who_did_not_sign_in_is_led_to_where_one_does(git_house, task, path, mount):
    address = f"{git_house.url}{mount}/git/repository/{path.format(task['id'])}"
    for headers in ({}, {"Authorization": "Token wrong"}):
        with httpx.Client(headers=headers, follow_redirects=False) as client:
            found = client.get(f"{address}?a=1&b=%E7%8C%AB")
            assert (found.status_code, found.headers["cache-control"]) == (301, "no-store")
            assert found.headers["location"] == f"{git_house.url}{mount}/login?a=1&b=%E7%8C%AB"
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                other = client.request(method, address)
                assert (other.status_code, other.json()) == (
                    403,
                    {"login_page_url": f"{git_house.url}{mount}/login"},
                )


@pytest.mark.parametrize(
    ("cookie", "header"), [(None, None), ("x" * 32, None), (None, "x" * 32), ("x" * 32, "y" * 32)]
)
def test_a_post_needs_the_csrf_pair_even_with_a_token(git_house, task, cookie, header):
    with git_house.client("root") as client:
        if cookie:
            client.cookies.set("csrftoken", cookie)
        if header:
            client.headers["X-CSRFToken"] = header
        answer = client.post(f"{git_house.url}/git/repository/create/{task['id']}", json={"path": "x"})
        assert answer.status_code == 403
        assert answer.text.startswith("CSRF Failed:")


def test_a_page_of_another_site_cannot_push(hand, task, pushed):
    answer = hand.get(f"push/{task['id']}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.fixture(scope="module")
def owned(git_house):
    """A task of maker, with people, and a repository."""
    hand, bare = Hand(git_house, "root"), Bare(git_house.root / "rights.git")
    ids = git_house.ids
    task = task_with_images(hand.http, 2, segment_size=1, owner_id=ids["owner"], assignee_id=ids["lead"])
    for job, status in zip(job_ids(task), ("annotation", "validation"), strict=True):
        people = {"assignee_id": ids["worker"], "reviewer_id": ids["reviewer"], "status": status}
        assert hand.http.patch(f"/jobs/{job}", json=people).status_code == 200
    assert hand.connect(task, str(bare.folder)) == DONE
    return task


@pytest.mark.parametrize(
    "name", ["nobody", "drawer", "maker", "watcher", "boss", "root", "owner", "lead", "worker", "reviewer"]
)
@pytest.mark.parametrize("path", ["get/{}", "push/{}"])
def test_whoever_sees_the_task_sees_its_repository_and_pushes_it(git_house, owned, path, name):
    answer = Hand(git_house, name).get(path.format(owned["id"]))
    allowed = {"root", "boss", "watcher", "owner", "lead", "worker", "reviewer"}
    assert answer.status_code == (200 if name in allowed else 403), answer.text


@pytest.mark.parametrize(
    "name", ["nobody", "drawer", "maker", "watcher", "boss", "root", "owner", "lead", "worker", "reviewer"]
)
def test_connecting_takes_the_role_and_the_right_to_change_the_task(git_house, owned, name):
    """Nobody here has both but admins: `maker` may make tasks, `owner` and `lead` may change this one."""
    answer = Hand(git_house, name).create(owned, "")
    assert answer.status_code == (400 if name in {"root", "boss"} else 403)


def test_a_maker_connects_own_tasks(git_house, bare):
    hand = Hand(git_house, "maker")
    task = task_with_images(hand.http, 1)
    assert hand.connect(task, str(bare.folder)) == DONE
    assert hand.push(task) == DONE


def test_what_happens_to_a_task_is_told_only_to_those_who_see_it(git_house, owned):
    assert Hand(git_house, "root").push(owned) == DONE
    assert Hand(git_house, "nobody").get(f"check/git.push.{owned['id']}").json() == {"status": "unknown"}
    assert str(owned["id"]) not in Hand(git_house, "nobody").get("meta/get").json()
    assert Hand(git_house, "reviewer").get("meta/get").json()[str(owned["id"])] == "sync"


@pytest.mark.parametrize("path", ["get/{}", "push/{}", "create/{}"])
@pytest.mark.parametrize("number", ["999999", "99999999999999", "0"])
def test_a_task_that_is_not_there_is_not_found(hand, path, number):
    assert hand.get(path.format(number)).status_code == 404
