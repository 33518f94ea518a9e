"""The life of an approval against a model of it: whatever happens, in whatever order, one decision, and nothing runs
that was not approved as it is."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ferry.domain.approval import Approval, Ballot, Decision
from ferry.domain.audit import broken
from ferry.domain.change import FileChange
from ferry.domain.delivery import Delivery, Outcome, Source
from ferry.domain.errors import VendorUnavailable
from ferry.domain.plan_md import PLAN_FILE
from ferry.domain.policy import Policy
from ferry.usecases.decide import decide
from ferry.usecases.gate import ask, check, remind, wait
from ferry.usecases.rules import Rules
from ferry.usecases.sweep import SweepRules, sweep
from tests.unit.usecases.conftest import REPO, RULES, TASK, FakeWorld, plan_ahead, record

GROUP, MEMBERS = "slack-group:S1", ("slack:U1", "slack:U2", "slack:U3")
POLICY = Policy(approvers=(GROUP,), quorum=2)
DECIDING = Rules(label="AI", own_account="", approvers=frozenset(), max_revisions=2, policy=POLICY)
SECONDS = 1000
WORDS = {Decision.APPROVED: "", Decision.REJECTED: "no", Decision.CHANGES_REQUESTED: "smaller"}


@dataclass
class Request:
    """What the model knows of one request. fresh: nothing moved under it."""

    approval: Approval
    revision: int
    expires: float
    fresh: bool = True
    votes: set[str] = field(default_factory=set)
    decision: Decision | None = None


class Life(RuleBasedStateMachine):
    """The delivery machine is played here: it waits under a token, is reminded, and checks before it executes."""

    def __init__(self) -> None:
        super().__init__()
        self.world = plan_ahead(FakeWorld())
        self.rules = replace(RULES, timeout_seconds=SECONDS, policy=POLICY)
        self.numbers = itertools.count(1)
        self.members = set(MEMBERS)
        self.requests: list[Request] = []
        self.executing = 0
        self.now = 0.0

    @initialize()
    def begin(self) -> None:
        self.world.directory.groups[GROUP] = set(self.members)
        self._ask(1)

    @rule(
        who=st.sampled_from((*MEMBERS, "slack:STRANGER")),
        decision=st.sampled_from(sorted(WORDS)),
        which=st.integers(0, 3),
        forged=st.sampled_from(["", "", "", "digest", "id"]),
        dies=st.booleans(),
    )
    def somebody_says(self, who: str, decision: Decision, which: int, forged: str, dies: bool) -> None:
        """On the newest request or an older one; the worker may die between the record and the machine."""
        about = self.requests[max(0, len(self.requests) - 1 - which)]
        approval = about.approval
        ballot = Ballot(
            by=who,
            task_id=TASK,
            approval_id="guessed" if forged == "id" else approval.id,
            digest="0" * 16 if forged == "digest" else approval.digest[:16],
            decision=decision,
            reason=WORDS[decision],
        )
        counts = not forged and who in self.members and about.decision is None and self.now < about.expires
        counts = counts and not (decision is Decision.CHANGES_REQUESTED and about.revision == DECIDING.max_revisions)
        outcome = self._deliver(ballot, dies)
        if counts and decision is Decision.APPROVED:
            about.votes.add(who)
        if counts and (decision is not Decision.APPROVED or len(about.votes & self.members) >= POLICY.quorum):
            about.decision = decision
            assert outcome is Outcome.DECIDED
        else:
            assert outcome is not Outcome.DECIDED

    def _deliver(self, ballot: Ballot, dies: bool) -> Outcome:
        delivery = Delivery(Source.SLACK, f"d{next(self.numbers)}", "block_actions", "{}", self.world.now())
        if not dies:
            return decide(delivery, ballot, self.world, DECIDING).outcome
        self.world.engine.meets("succeed", VendorUnavailable("the worker was killed"))
        try:
            return decide(delivery, ballot, self.world, DECIDING).outcome
        except VendorUnavailable:
            return decide(delivery, ballot, self.world, DECIDING).outcome
        finally:
            self.world.engine.spared("succeed")

    @rule(who=st.sampled_from(MEMBERS))
    def somebody_joins_or_leaves_the_group(self, who: str) -> None:
        self.members ^= {who}
        self.world.directory.groups[GROUP] = set(self.members)

    @rule(share=st.sampled_from([0.1, 0.3, 0.6, 1.1]))
    def time_passes(self, share: float) -> None:
        self.world.clock.advance(share * SECONDS)
        self.now += share * SECONDS

    @rule()
    def the_wait_ends_for_a_reminder(self) -> None:
        """And the machine waits again, unless time is up."""
        newest = self.requests[-1]
        state = remind(TASK, self.world, self.rules)["state"]
        if newest.decision is None and self.now >= newest.expires:
            newest.decision = Decision.EXPIRED
        assert state == ("expired" if newest.decision is Decision.EXPIRED else "waiting")
        if state == "waiting":
            self._wait()

    @rule()
    def the_sweep_comes_by(self) -> None:
        sweep("decisions", self.world, SweepRules(label="AI"))

    @rule(path=st.sampled_from([PLAN_FILE, "notes.txt", "main"]))
    def somebody_pushes(self, path: str) -> None:
        """To the task's branch, or to main."""
        branch = "main" if path == "main" else record().branch
        head = self.world.forge.head(REPO, branch) or ""
        text = f"{next(self.numbers)}\n".encode()
        change = FileChange("docs/news.md" if path == "main" else path, text)
        self.world.forge.commit(REPO, branch, parent=head, message="by hand", changes=[change])
        self.requests[-1].fresh = False

    @precondition(lambda self: self.requests and self.requests[-1].decision is Decision.APPROVED and not self.executing)
    @rule()
    def the_machine_checks(self) -> None:
        newest = self.requests[-1]
        state = check(TASK, newest.revision, self.world, self.rules)["state"]
        assert state == ("holds" if newest.fresh else "waiting")
        if newest.fresh:
            self.executing += 1
        else:
            self._asked(newest.revision)

    @precondition(lambda self: self.requests and self.requests[-1].decision is Decision.CHANGES_REQUESTED)
    @rule()
    def the_next_plan_is_made(self) -> None:
        self._ask(self.requests[-1].revision + 1)

    @precondition(lambda self: self.requests and self.requests[-1].decision is Decision.EXPIRED)
    @rule()
    def somebody_opens_what_expired(self) -> None:
        self._ask(self.requests[-1].revision)

    def _ask(self, revision: int) -> None:
        ask(TASK, revision, self.world, self.rules)
        self._asked(revision)

    def _asked(self, revision: int) -> None:
        for older in self.requests:
            older.decision = older.decision or Decision.EXPIRED
        self.requests.append(Request(self.world.gate.approvals(TASK)[-1], revision, self.now + SECONDS))
        self._wait()

    def _wait(self) -> None:
        token = f"token-{next(self.numbers)}"
        self.world.engine.waiting.add(token)
        wait(TASK, token, self.world)

    @invariant()
    def the_record_says_what_the_model_says(self) -> None:
        found = {one.id: one.decision for one in self.world.gate.approvals(TASK)}
        assert found == {one.approval.id: one.decision for one in self.requests}

    @invariant()
    def whoever_waits_is_told_of_the_decision_and_of_nothing_else(self) -> None:
        for one in self.requests[-1:]:
            told = self.world.engine.answers.get(self.world.gate.token(one.approval))
            decided = one.decision not in (None, Decision.EXPIRED)
            assert (told or {}).get("decision") == (str(one.decision) if decided else None)

    @invariant()
    def execution_begins_at_most_once_and_under_an_approval(self) -> None:
        entered = [one for one in self.world.gate.approvals(TASK) if one.entered_at]
        assert len(entered) == self.executing <= 1
        assert all(one.decision is Decision.APPROVED for one in entered)

    @invariant()
    def the_audit_chain_is_whole_and_counts_one_decision_a_request(self) -> None:
        records, head = self.world.gate.audit(TASK)
        assert not broken(records, head)
        decided = [one.about["request"] for one in records if one.kind == "decided"]
        assert len(decided) == len(set(decided))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
