"""Who people are, by the platform's user service (platform contract, 2)."""

from labelwright.domain.errors import NotBuilt
from labelwright.domain.users import PlatformUser
from labelwright.ports import Clock


class PlatformIdentity:
    """People of the user service at `url`. Raises as `ports.Identity` says."""

    def __init__(self, url: str, *, secret: str, timeout_s: float, cache_s: float, clock: Clock) -> None:
        self._url = url
        self._secret = secret
        self._timeout_s = timeout_s
        self._cache_s = cache_s
        self._clock = clock

    def user_of_token(self, token: str) -> PlatformUser:
        raise NotBuilt("Accounts of a platform: not built yet.")

    def list_users(self, token: str) -> list[PlatformUser]:
        raise NotBuilt("Accounts of a platform: not built yet.")
