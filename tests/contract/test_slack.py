"""`Chat` over real HTTP and in memory, by the same suite; then what only the Slack adapter can meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests

from ferry.adapters.slack import SlackChat, web_client
from ferry.domain.approval import Decision
from ferry.domain.errors import FerryError, NotFound, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.messages.form import words_form
from ferry.domain.triggers.slack import Click
from ferry.ports import Chat
from local.server import serve
from local.standins.base import StandInSettings
from local.standins.slack import create
from tests.fakes.chat import FakeChat
from tests.fakes.receiver import Receiver, receiving

TOKEN, CHANNEL = "xoxb-test", "C0FERRY01"
APPROVER = "UAPPROVER1"
SECTION: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "*Plan*"}}


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def slack(hook: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its own URL is part of what it answers to an upload, so it starts on a port that was free a moment ago."""
    first = serve(lambda environ, start: [])
    port = int(first.url.rpartition(":")[2])
    first.stop()
    settings = StandInSettings(first.url, tmp_path_factory.mktemp("slack"), hook.url, "secret", TOKEN)
    server = serve(create(settings).app, port=port)
    yield server.url
    server.stop()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def chat(slack: str, waits: list[float]) -> SlackChat:
    return SlackChat(web_client(TOKEN, f"{slack}/api", sleep=waits.append), CHANNEL)


def messages(slack: str) -> list[dict[str, Any]]:
    return list(requests.get(f"{slack}/_standin/messages", timeout=5).json()["messages"])


def break_slack(slack: str, **fault: object) -> None:
    requests.post(f"{slack}/_standin/faults", json=fault, timeout=5).raise_for_status()


@dataclass(frozen=True)
class Case:
    """seen: text, number of blocks and thread's text of the newest message; whispered: (user, text) of the newest;
    attached: thread's ref, name and text of the newest file; trigger: as a click brings it; forms: titles of all."""

    chat: Chat
    seen: Callable[[str], tuple[str, int, str]]
    whispered: Callable[[], tuple[str, str]]
    attached: Callable[[], tuple[str, str, str]]
    trigger: Callable[[], str]
    forms: Callable[[], list[str]]


@pytest.fixture(params=["slack", "fake"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "fake":
        fake = FakeChat(users=[APPROVER], triggers={"t1"})
        return Case(
            fake,
            lambda ref: _in_memory(fake, ref),
            lambda: fake.whispers[-1],
            lambda: fake.files[-1],
            lambda: "t1",
            lambda: [form["title"]["text"] for form in fake.forms],
        )
    url, hook = request.getfixturevalue("slack"), request.getfixturevalue("hook")
    return Case(
        request.getfixturevalue("chat"),
        lambda ref: _in_slack(url, ref),
        lambda: _whispered(url),
        lambda: _attached(url),
        lambda: _trigger(url, hook),
        lambda: [view["title"]["text"] for view in requests.get(f"{url}/_standin/views", timeout=5).json()["views"]],
    )


def _in_memory(fake: FakeChat, ref: str) -> tuple[str, int, str]:
    message = fake.messages[ref]
    return message.text, len(message.blocks), fake.messages[message.thread].text if message.thread else ""


def _in_slack(url: str, ref: str) -> tuple[str, int, str]:
    by_ref = {f"{message['channel']}:{message['ts']}": message for message in messages(url)}
    found = by_ref[ref]
    thread = by_ref.get(f"{found['channel']}:{found.get('thread_ts')}", {"text": ""})
    return found["text"], len(found["blocks"]), thread["text"]


def _attached(url: str) -> tuple[str, str, str]:
    newest = messages(url)[-1]
    [file] = newest["files"]
    return f"{newest['channel']}:{newest['thread_ts']}", file["name"], requests.get(file["permalink"], timeout=5).text


def _trigger(url: str, hook: Receiver) -> str:
    hook.clear()
    asked = {"user": APPROVER, "command": "/agent"}
    requests.post(f"{url}/_standin/command", json=asked, timeout=5).raise_for_status()
    return parse_qs(hook.wait(1)[0].body.decode())["trigger_id"][0]


def _whispered(url: str) -> tuple[str, str]:
    newest = messages(url)[-1]
    return newest["ephemeral_for"], newest["text"]


def test_a_message_is_posted_and_then_replaced_whole(case: Case) -> None:
    ref = case.chat.post("Plan", [SECTION, {"type": "divider"}])
    assert case.seen(ref) == ("Plan", 2, "")
    case.chat.update(ref, "Approved", [SECTION])
    assert case.seen(ref) == ("Approved", 1, "")


def test_an_answer_goes_into_the_thread(case: Case) -> None:
    first = case.chat.post("Started", [])
    assert case.seen(case.chat.post("Plan", [SECTION], thread=first)) == ("Plan", 1, "Started")


def test_a_message_that_is_gone_is_not_found(case: Case) -> None:
    with pytest.raises(NotFound):
        case.chat.update("C0FERRY01:1.000000", "Approved", [])


def test_a_whisper_is_for_one_person(case: Case) -> None:
    case.chat.whisper(APPROVER, "This plan is old")
    assert case.whispered() == (APPROVER, "This plan is old")


def test_a_whisper_may_have_blocks(case: Case) -> None:
    case.chat.whisper(APPROVER, "Three tasks", blocks=[SECTION])
    assert case.whispered() == (APPROVER, "Three tasks")


def test_a_file_goes_into_the_thread_whole(case: Case) -> None:
    first = case.chat.post("Started", [])
    text = "# Plan\n" + "Grüße 🚢 & <more>\n" * 3000
    case.chat.attach(first, "PLAN.md", text)
    assert case.attached() == (first, "PLAN.md", text)


def test_a_message_has_an_address(case: Case) -> None:
    ref = case.chat.post("Plan", [])
    assert case.chat.link(ref).startswith("http")
    with pytest.raises(NotFound):
        case.chat.link("C0FERRY01:1.000000")


def test_a_form_opens_once_by_the_trigger_of_a_click(case: Case) -> None:
    form = words_form(Click(APPROVER, "FERRY-1-a", "id", "d" * 16, Decision.REJECTED, ""))
    trigger = case.trigger()
    assert case.chat.open_form(trigger, form)
    assert case.forms() == ["Reject the plan"]
    assert not case.chat.open_form(trigger, form)
    assert not case.chat.open_form("1.2.made-up", form)
    assert len(case.forms()) == 1


def test_an_upload_that_slack_refuses_is_translated(chat: SlackChat, slack: str) -> None:
    first = chat.post("Started", [])
    break_slack(slack, error="internal_error", method="files.getUploadURLExternal")
    with pytest.raises(VendorUnavailable, match="internal_error"):
        chat.attach(first, "PLAN.md", "text")


def test_a_form_that_slack_refuses_names_the_place(chat: SlackChat, hook: Receiver, slack: str) -> None:
    with pytest.raises(VendorRefused, match="/view/title"):
        chat.open_form(_trigger(slack, hook), {"type": "modal", "blocks": []})


def test_an_answer_goes_to_the_channel_of_its_thread(chat: SlackChat, slack: str) -> None:
    elsewhere = SlackChat(chat._client, "C0NOWHERE")
    first = chat.post("Asked", [])
    assert elsewhere.post("Answered", [], thread=first).startswith(CHANNEL)


def test_a_whisper_to_somebody_outside_is_refused(case: Case) -> None:
    with pytest.raises(VendorRefused):
        case.chat.whisper("UNOBODY", "hello")


def test_a_rate_limit_is_waited_out_as_long_as_slack_asks(chat: SlackChat, slack: str, waits: list[float]) -> None:
    break_slack(slack, error="ratelimited", times=2, retry_after=7)
    chat.post("after the limit", [])
    assert [int(seconds) for seconds in waits] == [7, 7]


def test_a_wait_longer_than_we_may_take_is_handed_on(chat: SlackChat, slack: str, waits: list[float]) -> None:
    break_slack(slack, error="ratelimited", retry_after=600)
    with pytest.raises(RateLimited) as raised:
        chat.post("too soon", [])
    assert (raised.value.retry_after, waits) == (600.0, [])


def test_server_errors_are_retried_and_then_named(chat: SlackChat, slack: str, waits: list[float]) -> None:
    break_slack(slack, status=503, times=4)
    with pytest.raises(VendorUnavailable, match="503"):
        chat.post("no", [])
    assert [int(seconds) for seconds in waits] == [1, 2, 4]


@pytest.mark.parametrize(
    ("token", "channel", "remedy"),
    [("xoxb-wrong", CHANNEL, "SLACK_TOKEN_ID"), (TOKEN, "C0NOWHERE", "SLACK_CHANNEL")],
)
def test_a_refusal_names_the_remedy(slack: str, token: str, channel: str, remedy: str) -> None:
    with pytest.raises(VendorRefused, match=remedy):
        SlackChat(web_client(token, f"{slack}/api"), channel).post("hello", [])


def test_a_block_beyond_slacks_limits_is_refused_with_the_place(chat: SlackChat) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    with pytest.raises(VendorRefused, match="/blocks/0/text/text"):
        chat.post("Plan", [long])


@pytest.mark.parametrize(
    ("code", "raised"),
    [("internal_error", VendorUnavailable), ("fatal_error", VendorUnavailable), ("missing_scope", VendorRefused)],
)
def test_an_error_code_becomes_transient_or_permanent(
    chat: SlackChat, slack: str, code: str, raised: type[FerryError]
) -> None:
    break_slack(slack, error=code)
    with pytest.raises(raised, match=code):
        chat.post("no", [])


def test_nobody_listening_is_unavailable(waits: list[float]) -> None:
    with pytest.raises(VendorUnavailable, match="no answer"):
        SlackChat(web_client(TOKEN, "http://127.0.0.1:9/api", sleep=waits.append), CHANNEL).post("hello", [])
    assert len(waits) == 3
