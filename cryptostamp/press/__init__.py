"""Drawing and printing: what a stamp looks like on a screen and on paper.

From a series, its artwork and the symbols of its codes come pictures of stamps, sheets of stamps as PDF,
and the sealed layer of hidden codes. This room knows paper, ink and letters; it knows no chain, derives
no secret, and takes every code as text and symbol from whoever made it.
"""

from cryptostamp.press.artwork import render_artwork
from cryptostamp.press.claim_part import check_claim_part
from cryptostamp.press.colour import Inks, inks_of
from cryptostamp.press.face import face_parts, static_marks
from cryptostamp.press.imposition import Places, cut, place_of, position_of, serial_at, sheets_of, sheets_with
from cryptostamp.press.legibility import letters_colour
from cryptostamp.press.pdf.claim_layer import claim_layer_pdf, scratch_layer_pdf, write_claim_layer
from cryptostamp.press.pdf.page_file import SharedPart
from cryptostamp.press.pdf.pdfx import Finding, Outcome, Rule, check_pdfx
from cryptostamp.press.pdf.sheet_pdf import SheetFile, shared_faces, write_face_pdf
from cryptostamp.press.phone import photograph
from cryptostamp.press.png_batch import StampPictures
from cryptostamp.press.preflight import check_press, press_notes
from cryptostamp.press.proof_plan import ClaimPlan, PlannedPlace, ProofPlan
from cryptostamp.press.proofing import PagePicture, PrintedFilePages, PrintedPage
from cryptostamp.press.runs import ClaimRun, FaceRun
from cryptostamp.press.seal import SealedFile, recipients_of, seal, unseal, write_sealed
from cryptostamp.press.sheet_view import draw_sheet, view_sheet
from cryptostamp.press.stamp_image import (
    ClaimPart,
    StampFace,
    render_claim_part,
    render_stamp,
    render_under_lamp,
    shared_picture,
)
from cryptostamp.press.stamp_svg import stamp_svg
from cryptostamp.press.template import Template, template_of
from cryptostamp.press.template_marks import PlacedPicture, variable_marks
from cryptostamp.press.token_image import token_picture, token_svg
from cryptostamp.press.webp import webp_bytes

__all__ = [
    "ClaimPart",
    "ClaimPlan",
    "ClaimRun",
    "FaceRun",
    "Finding",
    "Inks",
    "Outcome",
    "PagePicture",
    "PlacedPicture",
    "Places",
    "PlannedPlace",
    "PrintedFilePages",
    "PrintedPage",
    "ProofPlan",
    "Rule",
    "SealedFile",
    "SharedPart",
    "SheetFile",
    "StampFace",
    "StampPictures",
    "Template",
    "check_claim_part",
    "check_pdfx",
    "check_press",
    "claim_layer_pdf",
    "cut",
    "draw_sheet",
    "face_parts",
    "inks_of",
    "letters_colour",
    "photograph",
    "place_of",
    "position_of",
    "press_notes",
    "recipients_of",
    "render_artwork",
    "render_claim_part",
    "render_stamp",
    "render_under_lamp",
    "scratch_layer_pdf",
    "seal",
    "serial_at",
    "shared_faces",
    "shared_picture",
    "sheets_of",
    "sheets_with",
    "stamp_svg",
    "static_marks",
    "template_of",
    "token_picture",
    "token_svg",
    "unseal",
    "variable_marks",
    "view_sheet",
    "webp_bytes",
    "write_claim_layer",
    "write_face_pdf",
    "write_sealed",
]
