"""English translations of parameters that are codes."""

from models.refusals.declared import Words

WORDS: Words = {
    "action": {
        "switch_to_esim": "Switch to eSIM",
        "replace_esim": "Replace the eSIM",
        "generate_qr_code": "Generate an eSIM QR code",
    },
    "add_on": {
        "voice_sms": "Voice+SMS",
        "voice_sms_data": "Voice+SMS+Data",
        "voice_sms_data_pro": "Voice+SMS+Data Pro",
    },
    "ended": {
        "imported": "the QR code has been imported already, and nothing is left to do",
        "withdrawn": "it was withdrawn, and the QR code is not needed any more",
        "sim_discarded": "the SIM is discarded, and the QR code is not needed any more",
        "refused": "it was refused",
        "over": "the QR code is not waited for any more",
    },
    "order_status": {"processed": "processed", "cancelled": "cancelled", "refused": "refused"},
    "rule": {
        "length": "it has more than 255 characters",
        "form": "it does not have the form LPA:1$SERVER$MATCHING-ID",
        "server": "it names no SM-DP+ server",
        "matching_id": "its matching id has not only capital letters, digits and hyphens",
        "oid": "its third field is no object identifier",
        "flag": "its last field is not the flag 1",
    },
    "state": {
        "queued": "queued",
        "active": "active",
        "expired": "expired",
        "depleted": "depleted",
        "lapsed": "lapsed",
        "revoked": "revoked",
    },
}
"""`action`: the labels of `models.orders.rules.Action`; `add_on`: those of
`models.licences.add_ons.AddOn`; `ended`: how a request ended; `order_status`: how an
order ended; `rule`: which rule an activation code breaks; `state`: of a plan on an eSIM line."""
