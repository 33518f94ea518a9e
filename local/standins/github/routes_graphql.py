"""What of GraphQL there is: drafts, reactions and review threads, which REST cannot change or does not show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, jsonify
from flask.typing import ResponseReturnValue

from local.standins.github.http import ApiError, payload, services, world
from local.standins.github.records import Pull
from local.standins.github.routes_merging import revert_pull
from local.standins.github.routes_talk import GRAPHQL as TALK

routes = Blueprint("graphql", __name__)

GRAPHQL = {**TALK, "revertPullRequest": revert_pull}
_MUTATION = re.compile(r"\b(markPullRequestReadyForReview|convertPullRequestToDraft)\b")


@routes.post("/graphql")
def graphql() -> ResponseReturnValue:
    """The two mutations on drafts (the node id is in the variables or in the query's text), and `GRAPHQL`."""
    sent = payload()
    query, variables = str(sent.get("query", "")), sent.get("variables") or {}
    for name, act in GRAPHQL.items():
        if re.search(rf"\b{name}\b", query):
            return _answered(act, variables)
    mutation = _MUTATION.search(query)
    if mutation is None:
        return jsonify({"errors": [{"type": "UNSUPPORTED", "message": "The stand-in does not know this query"}]})
    node = _node_id(query, variables)
    pull = next((pull for pull in world().store.all(Pull) if f"PR_{pull.id}" == node), None)
    if pull is None:
        message = f"Could not resolve to a node with the global id of '{node}'"
        return jsonify({"data": {mutation[1]: None}, "errors": [{"type": "NOT_FOUND", "message": message}]})
    with world().store.lock:
        services().changes.set_draft(pull, mutation[1] == "convertPullRequestToDraft", g.login)
    answer = {"id": node, "isDraft": pull.draft, "number": pull.number, "state": pull.state.upper()}
    return jsonify({"data": {mutation[1]: {"pullRequest": answer}}})


def _answered(act: Callable[[dict[str, Any]], dict[str, Any]], variables: dict[str, Any]) -> ResponseReturnValue:
    """GraphQL's errors have status 200."""
    try:
        with world().store.lock:
            return jsonify({"data": act(variables)})
    except ApiError as error:
        return jsonify({"data": None, "errors": error.errors})


def _node_id(query: str, variables: dict[str, Any]) -> str:
    named = variables.get("input", variables)
    values = [*named.values(), *re.findall(r'"(PR_\w+)"', query)]
    return next((str(value) for value in values if str(value).startswith("PR_")), "")
