"""How the adapter bears GitHub's bad days: limits, outages, redirects, expiring tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ferry.adapters.github import GitHubForge
from ferry.adapters.github_auth import fixed_token
from ferry.adapters.github_http import GitHubApi
from ferry.adapters.http_retry import Patience
from ferry.domain.change import FileChange
from ferry.domain.errors import RateLimited, VendorRefused, VendorUnavailable
from tests.contract.github_peer import NAME, ORG, TOKEN, Peer, forge_of, peer, session_of, until


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Peer]:
    with peer(tmp_path) as running:
        yield running


def fault(
    at: Peer, path: str, status: int, *, method: str = "*", times: int = 1, retry_after: int | None = None
) -> None:
    wanted = {"method": method, "path_regex": path, "status": status, "times": times, "retry_after": retry_after}
    assert requests.post(f"{at.url}/_standin/faults", json=wanted, timeout=5).status_code == 201


def patient_forge(at: Peer, slept: list[float], token: str = TOKEN) -> GitHubForge:
    patience = Patience(sleep=slept.append, jitter=lambda: 0.0)
    return GitHubForge(GitHubApi(at.url, fixed_token(token), session=session_of(at.url), patience=patience), ORG)


def test_a_limit_with_retry_after_is_waited_for(at: Peer) -> None:
    slept: list[float] = []
    fault(at, "/git/ref/", 429, retry_after=7)
    assert patient_forge(at, slept).head(NAME, "main")
    assert slept == [7.0]


def test_a_secondary_limit_that_comes_as_403_is_waited_for_too(at: Peer) -> None:
    slept: list[float] = []
    fault(at, "/git/ref/", 403, retry_after=3)
    assert patient_forge(at, slept).head(NAME, "main")
    assert slept == [3.0]


def test_a_limit_longer_than_our_patience_is_rate_limited_at_once(at: Peer) -> None:
    slept: list[float] = []
    fault(at, "/git/ref/", 429, retry_after=600, times=9)
    with pytest.raises(RateLimited) as caught:
        patient_forge(at, slept).head(NAME, "main")
    assert caught.value.retry_after == 600
    assert slept == []


def test_a_500_then_fine_is_tried_again_with_backoff(at: Peer) -> None:
    slept: list[float] = []
    fault(at, "/git/ref/", 500, times=2)
    assert patient_forge(at, slept).head(NAME, "main")
    assert slept == [0.5, 1.0]


def test_a_lasting_500_is_unavailable_and_names_the_call_but_no_token(at: Peer) -> None:
    fault(at, "/git/ref/", 500, times=99)
    with pytest.raises(
        VendorUnavailable, match="GET /repos/acme/pricing/git/ref/heads/main: GitHub answered 500"
    ) as caught:
        patient_forge(at, []).head(NAME, "main")
    assert TOKEN not in str(caught.value)


def test_a_commit_survives_a_500_in_the_middle(at: Peer) -> None:
    forge = patient_forge(at, [])
    main = forge.head(NAME, "main")
    assert main
    forge.create_branch(NAME, "ferry/one", main)
    for path in ("/git/trees", "/git/commits", "/git/refs/heads"):
        fault(at, path, 502)
    sha = forge.commit(NAME, "ferry/one", parent=main, message="M", changes=[FileChange("a", b"a")])
    assert forge.head(NAME, "ferry/one") == sha


def test_opening_a_pull_request_is_not_repeated_after_a_500(at: Peer) -> None:
    slept: list[float] = []
    forge = patient_forge(at, slept)
    main = forge.head(NAME, "main")
    assert main
    forge.create_branch(NAME, "ferry/one", main)
    forge.commit(NAME, "ferry/one", parent=main, message="M", changes=[FileChange("a", b"a")])
    fault(at, "/pulls", 500, method="POST", times=1)
    with pytest.raises(VendorUnavailable):
        forge.open_draft(NAME, branch="ferry/one", base="main", title="T", body="")
    assert slept == []


def test_nobody_there_is_unavailable() -> None:
    api = GitHubApi("http://127.0.0.1:9", fixed_token("t"), patience=Patience(sleep=lambda _: None))
    with pytest.raises(VendorUnavailable, match="no answer"):
        GitHubForge(api).head(NAME, "main")


def test_a_bad_credential_is_refused_and_says_where_it_comes_from(at: Peer) -> None:
    with pytest.raises(VendorRefused, match="GITHUB_TOKEN_ID") as caught:
        patient_forge(at, [], token="wrong-token").default_branch(NAME)
    assert caught.value.status == 401
    assert "wrong-token" not in str(caught.value)


def test_the_log_is_read_from_another_host_without_our_credential(at: Peer) -> None:
    """The stand-in's downloads sit on another host name and answer 400 to a credential, like GitHub's blob store."""
    forge = forge_of(at)
    main = forge.head(NAME, "main")
    assert main
    forge.create_branch(NAME, "ferry/one", main)
    sha = forge.commit(NAME, "ferry/one", parent=main, message="M", changes=[FileChange("check.sh", b"echo hello\n")])
    forge.open_draft(NAME, branch="ferry/one", base="main", title="T", body="")
    job = until(lambda: [c for c in forge.check_runs(NAME, sha) if c.status == "completed"])[0].id
    path = f"{at.url}/repos/{NAME}/actions/jobs/{job}/logs"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    link = requests.get(path, headers=headers, allow_redirects=False, timeout=5).headers["Location"]
    assert link.startswith("http://localhost:")
    assert requests.get(link, headers=headers, timeout=5).status_code == 400
    assert " hello\n" in forge.job_log(NAME, job)


def test_a_list_of_several_pages_is_read_to_its_end(at: Peer) -> None:
    session = session_of(at.url)
    session.headers["Authorization"] = f"Bearer {TOKEN}"
    main = forge_of(at).head(NAME, "main")
    for index in range(5):
        session.post(f"{at.url}/repos/{NAME}/check-runs", json={"name": f"c{index}", "head_sha": main})
    api = GitHubApi(at.url, fixed_token(TOKEN), session=session_of(at.url))
    pages = api.pages(f"/repos/{NAME}/commits/{main}/check-runs", {"per_page": "2"}, "check_runs")
    assert sorted(run["name"] for run in pages) == ["c0", "c1", "c2", "c3", "c4"]
