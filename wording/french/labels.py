"""Statuts, actions et motifs d’attente en français."""

from models.lifecycle import HoldReason, OrderStatus
from models.qr import RequestStatus
from models.rules import Action

ACTIONS = {
    Action.SWITCH_TO_ESIM: "Passer à l’eSIM",
    Action.REPLACE_ESIM: "Remplacer l’eSIM",
    Action.GENERATE_QR_CODE: "Générer le QR code d’une eSIM",
}

ORDER_STATUSES = {
    OrderStatus.SUBMITTED: "Transmise",
    OrderStatus.PROVIDER_PROCESSING: "En cours de traitement par l’opérateur",
    OrderStatus.PROCESSED: "Traitée par l’opérateur",
    OrderStatus.CANCELLED: "Annulée",
    OrderStatus.REFUSED: "Refusée",
}

REQUEST_STATUSES = {
    RequestStatus.REQUESTED: "Demandé au distributeur",
    RequestStatus.IMPORTED: "Importé",
    RequestStatus.WITHDRAWN: "Retirée",
    RequestStatus.SIM_DISCARDED: "Close : la SIM est mise au rebut",
    RequestStatus.REFUSED: "Refusée",
}

HOLDS = {
    HoldReason.MAIL_UNAVAILABLE: (
        "Le serveur de messagerie n’accepte pas de messages. Relancez lorsqu’il les accepte de nouveau."
    ),
    HoldReason.MAIL_REJECTED: (
        "Le serveur de messagerie refuse définitivement un destinataire. Corrigez-le, puis relancez."
    ),
    HoldReason.MAIL_UNCERTAIN: (
        "Par deux fois, le serveur de messagerie n’a plus répondu après avoir pris le message ; celui-ci est "
        "peut-être arrivé. Demandez au destinataire, puis relancez pour l’envoyer de nouveau, ou continuez."
    ),
    HoldReason.MAIL_NOT_COMPOSABLE: (
        "Un e-mail ne peut pas être composé et n’a donc pas été envoyé ; l’historique dit lequel et "
        "pourquoi, le plus souvent l’adresse du destinataire. Corrigez-la, puis relancez."
    ),
    HoldReason.MAIL_CONFIGURATION: (
        "Le serveur de messagerie refuse notre identification ou TLS. Corrigez ESIM_SMTP_URL, puis relancez."
    ),
    HoldReason.NO_ORDER_CONTACT: (
        "Le distributeur n’a aucun contact avec le rôle « order ». Importez le catalogue avec un tel "
        "contact, puis relancez."
    ),
    HoldReason.ANSWER_REFUSED: (
        "La réponse de l’opérateur a été refusée ; l’historique de la commande en donne la raison. "
        "Corrigez-la, puis relancez."
    ),
    HoldReason.NO_ACKNOWLEDGEMENT: (
        "Le distributeur n’accuse pas réception. Appelez-le ; puis accusez réception pour lui ou annulez la "
        "commande, ou relancez pour lui envoyer un nouveau rappel."
    ),
    HoldReason.NO_PROCESSING: (
        "Le distributeur ne traite pas la commande. Appelez-le ; puis déclarez-la traitée ou annulez-la, ou "
        "relancez pour lui envoyer un nouveau rappel."
    ),
    HoldReason.NO_QR_CODE: (
        "Le distributeur n’envoie pas le QR code. Appelez-le ; puis importez le code ou retirez la demande, "
        "ou relancez pour lui envoyer un nouveau rappel."
    ),
    HoldReason.STEP_FAILED: (
        "Une étape échoue sans cesse ; l’historique en donne la raison. Corrigez la cause, puis relancez."
    ),
}
