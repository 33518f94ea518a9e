"""`make bench`: every figure is a ratio or a share within one run, so that a busy machine does not matter."""

from __future__ import annotations

from bench import imports, journey, machine


def main() -> None:
    for figure in (imports, machine, journey):
        print(figure.__doc__, *figure.lines(), "", sep="\n")


if __name__ == "__main__":
    main()
