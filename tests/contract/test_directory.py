"""`Directory` over real HTTP at three vendors and in memory, by the same suite; then what can go wrong at each.

The vendors' documents under ../shared/contracts leave these calls out, so the stand-ins follow the written references
that the adapters name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from ferry.adapters.directory import VendorDirectory, github_team, slack_group
from ferry.adapters.github_http import GitHubApi
from ferry.adapters.http_retry import Patience
from ferry.adapters.jira import JiraIssueTracker
from ferry.adapters.slack import web_client
from ferry.domain.errors import NotFound, VendorRefused, VendorUnavailable
from ferry.ports import Directory
from local.server import serve
from local.standins.base import StandInSettings
from local.standins.github import create as create_github
from local.standins.jira import create as create_jira
from local.standins.jira.shapes import account_id
from local.standins.slack import create as create_slack
from tests.fakes.directory import FakeDirectory

TOKEN = "only for this test"
PEOPLE = [f"p{number}@acme.example" for number in range(3)]
IMPATIENT = Patience(attempts=1)
KINDS = ("slack-group:S0APPROVE1", "github-team:acme/leads", "jira-group:Leads of all")


@dataclass
class Vendors:
    slack: str
    github: str
    jira: str


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendors]:
    def settings(name: str, **extra: str) -> StandInSettings:
        return StandInSettings(f"http://{name}.invalid", tmp_path_factory.mktemp(name), token=TOKEN, extra=extra)

    made = [
        create_slack(settings("slack")),
        create_github(settings("github", teams="leads=Ada+bob,empty=")),
        create_jira(settings("jira", groups=f"Leads of all={'+'.join(PEOPLE)}")),
    ]
    servers = [serve(one.app) for one in made]
    yield Vendors(*(server.url for server in servers))
    for server, one in zip(servers, made, strict=True):
        server.stop()
        one.close()


@pytest.fixture
def real(vendors: Vendors) -> Iterator[VendorDirectory]:
    with requests.Session() as jira, requests.Session() as github:
        tracker = JiraIssueTracker(vendors.jira, "ferry@acme.example", TOKEN, session=jira, patience=IMPATIENT, page=2)
        api = GitHubApi(vendors.github, lambda: TOKEN, session=github, patience=IMPATIENT)
        client = web_client(TOKEN, f"{vendors.slack}/api", sleep=lambda _: None)
        yield VendorDirectory({
            "slack-group": slack_group(client), "github-team": github_team(api), "jira-group": tracker.group
        })  # fmt: skip


@pytest.fixture(params=["vendors", "fake"])
def directory(request: pytest.FixtureRequest) -> Directory:
    if request.param == "vendors":
        found: Directory = request.getfixturevalue("real")
        return found
    return FakeDirectory({
        KINDS[0]: {"slack:UAPPROVER1"},
        KINDS[1]: {"github:ada", "github:bob"},
        KINDS[2]: {f"jira:{account_id(email)}" for email in PEOPLE},
        "github-team:acme/empty": set(),
    })  # fmt: skip


def test_members_are_keys_of_people(directory: Directory) -> None:
    assert directory.members(KINDS[0]) == {"slack:UAPPROVER1"}
    assert directory.members(KINDS[1]) == {"github:ada", "github:bob"}


def test_all_pages_of_a_group_are_read(directory: Directory) -> None:
    assert directory.members(KINDS[2]) == {f"jira:{account_id(email)}" for email in PEOPLE}


def test_a_group_may_be_empty(directory: Directory) -> None:
    assert directory.members("github-team:acme/empty") == frozenset()


@pytest.mark.parametrize("group", ["github-team:acme/none", "github-team:other/leads", "jira-group:none"])
def test_a_group_that_is_not_there_is_not_found(directory: Directory, group: str) -> None:
    with pytest.raises(NotFound):
        directory.members(group)


def test_a_group_that_slack_does_not_know_is_refused_with_the_remedy(real: VendorDirectory) -> None:
    with pytest.raises(VendorRefused, match="no_such_subteam; check the user group's id"):
        real.members("slack-group:S0NONE")


def test_a_scope_that_is_missing_is_named(real: VendorDirectory, vendors: Vendors) -> None:
    fault = {"method": "usergroups.users.list", "error": "missing_scope", "needed": "usergroups:read"}
    requests.post(f"{vendors.slack}/_standin/faults", json=fault, timeout=5).raise_for_status()

    with pytest.raises(VendorRefused, match="give the app the scope usergroups:read"):
        real.members(KINDS[0])


@pytest.mark.parametrize(
    ("vendor", "group", "fault"),
    [
        ("slack", KINDS[0], {"status": 503, "times": 4}),
        ("github", KINDS[1], {"status": 503, "times": 1}),
        ("jira", KINDS[2], {"status": 503, "times": 1}),
    ],
)
def test_a_vendor_that_is_away_is_asked_again_later(
    real: VendorDirectory, vendors: Vendors, vendor: str, group: str, fault: dict[str, int]
) -> None:
    url = getattr(vendors, vendor)
    requests.post(f"{url}/_standin/faults", json=fault, timeout=5).raise_for_status()

    with pytest.raises(VendorUnavailable):
        real.members(group)


def test_a_group_of_another_vendor_is_not_found() -> None:
    with pytest.raises(NotFound, match="groups of slack-group alone"):
        VendorDirectory({"slack-group": lambda _: []}).members("mail-list:x")
