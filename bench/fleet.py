"""A fleet to order for: lines with a physical SIM each, used by an employee each, in two groups each."""

from sqlalchemy import text

from store.session import Database

USER = "ana@acme.example"

_SEED = """
INSERT INTO accounts (name) VALUES ('Acme');
INSERT INTO authorised_actions_profiles (account_id, name, is_default) VALUES (1, 'Default', true);
INSERT INTO profile_targets SELECT 1, action || ':' || slot
    FROM unnest(ARRAY['switch_to_esim', 'replace_esim']) action, generate_series(1, 3) slot;
INSERT INTO users (account_id, name, email, profile_id) VALUES (1, 'Ana', 'ana@acme.example', 1);
INSERT INTO providers (name) VALUES ('Orange');
INSERT INTO distributors (account_id, name) VALUES (1, 'Dist');
INSERT INTO contacts (distributor_id, name, email) VALUES (1, 'Odile', 'odile@dist.example');
INSERT INTO contact_roles VALUES (1, 'order');
INSERT INTO order_packs (account_id, distributor_id, name) VALUES (1, 1, 'Corporate eSIM');
INSERT INTO order_pack_items (pack_id, section, name, esim, provider_id)
    VALUES (1, 'SIM Cards', 'eSIM Orange', true, 1);
INSERT INTO management_groups (account_id, name) VALUES (1, 'Sales'), (1, 'Paris');
INSERT INTO devices (account_id, name) SELECT 1, 'Phone ' || n FROM generate_series(1, :lines) n;
INSERT INTO employees (account_id, name, email)
    SELECT 1, 'Employee ' || n, 'employee.' || n || '@acme.example' FROM generate_series(1, :lines) n;
INSERT INTO lines (account_id, device_id, slot, msisdn, provider_id)
    SELECT 1, n, 1, '+336' || lpad(n::text, 8, '0'), 1 FROM generate_series(1, :lines) n;
INSERT INTO sims (account_id, iccid, kind, state, provider_id, distributor_id, employee_id, holder)
    SELECT 1, '89330000' || lpad(n::text, 11, '0'), 'physical', 'active', 1, 1, n, 'line:' || n
    FROM generate_series(1, :lines) n;
INSERT INTO line_groups SELECT n, g, 1 FROM generate_series(1, :lines) n, generate_series(1, 2) g;
INSERT INTO sim_groups SELECT n, g, 1 FROM generate_series(1, :lines) n, generate_series(1, 2) g;
"""


async def seed(database: Database, lines: int) -> None:
    """Fill an empty, migrated database with an account of so many lines, ids counting from 1."""
    async with database.transaction() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in _SEED.split(";"):
            if statement.strip():
                found = text(statement)
                values = {"lines": lines} if ":lines" in statement else {}
                await connection.execute(found, values)
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE"))


def new_iccid(line: int) -> str:
    """The ICCID of the eSIM that is ordered for this line."""
    return f"89339999{line:011d}"
