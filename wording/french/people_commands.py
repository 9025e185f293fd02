"""Tables and sentences of the commands of accounts and API keys, in French, by the English ones."""

WORDS = {
    # accounts
    "Accounts": "Comptes",
    "There are no accounts.": "Il n’y a pas de comptes.",
    "active": "actif",
    "closed": "fermé",
    "closed {time}": "fermé le {time}",
    "contact": "contact",
    "open orders": "commandes ouvertes",
    "{state}, test": "{state}, test",
    "Saved mappings": "Correspondances enregistrées",
    "No mapping is saved for the account.": "Aucune correspondance n’est enregistrée pour le compte.",
    "The mapping is deleted.": "La correspondance est supprimée.",
    "kind": "type de fichier",
    "mapping": "correspondance",
    "saved": "enregistrée",
    # API keys
    "API keys": "Clés d’API",
    "There are no API keys.": "Il n’y a pas de clés d’API.",
    "acts for": "agit pour",
    "begins with": "commence par",
    "expired": "expirée",
    "key": "clé",
    "last used (UTC)": "dernier usage (UTC)",
    "never": "jamais",
    "revoked": "révoquée",
    "the platform": "la plateforme",
    "until {time}": "jusqu’au {time}",
    "valid": "valable",
    "{key}: this is the only time that the key is shown.": "{key} : la clé n’est montrée que cette fois.",
}
