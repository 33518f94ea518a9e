"""`python -m ferry index`: a line for each repository on stderr, the summary on stdout, the exit code says the rest."""

from __future__ import annotations

import json

from ferry.domain.errors import RateLimited
from tests.fakes.forge import FakeForge
from tests.unit.cli.conftest import Cli
from tests.unit.usecases.conftest import FakeWorld


def test_each_repository_is_told_with_files_and_seconds(cli: Cli) -> None:
    first, second = cli("index"), cli("index", "--repo", "pricing")

    assert (first.code, second.code) == (0, 0)
    assert first.err == "built     acme/pricing  2 files, 2 read  0.0 s\n"
    assert second.err == "fresh     acme/pricing  0.0 s\n"
    assert first.out == "1 repositories: 1 built\n"


def test_json_has_every_row(cli: Cli) -> None:
    told = json.loads(cli("index", "--json").out)

    assert [(row["repo"], row["done"], row["files"]) for row in told["repositories"]] == [("acme/pricing", "built", 2)]
    assert told["stopped"] == ""


def test_a_job_that_ends_early_is_bad_news_with_its_remedy(cli: Cli, planned: FakeWorld) -> None:
    class Limited(FakeForge):
        def head(self, repo: str, branch: str) -> str | None:
            raise RateLimited("GitHub asks us to slow down", 9000)

    planned.forge = Limited({"acme/pricing": {}})

    said = cli("index")

    assert said.code == 1
    assert "stopped: GitHub asks us to slow down; the same command goes on where it was" in said.out


def test_a_wait_is_told_while_it_lasts(cli: Cli, planned: FakeWorld) -> None:
    class Limited(FakeForge):
        limited = 1

        def head(self, repo: str, branch: str) -> str | None:
            if self.limited:
                self.limited -= 1
                raise RateLimited("GitHub asks us to slow down", 9)
            return super().head(repo, branch)

    planned.forge = Limited({"acme/pricing": {"a.py": ""}})

    assert cli("index").err.splitlines()[0] == "waits     10 s: GitHub asks us to slow down"


def test_an_organisation_without_repositories_is_said_to_be_one(cli: Cli, planned: FakeWorld) -> None:
    planned.forge = FakeForge({})

    assert (cli("index").code, cli("index", "--org", "ghost").out) == (0, "no repository is listed\n")
