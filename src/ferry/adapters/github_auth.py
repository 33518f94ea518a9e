"""Who speaks to GitHub: a personal access token, or a GitHub App's installation token that renews itself.

docs.github.com "Generating an installation access token for a GitHub App": RS256 JWT of at most ten minutes, issued
a minute ago against clock drift; the token it buys lives one hour.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import requests

from ferry.adapters.github_http import GitHubApi
from ferry.adapters.http_retry import Patience
from ferry.domain.errors import InvalidSettings
from ferry.ports import Clock

RENEW_BEFORE = timedelta(minutes=5)


def fixed_token(token: str) -> Callable[[], str]:
    """A personal access token, fine-grained or classic."""
    return lambda: token


def app_jwt(app_id: str, private_key: str, clock: Clock) -> Callable[[], str]:
    """Speaks as the App itself. private_key: PEM; InvalidSettings from the first call where it is not one."""

    def made() -> str:
        import jwt  # slow to import, and needed by GitHub Apps alone

        now = int(clock.now().timestamp())
        claims = {"iat": now - 60, "exp": now + 540, "iss": app_id}
        try:
            return jwt.encode(claims, private_key, algorithm="RS256")
        except (jwt.InvalidKeyError, ValueError) as error:
            remedy = "store the PEM that GitHub offered when the App's key was made"
            raise InvalidSettings(f"the GitHub App's private key is not an RSA key in PEM form; {remedy}") from error

    return made


class InstallationToken:
    """Callable; buys a token when the last one has less than five minutes left. Safe for several threads."""

    def __init__(
        self,
        base_url: str,
        app_id: str,
        private_key: str,
        installation_id: str,
        *,
        clock: Clock,
        session: requests.Session | None = None,
        patience: Patience | None = None,
    ) -> None:
        """private_key: PEM. InvalidSettings from the first call where it is not one."""
        self._clock = clock
        self._path = f"/app/installations/{installation_id}/access_tokens"
        self._api = GitHubApi(base_url, app_jwt(app_id, private_key, clock), session=session, patience=patience)
        self._lock = threading.Lock()
        self._token = ""
        self._expires: datetime | None = None

    def __call__(self) -> str:
        with self._lock:
            if self._expires is None or self._clock.now() >= self._expires - RENEW_BEFORE:
                bought = self._api.call("POST", self._path, body={}, repeatable=True).json()
                self._token, self._expires = str(bought["token"]), datetime.fromisoformat(bought["expires_at"])
            return self._token
