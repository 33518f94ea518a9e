"""The App's own log of deliveries, against the stand-in: what failed is asked for again until it is taken."""

from __future__ import annotations

from pathlib import Path

from ferry.adapters.clock import SystemClock
from ferry.adapters.github_hooks import GitHubHookLog
from ferry.adapters.github_http import GitHubApi
from tests.contract.github_peer import peer, session_of, until
from tests.contract.github_play import Play


def test_a_delivery_that_failed_is_found_and_redelivered_under_its_own_id(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        at.receiver.status = 500
        log = GitHubHookLog(GitHubApi(at.url, lambda: "a-jwt", session=session_of(at.url)), SystemClock())
        Play(at)
        [lost] = until(log.failed)
        assert (lost.event, lost.attempts) == ("push", 1)

        log.redeliver(lost)
        again = until(lambda: [hook for hook in log.failed() if hook.attempts == 2])[0]
        assert again.guid == lost.guid
        at.receiver.status = 202
        log.redeliver(again)

        assert until(lambda: not log.failed())
        sent = {event.headers["X-Github-Delivery"] for event in at.receiver.events}
        assert sent == {lost.guid}
        assert len(at.receiver.events) == 3
