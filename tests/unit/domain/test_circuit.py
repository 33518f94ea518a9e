from __future__ import annotations

from ferry.domain.circuit import FAILURES, PROBE_SECONDS, REST_SECONDS, WINDOW_SECONDS, Circuit


def broken(at: float = 1000) -> Circuit:
    circuit = Circuit(model="m")
    for _ in range(FAILURES):
        circuit = circuit.failed(at, "ThrottlingException")
    return circuit


def test_one_failure_less_than_the_limit_leaves_it_closed() -> None:
    circuit = Circuit(model="m")
    for number in range(FAILURES - 1):
        circuit = circuit.failed(1000 + number, "slow")

    assert circuit.state(1010) == "closed"
    assert circuit.failed(1010, "slow").state(1011) == "open"


def test_failures_that_are_too_old_do_not_count() -> None:
    circuit = Circuit(model="m")
    for number in range(FAILURES * 3):
        circuit = circuit.failed(1000 + number * WINDOW_SECONDS, "slow")

    assert circuit.state(1000) == "closed"


def test_it_rests_and_is_then_tried_by_one_whom_others_see() -> None:
    circuit = broken()

    assert circuit.state(1000 + REST_SECONDS - 1) == "open"
    assert circuit.state(1000 + REST_SECONDS) == "half-open"
    probed = circuit.probing(1000 + REST_SECONDS)
    assert probed.state(1000 + REST_SECONDS + 1) == "open"
    assert probed.state(1000 + REST_SECONDS + PROBE_SECONDS) == "half-open"


def test_a_probe_closes_it_or_opens_it_again_at_once() -> None:
    probed = broken().probing(1060)

    assert probed.succeeded().state(1061) == "closed"
    assert probed.failed(1061, "still").state(1062) == "open"
    assert probed.failed(1061, "still").rests_until == 1061 + REST_SECONDS


def test_a_refusal_is_shown_and_opens_nothing() -> None:
    circuit = Circuit(model="m")
    for _ in range(FAILURES * 2):
        circuit = circuit.faulted(1000, "no access")

    assert (circuit.state(1000), circuit.error) == ("closed", "no access")


def test_every_change_is_a_version_of_its_own() -> None:
    circuit = broken()

    assert circuit.version == FAILURES
    assert [circuit.probing(1).version, circuit.succeeded().version, circuit.faulted(1, "e").version] == [6, 6, 6]
