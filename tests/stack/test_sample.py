"""The sample organisation and the screenplay that implements the sample ticket on it, proved without any agent."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest
import yaml

from ferry.domain.plan import check_plan
from ferry.domain.rerank import MOST, is_permutation
from local.sample.build import SAMPLE, SampleError, build_organisation, repository_names
from tests.stack.sample_play import Played, calls, failing_jobs, git, plan, play, result, run

BRANCH = "feature/volume-discount"


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("forge") / "acme"
    build_organisation(path)
    return path


@pytest.fixture(scope="module")
def story(organisation: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Played]]:
    """The folder with both checkouts side by side, every task of the plan carried out and pushed."""
    folder = tmp_path_factory.mktemp("work")
    for repo in plan().repositories:
        name = repo.removeprefix("acme/")
        git("clone", "-q", str(organisation / f"{name}.git"), cwd=folder)
        git("switch", "-q", "-c", BRANCH, cwd=folder / name)
    played = [play(task, folder / task.repo.removeprefix("acme/")) for task in plan().tasks]
    for name in ("pricing", "checkout"):
        git("push", "-q", "origin", BRANCH, cwd=folder / name)
    return folder, played


def test_shas_depend_on_nothing_but_the_sample(organisation: Path, tmp_path: Path) -> None:
    (tmp_path / "gitconfig").write_text(
        "[user]\nname = Someone Else\n[init]\ndefaultBranch = trunk\n[core]\nautocrlf = true\n"
    )
    env = {
        "TZ": "Asia/Tokyo",
        "GIT_AUTHOR_NAME": "X",
        "GIT_DIR": "/nowhere",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
    }
    script = (
        "import sys; from pathlib import Path; from local.sample.build import *; build_organisation(Path(sys.argv[1]))"
    )
    done = run([sys.executable, "-c", script, str(tmp_path / "acme")], SAMPLE.parents[1], **env)
    assert done.returncode == 0, done.stderr
    for name in repository_names():
        assert git("rev-parse", "main", cwd=tmp_path / "acme" / f"{name}.git") == git(
            "rev-parse", "HEAD", cwd=organisation / f"{name}.git"
        )


def test_organisation_is_built_in_a_second_and_never_over_another(tmp_path: Path) -> None:
    started = time.monotonic()
    built = build_organisation(tmp_path)
    assert time.monotonic() - started < 5  # 0.15 s on an idle machine; it must not become a step that one waits for
    assert [path.name for path in built] == [f"{name}.git" for name in repository_names()]
    with pytest.raises(FileExistsError):
        build_organisation(tmp_path)


def test_storefront_takes_part_only_where_node_is() -> None:
    assert set(repository_names(has_node=True)) - set(repository_names(has_node=False)) == {"storefront"}
    assert len(repository_names(has_node=False)) == 4


@pytest.mark.parametrize("name", repository_names(has_node=True))
def test_history_reads_like_one_and_ends_in_the_files(organisation: Path, tmp_path: Path, name: str) -> None:
    if name not in repository_names():
        pytest.skip("node is not on this machine")
    git("clone", "-q", str(organisation / f"{name}.git"), str(tmp_path / name), cwd=tmp_path)
    for path in git("ls-files", cwd=tmp_path / name).split():
        assert (tmp_path / name / path).read_bytes() == (SAMPLE / "repos" / name / path).read_bytes()
    authors = git("log", "--format=%ae", cwd=tmp_path / name).split()
    assert 5 <= len(authors) <= 10
    assert len(set(authors)) > 1
    assert all(author.endswith("@example.com") for author in authors)


@pytest.mark.parametrize(
    ("history", "fault"),
    [
        ("add: [README.md]", "code.py"),
        ("add: [README.md, code.py, gone.py]", "gone.py"),
        ("add: [README.md]\n  earlier: {code.py: {replace: {one: two}}}", "code.py"),
        (
            "add: [README.md]\n  earlier: {code.py: {until: x}}\n- {<<: *c, add: [code.py], earlier: {}}",
            "'x' occurs 2 times",
        ),
    ],
)
def test_history_that_does_not_fit_its_files_is_refused(tmp_path: Path, history: str, fault: str) -> None:
    (tmp_path / "repos/tool").mkdir(parents=True)
    (tmp_path / "histories").mkdir()
    (tmp_path / "repos/tool/README.md").write_text("tool\n")
    (tmp_path / "repos/tool/code.py").write_text("x = x\n")
    head = "- &c\n  date: 2026-01-01T00:00:00+00:00\n  author: A <a@example.com>\n  message: x\n  "
    (tmp_path / "histories/tool.yaml").write_text(head + history)
    with pytest.raises(SampleError, match=re.escape(fault)):
        build_organisation(tmp_path / "acme", source=tmp_path)


@pytest.mark.parametrize("name", repository_names())
def test_every_repository_passes_its_own_ci(organisation: Path, tmp_path: Path, name: str) -> None:
    assert failing_jobs(organisation, name, tmp_path) == []


def test_ticket_names_no_repository_and_no_file() -> None:
    ticket = yaml.safe_load((SAMPLE / "ticket.yaml").read_text())
    text = f"{ticket['summary']}\n{ticket['description']}".casefold()
    assert "out of scope" in text
    assert not [name for name in repository_names(has_node=True) if name in text]
    assert not re.search(r"\w+\.(py|js|toml|md)\b|src/", text)


def test_discovery_orders_as_many_files_as_it_is_given() -> None:
    assert is_permutation(result("discovery")["order"], MOST)


@pytest.mark.parametrize("revision", ["1", "2", "3"])
def test_every_revision_of_the_plan_is_sound_and_fits_the_same_scenes(revision: str) -> None:
    check_plan(plan(revision), [f"acme/{name}" for name in repository_names(has_node=True)])
    where = [(task.id, task.repo, task.file, task.test_file, task.depends_on) for task in plan(revision).tasks]
    assert where == [(task.id, task.repo, task.file, task.test_file, task.depends_on) for task in plan().tasks]
    assert (plan(revision) == plan()) == (revision == "1")


def test_each_task_is_red_first_then_green_and_stays_inside_the_plan(story: tuple[Path, list[Played]]) -> None:
    for played in story[1]:
        first, *later = played.runs
        assert first != 0
        assert later == [0, 0]
        assert played.kept == []
        assert {played.task.file, played.task.test_file} <= played.changed <= plan().paths_of(played.task.repo)
        assert played.unclean == ""


def test_only_the_receipt_is_left_unformatted(story: tuple[Path, list[Played]]) -> None:
    left = {played.task.id: "src/acme_checkout/receipt.py" in played.unformatted for played in story[1]}
    assert left == {"T1": False, "T2": False, "T3": True}
    assert "1 file would be reformatted" in story[1][-1].unformatted


def test_the_only_red_ci_is_the_format_and_the_screenplay_mends_it(
    organisation: Path, story: tuple[Path, list[Played]], tmp_path: Path
) -> None:
    checkout = story[0] / "checkout"
    assert failing_jobs(organisation, "pricing", tmp_path / "pricing", BRANCH) == []
    assert failing_jobs(organisation, "checkout", tmp_path / "red", BRANCH) == ["lint: Format"]
    commands = [call.input["command"] for call in calls("cicd", repo="acme/checkout") if call.tool == "run_command"]
    assert [run(["bash", "-c", command], checkout).returncode for command in commands] == [0] * len(commands)
    git("commit", "-q", "-a", "-m", result("cicd", repo="acme/checkout")["commit_message"], cwd=checkout)
    git("push", "-q", "origin", BRANCH, cwd=checkout)
    assert failing_jobs(organisation, "checkout", tmp_path / "green", BRANCH) == []


def test_red_ci_that_the_story_does_not_know_goes_to_a_person() -> None:
    assert result("cicd", repo="acme/pricing")["outcome"] == "escalated"
