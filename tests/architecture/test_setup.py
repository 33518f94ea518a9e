"""The set-up pages name what the code reads and calls: a new event or call that users are not told of fails here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from ferry.domain.delivery import Source
from ferry.usecases import readers
from tests.template import ROOT, resources, template

SETUP = ROOT / "docs" / "setup"
VENDORS = (Source.JIRA, Source.GITHUB, Source.SENTRY, Source.SLACK)
# Every GitHub App is sent these without asking (docs.github.com, "Webhook events and payloads").
UNASKED = {"installation", "installation_repositories"}
PERMISSIONS = {
    "contents": ("Contents", "write"),
    "pull_requests": ("Pull requests", "write"),
    "issues": ("Issues", "write"),
    "statuses": ("Commit statuses", "write"),
    "checks": ("Checks", "read"),
    "actions": ("Actions", "write"),
    "metadata": ("Metadata", "read"),
}
NEWS = readers.READERS[Source.GITHUB, "installation"]
# docs.slack.dev, each method's page, in slack_sdk's spelling; "": any bot may.
SCOPES = {
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "chat_postEphemeral": "chat:write",
    "chat_getPermalink": "",
    "views_open": "",
    "files_upload_v2": "files:write",
    "usergroups_users_list": "usergroups:read",
}


def page(vendor: str) -> str:
    return (SETUP / f"{vendor}.md").read_text("utf-8")


def kinds(source: Source) -> set[str]:
    return {kind for read, kind in readers.READERS if read is source}


def literals(pattern: str) -> Iterator[str]:
    """Texts in the adapters that match `pattern`; what is put into them is ``{}``."""
    for path in sorted((ROOT / "src" / "ferry" / "adapters").glob(pattern)):
        tree = ast.parse(path.read_text("utf-8"))
        inner = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inner:
                yield node.value


def slack_manifest() -> dict[str, object]:
    manifest: dict[str, object] = yaml.safe_load((SETUP / "slack-manifest.yaml").read_text("utf-8"))
    return manifest


def app_link() -> dict[str, list[str]]:
    """The fields of the link that makes the GitHub App."""
    [link] = re.findall(r"https://github\.com/organizations/ORG/settings/apps/new\?\S+", page("github"))
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(link).query, strict_parsing=True):
        fields.setdefault(name.removesuffix("[]"), []).append(value)
    return fields


@pytest.mark.parametrize("source", VENDORS)
def test_a_vendors_page_names_every_event_that_is_read_and_the_address(source: Source) -> None:
    text = page(source)

    assert [kind for kind in sorted(kinds(source)) if f"`{kind}`" not in text] == []
    [path] = {
        event["Properties"]["Path"]
        for name, function in resources("AWS::Serverless::Function").items()
        if name.lower().startswith(source) and "Events" in function
        for event in function["Events"].values()
    }
    assert f"`<ApiUrl>{path}`" in text


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert [vendor for vendor in VENDORS if f"(docs/setup/{vendor}.md)" not in readme] == []


@pytest.mark.parametrize("folder", [ROOT, SETUP, SETUP.parent])
def test_every_link_to_a_file_leads_somewhere(folder: Path) -> None:
    pages = sorted(folder.glob("*.md"))
    links = [
        (path, link) for path in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    ]

    assert pages
    assert [(path.name, link) for path, link in links if not (path.parent / link).exists()] == []


def test_the_app_is_made_with_the_events_that_do_something() -> None:
    acts = {kind for (source, kind), read in readers.READERS.items() if source is Source.GITHUB and read is not NEWS}

    assert set(app_link()["events"]) == acts - UNASKED
    assert app_link()["webhook_url"] == ["API_URL/webhooks/github"]


def test_the_app_gets_the_permissions_that_the_page_explains() -> None:
    asked = {name: values[0] for name, values in app_link().items() if name in PERMISSIONS}
    words = {"read": "read", "write": "read & write"}

    assert asked == {name: level for name, (_, level) in PERMISSIONS.items()}
    for title, level in PERMISSIONS.values():
        assert f"| {title}: {words[level]} |" in page("github")


def test_every_call_to_github_stands_under_a_permission() -> None:
    paths = [text for text in literals("github*.py") if re.match(r"/[a-z{]", text) and " " not in text]
    families = {"/" + text.removeprefix("/repos/{}").lstrip("/").partition("/")[0] for text in paths}
    families -= {"/", "/{}", "/v3"}  # a path made elsewhere, and the base of GitHub Enterprise

    assert len(families) > 8
    assert [family for family in sorted(families) if f"`{family}`" not in page("github")] == []


def test_slacks_manifest_asks_for_what_is_read_and_called_and_no_more() -> None:
    manifest = slack_manifest()
    texts = [(ROOT / "src" / "ferry" / "adapters" / name).read_text("utf-8") for name in ("slack.py", "directory.py")]
    called = {
        name for text in texts for name in re.findall(r"\bclient\.([a-zA-Z_0-9]+)\(", text.replace("_client", "client"))
    }
    named = {name: name.replace("usergroups_users_", "usergroups.users.").replace("_", ".", 1) for name in called}
    named["files_upload_v2"] = "files.upload"

    assert called == set(SCOPES)
    wanted = {"commands", "app_mentions:read", *filter(None, SCOPES.values())}
    assert set(_at(manifest, "oauth_config", "scopes", "bot")) == wanted
    assert [method for method in named.values() if f"`{method}`" not in page("slack")] == []
    assert [scope for scope in wanted if f"`{scope}`" not in page("slack")] == []


def test_slacks_manifest_sends_everything_to_the_one_route_that_reads_it() -> None:
    manifest, route = slack_manifest(), "<ApiUrl>/slack/events"
    [command] = _at(manifest, "features", "slash_commands")

    assert (command["command"], command["url"]) == ("/agent", route)
    assert _at(manifest, "settings", "event_subscriptions") == {"request_url": route, "bot_events": ["app_mention"]}
    assert _at(manifest, "settings", "interactivity") == {"is_enabled": True, "request_url": route}


def test_every_call_to_jira_is_explained() -> None:
    calls = {"myself", "search/jql"} & set(literals("jira.py"))

    assert calls == {"myself", "search/jql"}
    assert [call for call in (*calls, "issue") if f"`{call}`" not in page("jira")] == []


def test_sentrys_page_asks_for_the_scopes_that_its_adapter_names() -> None:
    [told] = [text for text in literals("sentry.py") if text.startswith("give the integration the scopes")]

    scopes = re.findall(r"[a-z]+:[a-z]+", told)
    assert len(scopes) == 3
    assert [scope for scope in scopes if f"`{scope}`" not in page("sentry")] == []


def test_every_parameter_and_every_secret_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    names = [
        secret["Name"]["Fn::Sub"].rpartition("/")[2] for secret in resources("AWS::SecretsManager::Secret").values()
    ]

    assert [name for name in template()["Parameters"] if f"`{name}`" not in text] == []
    assert [name for name in names if f"`{name}`" not in text and f"/{name}`" not in text] == []


def _at(found: object, *names: str) -> list[dict[str, object]]:
    for name in names:
        found = found[name]  # type: ignore[index]
    return found  # type: ignore[return-value]
