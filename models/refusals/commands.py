"""Refusals of the command line: how a command is called, and the files it reads and writes."""

from models.refusals.declared import CONFLICT, NOT_FOUND, UNAVAILABLE, Declared

COMMANDS = {
    "unexpected": Declared("An unexpected error ended this ({failure}); {log} says where.", UNAVAILABLE),
    "not_confirmed": Declared("Not confirmed; nothing was done."),
    "confirmation_needed": Declared("There is no terminal to confirm at: add --yes."),
    "stdin_taken": Declared("The text comes from stdin, so nothing can be confirmed there: add --yes."),
    # how it is called
    "language_unknown": Declared("There is no such language; there are: {languages}."),
    "order_id_invalid": Declared("An order's id is order- and 16 letters and digits."),
    "request_id_invalid": Declared("A request's id is qr-request- and 16 letters and digits."),
    "notification_id_invalid": Declared("A notification's id is qr-notification- and 16 letters and digits."),
    "status_invalid": Declared("There is no such status; there are {statuses}."),
    "reason_unknown": Declared("There is no such reason; there are {reasons}."),
    "query_invalid": Declared(
        "Temporal does not understand this query; docs/operations.md shows some that it does."
    ),
    "selection_invalid": Declared(
        "Name some by their ids, or choose many with --query, --reason, --all-held or --without-workflow."
    ),
    "retry_many_invalid": Declared(
        'RetryHeld takes {{"reason": "mail_unavailable"}}, {{"query": "Provider = \'Orange\'"}} or '
        '{{"all": true}}, and "why" if you like.'
    ),
    "retry_many_id": Declared(
        "The id of an order, request or notification belongs to its own workflow; name this one otherwise, "
        "such as retry-1."
    ),
    "nothing_to_change": Declared("Say what changes: --name, --email, --language, --role or --no-role."),
    "notify_contradicted": Declared("Say --notify or --no-notify, not both."),
    "no_code_given": Declared("Name a FILE with the QR code, or type the code with --code -."),
    "code_as_argument": Declared(
        "A code is never an argument, where others could read it: say --code - and type or pipe it."
    ),
    "output_contradicted": Declared("Say -o - or --json, not both."),
    "output_needed": Declared("Say where to with -o FILE; the code is drawn only at a terminal."),
    "output_not_piped": Declared("With -o - the picture has to be piped somewhere."),
    "format_unknown": Declared("Name the file .png or .svg, or say which with --format."),
    "terminal_too_narrow": Declared(
        "The code needs {columns} columns; widen the terminal, or write it to a file with -o."
    ),
    # files
    "file_not_there": Declared("The file {file} is not there."),
    "file_is_folder": Declared("The file {file} is a folder."),
    "file_not_permitted": Declared("The file {file} may not be read."),
    "no_space": Declared("The output cannot be written: there is no space left."),
    "file_unreadable": Declared("The file {file} cannot be read."),
    "file_exists": Declared("The file {file} is there already; --force overwrites it."),
    "file_not_replaceable": Declared("{file} is no file that could be replaced."),
    "report_not_ours": Declared(
        "{file} is there already and is no report of an earlier import; name another file for the report."
    ),
    "file_unwritable": Declared("The file {file} cannot be written."),
    # the sandbox
    "sandbox_missing": Declared("The sandbox is not installed here: pip install 'esim-orders[sandbox]'."),
    "sandbox": Declared("{reason}"),
    "sandbox_silent": Declared(
        "The sandbox in {folder} does not answer, as it is starting or stopping; try again in a moment."
    ),
    "sandbox_part_unknown": Declared("The sandbox has no component {part}; it has: {parts}."),
    "sandbox_part_external": Declared(
        "{part} is not the sandbox's own, as {variable} names another: stop and start it where it runs."
    ),
    "sandbox_part_slow": Declared(
        "{part} is still not {state}; see its log, and esim-orders sandbox status."
    ),
    "sandbox_clock_external": Declared(
        "A sandbox with a clock runs all parts itself, but {variables} names another: unset it first."
    ),
    "no_sandbox_clock": Declared(
        "This is no sandbox with a clock: only what `esim-orders up --clock` has started can be advanced."
    ),
    "clock_duration_invalid": Declared(
        "Say by how long in ISO 8601, such as P30D or P1DT2H; at most by {most} days."
    ),
    "time_invalid": Declared(
        "A time is like 2026-07-01 or 2026-07-01T12:00, in UTC, or has its offset: 2026-07-01T12:00+02:00."
    ),
    "clock_stopped": Declared(
        "The clock stopped at {at}, {left} before the end: step {step} of {work} fails ({reason}). Fix it, "
        "retry it (`esim-orders order retry {work}`), then advance the clock by {left}.",
        CONFLICT,
    ),
    "data_dir_unusable": Declared("The sandbox cannot use the folder {folder}: {reason}."),
    "unknown_mail": Declared("There is no mail number {number}.", NOT_FOUND),
    "demo": Declared("The demonstration's fleet has no line left for {action}."),
}
