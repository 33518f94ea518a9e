from __future__ import annotations

from ferry.cli.verb import columns


def test_numbers_stand_to_the_right_under_their_head_and_words_to_the_left() -> None:
    rows = [("STEP", "CALLS", "CACHED", "MONEY", "NOTE"), ("plan", "3", "60 %", "$0.0320", "2 h"),
            ("execution", "1,021", "", "$12.0785", "")]  # fmt: skip

    assert columns(rows).splitlines() == [
        "STEP       CALLS  CACHED     MONEY  NOTE",
        "plan           3    60 %   $0.0320  2 h",
        "execution  1,021          $12.0785",
    ]


def test_a_head_alone_is_a_line() -> None:
    assert columns([("TASK", "STATUS")]) == "TASK  STATUS"
