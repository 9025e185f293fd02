"""Les changements des numéros en français : ce qui a changé, et ce qui est demandé à l’opérateur."""

from models.licences.numbers import Change, Notice

CHANGED = {
    Change.CHANGE_USER: "L’utilisateur de {number} a changé.",
    Change.DELETE: "{number} est supprimé.",
    Change.RECOVER: "{number} est récupéré, sans agent ni eSIM.",
    Change.SUSPEND: "{number} est suspendu.",
    Change.RESUME: "{number} n’est plus suspendu.",
    Change.MAKE_DIRECT: "{number} est désormais un numéro direct.",
    Change.MAKE_SHARED: "{number} est désormais une ligne partagée.",
    Change.STOP_ESIM: "{number} n’a plus d’eSIM.",
}

UNCHANGED = "{number} : rien n’a changé."
CANCELLED = "La commande {order} est annulée."

KEPT = (
    "{licence} : utilisée sans eSIM ni commande en cours. "
    "`esim-orders number stop-esim {number} --reason lost` la libère, `number replace` ou `number assign` "
    "l’utilise."
)

ASKED = {
    Notice.STOP: "Il est demandé à l’opérateur d’arrêter l’eSIM {sim}.",
    Notice.SUSPEND: "Il est demandé à l’opérateur de suspendre l’eSIM {sim}.",
    Notice.RESUME: "Il est demandé à l’opérateur de rétablir l’eSIM {sim}.",
}

NOTICE_WORDS = {
    "label": "opérateur non prévenu",
    "stop": "{distributor} doit recevoir la demande d’arrêter l’eSIM {sim} de {provider}, depuis le {since}.",
    "suspend": (
        "{distributor} doit recevoir la demande de suspendre l’eSIM {sim} de {provider}, depuis le {since}."
    ),
    "resume": (
        "{distributor} doit recevoir la demande de rétablir l’eSIM {sim} de {provider}, depuis le {since}."
    ),
    "change_label": "changement",
    "change": "Un changement du numéro n’est pas terminé, depuis le {since}.",
    "held": "En attente pour {reason} depuis le {since}. {sentence}",
    "continue": "Pour continuer : `esim-orders order retry {change}`",
    "failed": "Pas encore envoyée ({tries}). {reason} Un nouvel essai suit de lui-même.",
    "sending": "L’e-mail est en cours d’envoi.",
    "late": "L’e-mail n’est pas encore envoyé ; `esim-orders doctor` dit ce qui est indisponible.",
}
