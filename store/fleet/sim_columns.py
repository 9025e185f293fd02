"""The columns of a SIM as it is read, for statements about SIMs and about lines with two SIMs."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from models.fleet.inventory import SimView
from store.fleet.tables import SimGroupRow, SimRow
from store.people.languages import language_of
from store.people.tables import AccountRow, DistributorRow, EmployeeRow, GroupRow, ProviderRow


class SimColumns:
    """Aliases of the tables of one SIM, so that a statement about a line can join two SIMs."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.row = aliased(SimRow)
        self._provider = aliased(ProviderRow)
        self._distributor = aliased(DistributorRow)
        self._employee = aliased(EmployeeRow)
        self._account = aliased(AccountRow)
        self._labels = {name: f"{prefix}_{name}" for name in SimView.model_fields}

    def columns(self) -> list[Any]:
        """The columns of a `SimView`, each labelled with the prefix."""
        groups = select(names_of_groups()).join(SimGroupRow, SimGroupRow.group_id == GroupRow.id)
        found = {
            "id": self.row.id,
            "iccid": self.row.iccid,
            "kind": self.row.kind,
            "state": self.row.state,
            "provider": self._provider.name,
            "distributor": self._distributor.name,
            "employee": self._employee.name,
            "employee_email": self._employee.email,
            "employee_language": language_of(self._employee, self._account),
            "groups": groups.where(SimGroupRow.sim_id == self.row.id).scalar_subquery(),
            "order_id": self.row.order_id,
            "discarded_at": self.row.discarded_at,
            "holder": self.row.holder,
        }
        return [column.label(f"{self.prefix}_{name}") for name, column in found.items()]

    def join(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Join the tables to which the SIM has foreign keys; the caller has joined the SIM."""
        return (
            statement.outerjoin(self._provider, self._provider.id == self.row.provider_id)
            .outerjoin(self._distributor, self._distributor.id == self.row.distributor_id)
            .outerjoin(self._employee, self._employee.id == self.row.employee_id)
            .outerjoin(self._account, self._account.id == self._employee.account_id)
        )

    def view(self, row: Any) -> SimView:
        """The model of the SIM in a row."""
        cells = {name: row._mapping[label] for name, label in self._labels.items()}
        return SimView(**cells | {"groups": tuple(cells["groups"] or ())})


def names_of_groups() -> Any:
    """The names of groups as one value, sorted; the caller chooses the groups."""
    return func.array_agg(aggregate_order_by(GroupRow.name, GroupRow.name))
