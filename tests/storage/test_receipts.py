"""What a retried request is answered."""

import threading

import pytest

from labelwright.domain.errors import KeyReused
from labelwright.storage import receipts

FIRST, LATER = "2026-11-22T05:00:00Z", "2026-11-24T05:00:00Z"


def _insert(tx, user, key="k", digest="d", answer=None, now=FIRST, oldest=FIRST):
    receipts.insert_receipt(
        tx, user_id=user.id, key=key, digest=digest, answer=answer or {"n": 1}, now_utc=now, oldest_utc=oldest
    )


def _find(tx, user, key="k", digest="d"):
    return receipts.find_receipt(tx, user_id=user.id, key=key, digest=digest)


def test_a_receipt_is_found_by_its_user_and_key(database, add_user):
    ada, bob = add_user("ada"), add_user("bob")
    with database.write() as tx:
        _insert(tx, ada, answer={"jobs": {"7": {"shapes": [[1, 3]], "name": "喵\x00"}}})
        assert _find(tx, ada) == {"jobs": {"7": {"shapes": [[1, 3]], "name": "喵\x00"}}}
        assert _find(tx, ada, key="other") is None
        assert _find(tx, bob) is None


def test_a_key_stands_for_one_request(database, add_user):
    ada = add_user()
    with database.write() as tx:
        _insert(tx, ada)
        with pytest.raises(KeyReused, match="'k' was already used"):
            _find(tx, ada, digest="another body")


def test_old_receipts_are_forgotten_by_the_next_one(database, add_user):
    ada = add_user()
    with database.write() as tx:
        _insert(tx, ada, key="old", now=FIRST)
        _insert(tx, ada, key="new", now=LATER, oldest=LATER)
        assert (_find(tx, ada, key="old"), _find(tx, ada, key="new")) == (None, {"n": 1})


def test_a_retry_waits_for_the_request_that_is_still_being_answered(database, add_user):
    ada, first_looked, answers = add_user(), threading.Event(), []

    def retry():
        first_looked.wait()
        with database.write() as tx:
            answers.append(_find(tx, ada))

    thread = threading.Thread(target=retry)
    thread.start()
    with database.write() as tx:
        assert _find(tx, ada) is None
        first_looked.set()
        thread.join(0.3)
        _insert(tx, ada, answer={"n": 7})
    thread.join(5)
    assert answers == [{"n": 7}]
