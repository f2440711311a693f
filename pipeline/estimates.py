"""The findings that can be pooled, study by study, and those that cannot, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from statsmodels.stats.proportion import proportion_confint

from pipeline.factor_keys import concept
from pipeline.pooling import RATIO, SHARE, Estimate
from pipeline.sides import WITH, WITHOUT, against, is_whole, level, means, parted, side
from pipeline.synthesis_plan import Factor, Plan, Rows

WHOLE = "whole"
PART = "its sentence speaks of a part of the patients"


@dataclass(slots=True)
class LeftOut:
    """A finding that is not pooled, and why."""

    study: str
    finding: str
    told: str
    reason: str


def told(row: dict) -> str:
    """An outcome in short: RT (yes) vs no: 0.4."""
    names = " vs ".join(str(row[name]) for name in ("arm", "vs") if row.get(name))
    return f"{names or 'no arm named'}: {row['value']:g}" if row["value"] is not None else names


def fault(row: dict) -> str | None:
    """Why a hazard ratio cannot be pooled as it is."""
    value, low, high = row["value"], row["low"], row["high"]
    if low is None or high is None or value is None:
        return "no confidence interval"
    return None if 0 < low < value < high else "its interval does not hold it"


def of_a_part(row: dict, plan: Plan) -> bool:
    """Whether the sentence that a figure was read from speaks of a part of the patients, though the arm's name does not."""
    groups = [*plan.combined.favourable.words, *plan.combined.unfavourable.words] if plan.combined else []
    return means(row.get("quote"), [*groups, "subgroup", "subset"])


def ratio_of(row: dict, rows: Rows, group: str, inverted: bool, note: str) -> Estimate:
    """A hazard ratio as an estimate, turned round where its arms stand the other way."""
    value, low, high = (row["value"], row["low"], row["high"]) if not inverted else (1 / row["value"], 1 / row["high"], 1 / row["low"])
    study = rows.studies[row["study"]]
    notes = "; ".join(part for part in (note, "turned round" if inverted else "") if part)
    return Estimate(row["study"], study["label"], study["design"] or "", group, RATIO, value, low, high, [row["finding"]], None, notes)


def one_a_study(found: list[Estimate], out: list[LeftOut]) -> list[Estimate]:
    """One estimate a study, the weakest, as adjusted ones mostly are; the others are left out."""
    kept: dict[str, Estimate] = {}
    for each in sorted(found, key=lambda each: (each.study, abs(each.effect), each.findings)):
        if each.study in kept:
            reason = f"another of this study is pooled ({kept[each.study].value:.3g})"
            out.append(LeftOut(each.study, each.findings[0], f"{each.value:.3g}", reason))
        else:
            kept[each.study] = each
    return sorted(kept.values(), key=lambda each: (each.group, each.study))


def hazard_ratios(rows: Rows, plan: Plan) -> tuple[list[Estimate], list[LeftOut]]:
    """The hazard ratios of the comparison, below 1 where what is added prolongs survival; by stratum of study design."""
    added, background = plan.comparison.words
    found, out = [], []
    for row in (row for row in rows.outcomes if row["measure"] == "hazard_ratio"):
        arm = side(row["arm"], added, background)
        other = against(row["vs"], arm, added, background) if arm else None
        if arm is None or (row["vs"] and {arm, other} != {WITH, WITHOUT}) or (arm == WITHOUT and not row["vs"]):
            treated = not row["arm"] or side(row["vs"], added, background) or any(word in str(row["arm"]).lower() for word in added)
            if treated or arm == WITHOUT:
                out.append(LeftOut(row["study"], row["finding"], told(row), "its arms are not clear, or a subgroup's"))
        elif of_a_part(row, plan):
            out.append(LeftOut(row["study"], row["finding"], told(row), PART))
        elif reason := fault(row):
            out.append(LeftOut(row["study"], row["finding"], told(row), reason))
        else:
            design = rows.studies[row["study"]]["design"] or ""
            note = "" if row["vs"] else "comparator not named"
            found.append(ratio_of(row, rows, rows.strata.get(design, design.replace("_", " ")), arm == WITHOUT, note))
    return one_a_study(found, out), out


def factor_ratios(rows: Rows, factor: Factor, review: str) -> tuple[list[Estimate], list[LeftOut]]:
    """The hazard ratios of a factor's worse against its better level, above 1 where the worse level shortens survival."""
    found, out = [], []
    for row in (row for row in rows.outcomes if row["measure"] == "hazard_ratio" and row["arm"]):
        bare, inner = parted(row["arm"])
        if concept(bare, review) != factor.concept:
            continue
        words = factor.favourable.words, factor.unfavourable.words
        first, second = level(inner or bare, *words), level(row["vs"], *words)
        if first is None or (row["vs"] and second in (None, first)):
            out.append(LeftOut(row["study"], row["finding"], told(row), "its levels are not those compared, or not clear"))
        elif reason := fault(row):
            out.append(LeftOut(row["study"], row["finding"], told(row), reason))
        else:
            found.append(ratio_of(row, rows, "", first == "favourable", "" if row["vs"] else "comparator not named"))
    return one_a_study(found, out), out


def sizes(rows: Rows, study: str, plan: Plan) -> dict[str, tuple[int, str]]:
    """How many patients each side had and the whole study, with the finding that says so; a share is turned into a count."""
    added, background = plan.comparison.words
    total = rows.studies[study]["n_total"]
    found: dict[str, tuple[int, str]] = {WHOLE: (int(total), "")} if total else {}
    for row in (row for row in rows.arms if row["study"] == study):
        where = side(row["arm"], added, background)
        count = row["n"] if row["n"] is not None else round(total * row["percent"] / 100) if total and row["percent"] else None
        if where and count and where not in found:
            found[where] = (int(count), row["finding"])
    return found


def rates(rows: Rows, plan: Plan, at: float) -> tuple[list[Estimate], list[LeftOut]]:
    """The survival rates at one time by side, and of whole studies; two values of one side void each other, and so does a subgroup's."""
    added, background = plan.comparison.words
    held: dict[tuple[str, str], list[dict]] = {}
    aside: set[tuple[str, float]] = set()
    out: list[LeftOut] = []
    for row in rows.outcomes:
        if row["measure"] == "survival_rate" and row["at_months"] == at and row["value"] is not None:
            where = WHOLE if is_whole(row["arm"]) else side(row["arm"], added, background)
            if where:
                held.setdefault((row["study"], where), []).append(row)
            else:
                aside.add((row["study"], row["value"]))
                out.append(LeftOut(row["study"], row["finding"], told(row), "a subgroup, or not clear whose rate it is"))
    found = []
    for (study, where), same in held.items():
        reason = "two rates of one group at one time" if len({row["value"] for row in same}) > 1 else None
        reason = reason or (PART if any(of_a_part(row, plan) for row in same) else None)
        reason = reason or ("the same rate is read for a subgroup" if (study, same[0]["value"]) in aside else None)
        reason = reason or ("0% and 100% cannot be pooled" if not 0 < same[0]["value"] < 100 else None)
        size = sizes(rows, study, plan).get(where)
        reason = reason or ("the size of its group is not known" if size is None and same[0]["low"] is None else None)
        if reason:
            out += [LeftOut(study, row["finding"], told(row), reason) for row in same]
        else:
            found.append(rate_of(same, rows.studies[study], where, size))
    return sorted(found, key=lambda each: (each.group, each.study)), out


def rate_of(same: list[dict], study: dict, where: str, size: tuple[int, str] | None) -> Estimate:
    """A rate as an estimate: its own interval where it is printed inside 0 to 100%, else Wilson's of a plain share of its group."""
    row, ids = same[0], [row["finding"] for row in same]
    low, high, note = row["low"], row["high"], ""
    if low is None or high is None or not 0 < low < row["value"] < high < 100:
        ends = proportion_confint(size[0] * row["value"] / 100, size[0], method="wilson")
        low, high = (100 * float(end) for end in ends)
        note = f"interval reckoned from n = {size[0]}"
    ids += [size[1]] if size and size[1] else []
    return Estimate(
        row["study"], study["label"], study["design"] or "", where, SHARE, row["value"], low, high, ids, size[0] if size else None, note
    )
