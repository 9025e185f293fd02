"""Run the sandbox as a process of its own: `run_up.py FOLDER [WORKER COMMAND...]`; it prints what happens."""

import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from sandbox.errors import SandboxError
from sandbox.up import Plan, up

STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in_worker.py")))


def say(sentence: str) -> None:
    print(sentence, flush=True)


async def migrate(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE IF NOT EXISTS note (words text)"))
    await engine.dispose()


def main() -> int:
    plan = Plan(
        data_dir=Path(sys.argv[1]),
        migrate=migrate,
        worker=sys.argv[2:] or STAND_IN,
        portal=(),
        task_queue="stand-in",
        search_attributes=("OrderStatus",),
        say=say,
    )
    try:
        up(plan, lambda _: say("ready"))
    except SandboxError as error:
        say(f"refused: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
