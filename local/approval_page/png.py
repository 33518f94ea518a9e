"""A screenshot made small: empty rows below cut off, few colours, packed well (RFC 2083)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MARGIN, STEP = 16, 36


def shrink(path: Path) -> None:
    """In place; 8 bits of red, green and blue, with or without alpha, as browsers write them."""
    width, depth, rows = _read(path.read_bytes())
    while len(rows) > 1 and rows[-1] == rows[-1][:depth] * width:
        rows.pop()
    rows += [rows[0]] * MARGIN
    coarse = bytes(min(255, (value + STEP // 2) // STEP * STEP) for value in range(256))
    rows = [row.translate(coarse) for row in rows]
    pixels = [[row[at : at + 3] for at in range(0, width * depth, depth)] for row in rows]
    colours = sorted({colour for line in pixels for colour in line})
    if len(colours) > 256:
        raise ValueError(f"{path.name}: {len(colours)} colours are left; make STEP larger")
    number = {colour: index for index, colour in enumerate(colours)}
    data = b"".join(b"\0" + bytes(map(number.__getitem__, line)) for line in pixels)
    size = struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"PLTE", b"".join(colours)), (b"IDAT", zlib.compress(data, 9)), (b"IEND", b""))
    path.write_bytes(SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks))


def _read(data: bytes) -> tuple[int, int, list[bytes]]:
    """Width in pixels, bytes of a pixel, and its rows."""
    chunks = list(_chunks(data))
    width, height, bits, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    if bits != 8 or colour not in (2, 6):
        raise ValueError(f"{bits} bits of colour type {colour}: is no screenshot of a browser")
    depth = 3 if colour == 2 else 4
    raw, stride = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT")), width * depth
    rows, above = [], bytes(stride)
    for at in range(0, height * (stride + 1), stride + 1):
        above = _unfiltered(raw[at], bytearray(raw[at + 1 : at + 1 + stride]), above, depth)
        rows.append(above)
    return width, depth, rows


def _unfiltered(kind: int, row: bytearray, above: bytes, depth: int) -> bytes:
    for at in range(len(row)) if kind else ():
        left = row[at - depth] if at >= depth else 0
        up, corner = above[at], above[at - depth] if at >= depth else 0
        row[at] = (row[at] + (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]) & 255
    return bytes(row)


def _paeth(left: int, up: int, corner: int) -> int:
    near = left + up - corner
    return min((left, up, corner), key=lambda value: abs(near - value))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
