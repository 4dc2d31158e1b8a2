"""A PDF whose pages are many and alike: what they share is made by a library of PDF, the pages are written here.

Rests on ISO 32000-2, 7.5: objects, one table of where they begin, a trailer. The shared part is what pikepdf saves of a
file without pages; its bytes are kept as they are, so that whoever makes many files with one shared part makes it once.
Behind it follow the pages and their contents, deflated when they are given. Nothing is moved afterwards: a file comes
in parts, to be written one after another. Knows nothing of stamps.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Final

import pikepdf

from cryptostamp.press.pdf.operators import deflated

__all__ = ["PageList", "SharedPart", "file_parts", "shared_part"]

_PDF_VERSION: Final = "1.6"
_PAGE_LEVEL: Final = 1
"""Of libdeflate: most of a page are symbols in hex, in which chance puts short repeats that are not worth a search."""
_HEADING: Final = re.compile(rb"xref\n0 (\d+)\n")
_ENTRY: Final = 20
"""Bytes of an entry in the table of objects."""


class PageList:
    """The contents of pages, deflated, in their order."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    def add(self, *operators: bytes | memoryview) -> None:
        """Append a page with these operators, in parts."""
        self.contents.append(deflated(*operators, level=_PAGE_LEVEL))


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPart:
    """All of a file but its pages, the description with its identifier, and the table of objects."""

    body: bytes
    """From the first byte of the file."""
    places: dict[int, int]
    """The number of each object to where it begins in the body."""
    tree: int
    """The number of the object that lists the pages."""
    page: bytes
    """What stands in each page, as entries of a dictionary."""
    metadata: int
    """The number of the description."""
    packet: tuple[bytes, bytes]
    """The description before and after the identifier of the document."""
    trailer: bytes
    """Where Root and Info are, as entries of a dictionary."""


def shared_part(pdf: pikepdf.Pdf, page: pikepdf.Dictionary, packet: tuple[bytes, bytes]) -> SharedPart:
    """Return a file without pages as the shared part of others; `pdf` is done with then.

    `page` is what stands in each page. `packet` is the description in XMP before and after the identifier.
    """
    pdf.Root["/Metadata"] = pdf.make_indirect(pikepdf.Stream(pdf, b""))  # keeps a number free
    pdf.trailer["/Page"] = page  # leads to what only pages use
    out = BytesIO()
    pdf.save(
        out,
        fix_metadata_version=False,
        force_version=_PDF_VERSION,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        recompress_flate=False,
        deterministic_id=True,
    )
    data = out.getvalue()
    with pikepdf.open(BytesIO(data)) as saved:
        root, info = saved.Root, saved.trailer["/Info"]
        tree, metadata = root["/Pages"].objgen[0], root["/Metadata"].objgen[0]
        entries = [_entry(name, value) for name, value in saved.trailer["/Page"].items()]
        body, places = _without(data, {tree, metadata})
        return SharedPart(
            body=body,
            places=places,
            tree=tree,
            page=b" ".join(entries),
            metadata=metadata,
            packet=packet,
            trailer=_entry("/Root", root) + b" " + _entry("/Info", info),
        )


def _entry(name: str, value: pikepdf.Object) -> bytes:
    return pikepdf.Name(name).unparse() + b" " + value.unparse()


def _without(data: bytes, unwanted: set[int]) -> tuple[bytes, dict[int, int]]:
    """Return the objects of a file, but for some, and where they begin; the table at its end is left out."""
    table = int(data[data.rindex(b"startxref") :].split()[1])
    heading = _HEADING.match(data, table)
    assert heading is not None  # noqa: S101 (one section is what qpdf writes)
    entries = data[heading.end() :]
    begins = sorted((int(entries[_ENTRY * n :][:10]), n) for n in range(1, int(heading[1])))
    at = begins[0][0]
    parts, places = [data[:at]], dict[int, int]()
    for (begin, number), (end, _) in pairwise([*begins, (table, 0)]):
        if number not in unwanted:
            parts.append(data[begin:end])
            places[number] = at
            at += end - begin
    return b"".join(parts), places


def file_parts(shared: SharedPart, pages: PageList) -> Iterator[bytes]:
    """Yield the whole file, part by part. Its bytes depend on the shared part and the pages alone."""
    digest = hashlib.sha256(shared.body)
    for content in pages.contents:
        digest.update(content)
    yield shared.body
    places, at = dict(shared.places), len(shared.body)
    number = max(*places, shared.tree, shared.metadata)
    kids = []

    def placed(number: int, *parts: bytes) -> bytes:
        nonlocal at
        places[number] = at
        whole = b"".join((b"%d 0 obj\n" % number, *parts, b"\nendobj\n"))
        at += len(whole)
        return whole

    for content in pages.contents:
        number += 2
        kids.append(b"%d 0 R" % number)
        entries = b"/Type /Page /Parent %d 0 R /Contents %d 0 R " % (shared.tree, number - 1)
        yield placed(number - 1, *_stream(b"/Filter /FlateDecode ", content))
        yield placed(number, b"<< ", entries, shared.page, b" >>")
    listed = b"<< /Type /Pages /Count %d /Kids [ %b ] >>" % (len(kids), b" ".join(kids))
    yield placed(shared.tree, listed)
    identity = uuid.uuid5(uuid.NAMESPACE_OID, digest.hexdigest())
    packet = str(identity).encode().join(shared.packet)
    yield placed(shared.metadata, *_stream(b"/Type /Metadata /Subtype /XML ", packet))
    yield _table(places, number) + (
        b"trailer\n<< %b /Size %d /ID [ <%b> <%b> ] >>\nstartxref\n%d\n%%%%EOF\n"
        % (shared.trailer, number + 1, identity.hex.encode(), identity.hex.encode(), at)
    )


def _stream(entries: bytes, data: bytes) -> tuple[bytes, bytes, bytes]:
    return b"<< %b/Length %d >>\nstream\n" % (entries, len(data)), data, b"\nendstream"


def _table(places: dict[int, int], last: int) -> bytes:
    """Return the table of objects from 0, which is none, to the last."""
    entries = [b"%010d 00000 n \n" % places[number] for number in range(1, last + 1)]
    return b"xref\n0 %d\n0000000000 65535 f \n%b" % (last + 1, b"".join(entries))
