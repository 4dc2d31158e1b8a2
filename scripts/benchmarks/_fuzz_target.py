"""One target of the fuzzer as a program of its own: ``python -m benchmarks._fuzz_target codes|pictures``."""

from __future__ import annotations

import io
import sys

import atheris
import qrcode

with atheris.instrument_imports(include=["cryptostamp.codes", "cryptostamp.scan.pictures", "PIL"]):
    import PIL.Image  # noqa: F401 - instrumented before anything else imports it

    from cryptostamp.codes import classify, parse_claim_code, parse_public_code, parse_short_code
    from cryptostamp.errors import CodeFormatError
    from cryptostamp.scan import read_symbols

__all__ = []


def _codes(data):
    text = data.decode("utf-8", "replace")
    classify(text)
    for parse in (parse_public_code, parse_short_code, parse_claim_code):
        try:
            parse(text)
        except CodeFormatError:
            continue


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
    target = {"codes": _codes, "pictures": _pictures}[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target)
    atheris.Fuzz()
