"""How many have approved, of how many it takes, and who is still asked."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.approval import Vote
from ferry.domain.messages.blocks import Block, bullets, context, escaped, mention, section
from ferry.domain.policy import Need


def standing(needs: Sequence[Need]) -> list[Block]:
    """Nothing where one approval is all it takes, as the buttons say that."""
    if len(needs) == 1 and needs[0].quorum == 1:
        return []
    return [section(bullets(map(_line, needs)))] if needs else []


def voters(votes: Sequence[Vote]) -> list[Block]:
    """Who had approved when it was decided, where there was more than one."""
    return [context(f"approvals: {', '.join(mention(vote.by) for vote in votes)}")] if len(votes) > 1 else []


def _line(need: Need) -> str:
    rule = f" for {escaped(need.rule)}" if need.rule else ""
    by = f": {', '.join(map(mention, need.by))}" if need.by else ""
    left = ", ".join(mention(key) for key in need.of if key not in need.by)
    more = f"; {need.missing} more needed of {left}" if need.missing else ""
    return f"*{min(len(need.by), need.quorum)} of {need.quorum} approvals{rule}*{by}{more}"
