"""Words of the dry run of an import, in French, by the English ones."""

WORDS = {
    "Columns": "Colonnes",
    "Read as {encoding} text; between the columns: {separator}": (
        "Lu comme du texte {encoding} ; entre les colonnes : {separator}"
    ),
    "To add to the command: {options}": "À ajouter à la commande : {options}",
    "To add to the command, with your own words for those in capitals: {options}": (
        "À ajouter à la commande, avec vos mots au lieu de ceux en capitales : {options}"
    ),
    "a usual heading": "un en-tête usuel",
    "by --map": "par --map",
    "by the saved mapping": "par la correspondance enregistrée",
    "column": "colonne",
    "heading": "en-tête",
    "its own name": "son propre nom",
    "not read": "non lue",
    "tab": "tabulation",
    "why": "pourquoi",
}
