"""`ferry gate` over real git repositories: what it prints, how it ends, and that it changes nothing."""

from __future__ import annotations

import io
import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ferry.cli.main import main

TEST = "from price import gross\n\ndef test_gross():\n    assert gross(100) == 119\n"
CODE = "def gross(net):\n    return net * 119 // 100\n"


class Repo:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        names = {f"GIT_{who}_{what}": "a@b.test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **names}).stdout

    def commit(self, files: dict[str, str | bytes | None]) -> str:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")
        return self.git("rev-parse", "HEAD").strip()


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    (tmp_path / "shop").mkdir()
    return Repo(tmp_path / "shop")


def gate(*arguments: object) -> tuple[int, str, str]:
    def nowhere(_: str) -> None:
        raise AssertionError("no stack is needed")

    out, err = io.StringIO(), io.StringIO()
    code = main(["gate", *map(str, arguments)], connect=nowhere, out=out, err=err)  # type: ignore[arg-type]
    return code, out.getvalue(), err.getvalue()


def look(repo: Repo, base: str, head: str, *more: object) -> tuple[int, Any]:
    code, out, err = gate("--repo", repo.folder, "--base", base, "--head", head, *more)
    assert not err
    return code, json.loads(out)


def test_a_cheat_is_blocked_and_each_finding_has_its_five_fields(repo: Repo) -> None:
    base = repo.commit({"price.py": CODE, "tests/test_price.py": TEST})
    head = repo.commit({"tests/test_price.py": TEST.replace("== 119", "> 0")})

    code, said = look(repo, base, head)

    assert code == 1
    assert said["blocked"] is True
    assert [(one["rule"], one["path"], one["line"], one["severity"]) for one in said["findings"]] == [
        ("assertion-weakened", "tests/test_price.py", 4, "block")
    ]
    assert set(said["findings"][0]) == {"rule", "path", "line", "severity", "message"}


def test_an_honest_change_passes(repo: Repo) -> None:
    base = repo.commit({"price.py": CODE, "tests/test_price.py": TEST})
    head = repo.commit({"tests/test_price.py": TEST + "\ndef test_nothing():\n    assert gross(0) == 0\n"})

    assert look(repo, base, head) == (0, {"blocked": False, "findings": []})


def test_a_renamed_test_file_is_no_deleted_test(repo: Repo) -> None:
    base = repo.commit({"tests/test_price.py": TEST})
    head = repo.commit({"tests/test_price.py": None, "tests/unit/test_price.py": TEST})

    assert look(repo, base, head)[0] == 0


def test_what_the_base_got_meanwhile_is_not_held_against_the_branch(repo: Repo) -> None:
    repo.commit({"price.py": CODE})
    repo.git("checkout", "-q", "-b", "work")
    repo.commit({"tests/test_price.py": TEST})
    repo.git("checkout", "-q", "main")
    repo.commit({"tests/test_other.py": TEST})

    assert look(repo, "main", "work")[0] == 0


def test_a_path_outside_the_plan_is_blocked(repo: Repo, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"tasks": [{"repo": "acme/shop", "file": "price.py", "test_file": "tests/test_price.py"}]}')
    base = repo.commit({"price.py": CODE})
    head = repo.commit({"tests/test_price.py": TEST, "billing.py": "x = 1\n"})

    code, said = look(repo, base, head, "--plan", plan)

    assert code == 1
    assert [(one["rule"], one["path"]) for one in said["findings"]] == [("outside-plan", "billing.py")]


def test_a_link_and_strange_names_are_read_as_they_are(repo: Repo) -> None:
    base = repo.commit({"a.py": "x = 1\n"})
    (repo.folder / "link").symlink_to("/etc/passwd")
    head = repo.commit({"ä b\tc.py": "y = 2\n"})

    said = look(repo, base, head)[1]["findings"]

    assert {(one["rule"], one["path"]) for one in said} == {("strange-path", "link"), ("strange-path", "ä b\tc.py")}


def test_a_bare_clone_will_do_and_nothing_in_it_changes(repo: Repo, tmp_path: Path) -> None:
    base = repo.commit({"price.py": CODE, "tests/test_price.py": TEST})
    head = repo.commit({"tests/test_price.py": TEST.replace("119", "118")})
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repo.folder), str(bare)], check=True)
    before = state(bare)

    code, out, _ = gate("--repo", bare, "--base", base, "--head", head)

    assert (code, json.loads(out)["blocked"]) == (1, True)
    assert state(bare) == before


def state(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def test_more_than_can_be_read_ends_in_one_finding(repo: Repo) -> None:
    base = repo.commit({"a.py": "x = 1\n"})
    head = repo.commit({f"data/{n}.csv": bytes([65 + n]) * 4_000_000 for n in range(10)})

    code, said = look(repo, base, head)

    assert code == 1
    assert [one["rule"] for one in said["findings"]] == ["diff-too-large"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--base", "HEAD", "--head", "nonsense"], "'nonsense' is no commit"),
        (["--base", "--output=x", "--head", "HEAD"], "expected one argument"),
        (["--base=--output=x", "--head", "HEAD"], "is no commit"),
        (["--base", "HEAD", "--head", "HEAD", "--plan", "none.json"], "none.json cannot be read"),
    ],
)
def test_what_cannot_run_is_one_clear_line_and_code_two(
    repo: Repo, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"a.py": "x = 1\n"})

    code, out, err = gate("--repo", repo.folder, *arguments)

    told = err or capsys.readouterr().err
    assert (code, out) == (2, "")
    assert said in told
    assert told.count("\n") == 1


def test_a_folder_without_a_repository_is_said(tmp_path: Path) -> None:
    code, _, err = gate("--repo", tmp_path, "--base", "a", "--head", "b")

    assert code == 2
    assert "is no commit of" in err


def test_a_plan_that_names_no_file_is_said(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"a.py": "x = 1\n"})
    (tmp_path / "plan.json").write_text('{"tasks": []}')

    code, _, err = gate("--repo", repo.folder, "--base", "HEAD", "--head", "HEAD", "--plan", tmp_path / "plan.json")

    assert code == 2
    assert "names no file" in err


def test_the_policy_of_the_environment_counts(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    base = repo.commit({"price.py": CODE})
    head = repo.commit({"price.py": CODE.replace("net):", "net):  # noqa: ANN001")})

    assert look(repo, base, head)[0] == 0
    monkeypatch.setenv("APPROVAL_POLICY", '{"approvers": ["slack:U1"], "gate": {"suppression-added": "block"}}')
    assert look(repo, base, head)[0] == 1
