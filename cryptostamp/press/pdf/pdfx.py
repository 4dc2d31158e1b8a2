"""Check a finished PDF against PDF/X-4: what its rules ask of the file itself, page by page and stream by stream.

Rests on ISO 15930-7:2010 (PDF/X-4) and on PDF 1.6 (ISO 32000 where the words are clearer). Every page, form, pattern,
font and content stream that a page reaches is read; what cannot be told from the file alone, or would need a
renderer, is named as not checked. One check is not from the standard: the ink of every colour that is
written as CMYK. This is no certificate, and a printer's own preflight has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pikepdf

from cryptostamp.errors import InputError
from cryptostamp.press.pdf.pdfx_walk import Walk, walk_pages

__all__ = ["Finding", "Outcome", "Rule", "check_pdfx"]

_NEWEST = (1, 6)
_NEWEST_ICC = 4
_SLACK_PT = 0.01
_ROUNDING = 0.5  # per cent
_X4: Final = "PDF/X-4"
_NS: Final = {
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
_WANTED: Final = (
    *("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate", "dc:title"),
    *("xmpMM:DocumentID", "xmpMM:VersionID", "xmpMM:RenditionClass"),
)


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


class Rule(StrEnum):
    """The rules, in the order in which they are checked."""

    VERSION = "pdf-version"
    ENCRYPTION = "no-encryption"
    FILE_ID = "file-identifier"
    IDENTIFICATION = "pdfx-identification"
    METADATA = "metadata"
    INFO = "info-agrees"
    TRAPPED = "trapped"
    OUTPUT_INTENT = "output-intent"
    PAGE_BOXES = "page-boxes"
    FONTS = "fonts-embedded"
    DEVICE_RGB = "no-device-rgb"
    SPOTS = "spot-colours-consistent"
    BLENDING = "blending-space"
    TRANSFER = "no-transfer-or-halftone"
    XOBJECTS = "no-opi-postscript-references"
    FILTERS = "filters"
    INTERACTION = "no-actions-or-forms"
    ANNOTATIONS = "annotations-outside"
    LAYERS = "optional-content"
    INK_LIMIT = "ink-limit"
    GLYPHS = "glyph-widths"
    PROFILE_DATA = "profile-data"
    RENDERING = "rendering"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule: which, how its check ended, and one sentence for a person."""

    rule: Rule
    outcome: Outcome
    sentence: str


_PASSED: Final = {
    Rule.VERSION: "The file is PDF 1.6 or older.",
    Rule.ENCRYPTION: "The file is not encrypted.",
    Rule.FILE_ID: "The file has an identifier.",
    Rule.IDENTIFICATION: "The metadata say that the file is PDF/X-4.",
    Rule.METADATA: "Title, dates and document identifiers are in the metadata.",
    Rule.INFO: "The document information says nothing else than the metadata.",
    Rule.TRAPPED: "The file says whether it is trapped.",
    Rule.OUTPUT_INTENT: "There is one output intent for printing, with its CMYK output profile inside the file.",
    Rule.PAGE_BOXES: "Every page has its trim inside its bleed inside its media.",
    Rule.FONTS: "Every font is embedded.",
    Rule.DEVICE_RGB: "No colour is in DeviceRGB.",
    Rule.SPOTS: "Every spot ink has one alternate in the whole file.",
    Rule.BLENDING: "What is transparent is blended in CMYK or a calibrated space.",
    Rule.TRANSFER: "No transfer function and no halftone is set.",
    Rule.XOBJECTS: "There is no OPI, no PostScript, no reference and no alternate picture.",
    Rule.FILTERS: "Every stream is packed in a way that PDF/X-4 allows.",
    Rule.INTERACTION: "There is no action, no script and no form to fill in.",
    Rule.ANNOTATIONS: "No annotation lies on a page.",
    Rule.LAYERS: "Optional content has names, and nothing switches it by itself.",
    Rule.INK_LIMIT: "No colour that is written as CMYK takes more ink than the paper does.",
}
_NOT_CHECKED: Final = {
    Rule.GLYPHS: "Whether embedded fonts hold every glyph that is used, with the widths that are stated.",
    Rule.PROFILE_DATA: "Whether the output profile describes the press, and embedded profiles are sound inside.",
    Rule.RENDERING: "What overprint, blending and pictures in JPEG or JPEG 2000 look like on the press.",
}


def check_pdfx(path: Path, *, ink_limit: int | None = None) -> tuple[Finding, ...]:
    """Check a file and return a finding for each rule, in their order.

    `ink_limit` is the most ink in per cent; without it, ink is not checked. Raises `InputError` for a file that is
    no PDF at all.
    """
    try:
        with pikepdf.open(path) as pdf:
            faults: dict[Rule, list[str]] = {rule: [] for rule in _PASSED}
            for rule, fault in _faults(pdf, ink_limit):
                faults[rule].append(fault)
    except pikepdf.PasswordError:
        return (Finding(rule=Rule.ENCRYPTION, outcome=Outcome.FAILED, sentence="The file needs a password."),)
    except (pikepdf.PdfError, OSError) as error:
        raise InputError(
            "The file cannot be read as PDF.", where=str(path), remedy="Print it again, or give another file."
        ) from error
    return tuple(_conclude(faults, ink_limit))


def _conclude(faults: dict[Rule, list[str]], ink_limit: int | None) -> Iterator[Finding]:
    for rule, told in faults.items():
        if told:
            more = f" ({len(told)} such faults in all.)" if len(told) > 1 else ""
            yield Finding(rule=rule, outcome=Outcome.FAILED, sentence=told[0] + more)
        elif rule is Rule.INK_LIMIT and ink_limit is None:
            yield Finding(rule=rule, outcome=Outcome.NOT_CHECKED, sentence="How much ink the paper takes was not said.")
        else:
            yield Finding(rule=rule, outcome=Outcome.PASSED, sentence=_PASSED[rule])
    for rule, sentence in _NOT_CHECKED.items():
        yield Finding(rule=rule, outcome=Outcome.NOT_CHECKED, sentence=sentence)


def _faults(pdf: pikepdf.Pdf, ink_limit: int | None) -> Iterator[tuple[Rule, str]]:
    yield from _of_file(pdf)
    yield from _of_metadata(pdf)
    yield from _of_intents(pdf)
    for number, page in enumerate(pdf.pages, 1):
        yield from _of_page(page, number)
    yield from _of_content(walk_pages(pdf), ink_limit)


def _of_file(pdf: pikepdf.Pdf) -> Iterator[tuple[Rule, str]]:
    version = tuple(int(part) for part in pdf.pdf_version.split("."))
    if version > _NEWEST:
        yield Rule.VERSION, f"The file is PDF {pdf.pdf_version}; PDF/X-4 is PDF 1.6."
    if pdf.is_encrypted:
        yield Rule.ENCRYPTION, "The file is encrypted."
    if "/ID" not in pdf.trailer:
        yield Rule.FILE_ID, "The file has no identifier in its trailer."
    root = pdf.Root
    for key in ("/OpenAction", "/AA", "/AcroForm"):
        if key in root:
            yield Rule.INTERACTION, f"The document has {key}."
    if "/JavaScript" in root.get("/Names", {}):
        yield Rule.INTERACTION, "The document has scripts."
    for stream in pdf.objects:
        if isinstance(stream, pikepdf.Stream):
            yield from _of_stream(stream)
    yield from _of_layers(root)


def _of_stream(stream: pikepdf.Stream) -> Iterator[tuple[Rule, str]]:
    filters: Any = stream.get("/Filter", [])
    names = {str(name) for name in ([filters] if isinstance(filters, pikepdf.Name) else filters)}
    if names & {"/LZWDecode", "/Crypt"}:
        yield Rule.FILTERS, f"A stream is packed with {', '.join(sorted(names))}."
    if "/F" in stream:
        yield Rule.FILTERS, "A stream lies in another file."


def _of_layers(root: pikepdf.Object) -> Iterator[tuple[Rule, str]]:
    properties: Any = root.get("/OCProperties")
    if properties is None:
        return
    for config in (properties.get("/D", {}), *properties.get("/Configs", [])):
        if "/Name" not in config:
            yield Rule.LAYERS, "A configuration of optional content has no name."
        if "/AS" in config:
            yield Rule.LAYERS, "Optional content is switched by the viewer (/AS)."
    for group in properties.get("/OCGs", []):
        if not str(group.get("/Name", "")):
            yield Rule.LAYERS, "A group of optional content has no name."


def _of_metadata(pdf: pikepdf.Pdf) -> Iterator[tuple[Rule, str]]:
    root, info = pdf.Root, pdf.trailer.get("/Info", pikepdf.Dictionary())
    values = _xmp(root["/Metadata"].read_bytes()) if "/Metadata" in root else None
    if values is None:
        yield Rule.IDENTIFICATION, "The file has no metadata that can be read."
        yield Rule.METADATA, "The file has no metadata that can be read."
        values = {}
    elif values.get("pdfxid:GTS_PDFXVersion") != _X4:
        yield Rule.IDENTIFICATION, f"The metadata say {values.get('pdfxid:GTS_PDFXVersion', 'nothing')} of PDF/X."
    if values:
        for key in _WANTED:
            if not values.get(key):
                yield Rule.METADATA, f"The metadata lack {key}."
    trapped = {value for value in (values.get("pdf:Trapped"), str(info.get("/Trapped", "")).lstrip("/")) if value}
    if len(trapped) != 1 or not trapped <= {"True", "False"}:
        yield Rule.TRAPPED, f"The file says {', '.join(sorted(trapped)) or 'nothing'} of trapping."
    for key, wanted, read in (
        ("/Title", "dc:title", str),
        ("/CreationDate", "xmp:CreateDate", _digits),
        ("/ModDate", "xmp:ModifyDate", _digits),
    ):
        if key in info and read(str(info[key])) != read(values.get(wanted, "")):
            yield Rule.INFO, f"{key} is {str(info[key])!r}, but {wanted} is {values.get(wanted, '')!r}."


def _digits(date: str) -> str:
    return re.sub(r"\D", "", date)


def _xmp(packet: bytes) -> dict[str, str] | None:
    """Return the values of a packet by name, written as elements or as attributes; `None` if it is no XMP."""
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return None
    try:
        tree = ET.fromstring(packet)  # noqa: S314 (no document type, hence no entities)
    except ET.ParseError:
        return None
    names = {f"{{{uri}}}": f"{prefix}:" for prefix, uri in _NS.items()}
    values = {}
    for element in tree.iter():
        pairs = [(element.tag, "".join(element.itertext()).strip()), *element.attrib.items()]
        for tag, value in pairs:
            for uri, prefix in names.items():
                if tag.startswith(uri):
                    values[prefix + tag.removeprefix(uri)] = value
    return values


def _of_intents(pdf: pikepdf.Pdf) -> Iterator[tuple[Rule, str]]:
    intents = [one for one in list(pdf.Root.get("/OutputIntents", [])) if one.get("/S") == "/GTS_PDFX"]
    if len(intents) != 1:
        yield Rule.OUTPUT_INTENT, f"The file has {len(intents)} output intents for PDF/X; it needs one."
        return
    intent = intents[0]
    if not str(intent.get("/OutputConditionIdentifier", "")):
        yield Rule.OUTPUT_INTENT, "The output intent names no printing condition."
    profile = intent.get("/DestOutputProfile")
    if profile is None:
        yield Rule.OUTPUT_INTENT, "The output intent has no profile in the file."
        return
    data = profile.read_bytes()
    if data[36:40] != b"acsp" or len(data) != int.from_bytes(data[:4], "big"):
        yield Rule.OUTPUT_INTENT, "The profile of the output intent is no ICC profile, or not whole."
    elif data[12:16] != b"prtr" or data[16:20] != b"CMYK" or data[8] > _NEWEST_ICC:
        yield Rule.OUTPUT_INTENT, "The profile of the output intent is not one for printing in CMYK."
    elif profile.get("/N") != 4:  # noqa: PLR2004 (four inks)
        yield Rule.OUTPUT_INTENT, "The profile of the output intent has another number of inks than the file says."


def _of_page(page: pikepdf.Page, number: int) -> Iterator[tuple[Rule, str]]:
    obj = page.obj
    if ("/TrimBox" in obj) == ("/ArtBox" in obj):
        yield Rule.PAGE_BOXES, f"Page {number} needs either a TrimBox or an ArtBox."
    media = [float(value) for value in obj.get("/MediaBox", page.mediabox)]
    crop = [float(v) for v in obj["/CropBox"]] if "/CropBox" in obj else media
    bleed = [float(v) for v in obj["/BleedBox"]] if "/BleedBox" in obj else crop
    trim = [float(v) for v in obj.get("/TrimBox", obj.get("/ArtBox", media))]
    for inner, outer, names in ((trim, bleed, "trim its bleed"), (bleed, media, "bleed its media")):
        low = all(inner[i] >= outer[i] - _SLACK_PT for i in (0, 1))
        high = all(inner[i] <= outer[i] + _SLACK_PT for i in (2, 3))
        if not (low and high):
            yield Rule.PAGE_BOXES, f"On page {number} the {names.replace(' its ', ' goes beyond its ')}."
    if "/AA" in obj:
        yield Rule.INTERACTION, f"Page {number} has an action."
    for note in list(obj.get("/Annots", [])):
        if note.get("/Subtype") in ("/TrapNet", "/PrinterMark"):
            continue
        left, low_, right, high_ = (float(v) for v in note.get("/Rect", [0, 0, 0, 0]))
        if left < bleed[2] and right > bleed[0] and low_ < bleed[3] and high_ > bleed[1]:
            yield Rule.ANNOTATIONS, f"Page {number} has an annotation of type {note.get('/Subtype')} on it."


def _of_content(walk: Walk, ink_limit: int | None) -> Iterator[tuple[Rule, str]]:
    yield from ((Rule.DEVICE_RGB, f"DeviceRGB is used in {where}.") for where in walk.device_rgb)
    yield from ((Rule.FONTS, f"The font {font} is not embedded.") for font in walk.fonts_missing)
    for name, forms in walk.spots.items():
        if len(forms) > 1:
            yield Rule.SPOTS, f"The spot ink {name} has {len(forms)} different alternates."
    yield from ((Rule.BLENDING, f"The space of blending is DeviceRGB in {where}.") for where in walk.rgb_groups)
    for where, says in walk.transparent.items():
        if not says:
            yield Rule.BLENDING, f"Something is transparent on {where}, which says not in which space it blends."
    yield from ((Rule.TRANSFER, f"A graphics state sets {what}.") for what in walk.transfers)
    yield from ((Rule.XOBJECTS, f"There is {what}.") for what in walk.foreign)
    for ink, where in sorted(walk.inks.items(), reverse=True):
        if ink_limit is not None and ink > ink_limit + _ROUNDING:
            yield Rule.INK_LIMIT, f"{ink:.0f} % of ink are used in {where}; the paper takes {ink_limit} %."
