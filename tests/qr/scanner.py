"""A phone: reads the QR codes that it is shown. Nothing of the application's own reader is in it."""

import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats

_QR_CODES = BarcodeFormats([BarcodeFormat.QRCodeModel1, BarcodeFormat.QRCodeModel2])


def scan(picture: Image.Image) -> list[str]:
    """What the QR codes in a picture say."""
    grey = picture.convert("L")
    pixels = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
    return [symbol.text for symbol in zxingcpp.read_barcodes(pixels, _QR_CODES)]
