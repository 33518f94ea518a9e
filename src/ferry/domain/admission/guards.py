"""What is an echo of Ferry's own work, or comes too late, starts nothing. Each guard gives a reason, "" to let pass.

The guards are for wishes. A fact (a check completed) may come from a bot, and mostly does.
"""

from __future__ import annotations

SHORT = 7


def own_or_bot(login: str, kind: str, own_login: str) -> str:
    """GitHub's sender: login and type (User, Bot, Organization). Two bots that answer each other never end."""
    if own_login and login.casefold() == own_login.casefold():
        return "Ferry wrote this itself"
    if kind == "Bot" or login.endswith("[bot]"):
        return f"{login} is a bot; only people may ask"
    return ""


def stale(sha: str, head: str) -> str:
    """`head` is where the branch is now, "" where that is not known."""
    if head and sha != head:
        return f"{sha[:SHORT]} is not the head of the branch any more ({head[:SHORT]} is)"
    return ""


def fix_of_a_fix(sha: str, head: str, fixes: int) -> str:
    """What Ferry's own fix broke is for the task that waits for that commit, or for a person; never for a new start.

    fixes: how many commits Ferry has already made to mend this pull request's CI, of which `head` is the last.
    """
    if fixes and sha == head:
        return f"{sha[:SHORT]} is Ferry's own fix number {fixes}; what it breaks starts no further one by itself"
    return ""
