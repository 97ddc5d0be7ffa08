"""The rows behind people of a platform: one a person, whatever happens to names and numbers; on both databases."""

import threading
from dataclasses import replace

import pytest
from platform_server import PlatformServer

from labelwright.domain.errors import Forbidden, Invalid, NotFound, SignInFailed
from labelwright.domain.labels import LabelSpec
from labelwright.domain.requests import NamedPerson
from labelwright.domain.tasks import TaskSpec
from labelwright.domain.users import PlatformUser, UserChange, UserFilter
from labelwright.platform.identity import PlatformIdentity
from labelwright.services import accounts, find_person, people, tasks, users
from labelwright.storage import shadows


@pytest.fixture
def platform(tmp_path):
    with PlatformServer(tmp_path) as server:
        yield server


@pytest.fixture
def inside(deps, platform):
    """The bundle of a server inside the platform."""
    identity = PlatformIdentity(
        platform.people_url, secret=platform.secret, timeout_s=2, cache_s=0, clock=deps.clock
    )
    return replace(deps, identity=identity)


class House:
    """People who come, and tasks that name them."""

    def __init__(self, deps, platform):
        self.deps, self.platform = deps, platform

    def come(self, username, uid, *permissions):
        token = self.platform.issue(username, uid=uid, permissions=permissions)
        found = self.deps.identity.user_of_token(token)
        known = people.find_known(self.deps, found=found)
        return people.meet(self.deps, found=found, token=token) if known is None else known

    def gone(self, username):
        del self.platform.people[username]

    def task_for(self, boss, name):
        spec = TaskSpec(
            name="t", labels=(LabelSpec(name="car"),), assignee=NamedPerson(username=name, field="assignee")
        )
        return tasks.create_task(self.deps, user=boss, spec=spec).id

    def assignee_of(self, task_id, boss):
        return tasks.read_task(self.deps, user=boss, task_id=task_id).assignee


@pytest.fixture
def house(inside, platform):
    return House(inside, platform)


def test_a_person_has_one_row_and_no_password(house):
    first = house.come("Ada", 501, "ANNOTATIONS_USER", "ANNOTATIONS_ANNOTATOR")
    assert (first.uid, first.roles, first.is_staff, first.is_superuser) == (
        501,
        ("user", "annotator"),
        True,
        False,
    )
    again = house.come("Ada", 501)
    assert (again.id, again.roles) == (first.id, ())
    assert house.come("ada", 502).id != first.id
    for password in ("", "x"):
        with pytest.raises(SignInFailed):
            accounts.sign_in(house.deps, username="Ada", password=password)
    with pytest.raises(NotFound):
        accounts.make_sign_in_link(house.deps, username="platform:Ada")
    with house.deps.database.read() as tx:
        assert shadows.find_by_uid(tx, 501).roles == ()


def test_work_given_to_a_name_is_theirs_when_they_come(house):
    boss = house.come("boss", 1, "ANNOTATIONS_ADMIN")
    task = house.task_for(boss, "王芳")
    named = house.assignee_of(task, boss)
    assert named.username == "王芳"
    assert house.come("王芳", 77).id == named.id


def test_the_renamed_keep_their_work_and_get_what_the_new_name_was_given(house):
    boss = house.come("boss", 1, "ANNOTATIONS_ADMIN")
    eve = house.come("eve", 5)
    old, new = house.task_for(boss, "eve"), house.task_for(boss, "evelyn")
    house.gone("eve")
    assert house.come("evelyn", 5).id == eve.id
    assert [house.assignee_of(task, boss) for task in (old, new)] == [house.assignee_of(old, boss)] * 2
    assert house.assignee_of(new, boss).username == "evelyn"


def test_who_takes_the_name_of_somebody_renamed_does_not_take_their_work(house):
    boss = house.come("boss", 1, "ANNOTATIONS_ADMIN")
    bob = house.come("bob", 5)
    task = house.task_for(boss, "bob")
    house.gone("bob")
    house.platform.issue("rob", uid=5)
    other = house.come("bob", 9)
    assert other.id != bob.id
    assert house.assignee_of(task, boss).username == "bob (5)"
    assert house.come("rob", 5).id == house.assignee_of(task, boss).id == bob.id


def test_who_cannot_be_told_apart_for_sure_is_another(house):
    bob = house.come("bob", 5)
    token = house.platform.issue("bob", uid=9)
    found = house.deps.identity.user_of_token(token)
    house.platform.fail("people", "500")
    assert people.meet(house.deps, found=found, token=token).id != bob.id


def test_an_account_made_anew_is_the_same_person(house):
    bob = house.come("bob", 5)
    assert house.come("bob", 9).id == bob.id
    assert house.come("bob", 9).uid == 9


def test_two_who_swap_names_stay_themselves(house):
    one, two = house.come("one", 1), house.come("two", 2)
    house.platform.issue("two", uid=1)
    house.platform.issue("one", uid=2)
    token = house.platform.issue("third", uid=3)
    listed = people.list_people(house.deps, token=token, wanted=UserFilter(), by_uid=True)
    assert {user.uid: (user.id, user.username) for user in listed} == {
        1: (one.id, "two"),
        2: (two.id, "one"),
        3: (listed[2].id, "third"),
    }


def test_a_local_account_and_somebody_of_the_platform_may_have_one_name(house, user):
    admin = house.come(user.username, 30001, "ANNOTATIONS_OBSERVER")
    assert (admin.username, admin.roles) == ("root", ("observer",))
    assert admin.id != user.id
    with house.deps.database.write() as tx:
        assert find_person(tx, house.deps, NamedPerson(username="root")) == admin.id
    assert accounts.sign_in(house.deps, username="root", password="x").user.id == user.id
    local = replace(house.deps, identity=None)
    with local.database.write() as tx:
        assert find_person(tx, local, NamedPerson(username="root")) == user.id
        with pytest.raises(Invalid, match="does not exist"):
            find_person(tx, local, NamedPerson(username="nobody of ours"))
    _, listed = users.list_users(local, words=["root"], user_id=None, is_active=None, offset=0, limit=None)
    assert [one.id for one in listed] == [user.id]
    house.come("newcomer", 30002)
    account = accounts.NewAccount(username="newcomer", password="x", password_again="x")
    assert accounts.create_account(local, account=account, roles=(), is_admin=False).is_ours


def test_people_of_the_platform_are_neither_changed_nor_deleted_here(house):
    boss = house.come("boss", 1, "ANNOTATIONS_ADMIN")
    with pytest.raises(Forbidden, match="People of the platform are changed there"):
        users.change_user(house.deps, user=boss, user_id=boss.id, change=UserChange(roles=("admin",)))
    with pytest.raises(Forbidden):
        users.delete_user(house.deps, user=boss, user_id=boss.id)


def test_roles_of_the_first_labelling_system_count_where_the_setting_says_so(house):
    old = replace(house.deps, platform=replace(house.deps.platform, labelling_roles=True))
    found = PlatformUser(
        uid=8, username="old", permissions=("LABELING_IMAGE", "DISPATCH_LABELING_TASK", "MANAGE_USER")
    )
    assert people.meet(old, found=found, token="").roles == ("user", "annotator")
    assert people.meet(house.deps, found=found, token="").roles == ()
    both = PlatformUser(uid=8, username="old", permissions=("LABELING_IMAGE", "ANNOTATIONS_OBSERVER"))
    assert people.meet(old, found=both, token="").roles == ("observer",)


def test_a_crowd_of_strangers_gets_a_row_each(house):
    found = [PlatformUser(uid=600 + n % 4, username=f"crowd {n % 4}") for n in range(16)]
    rows: list[int] = []
    crowd = [
        threading.Thread(target=lambda one=one: rows.append(people.meet(house.deps, found=one, token="").id))
        for one in found
    ]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert len(rows) == 16
    assert len(set(rows)) == 4


def test_a_name_may_be_as_long_as_the_platforms_and_no_longer(house):
    with house.deps.database.write() as tx:
        assert find_person(tx, house.deps, NamedPerson(username="n" * 256))
        with pytest.raises(Invalid, match="no more than 256 characters"):
            find_person(tx, house.deps, NamedPerson(username="n" * 257))
