"""Imports all tables: SQLAlchemy resolves a foreign key only when both of its tables are loaded.

A new subject's tables are added here; each table itself is in the folder of its subject.
"""

import store.catalogue.tables
import store.codes.tables
import store.event_table
import store.fleet.grid_tables
import store.fleet.tables
import store.licences.billing_tables
import store.licences.tables
import store.mail_table
import store.operations.job_tables
import store.operations.mapping_tables
import store.operations.tables
import store.operations.webhook_tables
import store.orders.link_tables
import store.orders.tables
import store.origins
import store.people.sign_in_tables
import store.people.tables
import store.travel.line_tables
import store.travel.tables  # noqa: F401
