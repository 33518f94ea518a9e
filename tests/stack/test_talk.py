"""People talk to Ferry: comments on pull requests, commands and questions in Slack; only the model is scripted."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from ferry.domain.triggers.comment import MARK
from tests.stack.journey import Journey, Json, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
REPO = "acme/pricing"
PEOPLE = {"people": "writer=writer-token,stranger=stranger-token", "readers": "stranger"}


@dataclass
class Talk:
    """A stack with one task whose pull requests are green."""

    journey: Journey
    task: str = ""
    number: int = 0

    def github(self, login: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {login}-token"}
        url = f"{self.journey.peers.info['github']}/repos/{path}"
        answer = requests.request(method, url, json=body, headers=headers, timeout=20)
        assert answer.ok, answer.text
        return answer.json()

    def says(self, text: str, *, login: str = "writer", number: int = 0) -> Json:
        """Comment; the comment itself."""
        path = f"{REPO}/issues/{number or self.number}/comments"
        said: Json = self.github(login, "POST", path, {"body": text})
        return said

    def answer(self, after: Json, number: int = 0) -> str:
        """The one comment of Ferry's since `after`."""
        found = self.journey.until(lambda: self.answers(after, number), 60)
        return str(found[0]["body"])

    def answers(self, after: Json, number: int = 0) -> list[Json]:
        comments = self.github("writer", "GET", f"{REPO}/issues/{number or self.number}/comments?per_page=100")
        return [one for one in comments if one["id"] > after["id"] and MARK in one["body"]]

    def reactions(self, comment: Json) -> list[str]:
        found = self.github("writer", "GET", f"{REPO}/issues/comments/{comment['id']}/reactions")
        return [reaction["content"] for reaction in found]

    def lessons(self, repo: str = REPO) -> list[Json]:
        found: list[Json] = json.loads(self.journey.ferry("memory", "list", repo, "--json").stdout)
        return found

    def plan_of_a_new_task(self) -> str:
        """PLAN.md as its approvers read it; the task is over then."""
        task = self.journey.start()
        story = self.journey.reach(task, "awaiting_approval")
        [pull] = [one for one in story["pull_requests"] if one["repo"] == REPO]
        file = self.journey.github(f"/repos/{REPO}/contents/PLAN.md?ref={pull['head']}")
        self.journey.decide(task, "reject")
        self.journey.reach(task, "rejected")
        return base64.b64decode(file["content"]).decode()

    def executions(self) -> list[str]:
        client = self.journey.stack.clients("stepfunctions")
        arn = self.journey.peers.info["state_machines"]["comment"]
        return [one["status"] for one in client.list_executions(stateMachineArn=arn)["executions"]]

    def slack(self, act: str, text: str, user: str = "approver", **more: str) -> Json:
        """As a person; the delivery's receipt."""
        info = self.journey.peers.info
        asked = {"user": info["slack_users"][user], "text": text, **more}
        said = requests.post(f"{info['slack']}/_standin/{act}", json=asked, timeout=20).json()
        assert said["status"] == 200, said
        return self.journey.until(lambda: self.journey.peers.receipt(json.loads(said["body"])["delivery_id"]), 20) or {}

    def whispered(self, text: str, user: str = "approver") -> Json:
        """What the command answered to this person alone."""
        before = len(self.journey.messages())
        self.slack("command", text, user, command="/agent")
        new = self.journey.messages()[before:]
        [mine] = [one for one in new if one.get("ephemeral_for") == self.journey.peers.info["slack_users"][user]]
        return mine


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    with running(tmp_path_factory.mktemp("checkout"), standins={"github": PEOPLE}, MAX_COMMENT_FIXES="1") as journey:
        task = journey.start()
        journey.decide(task, "approve")
        story = journey.reach(task, "succeeded", "escalated", seconds=150)
        assert story["task"]["status"] == "succeeded"
        [number] = [pull["number"] for pull in story["pull_requests"] if pull["repo"] == REPO]
        yield Talk(journey, task, number)


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("help", "address review"),
        ("status", "**has succeeded**"),
        ("explain", "was approved by"),
        ("dance", "do not know"),
    ],
)
def test_words_on_a_pull_request_are_answered_from_the_record(talk: Talk, word: str, shown: str) -> None:
    said = talk.says(f"@ferry {word}")

    assert shown in talk.answer(said)
    assert talk.reactions(said) == ["eyes"]


def test_a_writers_fix_changes_the_pull_request_and_is_answered_once(talk: Talk) -> None:
    before = talk.journey.peers.pull(REPO, talk.number)["head"]["sha"]

    said = talk.says("@agent fix say that the limit itself counts")

    told = talk.answer(said)
    head = talk.journey.peers.pull(REPO, talk.number)["head"]["sha"]
    assert head != before
    assert f"Done in {head}" in told
    commit = talk.journey.github(f"/repos/{REPO}/commits/{head}")
    assert [file["filename"] for file in commit["files"]] == ["src/acme_pricing/volume.py"]
    assert "Requested-by: writer" in commit["commit"]["message"]
    talk.journey.until(lambda: talk.journey.peers.green(REPO, head), 60)
    talk.journey.until(lambda: _ci(talk) == ("passed", head), 20)
    assert talk.journey.peers.story(talk.task)["task"]["status"] == "succeeded"
    assert len(talk.answers(said)) == 1


def _ci(talk: Talk) -> tuple[str, str]:
    pulls = talk.journey.peers.story(talk.task)["pull_requests"]
    return next((pull["ci"], pull["head"]) for pull in pulls if pull["repo"] == REPO)


def test_a_review_comment_is_answered_in_its_thread_and_the_limit_holds(talk: Talk) -> None:
    body = {"path": "src/acme_pricing/volume.py", "line": 3, "body": "Say more.", "commit_id": "0" * 40}
    first = talk.github("writer", "POST", f"{REPO}/pulls/{talk.number}/comments", body)
    asked = talk.github(
        "writer", "POST", f"{REPO}/pulls/{talk.number}/comments", {**body, "body": "@ferry address review"}
    )

    def under(thread: int) -> list[str]:
        found = talk.github("writer", "GET", f"{REPO}/pulls/{talk.number}/comments?per_page=100")
        return [one["body"] for one in found if one.get("in_reply_to_id") == thread]

    [told] = talk.journey.until(lambda: under(asked["id"]), 60)
    # The scripted model would make the same change again, and there is nothing left to change.
    assert "I changed nothing" in told
    assert [one for one in under(first["id"]) if one.startswith("Not done")]
    assert "which is the limit" in talk.answer(talk.says("@ferry fix it again"))


def test_a_stranger_is_refused(talk: Talk) -> None:
    before = talk.executions()

    said = talk.says("@ferry stop", login="stranger")

    talk.journey.until(lambda: talk.reactions(said) == ["confused"], 20)
    assert not talk.answers(said)
    assert talk.executions() == before


def test_on_a_pull_request_of_others_it_says_what_it_may_do(talk: Talk) -> None:
    branch = talk.github("writer", "GET", f"{REPO}/branches/main")
    text = "notes\n"
    blob = hashlib.sha256(text.encode()).hexdigest()
    tree = talk.github(
        "writer", "POST", f"{REPO}/git/trees",
        {"base_tree": branch["commit"]["commit"]["tree"]["sha"],
         "tree": [{"path": f"notes-{blob[:6]}.md", "mode": "100644", "type": "blob", "content": text}]},
    )["sha"]  # fmt: skip
    commit = talk.github(
        "writer", "POST", f"{REPO}/git/commits", {"message": "docs", "tree": tree, "parents": [branch["commit"]["sha"]]}
    )["sha"]
    talk.github("writer", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/notes", "sha": commit})
    opened = {"title": "Notes", "head": "notes", "base": "main", "body": ""}
    number = talk.github("writer", "POST", f"{REPO}/pulls", opened)["number"]

    said = talk.says("@ferry fix everything", number=number)

    assert "I did not open this pull request" in talk.answer(said, number)
    assert talk.journey.peers.pull(REPO, number)["head"]["sha"] == commit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "/agent stop"),
        ("status {task}", "wait for review"),
        ("list succeeded", "{task}"),
        ("logs {task} 2", "the last 2 lines of its timeline"),
        ("status {task}x", "did you mean {task}?"),
        ("retry {task}", "has succeeded"),
        ("list sleeping", "There is no status"),
    ],
)
def test_a_command_is_answered_to_the_person_alone(talk: Talk, text: str, shown: str) -> None:
    answer = talk.whispered(text.format(task=talk.task), user="other")

    expected = "not among those" if text.startswith("retry") else shown.format(task=talk.task)
    assert expected in json.dumps(answer)
    assert answer["blocks"]


def test_a_task_is_stopped_and_goes_on_where_it_was(talk: Talk) -> None:
    task = talk.journey.start()
    talk.journey.reach(task, "awaiting_approval")

    assert "is stopped" in talk.whispered(f"stop {task}")["text"]

    story = talk.journey.peers.story(task)
    approver = talk.journey.peers.info["slack_users"]["approver"]
    assert (story["task"]["status"], story["task"]["detail"]) == ("failed", f"stopped by slack:{approver}")
    engine = talk.journey.stack.clients("stepfunctions")
    assert engine.describe_execution(executionArn=story["task"]["execution"])["status"] == "ABORTED"
    assert all(talk.journey.peers.pull(p["repo"], p["number"])["state"] == "open" for p in story["pull_requests"])
    assert "at its step approve" in talk.whispered(f"retry {task}")["text"]
    talk.journey.reach(task, "awaiting_approval")
    talk.journey.decide(task, "reject")
    talk.journey.reach(task, "rejected")


def test_a_question_is_answered_in_its_thread_with_what_was_looked_at(talk: Talk) -> None:
    before = len(talk.journey.messages())

    receipt = talk.slack("mention", f"<@U0FERRYBOT> why is {talk.task} waiting?", user="other")

    assert receipt["outcome"] == "ignored"
    assert "question" in receipt["reason"]
    asked = talk.journey.messages()[before]
    [told] = talk.journey.until(
        lambda: [one for one in talk.journey.messages() if one.get("thread_ts") == asked["ts"]], 60
    )
    assert "I looked at:" in told["blocks"][0]["text"]["text"]
    assert "plan &amp; budget" in told["text"]
    assert "&lt;task&gt;" in told["text"]


def test_what_a_review_taught_is_put_before_people_with_the_next_plan_and_gone_once_forgotten(talk: Talk) -> None:
    [one] = [one for one in talk.lessons() if one["origin"]["kind"] == "review"]
    origin = one["origin"]
    assert "say that the limit itself counts" in one["text"]
    assert (origin["by"], origin["task"], origin["link"]) == ("github:writer", talk.task, _url(talk))
    assert "say that the limit itself counts" in json.dumps(talk.whispered(f"memory {REPO}", user="other")["blocks"])
    before = len(talk.journey.messages())

    plan = talk.plan_of_a_new_task()

    assert "## Lessons Ferry used\n\n- [" in plan
    assert f"\n- [review]({origin['link']}) by github:writer" in plan
    shown = [json.dumps(one["blocks"]) for one in talk.journey.messages()[before:] if "blocks" in one]
    assert [blocks for blocks in shown if "Lessons Ferry used" in blocks and f"<{origin['link']}|review>" in blocks]

    assert "is forgotten" in talk.whispered(f"memory {REPO} forget {one['id']}")["text"]

    assert one["id"] not in [other["id"] for other in talk.lessons()]
    assert f"[review]({origin['link']})" not in talk.plan_of_a_new_task()


def _url(talk: Talk) -> str:
    pulls = talk.journey.peers.story(talk.task)["pull_requests"]
    return next(str(pull["url"]) for pull in pulls if pull["repo"] == REPO)


def test_a_ci_that_was_mended_on_the_way_taught_too(talk: Talk) -> None:
    told = [
        line["detail"] for line in talk.journey.peers.story(talk.task)["timeline"] if line["kind"] == "lesson learnt"
    ]
    [line] = [line for line in told if ", from ci, " in line]

    [one] = [one for one in talk.lessons(line.partition(":")[0]) if one["origin"]["kind"] == "ci"]

    assert one["text"].startswith("CI was red: ")
    assert "Mended by: " in one["text"]
    assert one["paths"]
