"""All refusals by code. The codes are stable, documented in docs/refusals.md, and declared only here.

A code has one sentence. Its parameters are its fields: ids, ICCIDs, counts, codes and names of
settings, never a name, an e-mail address or a phone number of a person. A parameter that is a code, such as
`action`, is translated by `WORDS` into English and by `wording` into other languages.
"""

from collections.abc import Mapping

from models.refusals.api import API
from models.refusals.codes import CODES
from models.refusals.commands import COMMANDS
from models.refusals.declared import Declared
from models.refusals.files import FILES
from models.refusals.fleet import FLEET
from models.refusals.imports import IMPORTS
from models.refusals.licences import LICENCES
from models.refusals.operations import OPERATIONS
from models.refusals.orders import ORDERS
from models.refusals.people import ACCOUNTS
from models.refusals.sign_in import SIGN_IN
from models.refusals.travel import TRAVEL

SUBJECTS: Mapping[str, Mapping[str, Declared]] = {
    "Orders": ORDERS,
    "QR codes": CODES,
    "Uploaded files": FILES,
    "Fleet, catalogue and people": FLEET,
    "Accounts and edits of lines": ACCOUNTS,
    "Licences, numbers and agents": LICENCES,
    "Travel eSIMs": TRAVEL,
    "Signing in": SIGN_IN,
    "Calls over HTTP": API,
    "Imports": IMPORTS,
    "Commands": COMMANDS,
    "Operations": OPERATIONS,
}
DECLARED: dict[str, Declared] = {
    code: declared for subject in SUBJECTS.values() for code, declared in subject.items()
}

UNKNOWN = "This was refused: {code}."
"""The sentence of a refusal that this version does not know, such as one of a newer version."""
