"""Words that the commands of several subjects share, in French, by the English ones."""

WORDS = {
    "Columns": "Colonnes",
    "Read as {encoding} text; between the columns: {separator}": (
        "Lu comme du texte {encoding} ; entre les colonnes : {separator}"
    ),
    "a usual heading": "un en-tête usuel",
    "account": "compte",
    "by --map": "par --map",
    "column": "colonne",
    "e-mail": "e-mail",
    "free": "libres",
    "heading": "en-tête",
    "id": "id",
    "language": "langue",
    "its own name": "son propre nom",
    "name": "nom",
    "no": "non",
    "none": "aucun",
    "not read": "non lue",
    "phone": "téléphone",
    "state": "état",
    "tab": "tabulation",
    "why": "pourquoi",
    "Place the order?": "Passer la commande ?",
    "The key of this order is {key}; the same key never orders twice.": (
        "La clé de cette commande est {key} ; la même clé ne commande jamais deux fois."
    ),
}
