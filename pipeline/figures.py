"""Figures drawn by matplotlib, byte for byte the same each time: survival by arm, and prognostic factors by study."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field

import matplotlib

matplotlib.use("Agg")
from matplotlib.figure import Figure

from pipeline.cells import is_arm, study_arms
from pipeline.compare import MONTHS
from pipeline.factor_keys import concept
from pipeline.naming import tokens
from pipeline.wording import arm_name, figure, plain, time_point

INK, MUTED, RULE = "#1a1d21", "#5b6472", "#d5d9e0"
COLOURS = ("#1f5f99", "#c4541f", "#6b7280")  # the two most frequent arms, then all others
CLASSES = {"independent": "independent", "univariate": "univariate only", "not_significant": "not significant", "": "analysis not stated"}
MOST = 6  # rows of a study in the figure of survival; of more, only its arms are drawn
MARKS = {"independent": "o", "univariate": "D", "not_significant": "o", "": "s"}
SETTINGS = {
    "svg.hashsalt": "livetable", "svg.fonttype": "none", "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 9,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": MUTED, "xtick.color": INK, "ytick.color": INK, "axes.linewidth": 0.8,
}  # fmt: skip


@dataclass(slots=True)
class ArmRow:
    """One arm's overall survival: its median in months, and its rates by time point."""

    study: str
    arm: str
    median: dict | None = None
    rates: dict[float, dict] = field(default_factory=dict)


def arm_rows(studies: list) -> list[ArmRow]:
    """Studies' arms with any OS figure, in the order of the table; the whole population first, subgroups only where they are few."""
    rows = []
    for study in studies:
        held: dict[str, ArmRow] = {}
        for finding in study.findings:
            if finding.get("endpoint") != "OS" or finding.get("value") is None:
                continue
            if finding["field"] not in ("survival_median", "survival_rate"):
                continue
            row = held.setdefault(arm_name(finding).lower(), ArmRow(study.label, arm_name(finding)))
            if finding["field"] == "survival_median":
                row.median = row.median or finding
            elif finding.get("at"):
                row.rates.setdefault(finding["at"], finding)
        arms = study_arms(study.findings)
        crowded = len(held) > MOST
        shown = [row for row in held.values() if not crowded or not row.arm or is_arm(row.arm, arms)]
        rows.extend(sorted(shown, key=lambda row: row.arm != ""))
    return rows


def drawn(figure_: Figure, title: str) -> dict[str, bytes]:
    """The figure as SVG (transparent) and PNG (white), without a date."""
    files = {}
    for kind, options in (("svg", {"transparent": True}), ("png", {"facecolor": "white", "dpi": 160})):
        out = io.BytesIO()
        metadata = {"Date": None, "Creator": None, "Title": title} if kind == "svg" else {"Software": None, "Title": title}
        figure_.savefig(out, format=kind, metadata=metadata, bbox_inches="tight", pad_inches=0.08, **options)
        files[kind] = out.getvalue()
    return files


def arm_colours(rows: list[ArmRow]) -> tuple[dict[frozenset, str], list[tuple[str, str]]]:
    """A colour for each arm's set of words, two that several studies have apart from all others; and the legend (name, colour)."""
    named = [row for row in rows if row.arm]
    counts = Counter(words for _, words in {(row.study, tokens(row.arm)) for row in named})
    common = sorted((words for words in counts if counts[words] > 1), key=lambda words: (-counts[words], sorted(words)))[:2]
    colours = {words: COLOURS[min(rank, 2)] for rank, words in enumerate(common)}
    legend = []
    for words in common:
        names = Counter(row.arm for row in named if tokens(row.arm) == words)
        legend.append((min(names, key=lambda name: (-names[name], name)), colours[words]))
    return colours, [*legend, ("other group" if legend else "arm or group", COLOURS[2])] if len(counts) > len(common) else legend


def survival(studies: list) -> dict[str, bytes]:
    """Median OS and OS rates by study and arm, with confidence intervals where known; empty where nobody reports any."""
    rows = arm_rows(studies)
    if not rows:
        return {}
    counts = Counter(at for row in rows for at in row.rates)
    times = sorted(sorted(counts, key=lambda at: (-counts[at], at))[:3])
    colours, legend = arm_colours(rows)
    with matplotlib.rc_context(SETTINGS):
        figure_ = Figure(figsize=(11, 1.1 + 0.27 * len(rows)))
        axes = figure_.subplots(1, 1 + len(times), sharey=True, width_ratios=[1.25] + [1] * len(times), squeeze=False)[0]
        for number, axis in enumerate(axes):
            found = [row.median if number == 0 else row.rates.get(times[number - 1]) for row in rows]
            heading = "Median OS (months)" if number == 0 else f"{time_point(times[number - 1])} OS (%)"
            panel(axis, rows, found, heading, colours)
        axes[0].set_yticks(range(len(rows)), [shortened(row.arm) for row in rows])
        for y, row in enumerate(rows):
            if y == 0 or row.study != rows[y - 1].study:
                place = {"xycoords": ("axes fraction", "data"), "xytext": (-290, 0), "textcoords": "offset points"}
                axes[0].annotate(row.study, (0, y), va="center", fontweight="bold", **place)
        axes[0].set_ylim(len(rows) - 0.4, -0.7)
        handles = [axes[0].plot([], [], "o", color=INK, label="whole study")[0]]
        handles += [axes[0].plot([], [], "o", color=colour, label=name)[0] for name, colour in legend]
        figure_.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=len(handles), frameon=False)
        figure_.tight_layout(w_pad=1.2)
        return drawn(figure_, "Overall survival by study and arm")


def shortened(arm: str) -> str:
    """An arm's name, cut where it is too long for the figure; the table has it whole."""
    return arm if len(arm) <= 32 else arm[:31].rstrip() + "…"


def panel(axis, rows: list[ArmRow], found: list[dict | None], heading: str, colours: dict[frozenset, str]) -> None:
    """One measure over all rows: a dot with its figure, and its interval where it has one."""
    axis.set_title(heading, fontsize=9.5, fontweight="bold", loc="left")
    months = heading.startswith("Median")
    top = 1.0
    for y, (row, finding) in enumerate(zip(rows, found)):
        if y and row.study != rows[y - 1].study:
            axis.axhline(y - 0.5, color=RULE, linewidth=0.7, zorder=0)
        if finding is None:
            continue
        scale = MONTHS.get(finding.get("unit") or "months", 1.0) if months else 1.0
        colour = colours.get(tokens(row.arm), COLOURS[2]) if row.arm else INK
        value = finding["value"] * scale
        ends = [value]
        if finding.get("low") is not None and finding.get("high") is not None:
            ends = [finding["low"] * scale, finding["high"] * scale]
            axis.plot(ends, [y, y], color=colour, linewidth=1.6, alpha=0.55, solid_capstyle="butt")
        axis.plot([value], [y], "o", color=colour, markersize=6, clip_on=False)
        axis.annotate(figure(round(value, 1)), (max([value, *ends]), y), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8)
        top = max(top, *ends, value)
    axis.set_xlim(*((0, top * 1.18) if months else (-2, 112)))
    axis.tick_params(axis="y", length=0)
    if not months:
        axis.set_xticks(range(0, 101, 25))
    axis.grid(axis="x", color=RULE, linewidth=0.6)
    axis.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)


@dataclass(slots=True)
class FactorMatrix:
    """Which study found what of which factor, for one endpoint: `cells[factor][study key]` lists findings, the strongest first."""

    endpoint: str
    studies: list
    factors: list[str]
    cells: dict[str, dict[str, list[dict]]]

    def kind(self, factor: str, study: str) -> str | None:
        """The strongest class: independent, univariate, not_significant, or empty where the analysis is not stated."""
        held = self.cells[factor].get(study)
        return factor_class(held[0]) if held else None


def factor_class(finding: dict) -> str:
    """A factor's class, empty where the paper does not state the analysis."""
    return finding.get("arm") if finding.get("arm") in MARKS else ""


def factor_matrix(studies: list, endpoint: str = "OS", review: str | None = None) -> FactorMatrix:
    """Factors of one endpoint by study, under the concept that each name means: those that most studies found independent first."""
    cells: dict[str, dict[str, list[dict]]] = {}
    for study in studies:
        for finding in study.findings:
            if finding["field"] == "prognostic_factor" and finding.get("value") and (finding.get("endpoint") or endpoint) == endpoint:
                cells.setdefault(concept(str(finding["value"]), review), {}).setdefault(study.key, []).append(finding)
    for by_study in cells.values():
        for held in by_study.values():
            held.sort(key=lambda finding: ("independent", "", "univariate", "not_significant").index(factor_class(finding)))

    def rank(name: str) -> tuple:
        kinds = [factor_class(held[0]) for held in cells[name].values()]
        return (-kinds.count("independent"), -len(kinds), name)

    reporting = [study for study in studies if any(study.key in by_study for by_study in cells.values())]
    return FactorMatrix(endpoint, reporting, sorted(cells, key=rank), cells)


def factor_figure(matrix: FactorMatrix, most: int = 40) -> dict[str, bytes]:
    """The matrix as a figure of at most so many factors; empty where no study reports any."""
    if not matrix.factors:
        return {}
    names = matrix.factors[:most]
    with matplotlib.rc_context(SETTINGS):
        figure_ = Figure(figsize=(2.9 + 0.42 * len(matrix.studies), 1.6 + 0.26 * len(names)))
        axis = figure_.subplots()
        for y, name in enumerate(names):
            axis.axhline(y, color=RULE, linewidth=0.6, zorder=0)
            for x, study in enumerate(matrix.studies):
                kind = matrix.kind(name, study.key)
                if kind is not None:
                    axis.plot([x], [y], **mark(kind))
        labels = [study.label for study in matrix.studies]
        axis.set_xticks(range(len(labels)), labels, rotation=55, ha="left", rotation_mode="anchor")
        axis.set_yticks(range(len(names)), [plain(name) for name in names])
        axis.xaxis.tick_top()
        axis.tick_params(length=0)
        axis.set_xlim(-0.6, len(matrix.studies) - 0.4)
        axis.set_ylim(len(names) - 0.4, -0.6)
        for spine in axis.spines.values():
            spine.set_visible(False)
        handles = [axis.plot([], [], label=told, **mark(kind))[0] for kind, told in CLASSES.items()]
        figure_.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=4, frameon=False, fontsize=8)
        figure_.tight_layout()
        return drawn(figure_, f"Prognostic factors of {matrix.endpoint} by study")


def mark(kind: str) -> dict:
    """How a class is drawn: filled dot, half-tone diamond, ring, or square."""
    face = {"independent": COLOURS[0], "univariate": "#8fb4d6", "not_significant": "none", "": "#b9c0ca"}[kind]
    edge = MUTED if kind == "not_significant" else face
    colours = {"markerfacecolor": face, "markeredgecolor": edge, "markeredgewidth": 1.2}
    return {"marker": MARKS[kind], "linestyle": "none", "markersize": 7.5, **colours}
