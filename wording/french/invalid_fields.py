"""Ce qui ne va pas dans un champ d’un appel, par la règle qu’il enfreint (`rule` de la réponse).

The rules are pydantic's types of errors, with the fields of their context, and our own.
"""

_MOMENT = "Une date avec heure selon RFC 3339, comme 2026-11-27T09:30:00Z, est attendue."
_DATE = "Une date comme 2026-11-27 est attendue."
_INTEGER = "Un nombre entier est attendu."
_NUMBER = "Un nombre est attendu."
_OBJECT = "Un objet JSON est attendu."

OTHER = "La valeur n’est pas valide."
INVALID_FIELDS = {
    "missing": "Ce champ est obligatoire.",
    "extra_forbidden": "Le champ {field} n’existe pas ici.",
    "parameter_unknown": "Ce paramètre n’existe pas.",
    "json_invalid": "Le contenu n’est pas du JSON valide.",
    "string_type": "Un texte est attendu.",
    "string_unicode": "Un texte en Unicode valide est attendu.",
    "string_too_short": "Le texte est trop court ; il faut au moins {min_length} caractères.",
    "string_too_long": "Le texte est trop long ; {max_length} caractères au plus.",
    "string_pattern_mismatch": "Le texte n’a pas la forme {pattern}.",
    "text_invalid": "Le texte a des caractères qui ne peuvent pas être enregistrés.",
    "enum": "La valeur doit être : {expected}.",
    "literal_error": "La valeur doit être : {expected}.",
    "union_tag_invalid": "{discriminator} doit être l’un de : {expected_tags}.",
    "union_tag_not_found": "Le champ {discriminator} est obligatoire.",
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_from_float": _INTEGER,
    "int_parsing_size": "Le nombre entier est trop grand.",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "Un nombre fini est attendu.",
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "greater_than": "La valeur doit être supérieure à {gt}.",
    "greater_than_equal": "La valeur doit être au moins {ge}.",
    "less_than": "La valeur doit être inférieure à {lt}.",
    "less_than_equal": "La valeur doit être au plus {le}.",
    "bool_type": "true ou false est attendu.",
    "bool_parsing": "true ou false est attendu.",
    "list_type": "Une liste est attendue.",
    "tuple_type": "Une liste est attendue.",
    "set_type": "Une liste est attendue.",
    "too_short": "La liste est trop courte ; il faut au moins {min_length} éléments.",
    "too_long": "La liste est trop longue ; {max_length} éléments au plus.",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": "La date doit avoir un fuseau horaire, comme Z ou +01:00.",
    "iccid_number": "Un ICCID est un texte entre guillemets : un nombre JSON perd des chiffres.",
    "moment_invalid": "La date est hors des limites.",
    "url_type": "Une adresse (URL) est attendue.",
    "url_parsing": "Une adresse (URL) valide est attendue.",
    "not_removable": "Ceci ne peut pas être retiré ; omettez le champ pour le garder.",
}
