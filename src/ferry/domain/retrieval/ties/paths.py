"""Paths of HTTP interfaces in one form, and what in them tells one interface from another."""

# ruff: noqa: SIM905  (lists of words read better without forty quotes)

from __future__ import annotations

import re

_PARAMETER = re.compile(r"\$?\{[^{}]*\}|<[^<>]*>|:[A-Za-z_]\w*|%[sd]")
_VERSION = re.compile(r"v\d+(?:\.\d+)*(?:alpha\d*|beta\d*)?|latest|api|apis|rest|rpc|internal|public|private")
_COMPOUND = re.compile(r"[a-z0-9]{3,}[-_][a-z0-9]{3,}|[a-z]{3,}[A-Z][a-z]{2,}")
COMMON = frozenset(
    "access account accounts action actions activate active add admin all archive audit auth authorize batch blob "
    "bulk callback cancel categories category check client clients close comment comments config configuration "
    "confirm connect copy count create created customer customers data default delete detail details device "
    "devices disable docs download edit email enable entities error errors event events execute export feedback "
    "file files filter find get graphql group groups health healthz history home id image images import index "
    "info init invite item items job jobs key keys last latest license like list live livez log login logout logs "
    "me media member members message messages meta metadata metrics move name new next note notes notification "
    "notifications object objects oauth oauth2 open openapi options order orders org organization organizations "
    "orgs page pages password patch pay payment payments permission permissions ping post posts preferences "
    "preview price prices product products profile profiles project projects put query queue read ready readyz "
    "refresh register remove report reports repo repos request reset resource resources restart restore result "
    "results role roles root rows run runs save schedule schema search secrets self send service services session "
    "sessions set settings setup share sign signin signup site sites sort start stat state static stats status "
    "stop stream submit subscribe subscription subscriptions summary swagger sync system tag tags task tasks team "
    "teams template templates tenant tenants test tests token tokens topic topics transaction transactions type "
    "types update updates upload uploads url user users validate value values verify version versions view views "
    "webhook webhooks workspace workspaces".split()
)


def normal(path: str) -> str:
    """``/v1/orders/:id/`` → ``/v1/orders/{}``: without query, and with one sign for every parameter."""
    plain = re.split(r"[?#]", path, maxsplit=1)[0]
    parts = [part for part in _PARAMETER.sub("{}", plain).split("/") if part]
    return "/" + "/".join("{}" if "{}" in part or part.isdigit() else part for part in parts)


def telling(path: str) -> bool:
    """Whether a path by itself says whose it is: two words that are not everybody's, or one compound word.

    ``/users/{}``, ``/v1/orders/{}/items`` and ``/health`` do not.
    """
    literal = [part for part in path.split("/") if part and part != "{}" and not _VERSION.fullmatch(part)]
    if any(_COMPOUND.search(part) for part in literal):
        return True
    return len({part.lower() for part in literal} - COMMON) > 1
