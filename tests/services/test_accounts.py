"""Accounts on SQLite and PostgreSQL: many at once, names guessed, accounts changed and deleted meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from labelwright.domain.errors import Invalid, LabelwrightError, NotFound, SignInFailed, TooManyRequests
from labelwright.domain.users import UserChange
from labelwright.services import accounts, passwords, users

PASSWORD, OTHER = "a long enough pass phrase", "another long pass phrase"


@pytest.fixture
def add(deps):
    def add(name, *, is_admin=False):
        account = accounts.NewAccount(
            username=name, password=PASSWORD, password_again=PASSWORD, email=f"{name}@example.org"
        )
        return accounts.create_account(deps, account=account, roles=(), is_admin=is_admin)

    return add


def at_once(count, do):
    """Do it in `count` threads; return results and errors of ours, and let all others out."""

    def kept(number):
        try:
            return do(number)
        except LabelwrightError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(kept, range(count)))


def test_many_who_sign_in_at_once_get_one_token(deps, add):
    add("ada")
    found = at_once(8, lambda _: accounts.sign_in(deps, username="ada", password=PASSWORD))
    assert len({each.token for each in found}) == 1
    assert len({each.session for each in found}) == 8


def test_one_name_goes_to_one_of_many(deps, add):
    root = add("root", is_admin=True)
    made = [add(f"user{number}") for number in range(6)]

    def rename(number):
        change = UserChange(username="WANTED" if number % 2 else "wanted", first_name="Won")
        return users.change_user(deps, user=root, user_id=made[number].id, change=change)

    found = at_once(6, rename)
    assert sum(not isinstance(each, Invalid) for each in found) == 1
    assert {each.field for each in found if isinstance(each, Invalid)} == {"username"}
    _, listed = users.list_users(deps, words=["won"], user_id=None, is_active=None, offset=0, limit=None)
    assert len(listed) == 1


def test_signing_in_while_being_deleted_is_one_or_the_other(deps, add):
    root = add("root", is_admin=True)
    for round_ in range(3):
        user = add(f"brief{round_}")

        def act(number, user=user):
            if number == 2:
                return users.delete_user(deps, user=root, user_id=user.id)
            return accounts.sign_in(deps, username=user.username, password=PASSWORD)

        found = at_once(4, act)
        assert all(isinstance(each, accounts.SignedIn | SignInFailed | None) for each in found)
        with pytest.raises(NotFound):
            users.read_user(deps, user_id=user.id)


def test_a_name_is_not_to_be_guessed_from_many_addresses(deps, add):
    add("ada")
    strict = replace(deps, limits=replace(deps.limits, sign_in_failures_per_minute=2))

    def guess(address, name="ada", password="wrong", deps=strict):
        return accounts.sign_in(deps, username=name, password=password, address=address)

    for number in range(10):
        with pytest.raises(SignInFailed):
            guess(f"192.0.2.{number // 2}", name="Ada" if number % 3 else "ada")
    with pytest.raises(TooManyRequests) as refused:
        guess("192.0.2.99", password=PASSWORD)
    assert 0 < refused.value.wait_s <= 60
    with pytest.raises(TooManyRequests):
        guess("192.0.2.1", name="somebody else")
    later = replace(strict, clock=lambda: deps.clock() + timedelta(minutes=1))
    assert guess("192.0.2.1", password=PASSWORD, deps=later).user.username == "ada"


def test_a_link_of_a_mail_is_used_by_one_of_many(deps, add):
    add("ada")
    sent = []

    class Post:
        def send(self, **mail):
            sent.append(mail)

    posting = replace(deps, mail=Post())
    at_once(
        8,
        lambda _: passwords.send_reset(posting, email="ADA@example.org", base_url="http://x", language="en"),
    )
    assert len(sent) == 3, "no more an hour"
    uid, token = sent[0]["text"].split("uid=")[1].split()[0].split("&token=")

    def confirm(number):
        new = f"{OTHER} {number}"
        passwords.reset_password(deps, uid=uid, token=token, new=new, new_again=new)
        return new

    found = at_once(4, confirm)
    (won,) = [each for each in found if isinstance(each, str)]
    assert accounts.sign_in(deps, username="ada", password=won).user.username == "ada"
