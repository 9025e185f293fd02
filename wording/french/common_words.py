"""Words that the commands of several subjects share, in French, by the English ones."""

WORDS = {
    "account": "compte",
    "e-mail": "e-mail",
    "free": "libres",
    "id": "id",
    "language": "langue",
    "name": "nom",
    "no": "non",
    "none": "aucun",
    "phone": "téléphone",
    "state": "état",
    "Place the order?": "Passer la commande ?",
    "The key of this order is {key}; the same key never orders twice.": (
        "La clé de cette commande est {key} ; la même clé ne commande jamais deux fois."
    ),
}
