"""What a review and a mended CI teach."""

from __future__ import annotations

from ferry.domain.asked import Asked, AskedThread, ThreadAnswer
from ferry.domain.ci import CiCause, CiOutcome, CiResult
from ferry.domain.ci_history import CiEntry
from ferry.domain.lesson import LessonKind
from ferry.domain.task import PullRequest
from ferry.domain.taught import by_ci, by_review, mended

AT = "2026-11-21T12:00:00.000+00:00"
URL = "https://github.test/acme/pricing/pull/3"
PULL = PullRequest(repo="acme/pricing", number=3, branch="b", url=URL, base="0", head="1", position=1)
THREADS = (
    AskedThread(id=4, path="src/total.py", line=2, text="ann: Use Decimal here\nFerry answered: I did\nbob: not yet"),
    AskedThread(id=5, path="src/tax.py", line=1, text="ann: Why?"),
)


def result(outcome: CiOutcome = CiOutcome.FIXED, *done: int) -> CiResult:
    answers = tuple(ThreadAnswer(thread=id, done=id in done, what=f"Did {id}") for id in (4, 5))
    return CiResult(outcome=outcome, cause=CiCause.ASKED, what="Uses Decimal", answers=answers)


def asked(text: str = "", threads: tuple[AskedThread, ...] = ()) -> Asked:
    return Asked(id="r1", by="ann", kind="review" if threads else "fix", text=text, threads=threads)


def test_each_thread_that_was_met_teaches_where_it_stands_and_names_nobody_in_its_words() -> None:
    [one] = by_review(asked(threads=THREADS), result(CiOutcome.FIXED, 4), PULL, "T", AT)

    assert one.text == "Asked in a review: “Use Decimal here not yet” Done: Did 4"
    assert (one.repo, one.paths) == ("acme/pricing", ("src/total.py",))
    assert one.origin.model_dump() == {
        "kind": LessonKind.REVIEW, "by": "github:ann", "link": f"{URL}#discussion_r4", "task": "T", "at": AT,
    }  # fmt: skip


def test_a_change_that_was_not_made_teaches_nothing() -> None:
    assert by_review(asked("x"), result(CiOutcome.ESCALATED), PULL, "T", AT) == ()
    assert by_review(asked(threads=THREADS), result(), PULL, "T", AT) == ()


def test_a_comment_teaches_about_the_line_where_it_stood_the_files_it_names_and_those_that_changed() -> None:
    comment = asked("At src/total.py, line 3: round as docs/money.md says")
    [one] = by_review(comment, result(), PULL, "T", AT, ["src/total.py", "src/tax.py"])

    assert one.text == "Asked in a review: “round as docs/money.md says” Done: Uses Decimal"
    assert one.paths == ("src/total.py", "docs/money.md", "src/tax.py")
    assert one.origin.link == URL


def test_a_mended_ci_teaches_what_failed_why_and_what_helped() -> None:
    entry = CiEntry(
        head="a" * 40, failed=("lint",), cause="format", tried="`ruff format` changed a.py", result="fixed in bbbbbbb",
        url="https://github.test/acme/pricing/actions/runs/9",
    )  # fmt: skip

    assert mended((entry,), "b" * 40) is entry
    assert mended((entry,), "c" * 40) is None
    one = by_ci(entry, PULL, "T", AT, ["a.py"])
    assert one
    assert one.text == "CI was red: lint (format). Mended by: `ruff format` changed a.py"
    assert (one.origin.kind, one.origin.link, one.paths) == (LessonKind.CI, entry.url, ("a.py",))


def test_a_red_look_without_a_word_on_what_helped_teaches_nothing() -> None:
    assert by_ci(CiEntry(head="a", failed=("lint",), result="fixed in b"), PULL, "T", AT) is None


def test_a_link_that_is_none_is_not_kept() -> None:
    one = by_ci(CiEntry(head="a", failed=("x",), tried="y", result="", url="javascript:alert(1)"), PULL, "T", AT)

    assert one
    assert one.origin.link == URL
