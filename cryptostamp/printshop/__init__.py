"""The print shop: the files of a print job, made by this process, several or a cluster, and read back.

What a worker needs to make a file is here and below, so that it starts without a chain library or a ledger. Knows no
workspace and no secret of an edition: a task holds the public facts and the hidden codes of its own stamps.
"""
