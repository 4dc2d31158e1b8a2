from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cryptostamp.errors import InputError
from cryptostamp.press import StampFace, claim_layer_pdf, scratch_layer_pdf, write_face_pdf
from cryptostamp.press.pdf.pdfx import Outcome, Rule, check_pdfx
from cryptostamp.series import Series

Break = Callable[[pikepdf.Pdf], object]
NAME = pikepdf.Name


@pytest.fixture(scope="module")
def sheet(leapfrog: Series, face: Callable[[int], StampFace], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Print one sheet as the press prints it."""
    path = tmp_path_factory.mktemp("pdfx") / "faces.pdf"
    write_face_pdf(path, leapfrog, [face(1)])
    return path


def _failed(path: Path) -> set[Rule]:
    findings = check_pdfx(path, ink_limit=300)
    assert [finding.rule for finding in findings] == list(Rule)
    return {finding.rule for finding in findings if finding.outcome is Outcome.FAILED}


def _root(pdf: pikepdf.Pdf) -> Any:
    return pdf.Root


def _page(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[0].obj


def _paint(operators: bytes) -> Break:
    return lambda pdf: pdf.pages[0].contents_add(operators)


def _metadata(before: bytes, after: bytes) -> Break:
    def change(pdf: pikepdf.Pdf) -> None:
        packet = _root(pdf).Metadata.read_bytes()
        assert before in packet
        _root(pdf).Metadata.write(packet.replace(before, after))

    return change


def _state(**keys: Any) -> Break:
    state = pikepdf.Dictionary({f"/{key}": value for key, value in keys.items()})
    return lambda pdf: _page(pdf).Resources.ExtGState.__setitem__("/Broken", state)


def _form(**keys: Any) -> Break:
    def add(pdf: pikepdf.Pdf) -> None:
        form = pikepdf.Stream(pdf, b"0 0 1 1 re f")
        form["/Subtype"], form["/BBox"] = NAME.Form, [0, 0, 1, 1]
        for key, value in keys.items():
            form[f"/{key}"] = value
        _page(pdf).Resources.XObject["/Broken"] = form

    return add


def _space(*parts: Any) -> Break:
    return lambda pdf: _page(pdf).Resources.ColorSpace.__setitem__("/Broken", pikepdf.Array(parts))


def _no_page_space(pdf: pikepdf.Pdf) -> None:
    _state(ca=0.5)(pdf)
    del _page(pdf)["/Group"]


def _annotate(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary({"/Type": NAME.Annot, "/Subtype": NAME.Text, "/Rect": [200, 200, 220, 220]})
    _page(pdf)["/Annots"] = pikepdf.Array([note])


def _foreign_font(pdf: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary({"/Type": NAME.Font, "/Subtype": NAME.Type1, "/BaseFont": NAME.Helvetica})
    _page(pdf).Resources.Font["/Broken"] = font


def _rgb_picture(pdf: pikepdf.Pdf) -> None:
    picture = pikepdf.Stream(pdf, b"\0\0\0")
    picture["/Subtype"], picture["/Width"], picture["/Height"] = NAME.Image, 1, 1
    picture["/BitsPerComponent"], picture["/ColorSpace"] = 8, NAME.DeviceRGB
    _page(pdf).Resources.XObject["/Broken"] = picture


def _rgb_pattern(pdf: pikepdf.Pdf) -> None:
    shading = pikepdf.Dictionary({"/ShadingType": 2, "/ColorSpace": NAME.DeviceRGB, "/Coords": [0, 0, 1, 1]})
    pattern = pikepdf.Dictionary({"/PatternType": 2, "/Shading": shading})
    _page(pdf).Resources["/Pattern"] = pikepdf.Dictionary({"/Broken": pattern})


_TINT = {"/FunctionType": 2, "/Domain": [0, 1], "/N": 1, "/C0": [0, 0, 0, 0], "/C1": [1, 0, 0, 0]}
_LAYERS = {"/OCGs": [], "/D": pikepdf.Dictionary({"/Name": pikepdf.String("x"), "/AS": []})}

BROKEN: dict[str, tuple[Rule, Break]] = {
    "metadata say X-1a": (Rule.IDENTIFICATION, _metadata(b"PDF/X-4", b"PDF/X-1a")),
    "metadata declare entities": (Rule.IDENTIFICATION, _metadata(b"<x:xmpmeta", b"<!DOCTYPE x><x:xmpmeta")),
    "metadata are no XML": (Rule.IDENTIFICATION, _metadata(b"</rdf:RDF>", b"")),
    "no modification date": (Rule.METADATA, _metadata(b"xmp:ModifyDate", b"xmp:Modified")),
    "no document identifier": (Rule.METADATA, _metadata(b"xmpMM:DocumentID", b"xmpMM:Other")),
    "another title": (Rule.INFO, lambda pdf: pdf.trailer.Info.__setitem__("/Title", pikepdf.String("Other"))),
    "another date": (Rule.INFO, lambda pdf: pdf.trailer.Info.__setitem__("/ModDate", pikepdf.String("D:2020Z"))),
    "two words on trapping": (Rule.TRAPPED, lambda pdf: pdf.trailer.Info.__setitem__("/Trapped", NAME.True_)),
    "trapping unknown": (Rule.TRAPPED, _metadata(b"Trapped>False", b"Trapped>Unknown")),
    "no output intent": (Rule.OUTPUT_INTENT, lambda pdf: _root(pdf).__delitem__("/OutputIntents")),
    "no profile": (Rule.OUTPUT_INTENT, lambda pdf: _root(pdf).OutputIntents[0].__delitem__("/DestOutputProfile")),
    "profile cut short": (Rule.OUTPUT_INTENT, lambda pdf: _root(pdf).OutputIntents[0].DestOutputProfile.write(b"icc")),
    "no condition": (
        Rule.OUTPUT_INTENT,
        lambda pdf: _root(pdf).OutputIntents[0].__delitem__("/OutputConditionIdentifier"),
    ),
    "no TrimBox": (Rule.PAGE_BOXES, lambda pdf: _page(pdf).__delitem__("/TrimBox")),
    "trim beyond bleed": (Rule.PAGE_BOXES, lambda pdf: _page(pdf).__setitem__("/TrimBox", [0, 0, 600, 600])),
    "bleed beyond media": (Rule.PAGE_BOXES, lambda pdf: _page(pdf).__setitem__("/BleedBox", [-9, -9, 999, 999])),
    "font not embedded": (Rule.FONTS, _foreign_font),
    "RGB fill": (Rule.DEVICE_RGB, _paint(b"1 0 0 rg 0 0 1 1 re f")),
    "RGB named": (Rule.DEVICE_RGB, _paint(b"/DeviceRGB CS 1 0 0 SC")),
    "RGB inline picture": (Rule.DEVICE_RGB, _paint(b"BI /W 1 /H 1 /BPC 8 /CS /RGB /F /AHx ID 000000>\nEI")),
    "RGB picture": (Rule.DEVICE_RGB, _rgb_picture),
    "RGB shading": (Rule.DEVICE_RGB, _rgb_pattern),
    "RGB palette": (Rule.DEVICE_RGB, _space(NAME.Indexed, NAME.DeviceRGB, 0, pikepdf.String(b"abc"))),
    "RGB alternate": (Rule.DEVICE_RGB, _space(NAME.Separation, NAME.Gold, NAME.DeviceRGB, pikepdf.Dictionary(_TINT))),
    "two alternates": (
        Rule.SPOTS,
        _space(NAME.Separation, NAME.DieLine, NAME.DeviceCMYK, pikepdf.Dictionary(_TINT)),
    ),
    "blending in RGB": (Rule.BLENDING, lambda pdf: _page(pdf).Group.__setitem__("/CS", NAME.DeviceRGB)),
    "blending nowhere said": (Rule.BLENDING, _no_page_space),
    "transfer function": (Rule.TRANSFER, _state(TR=NAME.Identity)),
    "other transfer function": (Rule.TRANSFER, _state(TR2=NAME.Identity)),
    "halftone": (Rule.TRANSFER, _state(HT=pikepdf.Dictionary({"/HalftoneType": 6}))),
    "OPI": (Rule.XOBJECTS, _form(OPI=pikepdf.Dictionary())),
    "reference": (Rule.XOBJECTS, _form(Ref=pikepdf.Dictionary())),
    "PostScript": (Rule.XOBJECTS, _form(Subtype2=NAME.PS)),
    "file elsewhere": (Rule.FILTERS, _form(F=pikepdf.String("elsewhere"))),
    "opening action": (Rule.INTERACTION, lambda pdf: _root(pdf).__setitem__("/OpenAction", pikepdf.Dictionary())),
    "page action": (Rule.INTERACTION, lambda pdf: _page(pdf).__setitem__("/AA", pikepdf.Dictionary())),
    "form to fill in": (Rule.INTERACTION, lambda pdf: _root(pdf).__setitem__("/AcroForm", pikepdf.Dictionary())),
    "annotation": (Rule.ANNOTATIONS, _annotate),
    "layers that switch": (
        Rule.LAYERS,
        lambda pdf: _root(pdf).__setitem__("/OCProperties", pikepdf.Dictionary(_LAYERS)),
    ),
    "too much ink": (Rule.INK_LIMIT, _paint(b"1 1 1 0.5 k 0 0 1 1 re f")),
}


class TestOwnFiles:
    """What the press writes."""

    def test_faces_keep_every_rule(self, sheet: Path) -> None:
        """Nothing fails, and what was not checked is said."""
        findings = {finding.rule: finding.outcome for finding in check_pdfx(sheet, ink_limit=300)}
        open_ = {Rule.GLYPHS, Rule.PROFILE_DATA, Rule.RENDERING}
        assert {rule for rule, outcome in findings.items() if outcome is Outcome.NOT_CHECKED} == open_
        assert {outcome for rule, outcome in findings.items() if rule not in open_} == {Outcome.PASSED}

    def test_claim_layer_and_scratch_plate_keep_every_rule(
        self, leapfrog: Series, claim_part: Callable[[int], Any], tmp_path: Path
    ) -> None:
        """They go to a press as well."""
        for name, data in (
            ("claims", claim_layer_pdf(leapfrog, [claim_part(1)])),
            ("scratch", scratch_layer_pdf(leapfrog)),
        ):
            path = tmp_path / f"{name}.pdf"
            path.write_bytes(data)
            assert _failed(path) == set()


class TestBrokenFiles:
    """What breaks a rule is found, and only that."""

    @pytest.mark.parametrize(("rule", "change"), BROKEN.values(), ids=BROKEN)
    def test_a_fault_is_found(self, sheet: Path, tmp_path: Path, rule: Rule, change: Break) -> None:
        """The rule that is broken has failed."""
        path = tmp_path / "broken.pdf"
        with pikepdf.open(sheet) as pdf:
            change(pdf)
            pdf.save(path, fix_metadata_version=False)
        assert rule in _failed(path)

    def test_a_newer_file_is_found(self, sheet: Path, tmp_path: Path) -> None:
        """PDF/X-4 is PDF 1.6."""
        with pikepdf.open(sheet) as pdf:
            pdf.save(tmp_path / "new.pdf", force_version="1.7")
        assert _failed(tmp_path / "new.pdf") == {Rule.VERSION}

    def test_an_encrypted_file_is_found(self, sheet: Path, tmp_path: Path) -> None:
        """With and without a password to open it."""
        with pikepdf.open(sheet) as pdf:
            pdf.save(tmp_path / "open.pdf", encryption=pikepdf.Encryption(owner="owner", user=""))
            pdf.save(tmp_path / "shut.pdf", encryption=pikepdf.Encryption(owner="owner", user="user"))
        assert Rule.ENCRYPTION in _failed(tmp_path / "open.pdf")
        (finding,) = check_pdfx(tmp_path / "shut.pdf")
        assert (finding.rule, finding.outcome) == (Rule.ENCRYPTION, Outcome.FAILED)

    def test_a_file_that_is_no_pdf_is_refused(self, tmp_path: Path) -> None:
        """There is nothing to check."""
        (tmp_path / "a.pdf").write_text("no PDF")
        with pytest.raises(InputError, match="cannot be read"):
            check_pdfx(tmp_path / "a.pdf")

    def test_ink_is_not_checked_without_a_limit(self, sheet: Path) -> None:
        """The standard has no limit of its own."""
        outcomes = {finding.rule: finding.outcome for finding in check_pdfx(sheet)}
        assert outcomes[Rule.INK_LIMIT] is Outcome.NOT_CHECKED
