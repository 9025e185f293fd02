"""Rows for long lists: statements that fill the account `Acme` with so many of each.

The tests of query counts fill the account of their world with a hundred of each, the benchmark of the API an
account of its own. Values of `:n`: how many.
"""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ACME = "(SELECT id FROM accounts WHERE name = 'Acme')"
_OF = f"{_ACME} a CROSS JOIN generate_series(1, :n) n"
_PEOPLE = f"""
INSERT INTO accounts (name) SELECT 'Account ' || n FROM generate_series(1, :n) n;
INSERT INTO authorised_actions_profiles (account_id, name, is_default)
    SELECT a.id, 'Profile ' || n, false FROM {_OF};
INSERT INTO users (account_id, name, email, profile_id)
    SELECT a.id, 'User ' || n, 'user.' || n || '@acme.example', p.id
    FROM {_OF}, authorised_actions_profiles p WHERE p.account_id = a.id AND p.is_default;
INSERT INTO api_keys (account_id, user_id, name, mode, shown, digest, secret_key, permissions, created_by)
    SELECT a.id, u.id, 'Key ' || n, 'live', 'esim_live_',
        sha256(convert_to('row ' || n, 'UTF8')), 'row', '{{view_orders}}', 'operator'
    FROM {_OF} CROSS JOIN LATERAL (SELECT min(id) AS id FROM users WHERE account_id = a.id) u;
INSERT INTO employees (account_id, name, email)
    SELECT a.id, 'Row ' || n, 'row.' || n || '@acme.example' FROM {_OF};
INSERT INTO management_groups (account_id, name) SELECT a.id, 'Group ' || n FROM {_OF};
INSERT INTO distributors (account_id, name) SELECT a.id, 'Distributor ' || n FROM {_OF};
INSERT INTO contacts (distributor_id, name, email)
    SELECT id, 'Contact of ' || name, 'contact.' || id || '@dist.example' FROM distributors
    WHERE name LIKE 'Distributor %';
INSERT INTO contact_roles SELECT id, 'order' FROM contacts WHERE email LIKE 'contact.%';
INSERT INTO order_packs (account_id, distributor_id, name)
    SELECT account_id, id, 'Pack of ' || name FROM distributors WHERE name LIKE 'Distributor %';
INSERT INTO providers (name) VALUES ('Provider of packs');
INSERT INTO order_pack_items (pack_id, section, name, esim, provider_id)
    SELECT p.id, 'SIM Cards', 'eSIM of ' || p.name, true, o.id FROM order_packs p,
        (SELECT max(id) AS id FROM providers) o
    WHERE p.name LIKE 'Pack of %';
"""
_FLEET = f"""
INSERT INTO devices (account_id, name) SELECT a.id, 'Row ' || n FROM {_OF};
INSERT INTO lines (account_id, device_id, slot, msisdn, provider_id)
    SELECT d.account_id, d.id, 1, '+336' || lpad((70000000 + n)::text, 8, '0'), o.id
    FROM {_OF} JOIN devices d ON d.account_id = a.id AND d.name = 'Row ' || n,
        (SELECT min(id) AS id FROM providers) o;
INSERT INTO sims (account_id, iccid, kind, state, provider_id, distributor_id, employee_id, holder)
    SELECT l.account_id, '8933' || lpad((l.id + 7000000000)::text, 15, '0'),
        CASE WHEN l.id % 2 = 0 THEN 'esim' ELSE 'physical' END, 'active', l.provider_id,
        (SELECT min(id) FROM distributors d WHERE d.account_id = l.account_id),
        (SELECT min(id) FROM employees e WHERE e.account_id = l.account_id), l.subject
    FROM lines l JOIN devices d ON d.id = l.device_id WHERE d.name LIKE 'Row %';
INSERT INTO line_groups SELECT l.id, g.id, l.account_id
    FROM lines l JOIN devices d ON d.id = l.device_id,
        LATERAL (SELECT id FROM management_groups WHERE account_id = l.account_id ORDER BY id LIMIT 2) g
    WHERE d.name LIKE 'Row %';
"""
_FIRST = f"""
    (SELECT min(id) AS id FROM users WHERE account_id = {_ACME}) u,
    (SELECT min(id) AS id FROM distributors WHERE account_id = {_ACME}) d,
    (SELECT min(id) AS id FROM order_packs WHERE account_id = {_ACME}) p
"""
_ORDERS = f"""
INSERT INTO orders (id, account_id, kind, status, subject, provider_id, distributor_id, placed_by,
        placed_at, what)
    SELECT 'order-row' || l.id, l.account_id, 'switch_to_esim',
        CASE WHEN l.n % 20 = 0 THEN 'submitted' ELSE 'processed' END, l.subject, l.provider_id, d.id, u.id,
        esim_now() - l.n * interval '1 second',
        jsonb_build_object('kind', 'switch_to_esim', 'line_id', l.id, 'pack_id', p.id)
    FROM (SELECT l.*, row_number() OVER (ORDER BY l.id) AS n FROM lines l
        LEFT JOIN orders o ON o.subject = l.subject
        WHERE l.account_id = {_ACME} AND o.id IS NULL ORDER BY l.id LIMIT :n) l,
        {_FIRST};
INSERT INTO swap_orders (order_id, account_id, line_id, pack_id, sim_in_place_id)
    SELECT o.id, o.account_id, l.id, p.id, s.id
    FROM orders o JOIN lines l ON l.subject = o.subject JOIN sims s ON s.holder = l.subject,
        {_FIRST}
    WHERE o.id LIKE 'order-row%' AND s.state = 'active';
INSERT INTO events (account_id, about, type, actor, audience)
    SELECT o.account_id, ARRAY[o.id, o.subject], t, 'user:1', 'account'
    FROM orders o, unnest(ARRAY['order.submitted', 'mail.sent', 'order.processed']) t
    WHERE o.id LIKE 'order-row%';
"""


async def fill(connection: AsyncConnection, *, people: int = 0, fleet: int = 0, orders: int = 0) -> None:
    """Fill the account with so many rows of each: people, groups, keys and packs; lines with SIMs; orders."""
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    for statements, count in ((_PEOPLE, people), (_FLEET, fleet), (_ORDERS, orders)):
        for statement in each_of(statements) if count else ():
            values = {"n": count} if ":n" in statement else {}
            await connection.execute(text(statement), values)


def each_of(statements: str) -> Iterator[str]:
    """The statements of a text."""
    return filter(str.strip, statements.split(";"))
