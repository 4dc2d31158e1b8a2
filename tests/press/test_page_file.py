"""A file of many pages is what a library of PDF would have written: every object lies where the table says."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pikepdf
import pytest
from support.printers import silently

from cryptostamp.press.imposition import sheet_geometry
from cryptostamp.press.pdf.operators import deflated
from cryptostamp.press.pdf.page_file import PageList, SharedPart, file_parts
from cryptostamp.press.pdf.pdfx import Outcome, check_pdfx
from cryptostamp.press.pdf.sheet_book import SheetBook
from cryptostamp.series import Series


@pytest.fixture
def shared(leapfrog: Series) -> SharedPart:
    """Give what sheets without any stamp share."""
    return SheetBook(leapfrog, sheet_geometry(leapfrog), "").shared()


def _pages(*operators: bytes) -> PageList:
    pages = PageList()
    for each in operators:
        pages.add(each)
    return pages


def _file(shared: SharedPart, *operators: bytes) -> bytes:
    return b"".join(file_parts(shared, _pages(*operators)))


class TestFile:
    @pytest.mark.parametrize("count", [1, 2, 1001])
    def test_every_object_lies_where_the_table_says(self, shared: SharedPart, count: int) -> None:
        """The table has an entry for each object, and each is numbered as in the table."""
        data = _file(shared, *(b"%d 0 m" % number for number in range(count)))
        table = int(data[data.rindex(b"startxref") :].split()[1])
        heading = re.compile(rb"xref\n0 (\d+)\n").match(data, table)
        assert heading is not None
        entries = data[heading.end() : data.index(b"trailer", table)]
        assert len(entries) == 20 * int(heading[1])
        assert entries[:20] == b"0000000000 65535 f \n"
        for number in range(1, int(heading[1])):
            entry = entries[20 * number :][:20]
            assert entry[10:] == b" 00000 n \n"
            assert data[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)
        assert data.count(b" 0 obj\n") == int(heading[1]) - 1

    def test_pages_come_in_their_order(self, shared: SharedPart, tmp_path: Path) -> None:
        """Each has its operators, the boxes and the fonts; qpdf has nothing to mend."""
        path = tmp_path / "a.pdf"
        path.write_bytes(_file(shared, b"q Q", b"", b"/Register Do"))
        with pikepdf.open(path) as pdf:
            assert [page.Contents.read_bytes() for page in pdf.pages] == [b"q Q", b"", b"/Register Do"]
            assert pdf.check_pdf_syntax() == []
            boxes = {tuple(map(float, page.trimbox)) for page in pdf.pages}
            assert len(boxes) == 1
            assert all("/TEXT" in page.resources.Font for page in pdf.pages)
        assert "No syntax or stream encoding errors" in silently("qpdf", "--check", str(path))
        assert Outcome.FAILED not in {finding.outcome for finding in check_pdfx(path, ink_limit=300)}

    def test_the_identifier_is_that_of_the_content(self, shared: SharedPart) -> None:
        """Same pages, same bytes; another page, another identifier, in the trailer as in the description."""
        first, again, other = _file(shared, b"q Q"), _file(shared, b"q Q"), _file(shared, b"Q q")
        assert first == again
        identities = [re.findall(rb"uuid:([0-9a-f-]{36})", data) for data in (first, other)]
        assert [len(found) for found in identities] == [1, 1]
        assert identities[0] != identities[1]
        for data, (identity,) in zip((first, other), identities, strict=True):
            assert data.count(b"<%b>" % identity.replace(b"-", b"")) == 2


class TestDeflated:
    def test_parts_are_one_stream(self) -> None:
        """Whatever the level, what comes out is what went in."""
        for level in (1, 6, 12):
            stream = deflated(b"fe87", memoryview(b"bf80" * 99), b"", level=level)
            assert zlib.decompress(stream) == b"fe87" + b"bf80" * 99
