"""The collector's page: a site on which a stamp is looked up, claimed and proven, and a JSON API beside it.

It gives the verdicts of `cryptostamp.scan` as anybody else would reach them: nothing depends on this site.
"""

from __future__ import annotations

from cryptostamp.web.app import create_app
from cryptostamp.web.settings import Limits, OtherContract, Settings

__all__ = ["Limits", "OtherContract", "Settings", "create_app"]
