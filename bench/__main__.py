"""`make bench`: figures that a busy machine hardly moves: ratios, shares, and CPU of our own."""

from __future__ import annotations

from bench import cold, imports, ingress, journey, machine


def main() -> None:
    for figure in (imports, cold, ingress, machine, journey):
        print(figure.__doc__, *figure.lines(), "", sep="\n")


if __name__ == "__main__":
    main()
