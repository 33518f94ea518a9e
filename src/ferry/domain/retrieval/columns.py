"""One property of many files as bytes, of which any row is read without the others."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise

_SIZE = 4


class Texts:
    """Rows of text in a buffer that `write_texts` made. ValueError for one that is cut off."""

    def __init__(self, data: memoryview) -> None:
        begin = _SIZE * (1 + int.from_bytes(data[:_SIZE], "little"))
        if len(data) < begin:
            raise ValueError(f"a column of {len(data)} bytes is cut off")
        self._ends, self._rows = data[_SIZE:begin].cast("I"), data[begin:]

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, row: int) -> str:
        return str(self._rows[self._ends[row - 1] if row else 0 : self._ends[row]], "utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        rows = bytes(self._rows)
        return (rows[begin:end].decode("utf-8", "surrogatepass") for begin, end in pairwise([0, *self._ends]))


def write_texts(texts: Iterable[str]) -> bytes:
    """How many rows, where each ends, and the rows themselves."""
    rows = [text.encode("utf-8", "surrogatepass") for text in texts]
    return len(rows).to_bytes(_SIZE, "little") + little(array("I", accumulate(map(len, rows)))) + b"".join(rows)


def little(values: array[int]) -> bytes:
    """Little-endian on any machine; `values` is not to be used after."""
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()
