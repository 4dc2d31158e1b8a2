"""The codes on a stamp: the public code on its face, the short code beside it, the hidden claim code.

Parsing, checking, writing, and their QR symbols. This room knows no chain and no edition: whether a
well-formed code names a real stamp is for `cryptostamp.scan` to find out.
"""

from cryptostamp.codes.claim_code import ClaimCode, parse_claim_code
from cryptostamp.codes.claim_codes import ClaimCodes
from cryptostamp.codes.claim_half import ClaimHalf, Half, parse_claim_half, parse_hidden_code
from cryptostamp.codes.fields import tag_of
from cryptostamp.codes.keccak import keccak256_of
from cryptostamp.codes.kind import Kind, classify
from cryptostamp.codes.public_code import PublicCode, check_host, parse_public_code
from cryptostamp.codes.public_codes import PublicCodes
from cryptostamp.codes.short_code import ShortCode, parse_short_code
from cryptostamp.codes.signed_code import sign_with, signer_of, signing_text
from cryptostamp.codes.symbol import QrSymbol, claim_symbol, public_symbol
from cryptostamp.codes.symbol_batch import SymbolBatch, best_mask, claim_symbols, public_symbols, text_symbols
from cryptostamp.codes.tags import tags_of

__all__ = [
    "ClaimCode",
    "ClaimCodes",
    "ClaimHalf",
    "Half",
    "Kind",
    "PublicCode",
    "PublicCodes",
    "QrSymbol",
    "ShortCode",
    "SymbolBatch",
    "best_mask",
    "check_host",
    "claim_symbol",
    "claim_symbols",
    "classify",
    "keccak256_of",
    "parse_claim_code",
    "parse_claim_half",
    "parse_hidden_code",
    "parse_public_code",
    "parse_short_code",
    "public_symbol",
    "public_symbols",
    "sign_with",
    "signer_of",
    "signing_text",
    "tag_of",
    "tags_of",
    "text_symbols",
]
