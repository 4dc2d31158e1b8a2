"""Content addressing: files and folders whose address follows from their bytes, so that it can be fixed in advance.

CIDs, UnixFS files and folders, and CAR archives, exactly as the InterPlanetary File System has them. This room
hashes and encodes; it asks no node, reads no archive back, and knows nothing of stamps.
"""

from cryptostamp.content.car import CarWriter
from cryptostamp.content.cid import DAG_PB, RAW, Cid, parse_cid
from cryptostamp.content.dag_pb import Node, Put
from cryptostamp.content.files import add_bytes, add_file
from cryptostamp.content.folder import SHARDED_ABOVE_BYTES, Folder

__all__ = [
    "DAG_PB",
    "RAW",
    "SHARDED_ABOVE_BYTES",
    "CarWriter",
    "Cid",
    "Folder",
    "Node",
    "Put",
    "add_bytes",
    "add_file",
    "parse_cid",
]
