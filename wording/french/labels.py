"""Statuts, actions et motifs d’attente en français."""

from models.codes.requests import RequestStatus
from models.fleet.inventory import SimState
from models.licences.charges import ChargeReason
from models.licences.licence_views import LicenceStatus
from models.operations.not_sent import NotSentReason
from models.orders.lifecycle import HoldReason, OrderKind, OrderStatus
from models.orders.rules import Action
from models.travel.profiles import Outcome, PlanState, Reported
from models.travel.stock_views import StockState

ACTIONS = {
    Action.SWITCH_TO_ESIM: "Passer à l’eSIM",
    Action.REPLACE_ESIM: "Remplacer l’eSIM",
    Action.GENERATE_QR_CODE: "Générer le QR code d’une eSIM",
}

KINDS = {
    OrderKind.ASSIGN_LICENCE: "Attribuer une licence eSIM",
    OrderKind.REPLACE_LICENCE_ESIM: "Remplacer l’eSIM d’un numéro",
    OrderKind.ADD_LINE: "Ajouter une ligne eSIM",
    OrderKind.ADD_PLAN: "Ajouter un forfait à une ligne eSIM",
    OrderKind.REPLACE_LINE_ESIM: "Remplacer l’eSIM d’une ligne eSIM",
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

LICENCE_STATUSES = {
    LicenceStatus.FREE: "Libre",
    LicenceStatus.IN_USE: "Utilisée",
    LicenceStatus.GIVEN_BACK: "Rendue",
    LicenceStatus.OVER: "Terminée",
}

CHARGE_REASONS = {
    ChargeReason.FIRST: "Achat",
    ChargeReason.MONTHLY: "Mensualité",
    ChargeReason.UPGRADE: "Passage à une option plus chère",
    ChargeReason.SAME_PRICE: "Changement d’option au même prix",
    ChargeReason.BOUGHT_AGAIN: "Nouvel achat dans la période payée",
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
        "Le serveur de messagerie refuse notre identification, notre expéditeur, notre nom d’hôte ou TLS, ou "
        "de relayer nos messages ; l’historique a son code. Corrigez ESIM_SMTP_URL, ESIM_MAIL_FROM ou "
        "ESIM_SMTP_HELO_NAME, puis relancez."
    ),
    HoldReason.NO_ORDER_CONTACT: (
        "Le distributeur n’a aucun contact avec le rôle « order ». Donnez-le à un contact, "
        "ou importez le catalogue avec un tel contact. Puis relancez."
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
    HoldReason.NO_QR_CONTACT: (
        "Le distributeur n’a aucun contact avec le rôle « QR code eSIM » ; le code ne peut pas être demandé. "
        "Ajoutez-en un, puis relancez."
    ),
    HoldReason.NO_AGENT_ADDRESS: (
        "L’agent n’a pas d’adresse e-mail pour le QR code. Indiquez-en une : ce qui est en attente "
        "continue alors de lui-même."
    ),
    HoldReason.NUMBER_SUSPENDED: (
        "Le numéro est suspendu ; son agent ne reçoit pas de QR code. Réactivez-le : la commande continue "
        "alors d’elle-même."
    ),
    HoldReason.NO_OWNER: (
        "Le compte n’a aucun propriétaire actif à prévenir d’une demande de licences. Donnez ce rôle à un "
        "utilisateur, puis relancez."
    ),
    HoldReason.NO_STOCK: (
        "Aucune eSIM du profil IMSI de la commande n’est en stock. Importez-en : la commande continue alors "
        "d’elle-même."
    ),
    HoldReason.NO_SUBSCRIBER_ADDRESS: (
        "L’abonné n’a pas d’adresse e-mail. Indiquez-en une en important les abonnés, puis relancez."
    ),
    HoldReason.NO_STAFF: (
        "Le compte n’a aucun propriétaire ni administrateur actif à alerter. Ajoutez-en un, puis relancez."
    ),
    HoldReason.STEP_FAILED: (
        "Une étape échoue sans cesse ; l’historique en donne la raison. Corrigez la cause, puis relancez."
    ),
}

STEPS = {
    "submit_to_provider": "la commande à l’opérateur",
    "remind_provider": "un rappel à l’opérateur",
    "withdraw_from_provider": "l’annulation à l’opérateur",
    "send_email": "un e-mail sur la commande",
    "follow_up": "l’appel à un autre workflow",
    "ask_for_code": "la demande au distributeur",
    "remind_of_code": "un rappel au distributeur",
    "report_no_code": "l’e-mail disant qu’aucun QR code n’est arrivé",
    "send_notification": "l’e-mail avec le lien vers le QR code",
    "notify_of_change": "ce qui est demandé à l’opérateur au sujet de l’eSIM",
    "report_ended": "l’appel au workflow de la commande qui a pris fin",
    "notify_owners": "l’e-mail aux propriétaires",
    "send_to_user": "le message à un utilisateur à propos de la connexion",
    "send_notice": "l’avis au sujet d’une eSIM de voyage",
}

AN_EMAIL = "un e-mail"

NOT_SENT_WORDS = {
    "label": "non envoyé",
    "sentence": "{what}, depuis le {since} ({tries}). {reason}",
    "one_try": "{number} tentative",
    "tries": "{number} tentatives",
    "waits_for": "attend",
    "order": "l’envoi de la commande : l’opérateur ne l’a pas encore",
    "acknowledgement": "l’accusé de réception de l’opérateur",
    "processing": "la confirmation de l’opérateur que la commande est traitée",
}

NOT_SENT = {
    NotSentReason.MAIL_UNAVAILABLE: (
        "Le serveur de messagerie ne répond pas, ou n’accepte pas de messages en ce moment."
    ),
    NotSentReason.MAIL_UNCERTAIN: (
        "Le serveur de messagerie n’a plus répondu après avoir pris le message, peut-être arrivé."
    ),
    NotSentReason.MAIL_CONFIGURATION: (
        "Le serveur de messagerie refuse notre identification, notre expéditeur, notre nom d’hôte ou TLS, ou "
        "de relayer nos messages."
    ),
    NotSentReason.MAIL_REJECTED: "Le serveur de messagerie refuse définitivement un destinataire.",
    NotSentReason.MAIL_NOT_COMPOSABLE: (
        "Le message ne peut pas être rédigé ; aucun serveur de messagerie n’a été sollicité."
    ),
    NotSentReason.NO_ORDER_CONTACT: "Le distributeur n’a aucun contact avec le rôle « order ».",
    NotSentReason.NO_QR_CONTACT: "Le distributeur n’a aucun contact avec le rôle « QR code eSIM ».",
    NotSentReason.NO_AGENT_ADDRESS: "L’agent n’a pas d’adresse e-mail.",
    NotSentReason.NO_OWNER: "Le compte n’a aucun propriétaire actif.",
    NotSentReason.NO_SUBSCRIBER_ADDRESS: "L’abonné n’a pas d’adresse e-mail.",
    NotSentReason.NO_STAFF: "Le compte n’a aucun utilisateur actif qui gère les eSIM de voyage.",
    NotSentReason.NUMBER_SUSPENDED: "Le numéro est suspendu.",
    NotSentReason.NO_STOCK: "Aucune eSIM du profil IMSI de la commande n’est en stock.",
    NotSentReason.COMPONENT_UNAVAILABLE: "Un composant nécessaire est indisponible.",
    NotSentReason.REFUSED: "L’appel a été refusé ; l’historique du workflow en donne la raison.",
    NotSentReason.INTERRUPTED: "Une tentative a été interrompue ; on ignore si elle a abouti.",
    NotSentReason.UNEXPECTED: "Erreur inattendue ; le journal du worker en donne le détail.",
}

PLAN_STATES = {
    PlanState.QUEUED: "en attente",
    PlanState.ACTIVE: "actif",
    PlanState.EXPIRED: "expiré",
    PlanState.DEPLETED: "épuisé",
    PlanState.LAPSED: "périmé",
    PlanState.REVOKED: "révoqué",
}

STOCK_STATES = {
    StockState.FREE: "libre",
    StockState.RESERVED: "réservée",
    StockState.ON_LINE: "sur une ligne",
    StockState.REVEALED: "code montré",
    StockState.ENDED: "périmée",
    StockState.DISCARDED: "au rebut",
}

SIM_STATES = {
    SimState.IN_STOCK: "en stock",
    SimState.TEMPORARY: "temporaire",
    SimState.ACTIVE: "active",
    SimState.SUSPENDED: "suspendue",
    SimState.DISCARDED: "mise au rebut",
}

REPORTED = {
    Reported.INSTALLED: "installée",
    Reported.CONNECTION: "connexion",
    Reported.USAGE: "trafic",
}

OUTCOMES = {
    Outcome.NOTED: "noté",
    Outcome.STARTED: "forfait commencé",
    Outcome.COVERED: "forfait en cours",
    Outcome.AT_HOME: "dans son pays",
    Outcome.AT_SEA_OR_IN_THE_AIR: "en mer ou en vol",
    Outcome.NOT_COVERED: "non couvert",
}
