"""Prints the results as tables within 80 columns."""

from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.table import Table

from bench.pairs import Comparison, Pair

if TYPE_CHECKING:  # a comparison needs nothing of the product, which takes two seconds to import
    from bench.figures import Figures
    from bench.only_orders import OrderFigures
    from bench.rounds import Pace


def show(figures: "Figures", console: Console) -> None:
    """Print the figures and the targets."""
    console.print(Group(_pace(figures), _rest(figures), _targets(figures)))


def show_orders(figures: "OrderFigures", console: Console) -> None:
    """Print the figures of orders that were measured alone."""
    table = _orders_table()
    for concurrency, pace in figures.ours.items():
        table.add_row("ours", str(concurrency), *_row(pace))
    console.print(table)


def show_comparison(found: Comparison, console: Console) -> None:
    """Print each pair, the medians and the verdict."""
    table = Table(
        title=f"New against {found.revision} ({found.commit[:10]})", title_justify="left", show_footer=True
    )
    medians = ("median", "", "", found.ratio, "", "", found.p50_ratio, found.cpu_ratio)
    names = ("first", "orders/s\nold", "\nnew", "\nratio", "p50 ms\nold", "\nnew", "\nratio", "CPU\nratio")
    for name, value in zip(names, medians, strict=True):
        footer = value if isinstance(value, str) else f"{value:.3f}"
        table.add_column(name, footer, justify="left" if name == "first" else "right")
    for pair in found.pairs:
        table.add_row(*_pair(pair))
    lowest, highest = found.spread
    verdict = "[green]fast enough[/]" if found.fast_enough else "[red]too slow[/]"
    console.print(
        table,
        f"Orders/s, new / old: median {found.ratio:.3f} of {len(found.pairs)},"
        f" from {lowest:.3f} to {highest:.3f}.",
        f"At least {found.at_least:g} is wanted: {verdict}.",
        sep="\n",
        highlight=False,
    )


def _pair(pair: Pair) -> tuple[str, ...]:
    old, new = pair.old, pair.new
    rates = (f"{old.orders_per_s:.1f}", f"{new.orders_per_s:.1f}", f"{pair.ratio:.3f}")
    times = (f"{old.p50_ms:.0f}", f"{new.p50_ms:.0f}", f"{pair.p50_ratio:.3f}")
    return (pair.first, *rates, *times, f"{pair.cpu_ratio:.3f}")


def _orders_table() -> Table:
    table = Table(title="Switch orders", title_justify="left")
    table.add_column("")
    table.add_column("callers", justify="right")
    for name in ("orders/s", "p50 ms", "p99 ms", "rounds, orders/s"):
        table.add_column(name, justify="right")
    return table


def _pace(figures: "Figures") -> Table:
    table = _orders_table()
    for concurrency in figures.ours:
        for name, column in (("ours", figures.ours), ("bare", figures.bare)):
            table.add_row(name, str(concurrency), *_row(column[concurrency]))
    return table


def _row(pace: "Pace") -> tuple[str, ...]:
    rates = " ".join(f"{rate:.0f}" for rate in pace.rates)
    return (
        f"{pace.orders_per_s:.1f}",
        f"{pace.answered_ms(50):.0f}",
        f"{pace.answered_ms(99):.0f}",
        rates,
    )


def _rest(figures: "Figures") -> Table:
    table = Table(show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    rss = ", ".join(f"{size:.0f} after {done} orders" for done, size in figures.worker_rss_mb.items())
    actions = ", ".join(f"{name} {count:g}" for name, count in figures.actions.items())
    table.add_row("worker memory, MB", rss)
    table.add_row("Actions an order", actions)
    for name, column in (("ours", figures.ours), ("bare", figures.bare)):
        table.add_row(f"CPU ms an order, {name}", _cpu(column[max(column)]))
    table.add_row("CPU, bare / ours", f"{figures.cpu_ratio:.2f}")
    for taken in figures.fleet_imports:
        pace = f"{taken.seconds:.1f} s, {taken.rows_per_s:.0f} rows/s, {taken.rss_mb:.0f} MB"
        table.add_row(f"fleet import, {taken.rows} rows", pace)
    for name in figures.uploads.taken:
        times = f"p50 {figures.uploads.ms(50, name):.0f}, p95 {figures.uploads.ms(95, name):.0f}"
        table.add_row(f"QR import, ms, {name}", times)
    table.add_row("took, s", f"{figures.seconds:.0f}")
    return table


def _cpu(pace: "Pace") -> str:
    return ", ".join(f"{name} {used:.0f}" for name, used in pace.cpu_ms().items() if used >= 0.5)


def _targets(figures: "Figures") -> Table:
    table = Table()
    for name in ("target", "wanted", "measured", ""):
        table.add_column(name)
    for target in figures.targets():
        verdict = "[green]met[/]" if target.met else "[red]not met[/]"
        table.add_row(target.name, target.wanted, f"{target.value:.3g}", verdict)
    return table
