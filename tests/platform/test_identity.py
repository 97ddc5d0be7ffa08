"""People by the platform's user service, asked over real HTTP, whatever it does."""

import base64
import json
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from labelwright.domain.errors import IdentityDown, NotSignedIn, Unreachable
from labelwright.platform.identity import PlatformIdentity

ASKED = "/custom-user-dashboard-backend/auth/currentUser"


class Clock:
    """The time, which tests move on."""

    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def move(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


def identity_of(platform, clock, *, cache_s=60.0, timeout_s=0.4):
    return PlatformIdentity(
        platform.people_url, secret=platform.secret, timeout_s=timeout_s, cache_s=cache_s, clock=clock
    )


@pytest.fixture
def identity(platform, clock):
    return identity_of(platform, clock)


def questions(platform, token):
    """How often the platform was asked who has the token."""
    return sum(call.path == ASKED and call.authorization == f"Bearer {token}" for call in platform.calls)


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_is_asked_about_once_while_the_answer_counts(platform, identity, clock):
    token = platform.issue("Ada", uid=501, permissions=["ANNOTATIONS_USER"])
    assert identity.recall(token) is None
    first = identity.user_of_token(token)
    assert (first.uid, first.username) == (501, "Ada")
    assert "ANNOTATIONS_USER" in first.permissions
    clock.move(59)
    assert identity.user_of_token(token) is identity.recall(token) is first
    assert questions(platform, token) == 1
    clock.move(2)
    assert identity.recall(token) is None
    assert identity.user_of_token(token) == first
    assert questions(platform, token) == 2


def test_a_revoked_token_counts_no_longer_than_the_answer(platform, identity, clock):
    token = platform.issue("Bea", uid=502)
    identity.user_of_token(token)
    platform.revoke(token)
    clock.move(61)
    with pytest.raises(NotSignedIn, match="The user service does not take this sign-in any more"):
        identity.user_of_token(token)


def test_permissions_change_within_the_time_an_answer_counts(platform, identity, clock):
    token = platform.issue("Cleo", uid=503, permissions=["ANNOTATIONS_USER"])
    identity.user_of_token(token)
    platform.issue("Cleo", uid=503, permissions=["ANNOTATIONS_ADMIN", "ANNOTATIONS_OBSERVER"])
    clock.move(61)
    assert set(identity.user_of_token(token).permissions) >= {"ANNOTATIONS_ADMIN", "ANNOTATIONS_OBSERVER"}


def test_without_a_cache_each_request_is_asked(platform, clock):
    identity, token = identity_of(platform, clock, cache_s=0), platform.issue("Dora", uid=504)
    assert identity.user_of_token(token) == identity.user_of_token(token)
    assert questions(platform, token) == 2


def test_many_at_once_ask_once(platform, clock):
    identity, token = identity_of(platform, clock, cache_s=0, timeout_s=5), platform.issue("Ede", uid=505)
    found = []
    with platform.lock:  # nobody is answered before all have asked
        threads = [
            threading.Thread(target=lambda: found.append(identity.user_of_token(token))) for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.2)
    for thread in threads:
        thread.join()
    assert [user.uid for user in found] == [505] * 12
    assert questions(platform, token) == 1


BAD = {
    "another secret": lambda platform, claims: platform.sign(claims, secret="x" * 40),
    "no algorithm": lambda _, claims: f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.",
    "another algorithm": lambda platform, claims: platform.sign(claims, algorithm="HS512"),
    "no end": lambda platform, claims: platform.sign({**claims, "exp": None}),
    "without an end": lambda platform, claims: platform.sign({"uid": 506, "userName": "Fay"}),
    "over": lambda platform, claims: platform.sign({**claims, "exp": int(time.time()) - 5}),
    "no name": lambda platform, claims: platform.sign({**claims, "userName": ""}),
    "a name too long": lambda platform, claims: platform.sign({**claims, "userName": "x" * 257}),
    "no number": lambda platform, claims: platform.sign({**claims, "uid": "506"}),
    "a number too large": lambda platform, claims: platform.sign({**claims, "uid": 2**31}),
    "no token": lambda platform, claims: "a.b.c",
    "nothing": lambda platform, claims: "é",
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_nobody_is_asked_about_a_bad_token(platform, identity, make):
    token = make(platform, {"uid": 506, "userName": "Fay", "exp": int(time.time()) + 60})
    before = len(platform.calls)
    with pytest.raises(NotSignedIn, match="sign in again"):
        identity.user_of_token(token)
    assert len(platform.calls) == before


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("slow", "did not answer within"),
        ("drip", "did not answer within"),
        ("500", "answered with status 500"),
        ("malformed", "answered nonsense"),
        ("nonsense", "answered nonsense"),
        ("down", "cannot be reached"),
    ],
)
def test_a_service_that_fails_is_named_and_asked_again_a_second_later(
    platform, identity, clock, fault, reason
):
    token = platform.issue("Gil", uid=507)
    platform.fail("people", fault)
    began = time.monotonic()
    with pytest.raises(IdentityDown, match=f"Nobody can be signed in now: The user service {reason}"):
        identity.user_of_token(token)
    assert time.monotonic() - began < 1.0
    platform.fail("people", None)
    with pytest.raises(IdentityDown):
        identity.user_of_token(token)
    clock.move(1.1)
    assert identity.user_of_token(token).username == "Gil"


def test_everybody_is_listed_with_the_callers_token(platform, identity, clock):
    token = platform.issue("Hal", uid=508, permissions=["ANNOTATIONS_OBSERVER"])
    found = {user.uid: user for user in identity.list_users(token)}
    assert found[508].username == "Hal"
    assert "ANNOTATIONS_OBSERVER" in found[508].permissions
    assert found[508].joined_ms == 1619435497051
    assert platform.calls[-1].authorization == f"Bearer {token}"
    asked = len(platform.calls)
    assert identity.list_users(token) is identity.list_users(token)
    assert len(platform.calls) == asked  # remembered a moment, while a name is typed
    clock.move(16)
    platform.fail("people", "down")
    with pytest.raises(Unreachable, match="The user service cannot be reached"):
        identity.list_users(token)
