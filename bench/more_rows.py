"""Rows for the long lists of travel, licences, codes and operations, in the account of `bench.fleet`.

`INSERT ... SELECT generate_series`, not COPY: the rows refer to one another by ids that PostgreSQL gives
them, and are written to the same tables and indexes either way. Values: `:people` subscribers with an eSIM
line and a plan each, agents and numbers; `:free` eSIMs in stock, nine of ten of one profile; `:codes` eSIMs
on lines with a code, a request and a notification each; `:some` plans, jobs, holds and requests for licences;
`:events` entries of the audit, of 50 users.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.rows import each_of

_TRAVEL = """
INSERT INTO travel_profiles (account_id, profile) SELECT 1, n FROM generate_series(1, 99) n;
INSERT INTO travel_plans (account_id, name, countries, data_mb, price, currency, computed_profile,
        complimentary)
    SELECT 1, 'Plan ' || n, ARRAY['CH', 'FR'], 1000, 10, 'EUR', 1, n % 2 = 0 FROM generate_series(1, :some) n;
INSERT INTO travel_rates SELECT 1, n % 9 + 1, country, 'Network ' || n, 0.01 * n, 'EUR'
    FROM generate_series(1, 20) n, unnest(ARRAY['CH', 'FR']) country;
INSERT INTO subscribers (account_id, name, msisdn, email, plan, bundles)
    SELECT 1, 'Given ' || n || ' Family ' || n % 1000, '+337' || lpad(n::text, 8, '0'),
        'subscriber.' || n || '@home.example', 'bundles', 2
    FROM generate_series(1, :people) n;
INSERT INTO orders (id, account_id, kind, status, placed_by, placed_at, what)
    SELECT 'order-travel' || n, 1, 'add_line', 'processed', 1, esim_now() - n * interval '1 minute',
        jsonb_build_object('kind', 'add_line', 'subscriber_id', n, 'plan_id', 1)
    FROM generate_series(1, :people) n;
INSERT INTO esim_lines (account_id, subscriber_id, name, profile, complimentary, order_id, installed_at)
    SELECT 1, n, 'France', 1, false, 'order-travel' || n, esim_now() FROM generate_series(1, :people) n;
INSERT INTO travel_orders (order_id, account_id, subscriber_id, esim_line_id, plan_id, profile, line_name)
    SELECT order_id, 1, subscriber_id, id, 1, 1, name FROM esim_lines;
INSERT INTO plan_assignments (account_id, esim_line_id, plan_id, order_id, countries, data_bytes, price,
        currency, lapses_at)
    SELECT 1, id, 1, order_id, ARRAY['CH', 'FR'], 1000000000, 10, 'EUR', esim_now() + interval '1 year'
    FROM esim_lines;
INSERT INTO line_reports (account_id, esim_line_id, key, report, at, country, outcome)
    SELECT 1, l.id, 'report' || l.id || '-' || n, 'connection', esim_now(), 'FR', 'covered'
    FROM esim_lines l, generate_series(1, 3) n;
INSERT INTO sims (account_id, iccid, kind, state, provider_id, holder, order_id)
    SELECT 1, '89331000' || lpad(id::text, 11, '0'), 'esim', 'active', 1, subject, order_id FROM esim_lines;
INSERT INTO sims (account_id, iccid, kind, state, provider_id)
    SELECT 1, '89332000' || lpad(n::text, 11, '0'), 'esim', 'in_stock', 1 FROM generate_series(1, :free) n;
INSERT INTO travel_stock (sim_id, account_id, profile, order_id, ends_on)
    SELECT id, 1, CASE WHEN id % 10 = 0 THEN id % 90 + 2 ELSE 1 END, order_id,
        CASE WHEN id % 2 = 0 THEN esim_now()::date + 365 END
    FROM sims WHERE iccid LIKE '89331%' OR iccid LIKE '89332%';
"""
_LICENCES = """
INSERT INTO billing (account_id, cycle_day) VALUES (1, 1);
INSERT INTO agents (account_id, name, email)
    SELECT 1, 'Agent ' || n, 'agent.' || n || '@acme.example' FROM generate_series(1, :people) n;
INSERT INTO numbers (account_id, msisdn, line_type, provider_id, distributor_id, agent_id)
    SELECT 1, '+339' || lpad(n::text, 8, '0'), 'direct', 1, 1, n FROM generate_series(1, :people) n;
INSERT INTO licence_purchases (account_id, key, add_on, quantity, bought_by)
    SELECT 1, add_on || n, add_on, :people / 20, 'user:1'
    FROM unnest(ARRAY['voice_sms', 'voice_sms_data']) add_on, generate_series(0, 19) n;
INSERT INTO add_on_prices SELECT 1, add_on, esim_now()::date - 400, 10
    FROM unnest(ARRAY['voice_sms', 'voice_sms_data', 'voice_sms_data_pro']) add_on;
INSERT INTO licences (account_id, add_on, number_id)
    SELECT 1, add_on, CASE WHEN add_on = 'voice_sms' THEN n END
    FROM unnest(ARRAY['voice_sms', 'voice_sms_data']) add_on, generate_series(1, :people) n;
INSERT INTO licence_entries (account_id, licence_id, entry, day, add_on, purchase_id, actor)
    SELECT 1, l.id, 'bought', esim_now()::date - 60, l.add_on, p.id, 'user:1'
    FROM licences l JOIN licence_purchases p ON p.key = l.add_on || l.id % 20;
INSERT INTO sims (account_id, iccid, kind, state, provider_id, distributor_id, holder)
    SELECT 1, '89333000' || lpad(id::text, 11, '0'), 'esim', 'active', 1, 1, subject FROM numbers;
INSERT INTO licence_requests (id, account_id, add_on, quantity, requested_by, notified_at)
    SELECT 'licence-request-' || n, 1, 'voice_sms', 1, 1, CASE WHEN n > 10 THEN esim_now() END
    FROM generate_series(1, :some) n;
"""
_CODES = """
UPDATE sims SET kind = 'esim' WHERE iccid LIKE '89330000%' AND id % 2 = 0 AND id <= 2 * :codes;
INSERT INTO qr_requests (id, account_id, sim_id, requested_by, status, requested_at)
    SELECT 'qr-request-' || id, 1, id, 1, CASE WHEN id % 400 = 0 THEN 'requested' ELSE 'imported' END,
        esim_now() - id * interval '1 minute'
    FROM sims WHERE iccid LIKE '89330000%' AND kind = 'esim';
INSERT INTO qr_rounds (request_id, number, account_id, call, contacts, sent_by)
    SELECT id, 1, 1, 'first', '{1}', 'user:1' FROM qr_requests;
INSERT INTO qr_versions (account_id, sim_id, number, current, code, fingerprint, file_type, request_id,
        imported_by)
    SELECT 1, sim_id, 1, true, 'code', sha256(convert_to(id, 'UTF8')), 'typed', id, 'contact:1'
    FROM qr_requests WHERE status = 'imported';
INSERT INTO qr_notifications (id, account_id, sim_id, version_id, address, created_by, created_at)
    SELECT 'qr-notification-' || v.id, 1, v.sim_id, v.id, 'phone@acme.example', 'user:1',
        esim_now() - v.id * interval '1 minute'
    FROM qr_versions v;
INSERT INTO mails (id, qr_notification_id, template, recipient, message_id, state)
    SELECT 'mail-' || id, id, 'notification', 'manager', id || '@acme.example', 'sent'
    FROM qr_notifications WHERE version_id % 400 > 0;
INSERT INTO links (token, purpose, account_id, sim_id, notification_id, version_id, expires_at)
    SELECT sha256(convert_to(id, 'UTF8')), 'download', 1, sim_id, id, version_id,
        esim_now() + interval '9 days'
    FROM qr_notifications;
"""
_OPERATIONS = """
INSERT INTO holds (workflow_id, step, account_id, reason, since)
    SELECT id, 'provider', 1, 'address_refused', status_since FROM orders WHERE status = 'submitted'
    ORDER BY id LIMIT :some;
INSERT INTO jobs (account_id, kind, status, dry_run, made_key, digest, rows, done, actor, permissions,
        language, started_at, ended_at)
    SELECT 1, 'import_fleet', 'done', false, 'job' || n, '', 100, 100, 'user:1', '{edit_inventory}', 'en',
        esim_now(), esim_now()
    FROM generate_series(1, :some) n;
INSERT INTO job_rows (job_id, number, account_id, outcome, record)
    SELECT j.id, n, 1, 'done', 'L-' || n FROM jobs j, generate_series(1, 100) n WHERE j.id <= 100;
INSERT INTO webhooks (account_id, url, secret, disabled_at, disabled_for, notified_at, epoch, xid, event_id,
        created_by)
    SELECT 1, 'https://shop.example/' || n, '', esim_now(), 'asked', esim_now(), 1, '1', 0, 'user:1'
    FROM generate_series(1, 20) n;
INSERT INTO webhook_attempts (webhook_id, account_id, epoch, xid, event_id, type, number, outcome, status)
    SELECT 1, 1, 1, '1', n, 'line.groups_changed', 1, 'status', 500 FROM generate_series(1, :some) n;
INSERT INTO origins (actor, surface, session) SELECT 'user:1', 'api', '1' FROM generate_series(1, :some) n;
INSERT INTO events (account_id, about, type, actor, audience, origin_id)
    SELECT 1, ARRAY['line:' || n], 'line.groups_changed', 'user:' || n % 50 + 1, 'account', n % :some + 1
    FROM generate_series(1, :events) n;
"""


async def fill_more(
    connection: AsyncConnection, *, people: int, free: int, codes: int, some: int, events: int
) -> None:
    """Fill the account: see above what the numbers count."""
    known = {"people": people, "free": free, "codes": codes, "some": some, "events": events}
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    for statements in (_TRAVEL, _LICENCES, _CODES, _OPERATIONS):
        for statement in each_of(statements):
            found = text(statement)
            await connection.execute(found, {name: known[name] for name in found._bindparams})
