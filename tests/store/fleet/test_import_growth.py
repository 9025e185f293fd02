"""What an import has the database read grows as its rows do. A count, no clock."""

from starter.fleet.desk import FleetDesk
from store.session import Database
from tests.builders import OPERATOR, as_csv, line, run

READ = """
SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables
"""
LINES_OF_A_GROUP = 4
SMALL, LARGE = 300, 1200


async def rows_read(database: Database) -> int:
    """How many rows of tables the server has read so far, by its own statistics."""
    await run(database, "SELECT pg_stat_force_next_flush()")
    ((read,),) = await run(database, READ)
    return int(read)


def fleet(account: str, first: int, rows: int) -> bytes:
    """So many lines with as many groups as a large account would have; no statistics know of them yet."""
    return as_csv(
        *(
            line(number, account=account, management_groups=f"Group {number // LINES_OF_A_GROUP}")
            for number in range(first, first + rows)
        )
    )


async def test_four_times_the_rows_have_the_database_read_about_four_times_as_much(
    database: Database,
) -> None:
    desk = FleetDesk(database)
    each = {}
    for first, rows in ((0, SMALL), (5000, LARGE)):
        before = await rows_read(database)
        await desk.import_fleet(OPERATOR, fleet(f"Account {rows}", first, rows))
        each[rows] = (await rows_read(database) - before) / rows
    assert each[SMALL] > 1, "what was read is counted"
    assert each[LARGE] < 2 * each[SMALL], each
