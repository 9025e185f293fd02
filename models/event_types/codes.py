"""Types of events about QR codes: requests, imports, notifications and mailed links."""

from models.event_types.declared import EventType

_SIM = ("sim:12",)
_REQUEST = ("qr-request-abcdefghijklmnop", "sim:12")
_NOTIFICATION = ("qr-notification-abcdefghijklmnop", "sim:12")

CODES = {
    "qr.requested": EventType(
        "The distributor's contacts were asked for a QR code.",
        _REQUEST,
        {"round": 1, "contacts": [7]},
        ("email_text",),
    ),
    "qr.sent_again": EventType(
        "A request for a QR code was sent again.",
        _REQUEST,
        {"round": 2, "contacts": [7]},
        ("email_text",),
    ),
    "qr.refused": EventType(
        "A request for a QR code was refused; `codes` are the reasons.", _REQUEST, {"codes": ["esim_needed"]}
    ),
    "qr.withdrawn": EventType("A request for a QR code was withdrawn.", _REQUEST),
    "qr.sim_discarded": EventType("A request ended because its SIM was discarded.", _REQUEST),
    "qr.imported": EventType(
        "A QR code was imported: by the account, or by the distributor with a link.",
        (*_REQUEST, "link:5"),
        {"version": 1, "file_type": "png", "how": "link"},
    ),
    "qr.import_refused": EventType(
        "A file or a code was not accepted; `codes` are the reasons.",
        (*_REQUEST, "link:5"),
        {"codes": ["no_qr_code_found"]},
    ),
    "qr.shown": EventType("A user looked at the QR code of an eSIM.", _SIM, {"version": 1}),
    "notification.created": EventType(
        "A person is notified by e-mail that a QR code has arrived.", _NOTIFICATION, {"version": 1}
    ),
    "notification.revoked": EventType("A notification is not valid any more, nor its link.", _NOTIFICATION),
    "link.checked": EventType("A file or a code was checked with an upload link.", (*_REQUEST, "link:5")),
    "link.used": EventType("A QR code was sent with an upload link.", (*_REQUEST, "link:5")),
    "link.shown": EventType("A QR code was looked at with a link.", (*_NOTIFICATION, "link:6")),
    "link.downloaded": EventType("A QR code was downloaded with a link.", (*_NOTIFICATION, "link:6")),
    "link.refused": EventType(
        "What a link was used for was refused.", (*_NOTIFICATION, "link:6"), {}, ("codes", "reason")
    ),
    "link.revoked": EventType("A link was revoked.", (*_REQUEST, "link:5")),
}
