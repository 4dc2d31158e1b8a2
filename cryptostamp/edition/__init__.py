"""The numbers and secrets of one print run: claim codes and keys, edition root, rarity, public dossier.

Everything here follows from a series, one secret and one seed: same input, same edition. This room
knows no chain and no paper.
"""

from cryptostamp.edition.claim_key import ClaimKey, claim_key_of, recover_claim_signer
from cryptostamp.edition.claim_key_list import ClaimKeyList
from cryptostamp.edition.dossier import (
    Deployment,
    DesignFacts,
    Dossier,
    FileFacts,
    SeriesFacts,
    TemplateFacts,
    public_files,
)
from cryptostamp.edition.dossier_folder import content_address, read_address, read_dossier, write_dossier
from cryptostamp.edition.edition import Edition, build_edition
from cryptostamp.edition.face_codes import SymbolForm, face_code, face_codes, face_symbol, symbol_form
from cryptostamp.edition.merkle import MerkleTree, leaf_of, verify_proof
from cryptostamp.edition.rarity import permute, seed_commitment, variant_index, variant_indices
from cryptostamp.edition.secret import EditionSecret
from cryptostamp.edition.shares import join, split

__all__ = [
    "ClaimKey",
    "ClaimKeyList",
    "Deployment",
    "DesignFacts",
    "Dossier",
    "Edition",
    "EditionSecret",
    "FileFacts",
    "MerkleTree",
    "SeriesFacts",
    "SymbolForm",
    "TemplateFacts",
    "build_edition",
    "claim_key_of",
    "content_address",
    "face_code",
    "face_codes",
    "face_symbol",
    "join",
    "leaf_of",
    "permute",
    "public_files",
    "read_address",
    "read_dossier",
    "recover_claim_signer",
    "seed_commitment",
    "split",
    "symbol_form",
    "variant_index",
    "variant_indices",
    "verify_proof",
    "write_dossier",
]
