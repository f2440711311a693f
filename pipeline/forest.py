"""Forest plots, byte for byte the same each time: a row an estimate with the findings it is made from, a diamond a pooled figure."""

from __future__ import annotations

import io
import math

import matplotlib

matplotlib.use("Agg")
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from pipeline.figures import COLOURS, INK, MUTED, RULE, SETTINGS
from pipeline.pooling import RATIO, Estimate, Pool
from pipeline.synthesis import Forest

TICKS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10, 20)
WIDTH, ROW = 11.0, 0.27


def interval(kind: str, value: float, low: float, high: float) -> str:
    """An estimate with its interval in words."""
    return f"{value:.2f} ({low:.2f}–{high:.2f})" if kind == RATIO else f"{value:.1f}% ({low:.1f}–{high:.1f})"


def lines_of(forest: Forest) -> list[tuple[str, object]]:
    """The figure's lines from the top: (heading, text), (estimate, Estimate), (pool, Pool) and (note, text)."""
    lines: list[tuple[str, object]] = []
    for group in forest.groups or [""]:
        lines += [("heading", forest.groups[group])] if forest.groups else []
        lines += [("estimate", each) for each in forest.group(group)]
        lines += closing(forest, group)
    if forest.groups and ("" in forest.pools or "" in forest.not_pooled):
        lines += [("heading", "all studies"), *closing(forest, "")]
    return lines


def closing(forest: Forest, group: str) -> list[tuple[str, object]]:
    """The pooled figure of a group and how much its studies differ, or why there is none."""
    if group not in forest.pools:
        return [("note", forest.not_pooled[group])] if group in forest.not_pooled else []
    found = forest.pools[group]
    return [("pool", found), ("note", spread(found))]


def spread(pool: Pool) -> str:
    """How much the studies differ, in words."""
    p = f"p = {pool.q_p:.3f}" if pool.q_p >= 0.0005 else "p < 0.001"
    return f"I² = {pool.i2:.0f}%, τ² = {pool.tau2:.3f}, Q = {pool.q:.2f} on {pool.k - 1}, {p}"


def drawn_forest(forest: Forest) -> bytes:
    """The figure as SVG."""
    lines = lines_of(forest)
    with matplotlib.rc_context({**SETTINGS, "font.size": 8.5}):
        figure = Figure(figsize=(WIDTH, 0.95 + ROW * len(lines)))
        axis = figure.add_axes((0.33, (0.5 / (0.95 + ROW * len(lines))), 0.27, 1 - 0.9 / (0.95 + ROW * len(lines))))
        scaled(axis, forest)
        for y, (kind, held) in enumerate(lines):
            {"heading": heading, "estimate": estimate, "pool": pooled, "note": note}[kind](axis, y, held, forest)
        axis.set_ylim(len(lines) - 0.4, -0.7)
        axis.set_yticks([])
        for spine in ("left", "right", "top"):
            axis.spines[spine].set_visible(False)
        figure.text(0.005, 1, forest.title, fontweight="bold", va="top", fontsize=9.5)
        out = io.BytesIO()
        figure.savefig(
            out,
            format="svg",
            metadata={"Date": None, "Creator": None, "Title": forest.title},
            transparent=True,
            bbox_inches="tight",
            pad_inches=0.06,
        )
    return out.getvalue()


def scaled(axis, forest: Forest) -> None:
    """The axis: logarithmic around 1 for ratios, 0 to 100 for shares."""
    if forest.kind != RATIO:
        axis.set_xlim(0, 100)
        axis.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
        axis.grid(axis="x", color=RULE, linewidth=0.5)
        axis.set_axisbelow(True)
        return
    ends = [end for each in forest.estimates for end in (each.low, each.high)]
    reach = max([2.0, *(max(end, 1 / end) for end in ends)]) * 1.1
    axis.set_xscale("log")
    axis.set_xlim(1 / reach, reach)
    ticks = [tick for tick in TICKS if 1 / reach <= tick <= reach]
    axis.xaxis.set_major_locator(FixedLocator(ticks))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticklabels([f"{tick:g}" for tick in ticks])
    axis.axvline(1, color=MUTED, linewidth=0.8)
    left, _, right = forest.scale.partition("|")
    for text, place, side in ((f"← {left}", 0.0, "left"), (f"{right} →", 1.0, "right")):
        axis.annotate(
            text,
            (place, 0),
            xycoords="axes fraction",
            xytext=(0, -20),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=7,
            color=MUTED,
        )


def beside(axis, y: float, text: str, at: float, **more) -> None:
    """Words beside the axis, at a place in parts of its width."""
    axis.text(at, y, text, transform=axis.get_yaxis_transform(), va="center", clip_on=False, **more)


def heading(axis, y: float, text: str, forest: Forest) -> None:
    """A group's name."""
    beside(axis, y, text[:1].upper() + text[1:], -1.2, fontweight="bold")


def note(axis, y: float, text: str, forest: Forest) -> None:
    """How much studies differ, or why they are not pooled."""
    beside(axis, y, text, -1.2, color=MUTED, fontsize=7.5, style="italic")


def estimate(axis, y: float, held: Estimate, forest: Forest) -> None:
    """A study: its square as large as its weight, its interval, its figures and the findings behind it."""
    weight = forest.pools[held.group].weights.get(held.study) if held.group in forest.pools else None
    size = 3.5 + 4.5 * math.sqrt(weight / 100) if weight else 4
    style = (0, (3, 2)) if held.note.startswith("interval reckoned") else "solid"
    axis.plot([held.low, held.high], [y, y], color=COLOURS[0], linewidth=1.2, linestyle=style)
    axis.plot([held.value], [y], "s", color=COLOURS[0], markersize=size)
    beside(axis, y, f"{held.label}{f', n = {held.n}' if held.n else ''}", -1.17)
    beside(axis, y, interval(held.kind, held.value, held.low, held.high), 1.05)
    beside(axis, y, f"{weight:.0f}%" if weight else "", 1.58, ha="right", color=MUTED)
    beside(axis, y, ", ".join(held.findings) + (f" ({held.note})" if held.note else ""), 1.63, fontsize=6.5, color=MUTED)


def pooled(axis, y: float, held: Pool, forest: Forest) -> None:
    """A pooled figure: a diamond as wide as its interval."""
    axis.fill([held.low, held.value, held.high, held.value], [y, y - 0.28, y, y + 0.28], color=INK, zorder=3)
    beside(axis, y, f"Random effects, {held.k} studies", -1.17, fontweight="bold")
    beside(axis, y, interval(forest.kind, held.value, held.low, held.high), 1.05, fontweight="bold")
    beside(
        axis,
        y,
        f"Hartung-Knapp {interval(forest.kind, held.value, held.hk_low, held.hk_high).partition(' ')[2]}",
        1.63,
        fontsize=7,
        color=MUTED,
    )
