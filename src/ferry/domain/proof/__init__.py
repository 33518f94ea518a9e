"""The proof of a change: its tests fail without it, pass with it, and none is lost. Rules only: nothing runs."""

from ferry.domain.proof.judge import Measured, judge
from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.domain.proof.record import Proof, ProofCase, Role

__all__ = ["Measured", "Outcome", "Proof", "ProofCase", "Results", "Role", "Status", "judge"]
