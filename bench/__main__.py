"""`python -m bench [--against REV] [--json]`: measures orders on this machine. See docs/performance.md."""

import argparse
import json
import sys
import time
from collections import Counter

import uvloop
from rich.console import Console

from bench.against import compare
from bench.api import measure_api, show_api
from bench.counters import actions, events
from bench.figures import Figures
from bench.files import measure_files, show_files
from bench.fleet import USER, seed
from bench.imports import ROWS, ImportPace, time_imports
from bench.lists import ListPace, time_lists
from bench.lost import time_recovery
from bench.many_codes import PICTURES, time_many_codes
from bench.only_orders import HIGH, LOW, OnlyOrders, OrderFigures, leave
from bench.orders import BareOrders, RealOrders
from bench.proof import faults
from bench.relay import as_json, show_relay
from bench.relay import main as measure_looks
from bench.rounds import Pace, run_round, take_turns
from bench.streams import measure_streams, show_streams
from bench.surroundings import Surroundings, surroundings
from bench.table import show, show_orders
from bench.uploads import UploadPace, time_uploads
from sandbox.errors import SandboxError
from starter import callers
from starter.orders.desk import OrderDesk
from store.session import Database
from telemetry.unexpected import guarded
from temporal.connection import connect

USUAL = {"rounds": 4, "orders": 80, "single": 15}
AGAINST = {"rounds": 5, "orders": 250, "single": 20}
"""Longer rounds: each has servers of its own, and nothing else runs beside them."""


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--only", choices=("orders", "files"), help="measure these and nothing else")
    parser.add_argument("--api", action="store_true", help="measure the API on a large account, nothing else")
    parser.add_argument("--streams", action="store_true", help="measure 1,000 open streams, nothing else")
    parser.add_argument(
        "--relay", action="store_true", help="measure the relay of 1,000 webhooks, nothing else"
    )
    parser.add_argument(
        "--lost", type=int, metavar="N", help="start N orders whose workflows were lost, and nothing else"
    )
    parser.add_argument("--against", metavar="REV", help="compare with a commit, in pairs of rounds")
    parser.add_argument(
        "--at-least",
        type=float,
        default=0.95,
        help="with --against: least median ratio of orders a second (default 0.95)",
    )
    parser.add_argument("--rounds", type=int, help="rounds of each kind (default 4; --against: 5 pairs)")
    parser.add_argument(
        "--orders", type=int, help="orders a round with 50 callers (default 80; --against: 250)"
    )
    parser.add_argument("--single", type=int, help="orders a round with 1 caller (default 15; --against: 20)")
    parser.add_argument("--warm-up", type=int, default=100, help="orders of each kind before (default 100)")
    parser.add_argument(
        "--import-rows",
        type=int,
        nargs="*",
        default=list(ROWS),
        metavar="N",
        help="rows of each fleet import (default 5000 20000 100000)",
    )
    parser.add_argument("--uploads", type=int, default=20, help="uploads of each kind of file (default 20)")
    chosen = parser.parse_args()
    for name, count in (AGAINST if chosen.against else USUAL).items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, count)
    return chosen


class Run:
    """One run of the benchmark."""

    def __init__(self, chosen: argparse.Namespace, around: Surroundings, ours: RealOrders, bare: BareOrders):
        self._chosen = chosen
        self._around = around
        self._ours = ours
        self._bare = bare
        self._rss: dict[int, float] = {}

    async def measure(self, started: float) -> Figures:
        """Warm up, take turns with the bare orders, then do as many real orders again alone."""
        chosen, kinds = self._chosen, (self._ours, self._bare)
        _say(f"warming up with {chosen.warm_up} orders of each kind")
        for kind in kinds:
            await run_round(kind, chosen.warm_up, Pace(HIGH), self._around.cpu_seconds)
        self._note_memory()
        paces = {}
        for concurrency, count in ((LOW, chosen.single), (HIGH, chosen.orders)):
            _say(f"{chosen.rounds} x {count} orders of each kind, {concurrency} at a time")
            paces[concurrency] = await take_turns(
                kinds, concurrency, chosen.rounds, count, self._around.cpu_seconds
            )
        self._note_memory()
        counted, lengths = await self._alone(chosen.rounds * (chosen.single + chosen.orders))
        self._note_memory()
        return Figures(
            ours={concurrency: pace[self._ours.name] for concurrency, pace in paces.items()},
            bare={concurrency: pace[self._bare.name] for concurrency, pace in paces.items()},
            actions=counted,
            events_per_order=lengths,
            worker_rss_mb=self._rss,
            fleet_imports=await self._import(),
            fleet_lists=await self._list(),
            uploads=await self._uploads(),
            many_codes_s=await self._many_codes(),
            seconds=time.monotonic() - started,
        )

    async def _alone(self, count: int) -> tuple[dict[str, float], float]:
        """Actions and events an order, with nothing else running."""
        _say(f"{count} real orders alone, {HIGH} at a time")
        url, already = self._around.addresses.temporal_metrics_url, len(self._ours.order_ids)
        before = await actions(url)
        await run_round(self._ours, count, Pace(HIGH), self._around.cpu_seconds)
        counted: Counter[str] = await actions(url)
        counted.subtract(before)
        each = {name: number / count for name, number in sorted(counted.items()) if number}
        lengths = await events(self._ours.client, self._ours.order_ids[already:])
        return each, lengths

    async def _import(self) -> list[ImportPace]:
        sizes: list[int] = self._chosen.import_rows
        _say(f"importing fleets of {', '.join(map(str, sizes))} lines")
        database = Database(self._around.settings.database_url, pool_size=1)
        try:
            return await time_imports(database, sizes)
        finally:
            await database.close()

    async def _list(self) -> list[ListPace]:
        _say("listing all lines")
        return await time_lists(self._around.settings.database_url)

    async def _uploads(self) -> UploadPace:
        _say(f"uploading QR codes in files of four types, {self._chosen.uploads} times")
        return await time_uploads(self._chosen.uploads)

    async def _many_codes(self) -> float:
        _say(f"importing {PICTURES} pictures of QR codes in a ZIP")
        return await time_many_codes(self._around.settings)

    def _note_memory(self) -> None:
        self._rss[len(self._ours.order_ids)] = self._around.worker_rss_mb()


async def benchmark(chosen: argparse.Namespace) -> tuple[Figures | OrderFigures, list[str]]:
    """Run the benchmark; its results, and a sentence for each fault of its orders."""
    started = time.monotonic()
    _say("starting PostgreSQL, Temporal, the mailbox and two workers")
    async with surroundings() as around:
        settings = around.settings
        database = Database(settings.database_url, pool_size=2)
        await seed(database, chosen.warm_up + 2 * chosen.rounds * (chosen.single + chosen.orders))
        client = await connect(settings)
        async with OrderDesk.open(settings) as desk:
            ours = RealOrders(desk, client, await callers.user(desk.database, USER))
            kind = OnlyOrders if chosen.only else Run
            figures = await kind(chosen, around, ours, BareOrders(client)).measure(started)
        _say("checking every order and every mail")
        wrong = await faults(database, around.mailbox, ours.order_ids)
        await database.close()
    return figures, wrong


def _lost(orders: int) -> int:
    _say(f"starting {orders} orders that have no workflow")
    found = uvloop.run(time_recovery(orders)).as_json()
    print(json.dumps(found))
    return 1 if found["faults"] else 0


def _files(sizes: list[int], *, as_json: bool) -> int:
    _say(f"importing fleets of {', '.join(map(str, sizes))} lines, and listing them")
    figures = uvloop.run(measure_files(sizes))
    show_files(figures, Console())
    if as_json:
        print(json.dumps(figures.as_json()))
    return 0


def _api(*, as_json: bool) -> int:
    _say("filling an account with 100,000 lines and 10,000 orders")
    figures = uvloop.run(measure_api())
    show_api(figures, Console())
    if as_json:
        print(json.dumps(figures.as_json()))
    return 0


def _streams(*, as_json: bool) -> int:
    _say("opening 1,000 event streams")
    figures = uvloop.run(measure_streams())
    show_streams(figures)
    if as_json:
        print(json.dumps(figures.as_json()))
    return 0


def _relay(*, json_too: bool) -> int:
    _say("looking for what 1,000 webhooks are to get of 1,000,000 events")
    figures = measure_looks()
    show_relay(figures)
    if json_too:
        print(json.dumps(as_json(figures)))
    return 0


def _say(sentence: str) -> None:
    print(f"bench: {sentence}", file=sys.stderr, flush=True)


def _alone(chosen: argparse.Namespace) -> int | None:
    """The exit code of what is measured alone; None: the usual figures are wanted."""
    if chosen.against:
        return compare(chosen, Console())
    if chosen.only == "files":
        return _files(chosen.import_rows, as_json=chosen.json)
    if chosen.lost:
        return _lost(chosen.lost)
    if chosen.api:
        return _api(as_json=chosen.json)
    if chosen.streams:
        return _streams(as_json=chosen.json)
    return _relay(json_too=chosen.json) if chosen.relay else None


def main() -> int:
    """Exit code 0 whatever was measured; 1 where an order did not end as it must; 3 without surroundings."""
    chosen = options()
    alone = _alone(chosen)
    if alone is not None:
        return alone
    try:
        figures, wrong = uvloop.run(benchmark(chosen))
    except SandboxError as failure:
        _say(str(failure))
        return 3
    if isinstance(figures, OrderFigures):
        show_orders(figures, Console())
    else:
        show(figures, Console())
    for sentence in wrong:
        _say(sentence)
    if chosen.json:
        print(json.dumps({**figures.as_json(), "faults": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    leave(lambda: guarded(main, "bench", _say))
