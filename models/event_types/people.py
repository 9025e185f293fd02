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
    ),
    "api_key.created": EventType("An API key was made.", ("api_key:7",), {"api_key": 7}),
    "api_key.revoked": EventType("An API key was revoked.", ("api_key:7",), {"api_key": 7}),
}
