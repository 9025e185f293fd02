"""Links that install an eSIM on the phone that opens them.

They come beside the QR code, since not all phones support them. Like the code they are a secret.
"""

from urllib.parse import quote

from models.codes.activation import ActivationCode

_INSTALL = "https://esimsetup.{}.com/esim_qrcode_provisioning?carddata={}"


def install_links(code: ActivationCode) -> dict[str, str]:
    """The links by the kind of phone: `ios` and `android`."""
    data = quote(str(code), safe="")
    return {"ios": _INSTALL.format("apple", data), "android": _INSTALL.format("android", data)}
