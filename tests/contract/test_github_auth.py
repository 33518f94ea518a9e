"""The App's installation token: bought with a signed JWT, kept, and renewed in time."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter

from ferry.adapters.github import GitHubForge
from ferry.adapters.github_auth import InstallationToken
from ferry.adapters.github_http import GitHubApi
from ferry.domain.errors import InvalidSettings, VendorRefused
from tests.contract.github_peer import NAME, peer, session_of
from tests.fakes.clock import FakeClock


def _keys() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def test_an_apps_token_is_bought_once_and_opens_the_api(tmp_path: Path) -> None:
    private, public = _keys()
    clock = FakeClock(datetime.now(UTC))
    with peer(tmp_path, app_public_key=public, app_id="4711") as at:
        token = InstallationToken(at.url, "4711", private, "1", clock=clock, session=session_of(at.url))
        first = token()
        assert token() == first
        assert GitHubForge(GitHubApi(at.url, token, session=session_of(at.url))).repositories()[0].name == NAME
        clock.advance(54 * 60)
        assert token() == first


def test_a_wrong_key_of_the_app_is_refused(tmp_path: Path) -> None:
    (_, public), (other, _) = _keys(), _keys()
    clock = FakeClock(datetime.now(UTC))
    with peer(tmp_path, app_public_key=public) as at:
        with pytest.raises(VendorRefused, match="GITHUB_TOKEN_ID"):
            InstallationToken(at.url, "4711", other, "1", clock=clock, session=session_of(at.url))()
        with pytest.raises(InvalidSettings, match="PEM"):
            InstallationToken(at.url, "4711", "not a key", "1", clock=clock, session=session_of(at.url))()


class Shop(HTTPAdapter):
    """Sells tokens that last an hour by its own clock, and keeps what the buyers claimed."""

    def __init__(self, clock: FakeClock, public_key: str) -> None:
        super().__init__()
        self._clock, self._key = clock, public_key
        self.claims: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        lax: Any = {"verify_exp": False, "verify_iat": False}
        self.claims.append(jwt.decode(token, self._key, algorithms=["RS256"], options=lax))
        expires = (self._clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        reply = requests.Response()
        reply.status_code, reply.request, reply.url = 201, request, str(request.url)
        reply.raw = io.BytesIO(f'{{"token": "t{len(self.claims)}", "expires_at": "{expires}"}}'.encode())
        return reply


def test_a_token_near_its_end_is_renewed() -> None:
    private, public = _keys()
    clock, session = FakeClock(), requests.Session()
    shop = Shop(clock, public)
    session.mount("https://github.test", shop)
    token = InstallationToken("https://github.test", "4711", private, "1", clock=clock, session=session)
    assert [token(), token()] == ["t1", "t1"]
    clock.advance(54 * 60)
    assert token() == "t1"
    clock.advance(61)
    assert token() == "t2"
    assert all(claims["iss"] == "4711" and claims["exp"] - claims["iat"] <= 600 for claims in shop.claims)
