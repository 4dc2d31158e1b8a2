"""The pages of a stranger's PDF as shades of grey, drawn by PDFium in a process of its own.

A small PDF can ask for hours and for all the memory there is. So it is drawn in a child with limits of time and memory,
which gets the bytes on its standard input and answers with pixels; what goes wrong with it is a sentence. The child is
this module, run as a program.
"""

from __future__ import annotations

import contextlib
import math
import resource
import struct
import subprocess
import sys
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["MAX_PAGES", "draw_pdf"]

MAX_PAGES: Final = 20
"""Pages that are looked at; the rest of a longer file is not."""
_MOST_PIXELS: Final = 30_000_000
_DPI: Final = 300
_LEAST_DPI: Final = 36
_SECONDS: Final = 60
_MEMORY: Final = 2 * 2**30
_HEADER: Final = struct.Struct("<II")
_DAMAGED: Final = "The PDF is damaged, or takes too long or too much memory to draw."


def draw_pdf(data: bytes) -> tuple[npt.NDArray[np.uint8], ...]:
    """Return the first pages of a PDF (height, width), at 300 dpi or what 30 million pixels allow.

    Raises `ValueError` with a sentence if none can be drawn.
    """
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "cryptostamp.scan.pdf_pages"],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise ValueError(_DAMAGED) from error
    pages, rest = [], memoryview(answer.stdout)
    while len(rest) >= _HEADER.size:
        height, width = _HEADER.unpack_from(rest)
        pixels = rest[_HEADER.size : _HEADER.size + height * width]
        if len(pixels) < height * width:
            break
        pages.append(np.frombuffer(pixels, np.uint8).reshape(height, width))
        rest = rest[_HEADER.size + height * width :]
    if not pages:
        raise ValueError(_DAMAGED)
    return tuple(pages)


def _draw() -> None:
    """Draw the PDF on standard input; write each page to standard output: height, width, pixels."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 (only the child needs it)

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    for index in range(min(len(document), MAX_PAGES)):
        width, height = document.get_page_size(index)
        if not (width > 0 and height > 0):
            continue
        dpi = min(_DPI, math.sqrt(_MOST_PIXELS / (width * height)) * 72)
        if dpi < _LEAST_DPI:
            continue
        drawn = document[index].render(scale=dpi / 72, grayscale=True, may_draw_forms=False).to_numpy()
        pixels = np.ascontiguousarray(drawn.reshape(drawn.shape[0], drawn.shape[1]))
        sys.stdout.buffer.write(_HEADER.pack(*pixels.shape) + pixels.tobytes())
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _draw()
