"""Refusals for operators: invalid settings, and dependencies that are missing at the start."""

from models.refusals.declared import NOT_FOUND, UNAVAILABLE, Declared

OPERATIONS = {
    "settings_invalid": Declared("These settings are not valid: {settings}."),
    "settings_file_damaged": Declared(
        "The file {file} in the data folder is damaged; start the sandbox again."
    ),
    "mail_settings_invalid": Declared("{reason} See ESIM_SMTP_URL, ESIM_MAIL_FROM.", UNAVAILABLE),
    "codec_origin_invalid": Declared(
        "ESIM_CODEC_ORIGIN must be the Web UI's exact origin: https://host or https://host:port, in lower "
        "case, without a path or a slash at the end.",
        UNAVAILABLE,
    ),
    "codec_token_invalid": Declared(
        "ESIM_CODEC_TOKEN must have {characters} characters at least, in ASCII; a good one: "
        "openssl rand -hex 32.",
        UNAVAILABLE,
    ),
    "portal_address_unavailable": Declared(
        "The portal cannot listen there; see ESIM_PORTAL_HOST and ESIM_PORTAL_PORT.", UNAVAILABLE
    ),
    "health_address_unavailable": Declared(
        "The health page cannot be served there; see ESIM_HEALTH_ADDRESS.", UNAVAILABLE
    ),
    "metrics_address_unavailable": Declared(
        "Metrics cannot be served there; see ESIM_METRICS_ADDRESS.", UNAVAILABLE
    ),
    "openid_not_installed": Declared(
        "ESIM_OPENID_ISSUER is set, but what checks sign-ins is not installed; run: pip install "
        "'esim-orders[oidc]'",
        UNAVAILABLE,
    ),
    "traces_not_installed": Declared(
        "ESIM_OTLP_ENDPOINT is set, but what sends traces is not installed; "
        "run: pip install 'esim-orders[traces]'",
        UNAVAILABLE,
    ),
    "search_attributes_missing": Declared(
        "Search attributes are not registered; run: temporal operator search-attribute create {options}",
        UNAVAILABLE,
    ),
    "restore_unannounced": Declared(
        "The database was restored from a backup; run: esim-orders db restored", UNAVAILABLE
    ),
    "cursor_invalid": Declared("This is no cursor of the event feed."),
    "unknown_workflow": Declared("{workflow} is not the workflow of anything that can be held.", NOT_FOUND),
    "database_not_at_head": Declared(
        "The database is at revision {found}, this worker needs {needed}; run: esim-orders db upgrade",
        UNAVAILABLE,
    ),
}
