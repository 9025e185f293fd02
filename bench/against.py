"""`python -m bench --against REV`: whether this checkout is as fast as a commit. See docs/performance.md."""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from bench.checkouts import BenchError, Checkout, both, commit_of
from bench.pairs import ENOUGH, Comparison, Pair, Round, Version, sequence
from bench.table import show_comparison

REPOSITORY = Path(__file__).parent.parent
ONLY_ORDERS = Path(__file__).with_name("only_orders.py")
"""Run by a process of each version, and not imported here, which would take two seconds."""
ROUND_SECONDS = 900.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Play = Callable[[Version], Round]
"""Runs one round of a version."""


def compare(chosen: argparse.Namespace, console: Console, repository: Path = REPOSITORY) -> int:
    """Exit code 0: fast enough. 1: too slow, or an order did not end as it must. 3: no comparison."""
    try:
        with _ended_by_signals(), tempfile.TemporaryDirectory(prefix="esim-ab-") as place:
            found = _measure(chosen, repository, Path(place))
    except BenchError as failure:
        say(str(failure))
        return 3
    show_comparison(found, console)
    for fault in found.faults:
        say(fault)
    if len(found.pairs) < ENOUGH:
        say(f"pairs measured: {len(found.pairs)}; a verdict takes at least {ENOUGH}")
    if chosen.json:
        print(json.dumps(found.as_json()))
    return 0 if found.fast_enough and not found.faults else 1


def play_pairs(count: int, play: Play) -> Iterator[Pair]:
    """So many pairs, each version first in turn."""
    for number in range(count):
        first, second = sequence(number)
        rounds: Mapping[Version, Round] = {first: play(first), second: play(second)}
        yield Pair(first, rounds["old"], rounds["new"])


def _measure(chosen: argparse.Namespace, repository: Path, place: Path) -> Comparison:
    commit = commit_of(repository, chosen.against)
    say(f"old: {chosen.against} ({commit[:10]}); new: the files of {repository} as they are")
    versions: dict[Version, Checkout] = dict(
        zip(("old", "new"), both(repository, commit, place), strict=True)
    )
    for checkout in versions.values():
        modules = checkout.own_modules()
        say(f"{checkout.name}: all {len(modules)} top-level modules lie in {checkout.folder}")
    commands = {name: _command(checkout, chosen) for name, checkout in versions.items()}
    pairs = []
    for pair in play_pairs(chosen.rounds, lambda name: _play(versions[name], commands[name])):
        pairs.append(pair)
        say(_sentence(len(pairs), pair))
    return Comparison(chosen.against, commit, chosen.at_least, pairs)


def _command(checkout: Checkout, chosen: argparse.Namespace) -> list[str]:
    counts = ["--rounds", "1", "--orders", str(chosen.orders), "--single", str(chosen.single)]
    counts += ["--warm-up", str(chosen.warm_up), "--json"]
    if checkout.knows("--only"):
        return ["-m", "bench", "--only", "orders", *counts]
    return ["-P", str(ONLY_ORDERS), *counts]


def _play(checkout: Checkout, command: list[str]) -> Round:
    ended = checkout.run(command, ROUND_SECONDS)
    try:
        return Round.from_json(ended.answer())
    except BenchError as failure:
        raise BenchError(f"A round of the {checkout.name} version failed. {failure}") from failure


def _sentence(number: int, pair: Pair) -> str:
    return (
        f"pair {number}, {pair.first} first: old {pair.old.orders_per_s:.1f}, new {pair.new.orders_per_s:.1f}"
        f" orders/s, ratio {pair.ratio:.3f}"
    )


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let the first signal end the block as an exception, and ignore more of them while it cleans up.

    A handler that is a function is reset in children, so they heed SIGINT even where this process was
    started in the background and ignores it.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        say("stopping, and removing what was made")
        raise SystemExit(128 + number)

    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    if before[signal.SIGHUP] is signal.SIG_IGN:  # by nohup
        del before[signal.SIGHUP]
    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say(sentence: str) -> None:
    """Print progress to standard error; the result goes to standard output."""
    print(f"bench: {sentence}", file=sys.stderr, flush=True)
