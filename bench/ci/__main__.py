"""`python -m bench.ci`: how often the rules name a red job's cause rightly, and every log where they do not."""

from __future__ import annotations

from collections.abc import Sequence

from agents.cicd.logs import failing_steps
from bench.ci.corpus import Sample, corpus
from ferry.domain.ci_cause import classify


def wrong(samples: Sequence[Sample]) -> list[str]:
    """``name: cause, taken for …`` of each sample that is not classified rightly."""
    found = ((sample, classify(failing_steps(sample.log))) for sample in samples)
    return [f"{sample.name}: {sample.cause}, taken for {cause}" for sample, cause in found if cause is not sample.cause]


def table(samples: Sequence[Sample]) -> str:
    rows = ["| cause | logs | right | held out | right |", "| --- | ---: | ---: | ---: | ---: |"]
    causes = sorted({sample.cause for sample in samples})
    rows += [_row(cause, [sample for sample in samples if sample.cause is cause]) for cause in causes]
    return "\n".join([*rows, _row("all", samples)])


def _row(name: str, samples: Sequence[Sample]) -> str:
    known = [sample for sample in samples if not sample.held_out]
    held = [sample for sample in samples if sample.held_out]
    return (
        f"| {name} | {len(known)} | {len(known) - len(wrong(known))} | {len(held)} | {len(held) - len(wrong(held))} |"
    )


def main() -> None:
    samples = corpus()
    print(table(samples))
    print("\n".join(wrong(samples)))


if __name__ == "__main__":
    main()
