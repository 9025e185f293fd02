"""Sentences of the command `qr import-many`, in French, by the English ones."""

WORDS = {
    "Not read, as they are no pictures named by ICCID ({files}): {names}": (
        "Non lus, car ce ne sont pas des images nommées par un ICCID ({files}) : {names}"
    ),
    "What would happen": "Ce qui se passerait",
    "Refused": "Refusées",
    "row": "ligne",
    "ICCID": "ICCID",
    "result": "résultat",
    "why": "pourquoi",
    "new": "nouveau",
    "replaced": "remplacé",
    "unchanged": "inchangé",
    "refused": "refusé",
    "not reached": "non atteint",
    "Rows: {rows}. New: {imported}; replaced: {replaced}; unchanged: {unchanged}; refused: {refused}.": (
        "Lignes : {rows}. Nouvelles : {imported} ; remplacées : {replaced} ; inchangées : {unchanged} ; "
        "refusées : {refused}."
    ),
    "Open requests that are answered by it: {requests}": "Demandes ouvertes ainsi satisfaites : {requests}",
    "Agents of numbers who get theirs by e-mail: {agents}": (
        "Agents de numéros qui le reçoivent par e-mail : {agents}"
    ),
    "A dry run: nothing is written.": "Un essai à blanc : rien n’est écrit.",
    "What became of each row is in {file}.": "Ce qu’il est advenu de chaque ligne est dans {file}.",
    "And of further rows: {rows}; --report has them all.": (
        "Et d’autres lignes : {rows} ; --report les donne toutes."
    ),
    "Interrupted: no row was imported.": "Interrompu : aucune ligne n’a été importée.",
    "Interrupted: of {rows} rows {done} are over, and stay so; import the same file again for the others.": (
        "Interrompu : sur {rows} lignes, {done} sont traitées et le restent ; importez de nouveau le même "
        "fichier pour les autres."
    ),
}
