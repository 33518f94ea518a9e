"""Slack's Web API behind `Chat` (https://docs.slack.dev/apis/web-api). A ref is ``<channel id>:<timestamp>``."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState

from ferry.domain.errors import FerryError, NotFound, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.secret import masked, without_secrets

TIMEOUT_SECONDS = 10
LONGEST_WAIT_SECONDS = 30.0
MAX_TEXT = 40_000
_TOKEN = "put a valid bot token (xoxb-…) into the secret that SLACK_TOKEN_ID names"  # noqa: S105 - no token
# Three seconds after the click, or when somebody's first try opened the modal already.
_TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})
_CHANNEL = "check SLACK_CHANNEL, and invite the app to that channel"
_REMEDIES = {
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "token_revoked": _TOKEN,
    "token_expired": _TOKEN,
    "account_inactive": _TOKEN,
    "channel_not_found": _CHANNEL,
    "not_in_channel": _CHANNEL,
    "is_archived": _CHANNEL,
    "user_not_in_channel": "the person must join the channel first",
    "missing_scope": "give the app the scopes that README.md names and install it again",
    "no_such_subteam": "check the user group's id (S…), and that it is not disabled",
}


def web_client(token: str, base_url: str, *, sleep: Callable[[float], None] = time.sleep) -> WebClient:
    """base_url: e.g. ``https://slack.com/api/``; a bare host gets Slack's own path.

    Rate limits, 5xx and lost connections are retried.
    """
    base = base_url.rstrip("/")
    return WebClient(
        token,
        base_url=f"{base}/" if urlsplit(base).path else f"{base}/api/",
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[Patient(sleep)],
    )


class SlackChat:
    """channel: id of the channel that `post` writes to."""

    def __init__(self, client: WebClient, channel: str) -> None:
        self._client, self._channel = client, channel

    def post(self, text: str, blocks: Sequence[Mapping[str, Any]], *, thread: str = "") -> str:
        channel, timestamp = _place(thread) if thread else (self._channel, None)
        with translated("chat.postMessage"):
            answer = self._client.chat_postMessage(
                channel=channel,
                text=masked(text)[0][:MAX_TEXT],
                blocks=without_secrets(blocks),
                thread_ts=timestamp,
                unfurl_links=False,  # a preview would fetch whatever address a text names
                unfurl_media=False,
            )
        return f"{answer['channel']}:{answer['ts']}"

    def update(self, ref: str, text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
        channel, timestamp = _place(ref)
        with translated("chat.update"):
            self._client.chat_update(
                channel=channel, ts=timestamp, text=masked(text)[0][:MAX_TEXT], blocks=without_secrets(blocks)
            )

    def attach(self, thread: str, name: str, text: str) -> None:
        """By the three calls of https://docs.slack.dev/messaging/working-with-files."""
        channel, timestamp = _place(thread)
        with translated("files.completeUploadExternal"):
            self._client.files_upload_v2(
                channel=channel, thread_ts=timestamp, filename=name, title=name, content=masked(text)[0].encode()
            )

    def link(self, ref: str) -> str:
        channel, timestamp = _place(ref)
        with translated("chat.getPermalink"):
            return str(self._client.chat_getPermalink(channel=channel, message_ts=timestamp)["permalink"])

    def open_form(self, trigger: str, form: Mapping[str, Any]) -> bool:
        with translated("views.open"):
            try:
                self._client.views_open(trigger_id=trigger, view=dict(form))
            except SlackApiError as error:
                if _code(error) in _TOO_LATE:
                    return False
                raise
        return True

    def whisper(self, user: str, text: str, *, channel: str = "", blocks: Sequence[Mapping[str, Any]] = ()) -> None:
        shown = without_secrets(blocks)
        with translated("chat.postEphemeral"):
            self._client.chat_postEphemeral(
                channel=channel or self._channel, user=user, text=masked(text)[0][:MAX_TEXT], blocks=shown or None
            )


class Patient(RetryHandler):
    """Waits as Slack asks (Retry-After) if that is short enough; backs off on 5xx and lost connections; three times.

    A time-out while reading is not tried again: the message may have been posted.
    """

    def __init__(self, sleep: Callable[[float], None]) -> None:
        super().__init__(max_retry_count=3)
        self._sleep = sleep

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None:
            return isinstance(error, URLError | ConnectionResetError)
        waits = response.status_code == 429 and _asked(response) <= LONGEST_WAIT_SECONDS
        return waits or response.status_code >= 500

    def prepare_for_next_attempt(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        state.next_attempt_requested = True
        asked = _asked(response) if response and response.status_code == 429 else 2.0**state.current_attempt
        self._sleep(asked + random.random())  # noqa: S311 - jitter
        state.increment_current_attempt()


def _asked(response: HttpResponse) -> float:
    values = next((value for name, value in response.headers.items() if name.lower() == "retry-after"), ["1"])
    return float(values[0])


def _place(ref: str) -> tuple[str, str]:
    channel, _, timestamp = ref.partition(":")
    return channel, timestamp


@contextmanager
def translated(method: str) -> Iterator[None]:
    try:
        yield
    except SlackApiError as error:
        raise _error(method, error) from error
    except (SlackClientError, URLError, OSError) as error:
        raise VendorUnavailable(f"Slack {method}: no answer ({type(error).__name__})") from error


def _code(error: SlackApiError) -> str:
    answer: object = error.response.data
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""


def _error(method: str, error: SlackApiError) -> FerryError:
    answer = error.response
    data: dict[str, Any] = answer.data if isinstance(answer.data, dict) else {}
    code, status = str(data.get("error", "")), answer.status_code
    if code == "ratelimited" or status == 429:
        waits = answer.headers.get("Retry-After", answer.headers.get("retry-after"))
        return RateLimited(f"Slack {method}: asks us to slow down", float(waits) if waits else None)
    if status >= 500 or code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout"):
        return VendorUnavailable(f"Slack {method}: answered {status} {code}")
    if code == "message_not_found":
        return NotFound(f"Slack {method}: the message is gone; somebody deleted it")
    details = "; ".join(data.get("response_metadata", {}).get("messages", []))
    scope = f"give the app the scope {data.get('needed', 'chat:write')} and install it again"
    remedy = (
        scope
        if code == "missing_scope"
        else _REMEDIES.get(code, "see https://docs.slack.dev/reference/methods for this code")
    )
    return VendorRefused(f"Slack {method}: {code}{': ' if details else ''}{details}; {remedy}", status)
