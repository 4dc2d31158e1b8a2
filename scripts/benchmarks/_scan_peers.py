"""The readers that ours is measured beside: each takes a picture (height, width) in shades of grey, and gives texts."""

from __future__ import annotations

import cv2
import zxingcpp

from cryptostamp.errors import EnvironmentProblem

try:
    from pyzbar.pyzbar import ZBarSymbol, decode
except ImportError as error:
    raise EnvironmentProblem(
        "The library zbar, with which the reading is measured, is not installed.",
        remedy="Install it (Debian: apt-get install libzbar0), then run the benchmark again.",
    ) from error

__all__ = ["PEERS"]


def _zxing(grey):
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode, text_mode=zxingcpp.TextMode.Plain)
    return [each.text for each in found]


def _wechat(grey):
    return [text for text in _READER.detectAndDecode(grey)[0] if text]


def _zbar(grey):
    return [each.data.decode("utf-8", "replace") for each in decode(grey, symbols=[ZBarSymbol.QRCODE])]


_READER = cv2.wechat_qrcode_WeChatQRCode()

PEERS = {"zxing-cpp": _zxing, "OpenCV WeChat": _wechat, "zbar": _zbar}
