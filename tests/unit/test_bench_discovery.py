"""What the discovery benchmark asks of Ferry works on a folder of any repository."""

from __future__ import annotations

from pathlib import Path

from bench.discovery.adapter import Ferry


def test_the_adapter_indexes_a_folder_and_ranks_what_the_ticket_names_first(tmp_path: Path) -> None:
    for name, text in {"totals.py": "class OrderTotal:\n    pass\n", "news.py": "def headline():\n    pass\n"}.items():
        (tmp_path / name).write_text(text)
    ferry, ticket = Ferry(), {"title": "OrderTotal is wrong", "body": "The order total forgets the coupon."}
    ferry.new_repo("acme/shop")

    index = ferry.build(str(tmp_path), "acme/shop")

    assert ferry.query(index, ticket, 2)[0]["path"] == "totals.py"
    assert [one["repo"] for one in ferry.route({"acme/shop": index}, ticket, 1)] == ["acme/shop"]
