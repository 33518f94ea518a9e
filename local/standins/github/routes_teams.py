"""Teams of the organisation: who is in them (docs.github.com/rest/teams/members)."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from local.standins.github.http import not_found, paged, world
from local.standins.github.shapes import user

routes = Blueprint("teams", __name__)


@routes.get("/orgs/<org>/teams/<slug>/members")
def members(org: str, slug: str) -> ResponseReturnValue:
    logins = _teams().get(slug) if org == world().urls.org else None
    if logins is None:
        raise not_found()
    return paged([user(world().urls, login) for login in logins])


def _teams() -> dict[str, list[str]]:
    pairs = (pair.partition("=") for pair in world().settings.extra.get("teams", "").split(",") if pair)
    return {slug.strip(): [login for login in logins.split("+") if login] for slug, _, logins in pairs}
