"""`discover` ranks files of folders without a stack; what it prints is JSON and nothing else."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ferry.cli.main import main
from tests.unit.domain.retrieval_samples import CHECKOUT, NEWS, PRICING

TICKET = {"title": "OrderTotal is wrong", "body": "The order total forgets the coupon."}


def discover(*arguments: object) -> tuple[int, str, str]:
    def nowhere(_: str) -> None:
        raise AssertionError("no stack is needed")

    out, err = io.StringIO(), io.StringIO()
    code = main(["discover", *map(str, arguments)], connect=nowhere, out=out, err=err)  # type: ignore[arg-type]
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def organisation(tmp_path: Path) -> Path:
    root = tmp_path / "org"
    for name, files in {"acme+pricing": PRICING, "acme+checkout": CHECKOUT, "acme+news": NEWS}.items():
        for path, text in files.items():
            file = root / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    return root


@pytest.fixture
def ticket(tmp_path: Path) -> Path:
    file = tmp_path / "ticket.json"
    file.write_text(json.dumps(TICKET))
    return file


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_files_come_best_first_with_evidence(organisation: Path, ticket: Path, form: list[str]) -> None:
    code, out, err = discover("--org-dir", organisation, "--ticket", ticket, "-k", 3, *form)

    found = json.loads(out)
    assert (code, err) == (0, "")
    assert len(found) == 3
    assert (found[0]["repo"], found[0]["path"]) == ("acme/checkout", "src/checkout/totals.py")
    assert "defines `OrderTotal`" in found[0]["evidence"][0]
    assert [set(one) for one in found] == [{"repo", "path", "score", "evidence"}] * 3
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_one_repository_is_named_after_its_folder(organisation: Path, ticket: Path) -> None:
    code, out, _ = discover("--repo", organisation / "acme+pricing", "--ticket", ticket)

    assert code == 0
    assert {one["repo"] for one in json.loads(out)} == {"acme/pricing"}


def test_a_ticket_without_a_known_word_finds_nothing(organisation: Path, ticket: Path) -> None:
    ticket.write_text('{"title": "Zebra", "text": "Quagga"}')

    assert discover("--org-dir", organisation, "--ticket", ticket) == (0, "[]\n", "")


def test_links_binaries_and_broken_text_are_no_obstacle(organisation: Path, ticket: Path) -> None:
    repo = organisation / "acme+pricing"
    (repo / "logo.png").write_bytes(b"\x89PNG\0coupon")
    (repo / "latin.py").write_bytes(b"coupon = '\xe4'\n")
    (repo / "loop").symlink_to(repo)
    (repo / "long.py").write_text("coupon " * 100_000)

    code, out, _ = discover("--repo", repo, "--ticket", ticket, "-k", 100)

    paths = {one["path"] for one in json.loads(out)}
    assert code == 0
    assert "latin.py" in paths
    assert not {"logo.png", "long.py"} & paths


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no JSON"),
        ("[]", "title and text, not list"),
        ('{"title": 7}', "title must be a string, not int"),
        ('{"title": "a", "body": ["b"]}', "body must be a string, not list"),
        ('{"title": "", "text": "  "}', "are empty"),
        ("{}", "are empty"),
    ],
)
def test_a_wrong_ticket_is_wrong_usage_and_its_field_is_named(
    organisation: Path, ticket: Path, text: str, told: str
) -> None:
    ticket.write_text(text)

    code, out, err = discover("--org-dir", organisation, "--ticket", ticket)

    assert (code, out) == (2, "")
    assert "--ticket" in err
    assert told in err


def test_wrong_arguments_are_named(
    organisation: Path, ticket: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    for arguments, told in (
        (("--org-dir", tmp_path / "ghost", "--ticket", ticket), "--org-dir"),
        (("--org-dir", empty, "--ticket", ticket), "--org-dir"),
        (("--repo", ticket, "--ticket", ticket), "--repo"),
        (("--repo", organisation, "--ticket", tmp_path / "ghost.json"), "--ticket"),
        (("--repo", organisation, "--ticket", ticket, "-k", "0"), "-k"),
        (("--repo", organisation, "--ticket", ticket, "-k", "many"), "-k"),
        (("--ticket", ticket), "--org-dir"),
        (("--repo", organisation), "--ticket"),
    ):
        code, out, err = discover(*arguments)
        assert (code, out) == (2, "")
        assert told in err + capsys.readouterr().err


def test_a_ticket_of_a_megabyte_is_read(organisation: Path, ticket: Path) -> None:
    ticket.write_text(json.dumps({"title": "Coupon", "text": "OrderTotal " * 100_000}))

    assert discover("--org-dir", organisation, "--ticket", ticket)[0] == 0


def test_a_list_that_is_likely_not_complete_is_said_to_be_so_beside_the_json(tmp_path: Path, ticket: Path) -> None:
    """Forty of four hundred files say the same of the ticket: ten of them are hardly all."""
    (tmp_path / "one").mkdir()
    for number in range(400):
        said = "the order total and its coupon" if number % 10 == 0 else "weather"
        (tmp_path / "one" / f"page{number}.py").write_text(f"print('{said}')\n")

    code, out, err = discover("--repo", tmp_path / "one", "--ticket", ticket)
    short = discover("--repo", tmp_path / "one", "--ticket", ticket, "-k", 1)

    assert (code, [sorted(one) for one in json.loads(out)]) == (0, [["evidence", "path", "repo", "score"]] * 10)
    assert err.startswith("the list of files is likely not complete: ")
    assert err.endswith("sure that the first ten of one are all that change\n")
    assert (len(json.loads(short[1])), short[2]) == (1, err)


@pytest.mark.parametrize("option", ["--org-dir", "--repo"])
def test_an_empty_path_is_not_the_folder_one_is_in(
    ticket: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = discover(option, "", "--ticket", ticket)

    assert (code, out) == (2, "")
    assert f"argument {option}: it is empty; name a path" in capsys.readouterr().err


def test_an_empty_file_is_an_empty_ticket(organisation: Path, ticket: Path) -> None:
    ticket.write_text("")

    code, out, err = discover("--org-dir", organisation, "--ticket", ticket)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"title and text of {ticket} are empty" in err
