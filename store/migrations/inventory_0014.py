"""The SQL functions and triggers of `versions/0014_inventory.py`, which keep `inventory_rows` up to date.

Frozen like that migration: a later change of a function is a migration of its own.
"""

PLAIN = r"""
CREATE FUNCTION inventory_plain(given text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT regexp_replace(normalize(lower(given), NFD), '[\u0300-\u036f]', '', 'g')
$$
"""
"""Small letters without accents: so names are sorted and found."""
# not by the function above: an index's functions are called without a search path; each step is a regular
# expression less, which is what a large import is made of
WORDS = r"""
CREATE FUNCTION inventory_words(parts text[]) RETURNS tsvector IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE
    given text := lower(array_to_string(parts, ' '));
BEGIN
    IF octet_length(given) <> length(given) THEN
        given := regexp_replace(normalize(given, NFD), '[\u0300-\u036f]', '', 'g');
    END IF;
    RETURN array_to_tsvector(array_remove(regexp_split_to_array(given, '[^[:alnum:]]+'), ''));
END $$
"""
LINE_OF = """
CREATE FUNCTION inventory_line(holder text) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN holder LIKE 'line:%' THEN substr(holder, 6)::bigint END
$$
"""
_COLUMNS = (
    *("id", "account_id", "line_id", "sim_id", "temporary_id", "device_id", "slot", "discarded"),
    *("employee_id", "order_id", "code", "by_device", "by_number", "by_iccid", "by_employee"),
    *("by_provider", "newest", "provider_id", "distributor_id", "traits", "some_groups", "facets", "words"),
)
_TRAITS = (
    "kind = 'physical'",
    "kind = 'esim'",
    "state = 'active'",
    "state = 'suspended'",
    "state = 'empty'",
    "state = 'in_stock'",
    "temporary_id IS NOT NULL",
    "status = 'submitted'",
    "status = 'provider_processing'",
    "present",
    "requested",
    "kind = 'esim' AND code = ''",
    "status IS NOT NULL OR requested",
    "employee_id IS NULL",
    "slot = 1",
    "slot = 2",
    "slot = 3",
)
"""What is true of a row, a bit each: indexes hold it, so that a sorted list is filtered without its rows."""
_FACETS = """
array_remove(ARRAY[
    a || '/provider/' || provider, a || '/kind/' || kind, a || '/state/' || state, a || '/slot/' || slot,
    CASE WHEN temporary_id IS NOT NULL THEN a || '/state/temporary' END,
    a || '/order/' || coalesce(status, 'none'), CASE WHEN status IS NOT NULL THEN a || '/order/open' END,
    CASE WHEN kind = 'esim' AND code = '' THEN a || '/code/none' END,
    CASE WHEN present THEN a || '/code/present' END, CASE WHEN requested THEN a || '/code/requested' END,
    CASE WHEN status IS NOT NULL OR requested THEN a || '/to_do' END,
    'device/' || device_id, 'distributor/' || distributor_id,
    coalesce('employee/' || employee_id, a || '/employee/none')
], NULL) || groups
"""
_BITS = " | ".join(f"CASE WHEN {trait} THEN {2**place} ELSE 0 END" for place, trait in enumerate(_TRAITS))
_SOME_GROUPS = """
coalesce((SELECT bit_or(1::bigint << (substr(name, 7)::bigint % 63)::int) FROM unnest(groups) name), 0)
"""
_PARTS = r"""
inventory_words(ARRAY[device, employee, email, temporary_iccid, split_part(order_id, '-', 2)])
|| array_to_tsvector(array_remove(ARRAY[
    lower(email), order_id, '<' || reverse(ltrim(number, '+')), '<' || reverse(iccid),
    '<' || reverse(temporary_iccid)
], NULL))
"""
_OF_SIM = """
    (SELECT true FROM qr_versions v WHERE v.sim_id = s.id AND v.current LIMIT 1) IS NOT NULL AS present,
    (SELECT true FROM qr_requests q WHERE q.sim_id = s.id AND q.status = 'requested' LIMIT 1) IS NOT NULL
        AS requested
"""


def _one(name: str, of: str) -> str:
    """Join the one row at most that fulfils the condition.

    The limit, which changes nothing, has it looked up by an index for each row. A plan is kept for a session,
    and one that was made while the tables were empty would read them whole for each row of an import.
    """
    return f"LEFT JOIN LATERAL (SELECT * FROM {of} LIMIT 1) {name} ON true"  # noqa: S608  names of our own


_OPEN_ORDER = "orders o WHERE o.subject = l.subject AND o.status IN ('provider_processing', 'submitted')"
_OF_LINES = f"""
SELECT 2 * l.id AS id, l.account_id, l.account_id::text AS a, l.id AS line_id, s.id AS sim_id,
    t.id AS temporary_id, l.device_id, l.slot, false AS discarded, e.id AS employee_id, o.id AS order_id,
    o.status, d.name AS device, l.msisdn AS number, s.iccid, t.iccid AS temporary_iccid, e.name AS employee,
    e.email, l.provider_id AS provider, p.name AS provider_name, s.kind, coalesce(s.state, 'empty') AS state,
    s.distributor_id, {_OF_SIM},
    array(
        SELECT 'group/' || group_id FROM line_groups WHERE line_id = l.id
        UNION SELECT 'group/' || group_id FROM sim_groups WHERE sim_id = s.id
    ) AS groups
FROM lines l
    {_one("d", "devices d WHERE d.id = l.device_id")}
    {_one("p", "providers p WHERE p.id = l.provider_id")}
    {_one("s", "sims s WHERE s.holder = l.subject AND s.state IN ('active', 'suspended')")}
    {_one("t", "sims t WHERE t.holder = l.subject AND t.state = 'temporary'")}
    {_one("e", "employees e WHERE e.id = s.employee_id")}
    {_one("o", _OPEN_ORDER)}
WHERE l.id = ANY(of_lines)
"""  # noqa: S608  names of our own
_OF_SIMS = f"""
SELECT 2 * s.id + 1 AS id, s.account_id, s.account_id::text AS a, NULL::bigint AS line_id, s.id AS sim_id,
    NULL::bigint AS temporary_id, NULL::bigint AS device_id, 0 AS slot,
    s.state = 'discarded' AS discarded, e.id AS employee_id, NULL AS order_id, NULL AS status, NULL AS device,
    NULL AS number, s.iccid, NULL AS temporary_iccid, e.name AS employee, e.email, s.provider_id AS provider,
    p.name AS provider_name, s.kind, s.state, s.distributor_id, {_OF_SIM},
    array(SELECT 'group/' || group_id FROM sim_groups WHERE sim_id = s.id) AS groups
FROM sims s
    {_one("p", "providers p WHERE p.id = s.provider_id")}
    {_one("e", "employees e WHERE e.id = s.employee_id")}
WHERE s.id = ANY(of_sims) AND inventory_line(s.holder) IS NULL AND s.state <> 'temporary'
    AND (SELECT true FROM travel_stock WHERE sim_id = s.id LIMIT 1) IS NULL
"""  # noqa: S608


def _write(of: str) -> str:
    changed = [name for name in _COLUMNS if name != "id"]
    return f"""
    INSERT INTO inventory_rows AS kept ({", ".join(_COLUMNS)})
    SELECT id, account_id, line_id, sim_id, temporary_id, device_id, slot, discarded, employee_id, order_id,
        code, CASE WHEN device IS NULL THEN '1' ELSE '0' || inventory_plain(device) END,
        coalesce('0' || number, '1'), coalesce('0' || coalesce(iccid, temporary_iccid), '1'),
        CASE WHEN employee IS NULL THEN '1' ELSE '0' || inventory_plain(employee) END,
        inventory_plain(provider_name), coalesce(temporary_id, sim_id, 0), provider,
        coalesce(distributor_id, 0), {_BITS}, {_SOME_GROUPS}, {_FACETS}, {_PARTS}
    FROM (
        SELECT *, CASE WHEN requested THEN 'requested' WHEN present THEN 'present' ELSE '' END AS code
        FROM ({of} OFFSET 0) found
    ) found
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in changed)}
    WHERE ({", ".join(f"kept.{name}" for name in changed)})
        IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in changed)});
    """  # noqa: S608


# what is locked is computed after the lock: so of two transactions that change parts of a row, the second one
# sees what the first one did. Every row is looked up by an index: see `_one`. `OFFSET 0`: what is found is
# computed once, and not again for each column that is made of it
REFRESH = f"""
CREATE FUNCTION refresh_inventory(of_lines bigint[], of_sims bigint[]) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    ids bigint[] := array(
        SELECT 2 * id FROM unnest(of_lines) id UNION SELECT 2 * id + 1 FROM unnest(of_sims) id);
BEGIN
    PERFORM FROM inventory_rows WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    IF cardinality(of_lines) > 0 THEN
        {_write(_OF_LINES)}
        DELETE FROM inventory_rows kept WHERE kept.id IN (SELECT 2 * id FROM unnest(of_lines) id)
            AND NOT EXISTS (SELECT FROM lines l WHERE l.id = kept.line_id);
    END IF;
    IF cardinality(of_sims) > 0 THEN
        {_write(_OF_SIMS)}
        DELETE FROM inventory_rows kept WHERE kept.id IN (SELECT 2 * id + 1 FROM unnest(of_sims) id)
            AND (
                NOT EXISTS (
                    SELECT FROM sims s WHERE s.id = kept.sim_id AND s.state <> 'temporary'
                        AND inventory_line(s.holder) IS NULL
                )
                OR EXISTS (SELECT FROM travel_stock t WHERE t.sim_id = kept.sim_id)
            );
    END IF;
END $$
"""  # noqa: S608
_HOLDER = "SELECT inventory_line(s.holder) AS line, s.id AS sim FROM"
_CHANGED: dict[str, str] = {
    "lines": "SELECT id AS line, NULL::bigint AS sim FROM {rows} c",
    "sims": f"{_HOLDER} {{rows}} s",
    "devices": "SELECT l.id AS line, NULL::bigint AS sim FROM {rows} d JOIN lines l ON l.device_id = d.id",
    "employees": f"{_HOLDER} {{rows}} e JOIN sims s ON s.employee_id = e.id",
    "line_groups": "SELECT line_id AS line, NULL::bigint AS sim FROM {rows} c",
    "sim_groups": f"{_HOLDER} {{rows}} g JOIN sims s ON s.id = g.sim_id",
    "orders": "SELECT inventory_line(subject) AS line, NULL::bigint AS sim FROM {rows} c",
    "qr_requests": f"{_HOLDER} {{rows}} q JOIN sims s ON s.id = q.sim_id",
    "qr_versions": f"{_HOLDER} {{rows}} v JOIN sims s ON s.id = v.sim_id",
    "travel_stock": "SELECT NULL::bigint AS line, sim_id AS sim FROM {rows} c",
}
"""By table: which rows of the inventory a changed row belongs to."""
_EVENTS = {
    "devices": ("UPDATE",),
    "employees": ("UPDATE",),
    "line_groups": ("INSERT", "DELETE"),
    "sim_groups": ("INSERT", "DELETE"),
    "orders": ("INSERT", "UPDATE"),
    "qr_requests": ("INSERT", "UPDATE"),
    "qr_versions": ("INSERT", "UPDATE"),
    "travel_stock": ("INSERT", "DELETE"),
}
_TABLES = {
    "INSERT": "NEW TABLE AS added",
    "UPDATE": "NEW TABLE AS added OLD TABLE AS removed",
    "DELETE": "OLD TABLE AS removed",
}
_ROWS = {
    "INSERT": "added",
    "UPDATE": "(SELECT * FROM added UNION ALL SELECT * FROM removed)",
    "DELETE": "removed",
}


def trigger(table: str, event: str) -> list[str]:
    """The statements that keep the inventory as it is, when this happens to a table; at once, or where an
    import asked for it at its end (`store/fleet/grid_later.py`).
    """
    name = f"inventory_{table}_{event.lower()}"
    changed = _CHANGED[table].format(rows=_ROWS[event])
    return [
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE of_lines bigint[]; of_sims bigint[];
        BEGIN
            SELECT coalesce(array_agg(DISTINCT line) FILTER (WHERE line IS NOT NULL), '{{}}'),
                coalesce(array_agg(DISTINCT sim) FILTER (WHERE sim IS NOT NULL), '{{}}')
            INTO of_lines, of_sims FROM ({changed}) changed;
            IF current_setting('esim.inventory', true) = 'later' THEN
                INSERT INTO inventory_later
                SELECT unnest(of_lines), NULL UNION ALL SELECT NULL, unnest(of_sims);
            ELSIF cardinality(of_lines || of_sims) > 0 THEN
                PERFORM refresh_inventory(of_lines, of_sims);
            END IF;
            RETURN NULL;
        END $$
        """,  # noqa: S608
        f"""
        CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {_TABLES[event]}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}()
        """,
    ]


def each_trigger() -> list[tuple[str, str]]:
    """Table and event of each trigger."""
    return [(table, event) for table in _CHANGED for event in _EVENTS.get(table, tuple(_TABLES))]
