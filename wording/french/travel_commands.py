"""Tables and sentences of the commands of travel eSIMs, in French, by the English ones."""

HEADINGS = {
    "a MB, on average": "le Mo, en moyenne",
    "added": "ajoutée",
    "allocated to": "attribuée à",
    "at (UTC)": "le (UTC)",
    "bundles": "options",
    "bytes": "octets",
    "complimentary": "offerte",
    "complimentary eSIMs": "eSIM offertes",
    "countries": "pays",
    "country": "pays",
    "data": "données",
    "days": "jours",
    "eSIM": "eSIM",
    "eSIM lines": "lignes eSIM",
    "ends on": "dernier jour",
    "from (UTC)": "du (UTC)",
    "ICCID": "ICCID",
    "installed": "installée",
    "lasts": "durée",
    "low since": "bas depuis",
    "next due": "échéance",
    "orders waiting": "commandes en attente",
    "outcome": "effet",
    "plan": "forfait",
    "plans": "forfaits",
    "price": "prix",
    "profile": "profil",
    "report": "nature",
    "shelf life": "conservation",
    "subscriber": "abonné",
    "suspended": "suspendue",
    "the cheapest network of each country": "le réseau le moins cher de chaque pays",
    "threshold": "seuil",
    "unlimited bundles": "options illimitées",
    "until (UTC)": "au (UTC)",
    "withdrawn": "retirée",
}
WORDS = HEADINGS | {
    # orders
    "{line} has no eSIM and gets one; its plans stay on the line.": (
        "{line} n’a pas d’eSIM et en reçoit une ; ses forfaits restent sur la ligne."
    ),
    "No eSIM of profile {profile} is in stock: the order waits for one.": (
        "Aucune eSIM du profil {profile} n’est en stock : la commande en attend une."
    ),
    "A new eSIM of profile {profile} ({stock} in stock).": (
        "Une nouvelle eSIM du profil {profile} ({stock} en stock)."
    ),
    "The eSIM of {line} is replaced; its plans stay on the line. The present eSIM stops when the new one is "
    "on the line; its QR code and links are dead then.": (
        "L’eSIM de {line} est remplacée ; ses forfaits restent sur la ligne. L’eSIM actuelle s’arrête quand "
        "la nouvelle est sur la ligne ; son QR code et ses liens ne servent alors plus."
    ),
    "{plan}: {countries}; {data}, {days} days from the first connection there, {price}.": (
        "{plan} : {countries} ; {data}, {days} jours à partir de la première connexion là-bas, {price}."
    ),
    "free of charge": "gratuit",
    "It goes on {line}, ICCID {iccid}.": "Il s’ajoute à {line}, ICCID {iccid}.",
    "No eSIM of profile {profile} is in stock: the order waits for one. The line is {name}.": (
        "Aucune eSIM du profil {profile} n’est en stock : la commande en attend une. La ligne s’appelle "
        "{name}."
    ),
    "A new eSIM of profile {profile} ({stock} in stock); the line is {name}.": (
        "Une nouvelle eSIM du profil {profile} ({stock} en stock) ; la ligne s’appelle {name}."
    ),
    "the subscriber gets the QR code again; the links of earlier e-mails have ended.": (
        "l’abonné reçoit de nouveau le QR code ; les liens des e-mails précédents ne servent plus."
    ),
    "the subscriber gets the confirmation again.": "l’abonné reçoit de nouveau la confirmation.",
    # stock
    "--csv and --json exclude each other.": "--csv et --json s’excluent.",
    "There are more than {shown} eSIMs; see --limit, --profile and --state.": (
        "Il y a plus de {shown} eSIM ; voir --limit, --profile et --state."
    ),
    "Discard the eSIM {esim} for ever?": "Mettre définitivement l’eSIM {esim} au rebut ?",
    "Nothing was discarded.": "Rien n’a été mis au rebut.",
    "{esim}: discarded": "{esim} : mise au rebut",
    "There are no such eSIMs.": "Aucune eSIM ne correspond.",
    "Stock of {account}": "Stock de {account}",
    "There is no stock.": "Il n’y a pas de stock.",
    # lines
    "There are no such eSIM lines.": "Aucune ligne eSIM ne correspond.",
    "There are more than {shown} eSIM lines; see --limit and --subscriber.": (
        "Il y a plus de {shown} lignes eSIM ; voir --limit et --subscriber."
    ),
    "Plans": "Forfaits",
    "Reports": "Signalements",
    "Reports of eSIM line {line}": "Signalements de la ligne eSIM {line}",
    "{state} since {time}": "{state} depuis le {time}",
    "{state} until {time}": "{state} jusqu’au {time}",
    "first use by {time}": "première utilisation avant le {time}",
    "{used} of {volume}": "{used} sur {volume}",
    "{plan}: revoked": "{plan} : révoqué",
    "{line}: suspended": "{line} : suspendue",
    "{line}: resumed": "{line} : réactivée",
    # subscribers
    "There are no such subscribers.": "Aucun abonné ne correspond.",
    "There are more than {shown} subscribers; see --limit and --account.": (
        "Il y a plus de {shown} abonnés ; voir --limit et --account."
    ),
    "They have no eSIM lines.": "Il n’a pas de lignes eSIM.",
    "any number": "sans limite",
    "{given} given, {left} left": "offertes : {given}, restantes : {left}",
    # plans
    "There are no such travel plans.": "Aucun forfait voyage ne correspond.",
    "{plan} (withdrawn)": "{plan} (retiré)",
    "may be given free of charge": "peut être offert",
    "{days} days from its activation": "{days} jours à partir de son activation",
    "{months} months": "{months} mois",
    "{profile}: {why}": "{profile} : {why}",
    "Cost of the data": "Coût des données",
    "pinned by hand; no profile has a rate in each country.": (
        "fixé à la main ; aucun profil n’a de tarif dans chaque pays."
    ),
    "pinned by hand; the cheapest one is {profile}.": "fixé à la main ; le moins cher est {profile}.",
    "no profile has a rate in each of its countries, so it cannot be sold.": (
        "aucun profil n’a de tarif dans chacun de ses pays : le forfait ne peut pas être vendu."
    ),
    "the only one with a rate in each of its countries.": "le seul avec un tarif dans chacun de ses pays.",
    "as cheap as profile {profile}; the lower number is chosen.": (
        "aussi cher que le profil {profile} ; le plus petit numéro est choisi."
    ),
    "the cheapest of the {number} with a rate in each of its countries.": (
        "le moins cher des {number} avec un tarif dans chacun de ses pays."
    ),
    "No plan on sale covers all of these countries.": "Aucun forfait en vente ne couvre tous ces pays.",
    "{plan} would move from {before} to {after}.": "{plan} passerait de {before} à {after}.",
    "{plan} moves from {before} to {after}.": "{plan} passe de {before} à {after}.",
    "no profile": "aucun profil",
    "profile {profile}": "profil {profile}",
    "on {line}": "sur {line}",
    "{stock} of profile {profile} in stock": "{stock} du profil {profile} en stock",
    "a new one: {stock} of profile {profile} in stock": "une nouvelle : {stock} du profil {profile} en stock",
    "{profile} (pinned)": "{profile} (fixé)",
    "no rate: {countries}": "pas de tarif : {countries}",
}
