#!/bin/sh
# Migrate both of Temporal's databases to the schema of this image's release. Idempotent.
# The databases themselves are created with their owners in deploy/postgres/databases.sql, so that
# neither user needs the right to create databases (`temporal-sql-tool create-database` would).
set -eu

: "${TEMPORAL_PASSWORD:?}" "${VISIBILITY_PASSWORD:?}"

sql_tool() { # user and database, which have one name; then a command
  name="$1"
  shift
  temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u "$name" --db "$name" "$@"
}

bring_up() { # user and database; folder of the schema
  sql_tool "$1" setup-schema -v 0.0
  sql_tool "$1" update-schema -d "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

# The tool takes the password from SQL_PASSWORD, so that it does not show in a process list.
export SQL_PASSWORD
SQL_PASSWORD="$TEMPORAL_PASSWORD"
bring_up temporal temporal
SQL_PASSWORD="$VISIBILITY_PASSWORD"
bring_up temporal_visibility visibility
