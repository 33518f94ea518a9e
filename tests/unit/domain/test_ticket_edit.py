"""The ticket is frozen with what was said until the trigger; what comes later is a bounded diff."""

from __future__ import annotations

from ferry.domain.messages.edits import edited, edits_warning
from ferry.domain.ticket import LONGEST_COMMENT, MOST_COMMENTS, Ticket
from ferry.domain.ticket_edit import MOST_LINES, TicketEdit, diff
from tests.fakes.issue_tracker import comment

AT = "2026-11-21T12:00:00.000+00:00"
LATER = "2026-11-21T12:00:00.001+00:00"


def ticket(text: str = "One\nTwo") -> Ticket:
    return Ticket(key="F-1", title="T", text=text, url="", author="Ann", triggered_by="A1", triggered_at=AT)


def edit(after: str, comment: str = "") -> TicketEdit:
    return TicketEdit("F-1", "B1", "Bea", LATER, after, comment)


def test_comments_up_to_the_trigger_are_part_of_the_text_with_their_authors() -> None:
    frozen = ticket().with_comments([comment("Round up", at=AT), comment("Too late", id="2", at=LATER)])

    assert frozen.text == f"One\nTwo\n\nComment by A1, {AT}:\nRound up"
    assert [one.id for one in frozen.comments] == ["1"]
    assert frozen.description == "One\nTwo"
    assert frozen.digest != ticket().digest


def test_a_comment_changed_after_the_trigger_is_left_out() -> None:
    changed = comment("Now says more").model_copy(update={"changed_at": LATER})

    assert ticket().with_comments([changed]).comments == ()


def test_freezing_is_bounded_and_keeps_the_newest() -> None:
    many = [comment("x" * 9000, id=str(n), at=f"2026-11-20T12:00:{n % 60:02}.000+00:00") for n in range(60)]

    frozen = ticket().with_comments(many)

    assert [one.id for one in frozen.comments] == [str(n) for n in range(60 - MOST_COMMENTS, 60)]
    assert len(frozen.text) < MOST_COMMENTS * (LONGEST_COMMENT + 100)


def test_a_later_edit_is_a_diff_against_the_frozen_text() -> None:
    frozen = ticket().with_comments([comment("Round up")])

    assert diff(frozen, edit("T\n\nOne\nThree"))[1:] == (" One", "-Two", "+Three")
    assert diff(frozen, edit("T\n\nOne\nTwo")) == ()


def test_a_comment_is_compared_with_itself() -> None:
    frozen = ticket().with_comments([comment("Round up")])

    assert diff(frozen, edit("Round down", "1"))[1:] == ("-Round up", "+Round down")
    assert diff(frozen, edit("", "1"))[1:] == ("-Round up",)
    assert diff(frozen, edit("New", "9"))[1:] == ("+New",)


def test_a_long_diff_is_cut_and_says_so() -> None:
    lines = diff(ticket(), edit("\n".join(str(n) * 300 for n in range(500))))

    assert len(lines) == MOST_LINES + 1
    assert lines[-1].endswith("more lines")
    assert max(map(len, lines)) < 200


def test_a_diff_can_smuggle_neither_a_mention_nor_the_end_of_its_fence() -> None:
    text, blocks = edited(edit("x"), ["+<!channel> ``` <@U1>"])

    told = blocks[1]["text"]["text"]
    assert "Bea changed the ticket's text of F-1" in text
    assert told.count("```") == 2
    assert "<" not in told


def test_approvers_are_warned_only_when_something_changed() -> None:
    assert edits_warning("F-1", 0) == ""
    assert "changed once" in edits_warning("F-1", 1)
    assert "changed 3 times" in edits_warning("F-1", 3)
