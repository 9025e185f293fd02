"""Refusals of calls over HTTP, and about API keys."""

from models.refusals.declared import BAD_REQUEST, CONFLICT, FORBIDDEN, NOT_FOUND, UNAUTHORISED, Declared

API = {
    # who calls
    "api_key_needed": Declared(
        "Send your API key: Authorization: Bearer esim_live_... or esim_test_....", UNAUTHORISED
    ),
    "api_key_invalid": Declared(
        "The API key is unknown, has expired, was revoked, or its user is deactivated.", UNAUTHORISED
    ),
    "account_header_invalid": Declared(
        "Esim-Account and Esim-User are for platform keys; this key acts for its own account.", FORBIDDEN
    ),
    "account_header_needed": Declared("A platform key names the account of the call: Esim-Account: NAME."),
    # what is asked
    "header_doubled": Declared("Send the header {header} once.", BAD_REQUEST),
    "idempotency_key_needed": Declared(
        "Send an Idempotency-Key of your own with this call; a repeat with the same key does nothing twice.",
        BAD_REQUEST,
    ),
    "key_reused": Declared(
        "This Idempotency-Key was used with another body; use a new key for another call."
    ),
    "page_cursor_invalid": Declared(
        "The cursor is of another list or another filter; ask for the first page, without a cursor.",
        BAD_REQUEST,
    ),
    "json_invalid": Declared("The body is not valid JSON in UTF-8.", BAD_REQUEST),
    "body_invalid": Declared("The call is not as the reference says: {fields}."),
    "file_needed": Declared("Send one file, with its name, as the field `file` of multipart/form-data."),
    "unknown_record": Declared("There is no such record.", NOT_FOUND),
    "work_kind_unknown": Declared("The kind of work is one of: {kinds}."),
    "held_choice": Declared("Name a reason or ids, of which there are at most {most}."),
    "unknown_job": Declared("There is no such job.", NOT_FOUND),
    "job_kind_unknown": Declared("The kind of job is one of: {kinds}."),
    "job_status_unknown": Declared("The status of a job is one of: {statuses}."),
    "job_rows_invalid": Declared("A job has 1 to {most} rows."),
    "job_over": Declared("{job} has ended, or its rows are written; it cannot be cancelled any more."),
    "job_given_up": Declared("A step of the job kept failing, and it was not retried in time."),
    "api_key_over": Declared("The API key that the job was made with has expired or was revoked."),
    "unknown_event_type": Declared("There are no such types of events: {types}. All: GET /event-types."),
    "too_many_calls": Declared("This key calls too often; wait as long as Retry-After says.", 429),
    "too_many_streams": Declared(
        "This key has {most} streams open, the most that are allowed at once; close one of them first.", 429
    ),
    # API keys
    "unknown_api_key": Declared("There is no such API key.", NOT_FOUND),
    "service_user_needed": Declared("An account's API key acts as a service user; this user is a person."),
    "permission_above_yours": Declared(
        "An API key has at most the permissions of its user and its maker; not: {permissions}."
    ),
    "unknown_permission": Declared("There is no such permission: {permissions}."),
    "expiry_invalid": Declared("The end of an API key lies in the future, with its time zone."),
    "expiry_after_yours": Declared(
        "A key that is made with a key ends no later than that one: say expires_at, at the latest {latest}."
    ),
    "api_key_made": Declared(
        "This Idempotency-Key made the API key {key}, whose text was shown once. If it is lost, revoke {key} "
        "and make another under a new Idempotency-Key."
    ),
    # webhooks
    "unknown_webhook": Declared("There is no such webhook.", NOT_FOUND),
    "webhook_types_unknown": Declared("There are no such types of events: {types}. All: GET /event-types."),
    "webhook_url_invalid": Declared(
        "The address of a webhook begins with https:// and a host; it has no user name and no fragment. "
        "http:// is for this machine alone, and only where this installation allows it."
    ),
    "webhook_query_hidden": Declared(
        "The query of the address is hidden: `?…`. Give it again in full, or leave the query out."
    ),
    "webhook_address_private": Declared(
        "The host of the webhook has an address that is not public; only public addresses are called."
    ),
    "webhook_host_unknown": Declared("The host of the webhook's address is not found."),
    "webhook_description_invalid": Declared("A description has at most {most} characters."),
    "webhook_changed": Declared("The webhook was changed meanwhile: look at it again.", CONFLICT),
    "webhook_made": Declared(
        "This Idempotency-Key made the webhook {webhook}, whose secret was shown once. If it is lost, rotate "
        "the secret of {webhook}."
    ),
    "webhook_rotated": Declared(
        "This Idempotency-Key rotated the secret of {webhook}, which was shown once. If it is lost, rotate "
        "it again under a new Idempotency-Key."
    ),
    "webhook_ping_unanswered": Declared(
        "A ping was sent under this Idempotency-Key, and its answer is not known yet. Ask again in ten "
        "seconds, or send another under a new Idempotency-Key.",
        CONFLICT,
    ),
    "too_many_secrets": Declared(
        "{most} earlier secrets still sign. Wait until the time of one is over, or rotate and keep none.",
        CONFLICT,
    ),
    "too_many_webhooks": Declared("An account has at most {most} webhooks; delete one first.", CONFLICT),
    "webhook_replay_choice": Declared(
        "Say what is sent again: either one event, or from when on and, if wanted, until when; not both."
    ),
    "webhook_replay_span": Declared(
        "The time from which on events are sent again has a time zone, lies before the time until when, and "
        "is not in the future."
    ),
    "webhook_replay_many": Declared(
        "More than {most:,} events lie in this span of time; choose a shorter one."
    ),
    "webhook_keep_invalid": Declared("The secret before signs for 0 to 720 hours more."),
    "unknown_event": Declared("There is no such event.", NOT_FOUND),
    "key_user_or_platform": Declared(
        "Say whose key it is: --user SERVICE_USER, or --platform live (or test)."
    ),
    "mode_unknown": Declared("The mode is one of: live, test."),
}
