"""The audit chain names its first broken link, whatever was done to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.audit import AuditHead, AuditRecord, broken, chained, next_record
from ferry.domain.guidance import CHOSEN
from ferry.domain.messages.audit import audit_line

AT = "2026-11-21T12:00:00.000+00:00"


def chain(length: int) -> tuple[list[AuditRecord], AuditHead]:
    records: list[AuditRecord] = []
    head = AuditHead()
    for number in range(length):
        records.append(next_record(head, AT, "decided", {"by": f"slack:U{number}"}))
        head = AuditHead(number=records[-1].number, chain=records[-1].chain)
    return records, head


def test_an_empty_chain_is_whole() -> None:
    assert broken([], AuditHead()) == ""


@given(length=st.integers(1, 12), data=st.data())
def test_a_changed_record_is_named_also_when_its_own_link_was_made_anew(length: int, data: st.DataObject) -> None:
    records, head = chain(length)
    index = data.draw(st.integers(0, length - 1))
    changed = records[index].model_copy(update={"about": {"by": "slack:MALLORY"}})

    assert broken(records, head) == ""
    assert f"record {index + 1} " in broken([*records[:index], changed, *records[index + 1 :]], head)
    said = broken([*records[:index], chained(changed), *records[index + 1 :]], head)
    assert f"record {min(index + 2, length)}" in said


@given(length=st.integers(1, 12), data=st.data())
def test_a_removed_record_is_found_also_the_last_one(length: int, data: st.DataObject) -> None:
    records, head = chain(length)
    index = data.draw(st.integers(0, length - 1))

    assert broken(records[:index] + records[index + 1 :], head)


@given(length=st.integers(1, 12), data=st.data())
def test_an_inserted_record_is_found_also_at_the_end(length: int, data: st.DataObject) -> None:
    records, head = chain(length)
    index = data.draw(st.integers(0, length))
    before = AuditHead(number=index, chain=records[index - 1].chain if index else "")
    foreign = next_record(before, AT, "decided", {"by": "slack:MALLORY"})

    assert broken([*records[:index], foreign, *records[index:]], head)


def test_what_people_say_about_the_repository_is_told_in_a_sentence() -> None:
    record = next_record(AuditHead(), AT, CHOSEN, {"by": "slack:U1", "repo": "acme/a", "inquiry": "i1"})

    assert audit_line(record) == f"  1  {AT}  slack:U1 chose the repository acme/a (inquiry i1)"
