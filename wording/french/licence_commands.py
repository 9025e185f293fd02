"""Tables and sentences of the commands of licences, in French, by the English ones."""

HEADINGS = {
    "a month": "par mois",
    "add-on": "option",
    "after": "après",
    "amount": "montant",
    "answered by": "réponse",
    "before": "avant",
    "bought": "achetées",
    "charge": "motif",
    "charged from": "facturé à partir du",
    "day": "jour",
    "from": "à partir du",
    "from then on": "ensuite",
    "given back": "rendues",
    "in use": "utilisées",
    "licence": "licence",
    "licences": "licences",
    "number": "numéro",
    "numbers": "numéros",
    "paid until": "payé jusqu’au",
    "request": "demande",
    "requested (UTC)": "demandé (UTC)",
    "status": "statut",
}
WORDS = HEADINGS | {
    "held": "en attente",
    "No request for licences is held.": "Aucune demande de licences n’est en attente.",
    # prices
    "Prices of {account}": "Prix de {account}",
    "Prices of {add_on}, {account}": "Prix de {add_on}, {account}",
    "There are no prices.": "Il n’y a pas de prix.",
    "{amount} from {day}": "{amount} à partir du {day}",
    "A month of {add_on} costs, before: {before}; after: {after}.": (
        "Un mois de {add_on} coûte, avant : {before} ; après : {after}."
    ),
    "What is charged at a price stays so, and cannot be corrected.": (
        "Ce qui est facturé à un prix le reste et ne peut pas être corrigé."
    ),
    "Set this price?": "Fixer ce prix ?",
    # charges
    "Charges of {account} in {month}": "Montants facturés à {account} pour {month}",
    "Sum of {month}: {amount}": "Total de {month} : {amount}",
    # billing
    "Billing of {account}": "Facturation de {account}",
    "cycle day": "jour de facturation",
    "the day of the first purchase": "le jour du premier achat",
    "time zone": "fuseau horaire",
    "currency": "devise",
    "fixed": "définitif",
    "yes, by the first purchase": "oui, depuis le premier achat",
    # purchases
    "{purchase}: {quantity} x {add_on} for {amount} until the end of the billing cycle, then monthly: "
    "{licences}.": (
        "{purchase} : {quantity} x {add_on} pour {amount} jusqu’à la fin de la période de facturation, puis "
        "chaque mois : {licences}."
    ),
    "{purchase}: {quantity} x {add_on} ({again} of them again) for {amount} until the end of the billing "
    "cycle, then monthly: {licences}.": (
        "{purchase} : {quantity} x {add_on} (dont {again} à nouveau) pour {amount} jusqu’à la fin de la "
        "période de facturation, puis chaque mois : {licences}."
    ),
    "It answers {requests}.": "Cet achat répond à {requests}.",
    # licences
    "Licences of {account}": "Licences de {account}",
    "There are no licences.": "Il n’y a pas de licences.",
    "There are no such licences.": "Aucune licence ne correspond.",
    "until {day}": "jusqu’au {day}",
    "Counts": "Nombres",
    "Nothing is changed: it is, or is to become, this add-on already.": (
        "Rien n’est changé : la licence a déjà cette option, ou l’aura."
    ),
    "The upgrade applies from {day} and is charged with {amount}.": (
        "Le passage à une option plus chère s’applique à partir du {day} et est facturé {amount}."
    ),
    "The downgrade applies from {day} and is charged with {amount}.": (
        "Le passage à une option moins chère s’applique à partir du {day} et est facturé {amount}."
    ),
    "The change at the same price applies from {day} and is charged with {amount}.": (
        "Le changement d’option au même prix s’applique à partir du {day} et est facturé {amount}."
    ),
    # requests for licences
    "Requests for licences of {account}": "Demandes de licences de {account}",
    "There are no requests.": "Il n’y a pas de demandes.",
    "There are no such requests.": "Aucune demande ne correspond.",
    "open": "en cours",
    # agents
    "There are no such agents.": "Aucun agent ne correspond.",
    "{name} (deactivated)": "{name} (désactivé)",
    "confirmed": "confirmé",
}
