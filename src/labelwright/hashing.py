"""Passwords as they are kept, and digests of secrets: the home of argon2 and of the list of common passwords."""

import hashlib

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from labelwright.domain.sentences import Sentence
from labelwright.domain.users import WeakPassword, password_problems

#: OWASP's second recommended setting of argon2id (password storage cheat sheet): 19 MiB, 2 passes, 1 lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Verified when there is no such user, so that the answer takes as long as for one who is. It was made by
#: `_HASHER` of a long random text nobody kept: making one at import would cost each start 30 ms.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$EPC+j35TjF1tuYB+p/bL/A$Ta5Q8sbvAjJ1G3L6juR8JF/FC8Vyfsk/NBqy4qUdutQ"


def hash_password(password: str) -> str:
    """Return what is kept of the password. It takes some 30 ms, as is meant."""
    return _HASHER.hash(password)


def password_matches(stored: str, password: str) -> bool:
    """Whether `stored` was made of the password."""
    try:
        return _HASHER.verify(stored, password)
    except VerificationError:
        return False


def digest(secret: str) -> str:
    """Return what is kept of a long random secret, which needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def check_password(
    password: str, *, username: str, first_name: str, last_name: str, email: str, field: str
) -> None:
    """Raise WeakPassword, for the field it came in, when the password will not do for this person."""
    # The list of common passwords is large and needed here only.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    about = {
        Sentence("username"): username,
        Sentence("first name"): first_name,
        Sentence("last name"): last_name,
        Sentence("email address"): email,
    }
    is_common = password.lower() in FREQUENCY_LISTS["passwords"]
    problems = password_problems(password, about=about, is_common=is_common)
    if problems:
        raise WeakPassword(problems, field=field)
