"""Tables and sentences of the commands of webhooks, in French, by the English ones."""

WORDS = {
    "Failed attempts": "Tentatives échouées",
    "There are no failed attempts.": "Il n’y a pas de tentative échouée.",
    "There are no webhooks.": "Il n’y a pas de webhooks.",
    "Webhooks": "Webhooks",
    "address": "adresse",
    "again at {time}": "de nouveau le {time}",
    "all": "tous",
    "at (UTC)": "à (UTC)",
    "attempt": "tentative",
    "delivered": "remis",
    "description": "description",
    "disabled": "désactivé",
    "disabled: nothing was delivered for three days": "désactivé : rien n’a été remis pendant trois jours",
    "disabled: the receiver answered 410": "désactivé : le destinataire a répondu 410",
    "enabled": "activé",
    "event": "événement",
    "events": "événements",
    "failing": "en échec",
    "failing since": "en échec depuis",
    "failures in a row": "échecs de suite",
    "given up": "abandonné",
    "made": "créé",
    "next attempt": "prochaine tentative",
    "no answer within ten seconds": "aucune réponse en dix secondes",
    "result": "résultat",
    "status": "état",
    "status {status}": "statut {status}",
    "status {status}, and redirects are not followed": (
        "statut {status}, et les redirections ne sont pas suivies"
    ),
    "the address is not public": "l’adresse n’est pas publique",
    "the certificate or TLS failed": "le certificat ou TLS a échoué",
    "the connection failed: nothing listens there, or it was lost": (
        "la connexion a échoué : rien n’y écoute, ou elle a été perdue"
    ),
    "the host is not found": "l’hôte est introuvable",
    "earlier secrets sign until": "d’anciens secrets signent jusqu’au",
    "not sent": "pas envoyé",
    "sent again": "envoyé de nouveau",
    "to be sent again": "à envoyer de nouveau",
    "tried again": "tenté de nouveau",
    "webhook": "webhook",
    "what follows": "suite",
    "{webhook} is deleted.": "{webhook} est supprimé.",
    "{webhook}: this is the only time that the secret is shown.": (
        "{webhook} : le secret n’est montré que cette fois."
    ),
    "{webhook}: no event is sent again.": "{webhook} : aucun événement n’est envoyé de nouveau.",
    "{webhook}: 1 event is sent again.": "{webhook} : 1 événement est envoyé de nouveau.",
    "It is disabled: nothing is sent until it is enabled.": (
        "Il est désactivé : rien n’est envoyé jusqu’à ce qu’il soit activé."
    ),
    "{webhook}: {number} events are sent again.": "{webhook} : {number} événements sont envoyés de nouveau.",
    "{webhook}: {outcome}, {milliseconds} ms.": "{webhook} : {outcome}, {milliseconds} ms.",
}
