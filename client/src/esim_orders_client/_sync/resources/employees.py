"""Employees and groups: `client.employees`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Employee


class EmployeesApi:
    """Employees and groups."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self, *, find: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Employee]:
        """List employees.

        Who uses SIMs of the account, by name.

        Needs the permission `view_inventory`.

        find: The beginning of a name or an address.
        """
        return self._connection.ask(
            Page[Employee],
            Call("GET", path_of("employees"), query={"find": find, "limit": limit, "cursor": cursor}),
        )

    def iterate(self, *, find: str | None = None, limit: int = 100) -> Iterator[Employee]:
        """List employees: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(find=find, limit=limit, cursor=cursor))

    def add(
        self, *, name: str, email: str | Omit | None = OMIT, language: str | Omit | None = OMIT
    ) -> Employee:
        """Add an employee.

        One of the same name and address is the answer. SIMs are given by `/lines/employee`. Idempotent.

        Needs the permission `edit_inventory`.

        language: `en` or `fr`; the account's if left out.
        """
        return self._connection.ask(
            Employee,
            Call(
                "POST",
                path_of("employees"),
                body=body_of({"name": name, "email": email, "language": language}),
            ),
        )

    def get(self, employee: str) -> Employee:
        """Show an employee.

        One employee, by `E-3`.

        Needs the permission `view_inventory`.
        """
        return self._connection.ask(
            Employee, Call("GET", path_of("employees", "{employee}", employee=employee))
        )

    def change(
        self,
        employee: str,
        *,
        name: str | Omit | None = OMIT,
        email: str | Omit | None = OMIT,
        language: str | Omit | None = OMIT,
    ) -> Employee:
        """Change an employee.

        Change name, address or language. E-mails that were sent stay as they are.

        Needs the permission `edit_inventory`.
        """
        return self._connection.ask(
            Employee,
            Call(
                "PATCH",
                path_of("employees", "{employee}", employee=employee),
                body=body_of({"name": name, "email": email, "language": language}),
            ),
        )

    def delete(self, employee: str) -> None:
        """Remove an employee.

        Remove an employee who uses no SIM.

        Needs the permission `edit_inventory`.
        """
        self._connection.content(Call("DELETE", path_of("employees", "{employee}", employee=employee)))
