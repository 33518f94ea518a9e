"""The Slack stand-in: Slack's signatures, payload shapes, limits on blocks, response urls, and its page."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from local.server import RunningServer, serve
from local.standins.base import StandInSettings
from local.standins.slack import blocks as block_kit
from local.standins.slack import create
from local.standins.slack.control import sign
from local.standins.slack.page import mrkdwn
from local.standins.slack.workspace import Workspace
from tests.contract.openapi import vendor_file
from tests.fakes.receiver import Received, Receiver, receiving

TOKEN, SECRET, CHANNEL = "xoxb-test", "signing-secret", "C0FERRY01"
APPROVER, OTHER = "UAPPROVER1", "UOTHER0002"
INPUT = {"type": "plain_text_input", "action_id": "text"}
BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Plan for FERRY-1"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Two* repositories"}},
    {"type": "input", "block_id": "feedback", "label": {"type": "plain_text", "text": "Why"}, "element": INPUT},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "approve", "value": "A1", "text": {"type": "plain_text", "text": "Approve"}}
        ],
    },
]


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def server(hook: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Its own URL is only known once it runs, so that uploads and response urls go through a second start."""
    first = serve(lambda environ, start: [])  # takes a free port
    port = int(first.url.rpartition(":")[2])
    first.stop()
    state = tmp_path_factory.mktemp("slack")
    server = serve(create(StandInSettings(first.url, state, hook.url, SECRET, TOKEN)).app, port=port)
    yield server
    server.stop()


@pytest.fixture
def slack(server: RunningServer, hook: Receiver) -> str:
    hook.clear()
    return server.url


@pytest.fixture
def client(slack: str) -> WebClient:
    return WebClient(TOKEN, base_url=f"{slack}/api/")


def act(slack: str, what: str, **given: Any) -> Any:
    return requests.post(f"{slack}/_standin/{what}", json=given, timeout=5).json()


def form(received: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(received.body.decode(), keep_blank_values=True).items()}


def test_the_published_vector_is_reproduced() -> None:
    vector = json.loads(vendor_file("signatures/vectors.json").read_text())["slack"]
    assert sign(vector["signing_secret"], vector["timestamp"], vector["body"].encode()) == vector["signature"]


def test_a_click_arrives_signed_and_shaped_as_slack_sends_it(slack: str, client: WebClient, hook: Receiver) -> None:
    captured = json.loads(vendor_file("slack/payloads/block_actions.bolt-python.json").read_text())
    ts = client.chat_postMessage(channel=CHANNEL, text="Plan", blocks=BLOCKS)["ts"]
    state = {"feedback": {"text": {"type": "plain_text_input", "value": "too wide"}}}
    answer = act(slack, "click", user=APPROVER, ts=ts, action_id="approve", state=state)
    [received] = hook.wait(1)
    payload = json.loads(form(received)["payload"])
    assert (answer["status"], answer["body"]) == (200, "taken")
    assert SignatureVerifier(SECRET).is_valid_request(received.body, received.headers)
    assert set(payload) >= set(captured)
    assert set(payload["actions"][0]) >= set(captured["actions"][0])
    assert (payload["actions"][0]["value"], payload["user"]["id"]) == ("A1", APPROVER)
    assert payload["state"]["values"] == state
    assert payload["message"]["blocks"][0]["block_id"]


def test_a_command_arrives_signed_and_shaped_as_slack_sends_it(slack: str, hook: Receiver) -> None:
    captured = json.loads(vendor_file("slack/shapes/SlashCommandPayload.json").read_text())
    act(slack, "command", user=OTHER, command="/agent", text="status FERRY-1")
    [received] = hook.wait(1)
    sent = form(received)
    assert SignatureVerifier(SECRET).is_valid_request(received.body, received.headers)
    assert set(sent) == {name for name in captured if not name.startswith("enterprise")}
    assert (sent["command"], sent["text"], sent["user_id"]) == ("/agent", "status FERRY-1", OTHER)


def test_a_test_may_forge_a_value_but_not_an_action(slack: str, client: WebClient, hook: Receiver) -> None:
    ts = client.chat_postMessage(channel=CHANNEL, text="Plan", blocks=BLOCKS)["ts"]
    act(slack, "click", user=APPROVER, ts=ts, action_id="approve", value="A2")
    assert json.loads(form(hook.wait(1)[0])["payload"])["actions"][0]["value"] == "A2"
    assert act(slack, "click", user=APPROVER, ts=ts, action_id="reject")["ok"] is False
    assert act(slack, "click", user="UNOBODY", ts=ts, action_id="approve")["ok"] is False
    assert len(hook.received) == 1


def test_a_response_url_replaces_the_message_and_ends_after_five_uses(
    slack: str, client: WebClient, hook: Receiver
) -> None:
    ts = client.chat_postMessage(channel=CHANNEL, text="Plan", blocks=BLOCKS)["ts"]
    act(slack, "click", user=APPROVER, ts=ts, action_id="approve")
    url = json.loads(form(hook.wait(1)[0])["payload"])["response_url"]
    answers = [requests.post(url, json={"replace_original": True, "text": f"{n}"}, timeout=5) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 404]
    shown = requests.get(f"{slack}/_standin/messages", params={"channel": CHANNEL}, timeout=5).json()["messages"]
    assert next(message for message in shown if message["ts"] == ts)["text"] == "4"


def test_a_view_opens_once_by_a_fresh_trigger_and_can_be_submitted(
    slack: str, client: WebClient, hook: Receiver
) -> None:
    act(slack, "command", user=OTHER, command="/agent")
    trigger = form(hook.wait(1)[0])["trigger_id"]
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Why"},
        "callback_id": "why",
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": BLOCKS[2:3],
    }
    opened = client.views_open(trigger_id=trigger, view=view)["view"]
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        client.views_open(trigger_id=trigger, view=view)
    act(slack, "submit", user=OTHER, view_id=opened["id"], state={"feedback": {"text": {"value": "no"}}})
    submitted = json.loads(form(hook.wait(2)[1])["payload"])
    captured = json.loads(vendor_file("slack/shapes/ViewSubmissionPayload.json").read_text())
    assert (submitted["type"], submitted["view"]["callback_id"]) == ("view_submission", "why")
    assert set(submitted) <= {*captured, "trigger_id", "response_urls"}


def test_the_page_shows_an_open_modal_and_submits_it(slack: str, client: WebClient, hook: Receiver) -> None:
    act(slack, "command", user=OTHER, command="/agent")
    label = {"type": "plain_text", "text": "Send"}
    view = {"type": "modal", "title": {**label, "text": "Why <not>"}, "submit": label, "blocks": BLOCKS[2:3]}
    opened = client.views_open(trigger_id=form(hook.wait(1)[0])["trigger_id"], view=view)["view"]

    shown = requests.get(slack, timeout=5).text
    typed = {"user": OTHER, "feedback/text": "because"}
    requests.post(f"{slack}/_standin/views/{opened['id']}", data=typed, timeout=5)

    assert "Why &lt;not&gt;" in shown
    assert 'name="feedback/text"' in shown
    sent = json.loads(form(hook.wait(2)[1])["payload"])
    assert sent["view"]["state"]["values"]["feedback"]["text"]["value"] == "because"
    assert sent["user"]["id"] == OTHER


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"title": {"type": "plain_text", "text": "t" * 25}}, "/view/title"),
        ({"submit": {"type": "plain_text", "text": ""}}, "/view/submit"),
        ({"close": {"type": "plain_text", "text": "c" * 25}}, "/view/close"),
        ({"private_metadata": "m" * 3001}, "/view/private_metadata"),
        ({"callback_id": "c" * 256}, "/view/callback_id"),
        ({"blocks": [{"type": "divider"}] * 101}, "/blocks"),
    ],
)
def test_a_modal_beyond_slacks_limits_is_refused(
    client: WebClient, hook: Receiver, slack: str, changes: dict[str, Any], place: str
) -> None:
    act(slack, "command", user=OTHER, command="/agent")
    label = {"type": "plain_text", "text": "t" * 24}
    view = {"type": "modal", "title": label, "submit": label, "close": label, "blocks": BLOCKS[2:3], **changes}

    with pytest.raises(SlackApiError, match=place):
        client.views_open(trigger_id=form(hook.wait(1)[0])["trigger_id"], view=view)


def test_the_rest_of_the_web_api_answers_slack_sdk(slack: str, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=CHANNEL, text="Plan")["ts"]
    assert client.auth_test()["team"] == "Ferry"
    assert client.conversations_list()["channels"][0]["name"] == "ferry"
    assert client.users_info(user=APPROVER)["user"]["profile"]["email"] == "approver@standin.example"
    assert len(client.users_list()["members"]) == 3
    assert client.usergroups_users_list(usergroup="S0APPROVE1")["users"] == [APPROVER]
    assert client.reactions_add(channel=CHANNEL, timestamp=ts, name="eyes")["ok"]
    assert client.chat_getPermalink(channel=CHANNEL, message_ts=ts)["permalink"].startswith(slack)


def test_a_file_is_uploaded_in_three_steps_and_can_be_read(client: WebClient) -> None:
    uploaded = client.files_upload_v2(channel=CHANNEL, content="# Plan", filename="PLAN.md")
    assert requests.get(uploaded["file"]["permalink"], timeout=5).text == "# Plan"


@pytest.mark.parametrize(
    ("method", "given", "error"),
    [
        ("chat.postMessage", {"channel": CHANNEL}, "no_text"),
        ("chat.postMessage", {"channel": "C0", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": CHANNEL, "text": "x" * 40_001}, "msg_too_long"),
        ("chat.update", {"channel": CHANNEL, "ts": "1.0", "text": "x"}, "message_not_found"),
        ("chat.postEphemeral", {"channel": CHANNEL, "user": "U0", "text": "x"}, "user_not_in_channel"),
        ("users.info", {"user": "U0"}, "user_not_found"),
        ("no.such", {}, "unknown_method"),
    ],
)
def test_a_wrong_call_is_refused_in_slacks_words(
    client: WebClient, method: str, given: Mapping[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as raised:
        client.api_call(method, json=dict(given))
    assert raised.value.response["error"] == error


@pytest.mark.parametrize(("token", "error"), [("xoxb-wrong", "invalid_auth"), ("", "not_authed")])
def test_only_the_right_token_may_call(slack: str, token: str, error: str) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert requests.post(f"{slack}/api/auth.test", headers=headers, timeout=5).json()["error"] == error


def button(**more: Any) -> dict[str, Any]:
    element = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, **more}
    return {"type": "actions", "elements": [element]}


def text(length: int, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": kind, "text": "x" * length}


def header(length: int, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": "header", "text": text(length, kind)}


def context(count: int) -> dict[str, Any]:
    return {"type": "context", "elements": [text(1)] * count}


def fields(count: int, length: int) -> dict[str, Any]:
    return {"type": "section", "fields": [text(length)] * count}


@pytest.mark.parametrize(
    ("good", "bad", "place"),
    [
        ([{"type": "divider"}] * 50, [{"type": "divider"}] * 51, "/blocks"),
        ([{"type": "section", "text": text(3000)}], [{"type": "section", "text": text(3001)}], "/blocks/0/text/text"),
        ([header(150)], [header(151)], "/0/text"),
        ([header(1)], [header(1, "mrkdwn")], "/0/text"),
        ([button(value="v" * 2000)], [button(value="v" * 2001)], "/value"),
        ([button(action_id="a" * 255)], [button(action_id="a" * 256)], "/action_id"),
        ([button(style="danger")], [button(style="green")], "/style"),
        ([{"type": "divider", "block_id": "b" * 255}], [{"type": "divider", "block_id": "b" * 256}], "/block_id"),
        ([{"type": "actions", "elements": button()["elements"] * 25}],
         [{"type": "actions", "elements": button()["elements"] * 26}], "/elements"),
        ([context(10)], [context(11)], "/elements"),
        ([fields(10, 2000)], [fields(1, 2001)], "/fields/0"),
        ([fields(10, 2000)], [fields(11, 2000)], "/fields"),
        ([{"type": "section", "text": text(1)}], [{"type": "section"}], "/blocks/0"),
        ([{"type": "section", "text": text(1)}], [{"type": "section", "text": text(0)}], "/text"),
        ([{"type": "divider"}], [{"type": "carousel"}], "/type"),
        ([{"type": "divider", "block_id": "a"}], [{"type": "divider", "block_id": "a"}] * 2, "already exists"),
    ],
)  # fmt: skip
def test_each_limit_of_block_kit_holds_at_its_edge(good: list[Any], bad: list[Any], place: str) -> None:
    assert block_kit.faults(good) == []
    assert any(place in fault for fault in block_kit.faults(bad))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*b* _i_ ~s~ `c`", "<b>b</b> <i>i</i> <s>s</s> <code>c</code>"),
        ("<https://a.b/?x=1&y=2|see>", '<a href="https://a.b/?x=1&amp;y=2">see</a>'),
        ("a &lt;b&gt; <script>", "a &lt;b&gt; &lt;script&gt;"),
        ("<javascript:x()|see>", "&lt;javascript:x()|see&gt;"),
        ('<https://a.b/"onload=x()|see>', "&lt;https://a.b/&quot;onload=x()|see&gt;"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("one\ntwo", "one<br>two"),
        ("<!date^1795348800^{date_short_pretty} {time}|2026-11-22 12:00 UTC>", "2026-11-22 12:00 UTC"),
        ("&lt;@U1&gt; <@U2>", "&lt;@U1&gt; <b>@U2</b>"),
        ("a\n```b\nc```d\ne", "a<br><pre>b\nc</pre>d<br>e"),
    ],
)
def test_mrkdwn_becomes_html_and_nothing_else_does(source: str, html: str) -> None:
    assert mrkdwn(source) == html


def test_the_page_shows_messages_in_order_with_threads_and_buttons(slack: str, client: WebClient) -> None:
    ts = client.chat_postMessage(channel=CHANNEL, text="Plan", blocks=BLOCKS)["ts"]
    client.chat_postMessage(channel=CHANNEL, text="Next ticket")
    client.chat_postMessage(channel=CHANNEL, text="<Answer>", thread_ts=ts)
    client.chat_postEphemeral(channel=CHANNEL, user=OTHER, text="Only you")
    page = requests.get(slack, timeout=5).text
    places = [
        page.index(part) for part in ("Plan for FERRY-1", "<b>Two</b>", "Approve", "&lt;Answer&gt;", "Next ticket")
    ]
    assert places == sorted(places)
    assert "only visible to other" in page


def test_messages_survive_a_restart(tmp_path: Path) -> None:
    def opened() -> Workspace:
        return Workspace(tmp_path / "slack.jsonl", "http://slack.invalid", {})

    first = opened()
    kept, removed = (first.add({"channel": CHANNEL, "text": text}) for text in ("Plan", "Wrong"))
    kept["text"] = "Plan 2"
    first.save(kept)
    first.remove(removed)

    again = opened()

    assert [message["text"] for message in again.messages] == ["Plan 2"]
    assert again.add({"channel": CHANNEL, "text": "Next"})["ts"] > kept["ts"]
    assert len(opened().messages) == 2


def test_a_message_is_kept_at_the_cost_of_itself_however_many_there_are(tmp_path: Path) -> None:
    journal = tmp_path / "slack.jsonl"
    workspace = Workspace(journal, "http://slack.invalid", {})
    sizes, files = [], set()

    for _ in range(50):
        workspace.add({"channel": CHANNEL, "text": "Plan"})
        sizes.append(journal.stat().st_size)
        files.add(journal.stat().st_ino)

    assert {after - before for before, after in itertools.pairwise(sizes)} == {sizes[0]}
    assert len(files) == 1


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    journal = tmp_path / "slack.jsonl"
    Workspace(journal, "http://slack.invalid", {}).add({"channel": CHANNEL, "text": "Plan"})
    journal.write_text(journal.read_text() + '{"channel": "C0')

    again = Workspace(journal, "http://slack.invalid", {})
    again.add({"channel": CHANNEL, "text": "Next"})

    assert len(Workspace(journal, "http://slack.invalid", {}).messages) == 2
