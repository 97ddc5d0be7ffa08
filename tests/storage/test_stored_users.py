"""Accounts and what signs them in."""

import threading

import pytest

from labelwright.domain.errors import Invalid
from labelwright.storage import attempts, users

NOW, LATER, LAST = "2026-11-22T05:00:00Z", "2026-11-22T06:00:00Z", "2026-11-23T05:00:00Z"


def _list(tx, *words, user_id=None, is_active=None, offset=0, limit=None):
    count, found = users.list_users(
        tx, words=list(words), user_id=user_id, is_active=is_active, offset=offset, limit=limit
    )
    return count, [user.username for user in found]


def test_an_account_is_read_as_it_was_written(database, add_user):
    ada = add_user(
        "Ada", email="Ada@x.org", first_name="Ada", last_name="李", roles=("user", "admin"), is_staff=True
    )
    with database.read() as tx:
        assert users.read_user(tx, ada.id) == users.find_user(tx, "Ada") == ada
        assert (ada.roles, ada.is_staff, ada.is_superuser, ada.is_active) == (
            ("user", "admin"),
            True,
            False,
            True,
        )
        assert users.find_user(tx, "ada") is None
        assert users.read_user(tx, 99) is None


@pytest.mark.parametrize(
    ("taken", "asked"), [("Ada", "aDA"), ("Straße", "STRASSE"), ("ÄPFEL", "äpfel"), ("喵", "喵")],
    ids=["ASCII", "sharp s", "umlaut", "Chinese"],
)  # fmt: skip
def test_a_name_is_taken_in_any_case(database, add_user, taken, asked):
    add_user(taken)
    with database.read() as tx:
        assert users.username_taken(tx, asked)
        assert not users.username_taken(tx, "somebody else")
    with pytest.raises(Invalid, match="already exists"):
        add_user(asked)


def test_of_two_who_register_one_name_at_once_one_is_refused(add_user):
    barrier, refused = threading.Barrier(4), []

    def register():
        barrier.wait()
        try:
            add_user("ada")
        except Invalid as error:
            refused.append(error.field)

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["username"] * 3


def test_an_address_is_found_in_any_case(database, add_user):
    ada = add_user("ada", email="Ada@X.org")
    with database.read() as tx:
        assert users.find_by_email(tx, "ada@x.ORG") == [ada]
        assert users.find_by_email(tx, "a%@x.org") == []


def test_an_account_is_changed_whole_or_not_at_all(database, add_user):
    ada, bob = add_user("ada"), add_user("bob")
    with database.write() as tx:
        users.update_user(tx, ada.id, username="Ädä", roles=("admin", "user"), is_staff=True)
        with pytest.raises(Invalid, match="already exists"):
            users.update_user(tx, bob.id, username="äDÄ", first_name="Bob")
        users.update_user(tx, bob.id, last_name="Builder")
    with database.read() as tx:
        changed, other = users.read_user(tx, ada.id), users.read_user(tx, bob.id)
    assert (changed.username, changed.roles, changed.is_staff) == ("Ädä", ("admin", "user"), True)
    assert (other.username, other.first_name, other.last_name) == ("bob", "", "Builder")


def test_a_deleted_account_takes_its_tokens_and_sessions_along(database, add_user):
    ada = add_user("ada")
    with database.write() as tx:
        users.insert_token(tx, ada.id, nonce="n", digest="t")
        for digest in ("one", "two"):
            users.insert_session(tx, digest=digest, user_id=ada.id, expires_utc="3000", now_utc="2021")
        users.delete_sessions_of(tx, ada.id, but="two")
        assert [users.find_session_user(tx, digest, "2022") for digest in ("one", "two")] == [None, ada]
        assert users.delete_user(tx, ada.id)
        assert not users.delete_user(tx, ada.id)
        assert not users.write_last_login(tx, ada.id, "2022")
    with database.read() as tx:
        assert users.find_session_user(tx, "two", "2022") is None
        assert users.find_token_user(tx, "t") is None


def test_attempts_are_counted_by_key_and_forgotten(database):
    with database.write() as tx:
        for moment in ("2021-01", "2021-03", "2021-02"):
            attempts.insert_attempt(tx, ["a", "b"], now_utc=moment, oldest_utc="2020")
        assert attempts.read_attempts(tx, "a", "2021-01") == ["2021-02", "2021-03"]
        attempts.insert_attempt(tx, ["c"], now_utc="2021-04", oldest_utc="2021-03")
        assert attempts.read_attempts(tx, "b", "2020") == ["2021-03"]


def test_accounts_are_found_by_every_word_in_some_name(database, add_user):
    add_user("ada", first_name="Ada", last_name="Öz")
    add_user("bob_1", first_name="Bob", last_name="Ada")
    add_user("c%", last_name="王")
    with database.read() as tx:
        assert _list(tx, "ADA") == (2, ["ada", "bob_1"])
        assert _list(tx, "ada", "b_") == (1, ["bob_1"])
        assert _list(tx, "%") == (1, ["c%"])
        assert _list(tx, "öZ") == (1, ["ada"])
        assert _list(tx, "王") == (1, ["c%"])
        assert _list(tx, offset=1, limit=1) == (3, ["bob_1"])
        assert _list(tx, is_active=False) == (0, [])


def test_a_token_is_found_until_it_is_deleted(database, add_user):
    ada = add_user()
    with database.write() as tx:
        users.insert_token(tx, ada.id, nonce="n", digest="d")
        assert (users.read_token_nonce(tx, ada.id), users.find_token_user(tx, "d")) == ("n", ada)
        users.delete_token(tx, ada.id)
        assert (users.read_token_nonce(tx, ada.id), users.find_token_user(tx, "d")) == (None, None)


def test_a_session_is_found_until_it_runs_out(database, add_user):
    ada = add_user()
    with database.write() as tx:
        users.insert_session(tx, digest="a", user_id=ada.id, expires_utc=LATER, now_utc=NOW)
        assert users.find_session_user(tx, "a", LATER) == ada
        assert users.find_session_user(tx, "a", LAST) is None
        users.insert_session(tx, digest="b", user_id=ada.id, expires_utc=LAST, now_utc=LAST)
        assert users.find_session_user(tx, "a", NOW) is None
        users.delete_session(tx, "b")
        assert users.find_session_user(tx, "b", NOW) is None


def test_a_sign_in_address_works_once_for_one_of_many(database, add_user):
    ada = add_user()
    with database.write() as tx:
        users.insert_sign_in_link(tx, digest="a", user_id=ada.id, expires_utc=LATER, now_utc=NOW)
    answers = []

    def use():
        with database.write() as tx:
            answers.append(users.use_sign_in_link(tx, "a", NOW))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == [(ada.id, LATER, NOW)] * 3 + [(ada.id, LATER, None)]
    with database.write() as tx:
        assert users.use_sign_in_link(tx, "unknown", NOW) is None


def test_an_administrator_is_made_of_any_account(database, add_user):
    ada = add_user()
    with database.write() as tx:
        users.make_admin(tx, ada.id)
        users.write_password_hash(tx, ada.id, "new")
        users.write_last_login(tx, ada.id, NOW)
        made = users.read_user(tx, ada.id)
        assert (made.is_superuser, made.is_staff, made.roles, made.last_login) == (
            True,
            True,
            ("admin",),
            NOW,
        )
        assert users.read_password_hash(tx, ada.id) == "new"
