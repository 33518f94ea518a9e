"""Commit statuses, and what a branch requires: branch protection and rulesets, as far as status checks go.

https://docs.github.com/rest/commits/statuses, /rest/branches/branch-protection and /rest/repos/rules.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from local.standins.github import events
from local.standins.github.http import ApiError, not_found, paged, payload, repository, text, world
from local.standins.github.records_required import Protection, Status
from local.standins.github.shapes_required import combined, protection, rule, status

routes = Blueprint("required", __name__)
_BASE = "/repos/<owner>/<repo>"
_STATES = ("error", "failure", "pending", "success")


@routes.post(f"{_BASE}/statuses/<sha>")
def create_status(owner: str, repo: str, sha: str) -> ResponseReturnValue:
    at, sent, store = repository(owner, repo), payload(), world().store
    commit, state = at.commit(sha), text(sent, "state", "Status")
    if commit is None or state not in _STATES:
        raise ApiError(
            422, f"No commit found for SHA: {sha}" if commit is None else "State is not included in the list"
        )
    made = Status(
        store.next_id(), at.name, commit.sha, str(sent.get("context") or "default"), state, g.login,
        sent.get("description"), sent.get("target_url"),
    )  # fmt: skip
    store.put(made)
    events.status(world(), at, made)
    return jsonify(status(world().urls, made)), 201


@routes.get(f"{_BASE}/commits/<path:ref>/status")
def combined_status(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    commit = at.commit(ref)
    if commit is None:
        raise not_found()
    latest = {one.context: one for one in world().store.all(Status, repo=at.name, sha=commit.sha)}
    return jsonify(combined(world().urls, at.name, commit.sha, list(latest.values()), world().repo_json(at.name)))


@routes.put(f"{_BASE}/branches/<path:branch>/protection")
def protect(owner: str, repo: str, branch: str) -> ResponseReturnValue:
    """Of all that a protection can hold, `required_status_checks` alone is kept."""
    at, asked = repository(owner, repo), payload().get("required_status_checks") or {}
    if at.head(branch) is None:
        raise not_found()
    checks = [_check(one, "app_id") for one in asked.get("checks") or ()]
    checks += [{"context": str(name), "app_id": None} for name in asked.get("contexts") or ()]
    _forget(at.name, branch, "")
    made = Protection(world().store.next_id(), at.name, branch, checks, bool(asked.get("strict")))
    return jsonify(protection(world().urls, world().store.put(made)))


@routes.delete(f"{_BASE}/branches/<path:branch>/protection")
def unprotect(owner: str, repo: str, branch: str) -> ResponseReturnValue:
    if not _forget(repository(owner, repo).name, branch, ""):
        raise ApiError(404, "Branch not protected")
    return "", 204


@routes.post(f"{_BASE}/rulesets")
def create_ruleset(owner: str, repo: str) -> ResponseReturnValue:
    """For the branches that `conditions.ref_name.include` names in full, or the default one."""
    at, sent = repository(owner, repo), payload()
    name = text(sent, "name", "Ruleset")
    asked = [r["parameters"] for r in sent.get("rules", ()) if r.get("type") == "required_status_checks"]
    checks = [_check(one, "integration_id") for each in asked for one in each["required_status_checks"]]
    refs = sent.get("conditions", {}).get("ref_name", {}).get("include") or ["~DEFAULT_BRANCH"]
    for ref in refs:
        branch = at.default_branch if ref == "~DEFAULT_BRANCH" else str(ref).removeprefix("refs/heads/")
        _forget(at.name, branch, name)
        world().store.put(Protection(world().store.next_id(), at.name, branch, checks, ruleset=name))
    return jsonify({"id": world().store.next_id(), "name": name, "enforcement": "active"}), 201


@routes.get(f"{_BASE}/rules/branches/<path:branch>")
def branch_rules(owner: str, repo: str, branch: str) -> ResponseReturnValue:
    found = world().store.all(Protection, repo=repository(owner, repo).name, branch=branch)
    return paged([rule(world().urls, one) for one in found if one.ruleset and one.checks])


def _check(sent: dict[str, Any], app: str) -> dict[str, object]:
    return {"context": str(sent["context"]), "app_id": sent.get(app)}


def _forget(repo: str, branch: str, ruleset: str) -> bool:
    """What is replaced or taken away stays as a record that asks for nothing."""
    found = [p for p in world().store.all(Protection, repo=repo, branch=branch, ruleset=ruleset) if p.checks]
    for one in found:
        one.checks = []
        world().store.put(one)
    return bool(found)
