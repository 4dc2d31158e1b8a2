"""The pages that collectors meet, one module each. All of them work without JavaScript as far as looking goes."""

from __future__ import annotations

from cryptostamp.web.pages import album, claim, prove, scan, series, stamp

__all__ = ["ROUTERS"]

ROUTERS = (scan.pages, stamp.pages, claim.pages, prove.pages, series.pages, album.pages)
