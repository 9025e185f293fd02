"""Les refus en français, par leur code : les mêmes champs que dans la phrase anglaise."""

from collections.abc import Mapping

from wording.french.api import API
from wording.french.codes import CODES
from wording.french.commands import COMMANDS
from wording.french.files import FILES
from wording.french.fleet import FLEET
from wording.french.imports import IMPORTS
from wording.french.licences import LICENCES
from wording.french.operations import OPERATIONS
from wording.french.orders import ORDERS
from wording.french.people import ACCOUNTS
from wording.french.sign_in import SIGN_IN
from wording.french.travel import TRAVEL

SENTENCES: Mapping[str, str] = {
    **ORDERS,
    **CODES,
    **FILES,
    **FLEET,
    **ACCOUNTS,
    **LICENCES,
    **TRAVEL,
    **SIGN_IN,
    **API,
    **IMPORTS,
    **COMMANDS,
    **OPERATIONS,
}
UNKNOWN = "Refusé : {code}."
