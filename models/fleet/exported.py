"""Lines as rows of the file that `fleet import` takes: a fleet is exported, edited and imported again."""

from models.fleet.file import COLUMNS, GROUP_SEPARATOR
from models.fleet.inventory import LineView

FILE_COLUMNS = COLUMNS
"""Without the language of employees: it may be that of the account, and a file would make it their own."""


def file_cells(line: LineView) -> tuple[str, ...]:
    """The cells of a line, with its SIM in place; a temporary eSIM belongs to its order, not to the file."""
    sim = line.sim
    of_sim = ("", "", "", "", "")
    if sim is not None:
        of_sim = (
            sim.kind.value,
            sim.iccid or "",
            sim.distributor or "",
            sim.employee or "",
            sim.employee_email or "",
        )
    of_line = (line.account, line.device, str(line.slot), line.msisdn, line.provider)
    return (*of_line, *of_sim, GROUP_SEPARATOR.join(line.groups))
