"""The country codes an issuer may have: ISO 3166-1 alpha-2, as of 2025.

Besides the 249 assigned codes, those reserved for administrations that issue stamps of their own,
and the ranges that the standard leaves to its users, for trials.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_country"]

_ASSIGNED: Final = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
    JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
    RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV
    TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 (as a list it would fill 249 lines)
)
_RESERVED: Final = frozenset({"AC", "TA", "UN"})  # Ascension, Tristan da Cunha, United Nations
_USER_ASSIGNED: Final = re.compile(r"AA|Q[M-Z]|X[A-Z]|ZZ")


def is_country(code: str) -> bool:
    """Tell whether `code` is an alpha-2 code that an issuer may have."""
    return code in _ASSIGNED or code in _RESERVED or _USER_ASSIGNED.fullmatch(code) is not None
