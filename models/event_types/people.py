"""Types of events about the account, its users, profiles, contacts and API keys."""

from models.event_types.declared import EventType

_ACCOUNT = ("account:1",)
_USER = ("user:3",)
_OF_ACCOUNT = {"account": 1}
_OF_USER = {"user": 3}
_OF_PROFILE = {"profile": 3, "targets": ["switch_to_esim:1"]}

PEOPLE = {
    "account.created": EventType("The account was created.", _ACCOUNT, _OF_ACCOUNT),
    "account.renamed": EventType("The account has another name.", _ACCOUNT, _OF_ACCOUNT),
    "account.closed": EventType("The account was closed.", _ACCOUNT, _OF_ACCOUNT),
    "account.reopened": EventType("The account was opened again.", _ACCOUNT, _OF_ACCOUNT),
    "account.language_changed": EventType("The account has another language.", _ACCOUNT, {"language": "fr"}),
    "account.contact_changed": EventType(
        "The address for questions about the account was set or removed.", _ACCOUNT, {"given": True}
    ),
    "account.sender_changed": EventType(
        "The name that e-mails of the account come from was set or removed.", _ACCOUNT, {"given": True}
    ),
    "account.reminders_changed": EventType(
        "Distributors are reminded on other days; null: as the settings of the platform say.",
        _ACCOUNT,
        {
            "acknowledgement_days": 3,
            "processing_days": None,
            "reminders": 2,
            "qr_code_days": None,
            "qr_reminders": None,
        },
    ),
    "account.mapping_saved": EventType(
        "What headings of imported files of a kind mean was saved for later files.",
        _ACCOUNT,
        {"kind": "import_fleet"},
    ),
    "account.mapping_deleted": EventType(
        "No mapping is saved any more for files of a kind.", _ACCOUNT, {"kind": "import_fleet"}
    ),
    "person.erased": EventType(
        "The data of a person were erased; the counts say how many of what.",
        ("agent:4",),
        {"notifications": 1, "notes": 0},
        ("sims", "copies", "accounts", "mentions", "email_texts"),
    ),
    "user.created": EventType("A user was added.", _USER, {"user": 3, "role": "manager", "kind": "person"}),
    "user.renamed": EventType("A user has another name.", _USER, _OF_USER),
    "user.profile_changed": EventType(
        "A user has another authorised actions profile.", _USER, {"user": 3, "profile": 2}
    ),
    "user.role_changed": EventType(
        "A user has another role.", _USER, {"user": 3, "role": "viewer", "distributor_id": None}
    ),
    "user.language_changed": EventType("A user has another language.", _USER, {"user": 3, "language": "fr"}),
    "user.deactivated": EventType("A user was deactivated.", _USER, _OF_USER),
    "user.activated": EventType("A deactivated user is active again.", _USER, _OF_USER),
    "user.invited": EventType("A user was invited by e-mail.", _USER, _OF_USER),
    "user.reset_asked": EventType("A user asked for a new password.", _USER, _OF_USER),
    "user.password_changed": EventType("A user has a new password.", _USER, _OF_USER),
    "user.signed_in": EventType("A user signed in.", _USER, {"user": 3, "session": 8}),
    "user.openid_linked": EventType(
        "A user signed in at the OpenID provider for the first time, and was linked with the user there.",
        _USER,
        {"user": 3, "issuer": "https://id.example.com"},
    ),
    "user.openid_unlinked": EventType(
        "The link between a user and the OpenID provider was removed.", _USER, _OF_USER
    ),
    "user.session_ended": EventType(
        "A user signed out, or ended a session; without `session` all others.",
        _USER,
        {"user": 3, "session": 8},
    ),
    "profile.created": EventType("An authorised actions profile was added.", ("profile:3",), {"profile": 3}),
    "profile.renamed": EventType("A profile has another name.", ("profile:3",), {"profile": 3}),
    "profile.deleted": EventType(
        "A profile was deleted; its users have the replacement.",
        ("profile:3",),
        {"profile": 3, "replacement": 1, "users": 2},
    ),
    "profile.targets_enabled": EventType("A profile allows more actions.", ("profile:3",), _OF_PROFILE),
    "profile.targets_disabled": EventType("A profile allows fewer actions.", ("profile:3",), _OF_PROFILE),
    "contact.created": EventType(
        "A contact of a distributor was added.",
        ("contact:7",),
        {"contact": 7, "distributor": 1, "roles": ["esim_qr_code"]},
    ),
    "contact.changed": EventType(
        "A contact was changed; `fields` are what was.",
        ("contact:7",),
        {"contact": 7, "fields": ["roles"], "roles_taken": ["order"]},
        ("roles_given",),
    ),
    "contact.removed": EventType("A contact was removed.", ("contact:7",), {"contact": 7}),
    "employee.created": EventType("An employee was added.", ("employee:4",), {"employee": 4}),
    "employee.changed": EventType(
        "An employee was changed; `fields` are what was.",
        ("employee:4",),
        {"employee": 4, "fields": ["language"]},
    ),
    "employee.removed": EventType("An employee was removed.", ("employee:4",), {"employee": 4}),
    "group.created": EventType("A management group was added.", ("group:2",), {"group": 2}),
    "group.renamed": EventType("A management group has another name.", ("group:2",), {"group": 2}),
    "group.deleted": EventType(
        "A management group was deleted; its lines and SIMs stay.",
        ("group:2",),
        {"group": 2, "lines": 12, "sims": 14},
    ),
    "view.shared": EventType(
        "A saved view of the inventory was shared with the account.", ("view:7",), {"view": 7}
    ),
    "view.unshared": EventType(
        "A view that was shared is its owner's alone again.", ("view:7",), {"view": 7}
    ),
    "view.renamed": EventType("A shared view has another name.", ("view:7",), {"view": 7}),
    "view.deleted": EventType("A shared view was deleted.", ("view:7",), {"view": 7}),
    "api_key.created": EventType("An API key was made.", ("api_key:7",), {"api_key": 7}),
    "api_key.revoked": EventType("An API key was revoked.", ("api_key:7",), {"api_key": 7}),
}
