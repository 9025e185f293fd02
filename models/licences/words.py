"""What commands say of the changes of numbers, in English (`wording.french.numbers` in French)."""

from models.licences.numbers import Change, Notice

CHANGED = {
    Change.CHANGE_USER: "The user of {number} has changed.",
    Change.DELETE: "{number} is deleted.",
    Change.RECOVER: "{number} is recovered, without an agent or an eSIM.",
    Change.SUSPEND: "{number} is suspended.",
    Change.RESUME: "{number} is no longer suspended.",
    Change.MAKE_DIRECT: "{number} is a direct number now.",
    Change.MAKE_SHARED: "{number} is a shared line now.",
    Change.STOP_ESIM: "{number} has no eSIM any more.",
}
"""What each change has done to a number."""

UNCHANGED = "{number}: nothing changed."
CANCELLED = "The order {order} is cancelled."

KEPT = (
    "{licence}: in use without an eSIM or an open order. "
    "`esim-orders number stop-esim {number} --reason lost` frees it, `number replace` or `number assign` "
    "uses it."
)
"""Of a licence that a number has kept for a replacement that did not follow (L30)."""

ASKED = {
    Notice.STOP: "The provider is asked to stop the eSIM {sim}.",
    Notice.SUSPEND: "The provider is asked to suspend the eSIM {sim}.",
    Notice.RESUME: "The provider is asked to resume the eSIM {sim}.",
}
"""What a provider is asked because of it."""

NOTICE_WORDS = {
    "label": "provider not notified",
    "stop": "{distributor} is to be asked to stop the eSIM {sim} of {provider}, since {since}.",
    "suspend": "{distributor} is to be asked to suspend the eSIM {sim} of {provider}, since {since}.",
    "resume": "{distributor} is to be asked to resume the eSIM {sim} of {provider}, since {since}.",
    "change_label": "change",
    "change": "A change of the number is not finished, since {since}.",
    "held": "Held for {reason} since {since}. {sentence}",
    "continue": "To continue: `esim-orders order retry {change}`",
    "failed": "Not sent yet ({tries}). {reason} It is tried again by itself.",
    "sending": "The e-mail is being sent.",
    "late": "The e-mail is not sent yet; `esim-orders doctor` says what is unavailable.",
}
"""What is said of a notice that the provider has not had yet (L30); each kind of notice has its sentence."""
