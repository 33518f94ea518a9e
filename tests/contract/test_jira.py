"""`IssueTracker` over real HTTP and in memory, by the same suite; then what only the Jira adapter can meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import requests

from ferry.adapters.adf import from_markdown
from ferry.adapters.http_retry import Patience
from ferry.adapters.jira import JiraIssueTracker
from ferry.domain.errors import InvalidSettings, NotFound, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import diff
from ferry.ports import IssueTracker
from local.server import serve
from local.standins.base import StandInSettings
from local.standins.jira import create
from local.standins.jira.adf import to_wiki
from tests.contract.openapi import Contract, vendor_file
from tests.fakes.issue_tracker import FakeIssueTracker, comment

TOKEN, EMAIL = "jira-token", "ferry@acme.example"
NEW = {"project": {"key": "FERRY"}, "issuetype": {"name": "Task"}, "summary": "Round half up"}


@pytest.fixture(scope="module")
def jira(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    stand_in = create(StandInSettings("http://jira.invalid", tmp_path_factory.mktemp("jira"), token=TOKEN))
    server = serve(stand_in.app)
    answer = requests.post(
        f"{server.url}/rest/api/3/issue", json={"fields": NEW}, auth=("ann@acme.example", TOKEN), timeout=5
    )
    assert answer.json()["key"] == "FERRY-1"
    yield server.url
    server.stop()
    stand_in.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def tracker(jira: str, waits: list[float]) -> Iterator[JiraIssueTracker]:
    with requests.Session() as session:
        patience = Patience(sleep=waits.append, jitter=lambda: 0.0)
        yield JiraIssueTracker(jira, EMAIL, TOKEN, project="FERRY", session=session, patience=patience)


@dataclass(frozen=True)
class Case:
    tracker: IssueTracker
    last_comment: Callable[[str], str]
    write: Callable[[str, str], None]
    edit: Callable[[str, str, str], None]


@pytest.fixture(params=["jira", "fake"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "fake":
        fake = FakeIssueTracker(["FERRY-1"])
        return Case(
            fake,
            lambda key: fake.said[key][-1],
            lambda key, text: fake.written[key].append(comment(text)),
            lambda key, title, text: fake.edited.update({key: ("7", "ann", "2999-01-01", f"{title}\n\n{text}")}),
        )
    jira = request.getfixturevalue("jira")
    return Case(
        request.getfixturevalue("tracker"),
        lambda key: last_comment(jira, key),
        lambda key, text: written(jira, key, text),
        lambda key, title, text: rewritten(jira, key, title, text),
    )


def written(jira: str, key: str, text: str) -> None:
    """Somebody else comments."""
    url, body = f"{jira}/rest/api/3/issue/{key}/comment", {"body": from_markdown(text)}
    requests.post(url, json=body, auth=("ann@acme.example", TOKEN), timeout=5).raise_for_status()


def rewritten(jira: str, key: str, title: str, text: str) -> None:
    """Somebody else changes title and description, one after the other."""
    for name, value in (("summary", title), ("description", from_markdown(text))):
        url, body = f"{jira}/rest/api/3/issue/{key}", {"fields": {name: value}}
        requests.put(url, json=body, auth=("ann@acme.example", TOKEN), timeout=5).raise_for_status()


def last_comment(jira: str, key: str) -> str:
    url = f"{jira}/rest/api/3/issue/{key}/comment"
    comments = requests.get(url, auth=(EMAIL, TOKEN), timeout=5).json()["comments"]
    return to_wiki(comments[-1]["body"]) or ""


def break_jira(jira: str, **fault: object) -> None:
    requests.post(f"{jira}/_standin/faults", json=fault, timeout=5).raise_for_status()


def test_a_comment_can_be_read_on_its_ticket(case: Case) -> None:
    case.tracker.comment("FERRY-1", "Plan is ready")
    assert case.last_comment("FERRY-1") == "Plan is ready"


def test_a_ticket_that_was_created_is_found_by_its_label(case: Case) -> None:
    made = case.tracker.create("Rates are missing", "## Why\n\nNobody knows", ("AI", "ferry-0a"))

    assert case.tracker.find("ferry-0a") == made
    assert made.url.endswith(f"/browse/{made.key}")
    assert case.tracker.find("ferry-none") is None


def test_a_link_on_a_ticket_that_does_not_exist_is_not_found(case: Case) -> None:
    with pytest.raises(NotFound):
        case.tracker.link("FERRY-99", "https://sentry.test/1", "PRICING-1")


def test_the_same_link_twice_is_one_link(tracker: JiraIssueTracker, jira: str) -> None:
    key = tracker.create("Linked", "text", ("linked",)).key

    for _ in range(2):
        tracker.link(key, "https://sentry.test/1", "PRICING-1")

    links = requests.get(f"{jira}/rest/api/3/issue/{key}/remotelink", auth=(EMAIL, TOKEN), timeout=5).json()
    assert [link["object"]["url"] for link in links] == ["https://sentry.test/1"]


def test_a_label_is_told_with_who_gave_it_and_when(tracker: JiraIssueTracker, jira: str) -> None:
    born = tracker.create("Born with it", "A **bold** text\n\n- and a list", ("Wanted",)).key
    given = tracker.create("Given it", "text", ()).key
    edit = {"update": {"labels": [{"add": "Wanted"}]}}
    login = ("ann@acme.example", TOKEN)
    requests.put(f"{jira}/rest/api/3/issue/{given}", json=edit, auth=login, timeout=5).raise_for_status()

    by_key = {ticket.key: ticket for ticket in tracker.labelled("Wanted", days=3)}

    assert set(by_key) == {born, given}
    assert (by_key[born].created, by_key[born].labelled_by_name) == (True, "Ferry")
    assert (by_key[given].created, by_key[given].labelled_by_name) == (False, "Ann")
    assert by_key[born].text == "A bold text\n- and a list"
    assert by_key[given].labels == ("Wanted",)


def test_without_a_project_no_ticket_is_opened(jira: str) -> None:
    with pytest.raises(InvalidSettings, match="JIRA_PROJECT"):
        JiraIssueTracker(jira, EMAIL, TOKEN).create("A title", "text", ())


def test_what_the_sweep_and_incidents_send_is_allowed_by_jiras_own_document(jira: str) -> None:
    contract = Contract(vendor_file("jira/openapi.trimmed.json"), base=jira)
    with requests.Session() as session:
        session.hooks["response"].append(contract.hook)
        tracker = JiraIssueTracker(jira, EMAIL, TOKEN, project="FERRY", session=session)
        key = tracker.create("By the document", "## Text", ("document",)).key
        tracker.link(key, "https://sentry.test/2", "PRICING-2")
        tracker.find("document")
        tracker.labelled("document", days=3)
    assert len(contract.checked) == 4


def test_a_ticket_that_does_not_exist_is_not_found(case: Case) -> None:
    with pytest.raises(NotFound, match="FERRY-99"):
        case.tracker.comment("FERRY-99", "Plan is ready")


def test_what_others_wrote_is_read_with_its_author_and_its_moment(case: Case) -> None:
    case.write("FERRY-1", "Round half up, please")
    case.tracker.comment("FERRY-1", "Plan is ready")

    found = case.tracker.comments("FERRY-1")

    [theirs] = [one for one in found if one.text == "Round half up, please"]
    [own] = [one for one in found if one.author == case.tracker.account()][-1:]
    assert theirs.author != own.author
    assert theirs.account_type == "atlassian"
    assert datetime.fromisoformat(theirs.at).utcoffset() == timedelta(0)
    assert own.text == "Plan is ready"


def frozen(title: str, text: str, at: str, key: str = "FERRY-1") -> Ticket:
    return Ticket(key=key, title=title, text=text, url="", author="Ann", triggered_by="A1", triggered_at=at)


def test_a_text_changed_after_the_trigger_is_told_with_who_and_by_its_name(case: Case) -> None:
    case.edit("FERRY-1", "Round half even", "As banks do")
    early, late = "2000-01-01T00:00:00.000+00:00", "3000-01-01T00:00:00.000+00:00"

    found = case.tracker.text_edit(frozen("Round half up", "Please", early))

    assert found
    assert diff(frozen("Round half up", "Please", early), found)[1:] == (
        "-Round half up", "+Round half even", " ", "-Please", "+As banks do")  # fmt: skip
    assert found.by_name == "Ann"
    assert found.change.startswith("change ")
    assert case.tracker.text_edit(frozen("Round half up", "Please", late)) is None
    assert case.tracker.text_edit(frozen("Round half even", "As banks do", early)) is None


def test_the_text_of_a_ticket_that_does_not_exist_is_not_found(case: Case) -> None:
    with pytest.raises(NotFound, match="FERRY-99"):
        case.tracker.text_edit(frozen("T", "t", "2000-01-01T00:00:00.000+00:00", "FERRY-99"))


def test_looking_at_the_text_again_is_allowed_by_jiras_own_document(jira: str) -> None:
    contract = Contract(vendor_file("jira/openapi.trimmed.json"), base=jira)
    with requests.Session() as session:
        session.hooks["response"].append(contract.hook)
        JiraIssueTracker(jira, EMAIL, TOKEN, session=session).text_edit(frozen("T", "t", "2000"))
    assert contract.checked == {"GET /rest/api/3/issue/{issueIdOrKey}"}


def test_comments_of_a_ticket_that_does_not_exist_are_not_found(case: Case) -> None:
    with pytest.raises(NotFound, match="FERRY-99"):
        case.tracker.comments("FERRY-99")


def test_all_pages_of_comments_are_read_by_jiras_own_document(jira: str) -> None:
    contract = Contract(vendor_file("jira/openapi.trimmed.json"), base=jira)
    new = requests.post(f"{jira}/rest/api/3/issue", json={"fields": NEW}, auth=(EMAIL, TOKEN), timeout=5).json()["key"]
    for number in range(5):
        written(jira, new, f"number {number}")
    with requests.Session() as session:
        session.hooks["response"].append(contract.hook)
        found = JiraIssueTracker(jira, EMAIL, TOKEN, session=session, page=2).comments(new)
    assert [one.text for one in found] == [f"number {number}" for number in range(5)]
    assert contract.checked == {"GET /rest/api/3/issue/{issueIdOrKey}/comment"}


def test_markdown_arrives_as_adf_by_jiras_own_document(jira: str) -> None:
    contract = Contract(vendor_file("jira/openapi.trimmed.json"), base=jira)
    with requests.Session() as session:
        session.hooks["response"].append(contract.hook)
        JiraIssueTracker(jira, EMAIL, TOKEN, session=session).comment("FERRY-1", "## Plan\n\n- **two** repositories")
    assert last_comment(jira, "FERRY-1") == "h2. Plan\n\n* *two* repositories"
    assert contract.checked == {"POST /rest/api/3/issue/{issueIdOrKey}/comment"}


def test_a_comment_too_long_for_jira_is_cut_and_says_so(tracker: JiraIssueTracker, jira: str) -> None:
    tracker.comment("FERRY-1", "word " * 10_000)
    said = last_comment(jira, "FERRY-1")
    assert len(said) <= 32_767
    assert said.endswith("… (cut)")


def test_a_rate_limit_is_waited_out_as_long_as_jira_asks(
    tracker: JiraIssueTracker, jira: str, waits: list[float]
) -> None:
    break_jira(jira, status=429, times=2, retry_after=7)
    tracker.comment("FERRY-1", "after the limit")
    assert waits == [7.0, 7.0]
    assert last_comment(jira, "FERRY-1") == "after the limit"


def test_a_wait_longer_than_we_may_take_is_handed_on(tracker: JiraIssueTracker, jira: str, waits: list[float]) -> None:
    break_jira(jira, status=429, retry_after=3600)
    with pytest.raises(RateLimited) as raised:
        tracker.comment("FERRY-1", "too soon")
    assert (raised.value.retry_after, waits) == (3600.0, [])


def test_server_errors_are_retried_with_growing_waits_and_then_named(
    tracker: JiraIssueTracker, jira: str, waits: list[float]
) -> None:
    break_jira(jira, status=503, times=4)
    with pytest.raises(VendorUnavailable, match="503"):
        tracker.comment("FERRY-1", "no")
    assert waits == [0.5, 1.0, 2.0]


def test_nobody_listening_is_unavailable(waits: list[float]) -> None:
    patience = Patience(sleep=waits.append)
    with pytest.raises(VendorUnavailable, match="no answer"):
        JiraIssueTracker("http://127.0.0.1:9", EMAIL, TOKEN, patience=patience).comment("FERRY-1", "hello")
    assert len(waits) == 3


def test_a_wrong_token_is_refused_with_the_remedy(jira: str) -> None:
    with pytest.raises(VendorRefused, match="JIRA_TOKEN_ID") as raised:
        JiraIssueTracker(jira, EMAIL, "wrong").comment("FERRY-1", "hello")
    assert raised.value.status == 401
