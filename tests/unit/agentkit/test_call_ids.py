from __future__ import annotations

from ferry.agentkit.call_ids import call_id, turn_after


def test_the_next_turn_has_a_number_that_none_before_it_had_though_older_ones_were_left_out() -> None:
    assert turn_after(0, []) == 0
    assert turn_after(2, [call_id(0, 0), call_id(1, 3)]) == 2
    assert turn_after(1, [f"thought-{call_id(12, 0)}"]) == 13
    assert turn_after(3, ["tooluse_x", "functions.read:0"]) == 3
