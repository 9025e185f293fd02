"""Avertissements en français."""

from models.codes.requests import Caution

CHECK_DIGIT_WRONG = (
    "La clé de contrôle de l’ICCID {iccid} est fausse ; il est conservé, comparez-le avec la carte."
)
DISCARD = (
    "La SIM en place sera mise au rebut automatiquement et irréversiblement dès que l’opérateur aura traité "
    "la commande."
)
CAUTIONS = {
    Caution.WAS_ELSEWHERE: (
        "Une autre SIM avait ce code auparavant ; assurez-vous qu’il n’y est pas installé."
    ),
    Caution.SMALL_LETTERS: (
        "Le code contient des minuscules, que la spécification ne prévoit pas ; elles sont conservées telles "
        "quelles."
    ),
}
