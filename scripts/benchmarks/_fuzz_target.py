"""One target of the fuzzer as a program of its own: ``python -m benchmarks._fuzz_target codes|facts|pictures``."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import atheris
import qrcode

with atheris.instrument_imports(
    include=["cryptostamp.codes", "cryptostamp.edition", "cryptostamp.scan.pictures", "PIL"]
):
    import PIL.Image  # noqa: F401 - instrumented before anything else imports it

    from cryptostamp.codes import classify, parse_claim_code, parse_public_code, parse_short_code
    from cryptostamp.edition import Deployment, Dossier, EditionSecret, SeriesFacts, build_edition
    from cryptostamp.edition.dossier_json import parse_facts, write_facts
    from cryptostamp.errors import CodeFormatError, InputError
    from cryptostamp.primitives import ChainId, Hash32, parse_address
    from cryptostamp.scan import read_symbols
    from cryptostamp.series import Money, create_series

__all__ = []


def _codes(data):
    text = data.decode("utf-8", "replace")
    classify(text)
    for parse in (parse_public_code, parse_short_code, parse_claim_code):
        try:
            parse(text)
        except CodeFormatError:
            continue


def _dossier():
    """Return a dossier that agrees with itself."""
    with tempfile.TemporaryDirectory() as folder:
        money = Money(amount=Decimal("1.20"), currency="EUR")
        series = create_series(Path(folder) / "series", title="Fuzz", year=2026, face_value=money, edition=40)
        somewhere = parse_address("0x" + "11" * 20)
        return Dossier(
            series=SeriesFacts.of(series),
            edition=build_edition(series, EditionSecret(bytes(32)), Hash32(bytes(32))),
            deployment=Deployment(
                chain_id=ChainId(31337),
                genesis_hash=Hash32(bytes(32)),
                contract=somewhere,
                registry=somewhere,
                transaction=Hash32(bytes(32)),
            ),
        )


_DOSSIER = _dossier()
_FACTS = json.loads(write_facts(_DOSSIER))


def _facts(data):
    """Read the bytes as the facts of a dossier, or good facts of which one is replaced."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        facts = json.loads(json.dumps(_FACTS))
        place = facts
        while isinstance(place, dict | list) and place:
            names = list(place) if isinstance(place, dict) else range(len(place))
            name = names[provider.ConsumeIntInRange(0, len(names) - 1)]
            inner = place[name]
            if not isinstance(inner, dict | list) or not inner or provider.ConsumeIntInRange(0, 3) == 0:
                place[name] = _anything(provider)
                break
            place = inner
        text = (json.dumps(facts, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace")
    else:
        text = provider.ConsumeBytes(1 << 16)
    try:
        parse_facts(text, _DOSSIER.edition.claim_keys, {})
    except InputError:
        return


def _anything(provider):
    kind = provider.ConsumeIntInRange(0, 5)
    if kind == 0:
        return provider.ConsumeUnicode(200)
    if kind == 1:
        return provider.ConsumeInt(16)
    if kind == 2:  # noqa: PLR2004
        return provider.ConsumeFloat()
    if kind == 3:  # noqa: PLR2004
        return [provider.ConsumeUnicodeNoSurrogates(20)] * provider.ConsumeIntInRange(0, 4)
    return None if kind == 4 else {}  # noqa: PLR2004


def _seeds():
    image = qrcode.make("https://post.example/S/1", box_size=3).get_image()
    for format_, mode in (("JPEG", "CMYK"), ("PNG", "P"), ("WEBP", "RGBA"), ("JPEG", "L")):
        buffer = io.BytesIO()
        image.convert("RGB").convert(mode).save(buffer, format_)
        yield buffer.getvalue()


_SEEDS = list(_seeds())


def _pictures(data):
    """Read the bytes, or a good picture with some of its bytes replaced; a PDF is for another process."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        seed = bytearray(_SEEDS[provider.ConsumeIntInRange(0, len(_SEEDS) - 1)])
        for _ in range(provider.ConsumeIntInRange(0, 12)):
            seed[provider.ConsumeIntInRange(0, len(seed) - 1)] = provider.ConsumeIntInRange(0, 255)
        picture = bytes(seed)
    else:
        picture = provider.ConsumeBytes(1 << 16)
    reading = read_symbols(picture.replace(b"%PDF-", b""))
    if not reading.symbols and not reading.problem:
        raise AssertionError("nothing was read, and nothing was said")


if __name__ == "__main__":
    target = {"codes": _codes, "facts": _facts, "pictures": _pictures}[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()
