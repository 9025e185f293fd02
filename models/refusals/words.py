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
    "permission": {
        "view_inventory": "see the inventory",
        "edit_inventory": "change employees and management groups",
        "import_inventory": "import a fleet",
        "view_catalogue": "see the catalogue",
        "edit_catalogue": "change the catalogue",
        "view_orders": "see orders",
        "place_orders": "place orders",
        "cancel_orders": "cancel orders",
        "acknowledge_orders": "acknowledge orders",
        "report_processed": "report orders processed",
        "enter_iccid": "enter ICCIDs",
        "retry_work": "retry held work",
        "request_qr_codes": "request QR codes",
        "import_qr_codes": "import QR codes",
        "view_qr_codes": "see QR codes",
        "notify_qr_codes": "send QR codes",
        "view_people": "see users and contacts",
        "view_licences": "see licences, numbers and agents",
        "buy_licences": "buy, change and give back licences",
        "assign_licences": "assign licences",
        "manage_numbers": "manage numbers and agents",
        "view_travel": "see travel eSIMs",
        "sell_travel": "sell travel eSIMs",
        "report_travel": "report the usage of travel eSIMs",
        "manage_travel": "manage travel plans, rates and stock",
        "manage_users": "manage users",
        "manage_profiles": "manage profiles",
        "manage_contacts": "manage contacts",
        "manage_api_keys": "manage API keys",
        "manage_webhooks": "manage webhooks",
        "run_jobs": "run imports and bulk actions",
        "view_audit": "see the audit",
        "manage_accounts": "manage accounts",
        "erase_people": "erase people",
        "see_operations": "see operations",
    },
    "role": {
        "owner": "owner",
        "administrator": "administrator",
        "manager": "fleet manager",
        "viewer": "viewer",
        "support": "support",
        "provider_desk": "provider desk",
        "operator": "operator of the platform",
    },
    "rule": {
        "length": "it has more than 255 characters",
        "form": "it does not have the form LPA:1$SERVER$MATCHING-ID",
        "server": "it names no SM-DP+ server",
        "matching_id": "its matching id has not only letters, digits and hyphens",
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
"""`action`: the labels of `models.orders.rules.Action`; `add_on`: those of `models.licences.add_ons.AddOn`;
`ended`: how a request ended; `order_status`: how an order ended; `permission`: what a permission allows, of
`models.people.callers.Permission`; `role`: of `models.people.callers.Role`, as pages name it; `rule`: which
rule an activation code breaks; `state`: of a plan on an eSIM line.
"""
