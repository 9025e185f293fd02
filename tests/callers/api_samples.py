"""Sample calls of the desks that only the HTTP API and its administration need."""

from datetime import UTC, datetime

from models.people.api_keys import Mode
from models.people.callers import Permission
from tests.callers.sample import Sample

PUBLIC = "https://8.8.8.8/hooks"
"""Nothing is sent there."""
API = {
    "PeopleBook.employees": Sample(lambda d, c, _, a: d.people.employees(c, a), Permission.VIEW_INVENTORY),
    "PeopleBook.groups": Sample(lambda d, c, _, a: d.people.groups(c, a), Permission.VIEW_INVENTORY),
    "EmployeeDesk.employee": Sample(
        lambda d, c, k, _: d.employees.employee(c, k.employee), Permission.VIEW_INVENTORY
    ),
    "EmployeeDesk.add_employee": Sample(
        lambda d, c, _, a: d.employees.add_employee(c, a, "New", "new@acme.example"),
        Permission.EDIT_INVENTORY,
    ),
    "EmployeeDesk.edit_employee": Sample(
        lambda d, c, k, _: d.employees.edit_employee(c, k.employee, language="fr"), Permission.EDIT_INVENTORY
    ),
    "EmployeeDesk.remove_employee": Sample(
        lambda d, c, k, _: d.employees.remove_employee(c, k.employee), Permission.EDIT_INVENTORY
    ),
    "GroupDesk.group": Sample(lambda d, c, k, _: d.groups.group(c, k.group), Permission.VIEW_INVENTORY),
    "GroupDesk.create_group": Sample(
        lambda d, c, _, a: d.groups.create_group(c, a, "New"), Permission.EDIT_INVENTORY
    ),
    "GroupDesk.rename_group": Sample(
        lambda d, c, k, _: d.groups.rename_group(c, k.group, "Other"), Permission.EDIT_INVENTORY
    ),
    "GroupDesk.delete_group": Sample(
        lambda d, c, k, _: d.groups.delete_group(c, k.group), Permission.EDIT_INVENTORY
    ),
    "FleetDesk.sims": Sample(lambda d, c, _, a: d.fleet.sims(c, a), Permission.VIEW_INVENTORY),
    "FleetDesk.devices": Sample(lambda d, c, _, a: d.fleet.devices(c, a), Permission.VIEW_INVENTORY),
    "UserDesk.user": Sample(lambda d, c, k, _: d.users.user(c, k.user), Permission.VIEW_PEOPLE),
    "UserDesk.edit_user": Sample(
        lambda d, c, k, _: d.users.edit_user(c, k.user, language="fr"), Permission.MANAGE_USERS
    ),
    "OpenIdDesk.unlink": Sample(lambda d, c, k, _: d.openid.unlink(c, k.user), Permission.MANAGE_USERS),
    "MailedDesk.invite": Sample(lambda d, c, k, _: d.mailed.invite(c, k.user), Permission.MANAGE_USERS),
    "ContactDesk.contact": Sample(
        lambda d, c, k, _: d.contacts.contact(c, k.contact), Permission.VIEW_PEOPLE
    ),
    "AccountDesk.edit": Sample(
        lambda d, c, _, a: d.accounts.edit(c, a, language="fr"), Permission.MANAGE_USERS
    ),
    "ApiKeyDesk.key": Sample(lambda d, c, k, _: d.api_keys.key(c, k.api_key), Permission.MANAGE_API_KEYS),
    "ApiKeyDesk.keys": Sample(lambda d, c, _, a: d.api_keys.keys(c, a), Permission.MANAGE_API_KEYS),
    "ApiKeyDesk.create": Sample(
        lambda d, c, k, _: d.api_keys.create(c, "Reports", user=k.user), Permission.MANAGE_API_KEYS
    ),
    "ApiKeyDesk.create_platform_key": Sample(
        lambda d, c, _, __: d.api_keys.create_platform_key(c, "All", Mode.TEST),
        Permission.MANAGE_ACCOUNTS,
        True,
    ),
    "ApiKeyDesk.revoke": Sample(
        lambda d, c, k, _: d.api_keys.revoke(c, k.api_key), Permission.MANAGE_API_KEYS
    ),
    "WebhookDesk.create": Sample(
        lambda d, c, _, a: d.webhooks.create(c, PUBLIC, account=a), Permission.MANAGE_WEBHOOKS
    ),
    "WebhookDesk.webhooks": Sample(lambda d, c, _, a: d.webhooks.webhooks(c, a), Permission.MANAGE_WEBHOOKS),
    "WebhookDesk.webhook": Sample(
        lambda d, c, k, _: d.webhooks.webhook(c, k.webhook), Permission.MANAGE_WEBHOOKS
    ),
    "WebhookDesk.backlog": Sample(
        lambda d, c, k, _: d.webhooks.backlog(c, k.webhook), Permission.MANAGE_WEBHOOKS
    ),
    "WebhookDesk.attempts": Sample(
        lambda d, c, k, _: d.webhooks.attempts(c, k.webhook), Permission.MANAGE_WEBHOOKS
    ),
    "WebhookDesk.edit": Sample(
        lambda d, c, k, _: d.webhooks.edit(c, k.webhook, description="Shop"), Permission.MANAGE_WEBHOOKS
    ),
    "WebhookDesk.rotate": Sample(
        lambda d, c, k, _: d.webhooks.rotate(c, k.webhook), Permission.MANAGE_WEBHOOKS
    ),
    "WebhookDesk.disable": Sample(
        lambda d, c, k, _: d.webhooks.disable(c, k.webhook), Permission.MANAGE_WEBHOOKS
    ),
    "WebhookDesk.enable": Sample(
        lambda d, c, k, _: d.webhooks.enable(c, k.webhook), Permission.MANAGE_WEBHOOKS
    ),
    "WebhookDesk.test": Sample(lambda d, c, k, _: d.webhooks.test(c, k.webhook), Permission.MANAGE_WEBHOOKS),
    "WebhookDesk.replay": Sample(
        lambda d, c, k, _: d.webhooks.replay(c, k.webhook, since=datetime(2020, 1, 1, tzinfo=UTC)),
        Permission.MANAGE_WEBHOOKS,
    ),
    "WebhookDesk.delete": Sample(
        lambda d, c, k, _: d.webhooks.delete(c, k.webhook), Permission.MANAGE_WEBHOOKS
    ),
    "JobDesk.submit_file": Sample(
        lambda d, c, _, a: d.jobs.submit_file(c, a, "import_fleet", b"x", key="a"),
        Permission.IMPORT_INVENTORY,
    ),
    "JobDesk.import_checked": Sample(
        lambda d, c, k, _: d.jobs.import_checked(c, k.job, key="a"), Permission.RUN_JOBS
    ),
    "JobDesk.submit_rows": Sample(
        lambda d, c, k, a: d.jobs.submit_rows(c, a, "place_orders", [{"line": k.line}], key="b"),
        Permission.PLACE_ORDERS,
    ),
    "JobDesk.check_file": Sample(
        lambda d, c, _, __: d.jobs.check_file(c, "import_fleet", b"x"), Permission.IMPORT_INVENTORY, True
    ),
    "MappingDesk.mappings": Sample(lambda d, c, _, a: d.mappings.mappings(c, a), Permission.RUN_JOBS),
    "MappingDesk.delete": Sample(
        lambda d, c, _, a: d.mappings.delete(c, a, "import_fleet"), Permission.IMPORT_INVENTORY
    ),
    "JobDesk.jobs": Sample(lambda d, c, _, a: d.jobs.jobs(c, a), Permission.RUN_JOBS),
    "JobDesk.job": Sample(lambda d, c, k, _: d.jobs.job(c, k.job), Permission.RUN_JOBS),
    "JobDesk.report": Sample(lambda d, c, k, _: d.jobs.report(c, k.job), Permission.RUN_JOBS),
    "JobDesk.cancel": Sample(lambda d, c, k, _: d.jobs.cancel(c, k.job), Permission.RUN_JOBS),
    "AuditDesk.entries": Sample(lambda d, c, _, a: d.audit.entries(c, a, limit=5), Permission.VIEW_AUDIT),
    "MailLogDesk.mails": Sample(lambda d, c, _, a: d.mail_log.mails(c, a, limit=5), Permission.VIEW_AUDIT),
    "AuditDesk.csv": Sample(lambda d, c, _, a: d.audit.csv(c, a), Permission.VIEW_AUDIT),
    "AuditDesk.people": Sample(
        lambda d, c, k, _: d.audit.people(c, {"user:1", k.link}), Permission.VIEW_AUDIT, True
    ),
    "AuditDesk.entry": Sample(lambda d, c, k, _: d.audit.entry(c, k.event), Permission.VIEW_AUDIT),
    "FeedDesk.account": Sample(lambda d, c, _, a: d.feed.account(c, a, limit=5), Permission.VIEW_ORDERS),
    "FeedDesk.order": Sample(lambda d, c, k, _: d.feed.order(c, k.order), Permission.VIEW_ORDERS),
    "FeedDesk.sim": Sample(lambda d, c, k, _: d.feed.sim(c, k.sim), Permission.VIEW_ORDERS),
    "FeedDesk.types": Sample(lambda d, c, _, __: d.feed.types(c), Permission.VIEW_ORDERS, True),
    "FeedDesk.news": Sample(lambda d, c, _, __: d.feed.news(c), Permission.SEE_OPERATIONS, True),
    "RetryDesk.held": Sample(lambda d, c, _, a: d.retry.held(c, a), Permission.RETRY_WORK),
    "RetryDesk.resume_many": Sample(
        lambda d, c, _, __: d.retry.resume_many(c, []), Permission.RETRY_WORK, True
    ),
}
