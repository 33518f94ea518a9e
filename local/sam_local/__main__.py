"""`python -m local.sam_local [event …]`: plays the sample events, prints a table, ends with 1 if any failed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from ferry.domain.errors import FerryError
from local.aws.deploy.template import read_yaml
from local.sam_local.build import PLACE, architecture, build, with_layers_inside
from local.sam_local.cases import CASES
from local.sam_local.checks import Played, WrongAnswerError
from local.sam_local.docker import NoEngineError, engine, host_address, no_container_left
from local.sam_local.events import SENDERS, SampleEvent, sample_events, signed
from local.sam_local.image import ensure_image
from local.sam_local.interpreter import ROOT
from local.sam_local.invoke import Invoker, NoAnswerError
from local.sam_local.seeds import Seeds
from local.sam_local.stage import SDK, Stage, secrets, stage

AT_ONCE = 2


@dataclass(frozen=True)
class Row:
    function: str
    event: str
    answer: str
    milliseconds: int
    ok: bool


def functions() -> dict[str, str]:
    """Logical id by folder, e.g. ``JiraWebhookFunction`` by ``jira_webhook``."""
    found = read_yaml(ROOT / "template.yaml")["Resources"].items()
    return {
        resource["Properties"]["CodeUri"].rstrip("/").rpartition("/")[2]: name
        for name, resource in found
        if resource["Type"] == "AWS::Serverless::Function"
    }


class Player:
    """Plays events on a stage, each with what it needs."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._seeds, self._functions = stage, Seeds(stage), functions()

    def play(self, sample: SampleEvent, invoke: Invoker) -> Row:
        function, begun = self._functions[sample.folder], time.monotonic()
        try:
            word, milliseconds = self._played(sample, function, invoke)
        except (WrongAnswerError, NoAnswerError, FerryError, TimeoutError) as error:
            spent = round((time.monotonic() - begun) * 1000)
            return Row(function, sample.variant, str(error), spent, ok=False)
        return Row(function, sample.variant, word, milliseconds, ok=True)

    def _played(self, sample: SampleEvent, function: str, invoke: Invoker) -> tuple[str, int]:
        case = CASES[sample.name]
        values = case.seed(self._seeds)
        event = sample.filled(values)
        if sender := SENDERS.get(sample.folder):
            event = signed(event, sender, secrets(self._stage.stack)[sender.secret], time.time())
        answer = invoke(function, event)
        (PLACE / f"{sample.name}.log").write_text(answer.log)
        played = Played(sample, event, values, answer.payload, self._stage)
        if error := _crash(answer.payload, sample):
            raise WrongAnswerError(error)
        return case.check(played), answer.milliseconds


def _crash(payload: object, sample: SampleEvent) -> str:
    """An agent may end with an error once it has told its token; the runtime's own errors are never right."""
    kind = str(payload.get("errorType", "")) if isinstance(payload, dict) else ""
    if not kind or (sample.variant == "step" and not kind.startswith(("Runtime.", "Sandbox."))):
        return ""
    return f"{kind}: {payload.get('errorMessage', '')}" if isinstance(payload, dict) else kind


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def show(row: Row) -> None:
    mark = "ok" if row.ok else "FAILED"
    print(f"{row.function:<24} {row.event:<24} {row.milliseconds:>7} ms  {mark:<6}  {row.answer}", flush=True)


def play_all(samples: Sequence[SampleEvent]) -> list[Row]:
    with ExitStack() as opened:
        PLACE.mkdir(parents=True, exist_ok=True)
        opened.enter_context(engine(PLACE / "engine.log", say))
        opened.enter_context(no_container_left())
        address = host_address()
        base = ensure_image(architecture(), say)
        say("sam build …")
        template = build(SDK)
        say("Starting the embedded AWS …")
        played_on = opened.enter_context(stage(address))
        variables = {name: played_on.variables(name) for name in functions().values()}
        player = Player(played_on)
        plain, quick = Invoker(template, "", variables), Invoker(*with_layers_inside(template, base), variables)
        # The first event runs from the built template as it is, which proves that SAM CLI lays the layers right.
        rows = _shown(player.play(sample, plain) for sample in samples[:1])
        rows += _shown(player.play(sample, quick) for sample in samples[1:2])
        with ThreadPoolExecutor(AT_ONCE) as players:
            return rows + _shown(players.map(lambda sample: player.play(sample, quick), samples[2:]))


def _shown(rows: Iterable[Row]) -> list[Row]:
    kept = []
    for row in rows:
        show(row)
        kept.append(row)
    return kept


def main(names: Sequence[str]) -> int:
    samples = [sample for sample in sample_events() if not names or sample.name in names or sample.folder in names]
    begun = time.monotonic()
    # Ended from outside, it still stops what it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        rows = play_all(samples)
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except NoEngineError as error:
        print(f"skipped: {error}")
        return 0
    except LookupError as error:
        say(str(error))
        return 1
    except subprocess.CalledProcessError as error:
        say(f"{error}\n{error.stderr or ''}")
        return 1
    failed = sum(not row.ok for row in rows)
    print(f"{len(rows)} events, {failed} failed, {time.monotonic() - begun:.0f} s")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
