"""Commit statuses and what a branch requires, in GitHub's shape."""

from __future__ import annotations

from local.standins.github.records_required import Protection, Status
from local.standins.github.shapes import Json, Urls


def status(urls: Urls, of: Status) -> Json:
    return {
        "url": urls.api(of.repo, f"/statuses/{of.sha}"),
        "avatar_url": None,
        "id": of.id,
        "node_id": f"SC_{of.id}",
        "state": of.state,
        "description": of.description,
        "target_url": of.target_url,
        "context": of.context,
        "created_at": of.created_at,
        "updated_at": of.updated_at,
    }


def combined(urls: Urls, repo: str, sha: str, of: list[Status], repository: Json) -> Json:
    """Without any status the state is "pending", as on GitHub."""
    states = {one.state for one in of}
    bad = "failure" if states & {"failure", "error"} else ""
    url = urls.api(repo, f"/commits/{sha}")
    return {
        "state": bad or ("pending" if "pending" in states or not of else "success"),
        "statuses": [status(urls, one) for one in of],
        "sha": sha,
        "total_count": len(of),
        "repository": repository,
        "commit_url": url,
        "url": f"{url}/status",
    }


def protection(urls: Urls, of: Protection) -> Json:
    """As a branch shows it; `contexts` is the older form of `checks`."""
    url = urls.api(of.repo, f"/branches/{of.branch}/protection")
    checks = {
        "enforcement_level": "non_admins" if of.checks else "off",
        "contexts": [check["context"] for check in of.checks],
        "checks": of.checks,
    }
    return {"url": url, "enabled": bool(of.checks), "required_status_checks": checks}


def rule(urls: Urls, of: Protection) -> Json:
    checks = [
        {"context": check["context"], **({"integration_id": check["app_id"]} if check["app_id"] else {})}
        for check in of.checks
    ]
    parameters = {"strict_required_status_checks_policy": of.strict, "required_status_checks": checks}
    return {
        "type": "required_status_checks",
        "parameters": parameters,
        "ruleset_source_type": "Repository",
        "ruleset_source": f"{urls.org}/{of.repo}",
        "ruleset_id": of.id,
    }
