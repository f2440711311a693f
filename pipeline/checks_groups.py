"""Checks on groups of patients: sums, shares, categories, subgroups against the whole, and the same patients in two studies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

from pipeline.consistency import Contradiction, Study, count_of, label, months_of, unit_of
from pipeline.groups import complementary, exclusive, families, qualified, shares, words
from pipeline.numeric import folded, show
from pipeline.records import Finding

COMPARING = {"randomized_trial", "case_control"}


def declared_partial(study: Study, family: list[str]) -> bool:
    """Whether the arms' own percentages say that there are further patients: each right of n, together clearly less than 100."""
    told = {found.arm: found.percent for found in study.of("arm_size") if found.arm in family and found.percent is not None}
    right = all(abs(100 * study.sizes[name] / study.n - told[name]) < unit_of(told[name]) for name in told)
    return len(told) == len(family) and right and sum(told.values()) < 100 - len(family) * 0.5


def arms_add_up(study: Study) -> Iterator[Contradiction]:
    """Groups that share out the patients among them add up to the study's n."""
    if not study.n:
        return
    loose, whole_known = study.loose_arms, bool(study.partitions)
    designs = {found.value for found in study.of("design")}
    compared = bool(designs & COMPARING) and len(loose) == len(study.sizes) and 2 <= len(loose) <= 4
    for family in [loose] if compared else families(loose, exclusive):
        if not compared and not all(exclusive(one, other) for one, other in combinations(family, 2)):
            continue
        total = sum(study.sizes[name] for name in family)
        named = all(any(complementary(name, other) for other in family if other != name) for name in family)
        shared_out = named or (compared and "randomized_trial" in designs)
        short = study.n / 2 <= total < study.n and shared_out and not whole_known and not declared_partial(study, family)
        if total > study.n or short:
            sums = " + ".join(f"{show(study.sizes[name])} ({name})" for name in family)
            message = f"arms do not add up: {sums} = {show(total)}, but the study has {show(study.n)} patients"
            yield study.raise_("arms_add_up", message, arms={name: study.sizes[name] for name in family}, total=total, n=study.n)


def group_within_n(study: Study) -> Iterator[Contradiction]:
    """No group has more patients than the study."""
    if not study.n:
        return
    in_sum = {name for each in arms_add_up(study) for name in each.figures["arms"]}
    for found in study.findings:
        size = count_of(found)
        counted = found.field in {"metastatic_burden", "regimen", "concurrent_agent", "rt_technique"} or (
            found.field in {"arm_size", "local_therapy"} and found.percent is not None
        )
        if counted and size and size > study.n and found.arm not in in_sum:
            message = f"{label(found)}: {show(size)} patients, but the study has {show(study.n)}"
            yield study.raise_("group_within_n", message, group=size, n=study.n)


def denominators(study: Study, found: Finding) -> list[float]:
    """The patients that a share can be of."""
    if found.field == "arm_size" and found.arm in study.whole_arms:
        return [study.n]
    if found.field == "metastatic_burden":
        others = [each for each in study.of("metastatic_burden") if each.n is not None and each is not found]
        same = [each.n for each in others if folded(each.arm) == folded(found.arm)]
        paired = [each.n for each in others if each.percent is not None and abs(each.percent + found.percent - 100) <= 1]
        return [study.sizes.get(found.arm or "", study.n), *([sum(same) + found.n] if same else []), *(found.n + n for n in paired)]
    sizes = list(study.sizes.values())
    counts = {count for each in study.findings for count in [count_of(each)] if count}
    return [study.n, *sizes, *(one + other for one, other in combinations(sizes[:12], 2)), *counts]


OF_OTHERS = re.compile(r"\bof (?:the |those |whom|these|all )|\bamong\b|/\s*\d+|\d+ of \d+|out of")


def share_matches_count(study: Study) -> Iterator[Contradiction]:
    """A count printed with its percentage gives that percentage of the study, or of some group in it, within rounding."""
    if not study.n:
        return
    for found in study.findings:
        size = count_of(found)
        if size is None or found.percent is None or size > study.n or found.field in {"survival_rate", "follow_up", "survival_median"}:
            continue
        unit = unit_of(found.percent, found.quote)
        bases = denominators(study, found)
        if any(base and abs(100 * size / base - found.percent) < unit + 1e-9 for base in bases):
            continue
        if (
            found.field not in {"arm_size", "metastatic_burden"}
            and found.percent > 100 * size / study.n
            and OF_OTHERS.search(folded(found.quote))
        ):
            continue
        told = 100 * size / study.n
        message = f"{label(found)}: {show(size)} of {show(study.n)} patients are {told:.1f}%, not {show(found.percent)}%"
        yield study.raise_("share_matches_count", message, count=size, n=study.n, percent=found.percent, expected=round(told, 1))


def _sum_message(what: str, parts: list[tuple[str, float]], total: float) -> str:
    return f"{what} add up to {show(round(total, 4))}%: " + " + ".join(f"{show(held)}% ({name})" for name, held in parts)


def _off(parts: list[Finding]) -> tuple[float, float]:
    """The sum of these percentages, and how far rounding can take it from 100."""
    return sum(f.percent for f in parts), sum(0.5 * unit_of(f.percent, f.quote) for f in parts) + 1e-9


def some_make_hundred(parts: list[Finding]) -> bool:
    """Whether two or more of these shares, but not all, make 100%: then the others overlap with them or divide them further."""
    chosen = (c for count in range(2, len(parts)) for c in combinations(parts[:10], count))
    return any(abs(_off(list(c))[0] - 100) <= _off(list(c))[1] for c in chosen)


def categories(study: Study) -> Iterator[tuple[str, list[Finding], bool]]:
    """Sets of findings that are shares of the same patients: what they are, the findings, and whether together they must be everybody."""
    arms = [f for f in study.of("arm_size") if f.percent is not None and folded(f.arm)]
    names = [f.arm for f in arms]
    compared = (
        bool({f.value for f in study.of("design")} & COMPARING)
        and len(arms) == len({f.arm for f in study.of("arm_size")})
        and 2 <= len(arms) <= 4
    )
    for family in [names] if compared else families(list(dict.fromkeys(names)), exclusive):
        members = [f for f in arms if f.arm in family and not qualified(f.arm, names)]
        closed = all(any(complementary(f.arm, g.arm) for g in members if g is not f) for f in members)
        yield "shares of the arms", members, closed and not any(count_of(f) for f in members)
    for population, members in burden_groups(study).items():
        yield f"metastatic burden{f' of {population}' if population else ''}", members, burden_closed(members)
    cycles = [f for f in study.of("cycles") if f.percent is not None and not folded(f.arm)]
    spans = [(f.value if f.low is None else f.low, f.value if f.high is None else f.high) for f in cycles]
    if all(isinstance(end, (int, float)) for span in spans for end in span):
        ordered = sorted(spans)
        apart = all(one[1] < other[0] for one, other in pairwise(ordered))
        joined = len(spans) > 2 and ordered[0][0] == 0 and all(o[0] - e[1] == 1 for e, o in pairwise(ordered))
        if apart:
            yield "numbers of cycles", cycles, joined
    doses = [f for f in study.of("rt_dose") if f.percent is not None and (f.low is None) != (f.high is None) and f.value is None]
    for one, other in combinations(doses, 2):
        if (one.low is None) != (other.low is None) and (one.low or one.high) == (other.low or other.high):
            yield "doses above and below", [one, other], True
    exclusive_techniques = [f for f in study.of("rt_technique") if f.value in {"2D", "3D-CRT", "IMRT"} and not folded(f.arm)]
    techniques = {f.quote or f.value: f for f in exclusive_techniques if f.percent is not None}
    yield "techniques", list(techniques.values()), False


def burden_groups(study: Study) -> dict[str, list[Finding]]:
    """Metastatic burden with a percentage, by what is divided: an arm's patients, or by the noun counted (sites, lesions, organs)."""
    arms = {folded(name): name for name in [f.arm for f in study.of("arm_size") if f.arm]}
    groups: dict[str, list[Finding]] = defaultdict(list)
    for found in study.of("metastatic_burden"):
        if found.percent is None:
            continue
        nouns = re.search(r"\b(site|lesion|organ)", f"{found.arm or ''} {found.quote}".lower())
        groups[arms.get(folded(found.arm)) or (nouns[1] + "s" if nouns and not _cut(found) else "")].append(found)
    return {name: members for name, members in groups.items() if len({f.value for f in members}) == len(members)}


def _cut(found: Finding) -> bool:
    """Whether an arm's words set a number of lesions: `2–5 lesions`."""
    return bool(re.search(r"\d", found.arm or ""))


def burden_closed(members: list[Finding]) -> bool:
    """Whether these classes leave nobody out: single and multiple, few and many."""
    kinds = {f.value for f in members}
    return kinds in ({"single", "multiple"}, {"oligo", "multiple"}, {"single", "oligo", "multiple"}) and not (
        len(kinds) == 2 and any(map(_cut, members))
    )


def categories_make_hundred(study: Study) -> Iterator[Contradiction]:
    """Shares of classes that exclude one another do not pass 100%, and reach it where the classes leave nobody out; rounding allowed."""
    for what, members, closed in categories(study):
        if len(members) < 2:
            continue
        total, rounding = _off(members)
        if (total > 100 + rounding or (closed and total < 100 - rounding)) and not some_make_hundred(members):
            parts = [(f.arm if f.arm and f.field != "cycles" else _class(f), f.percent) for f in members]
            message = _sum_message(what, parts, total)
            yield study.raise_("categories_make_hundred", message, percentages=[f.percent for f in members], total=round(total, 4))


def _class(found: Finding) -> str:
    return show(found.value) if found.value is not None else f"{show(found.low)}-{show(found.high)}"


def counts_of_classes(study: Study) -> Iterator[Contradiction]:
    """Counts of metastatic burden that leave nobody out add up to the patients they divide."""
    arms = {folded(name): name for name in study.sizes}
    groups: dict[str, list[Finding]] = defaultdict(list)
    for found in study.of("metastatic_burden"):
        if found.n is not None:
            nouns = re.search(r"\b(site|lesion|organ)", f"{found.arm or ''} {found.quote}".lower())
            groups[arms.get(folded(found.arm)) or (nouns[1] if nouns and not _cut(found) else "")].append(found)
    for name, members in groups.items():
        whole = study.sizes.get(name, study.n)
        kinds = [f.value for f in members]
        if not whole or len(members) < 2 or len(set(kinds)) < len(kinds):
            continue
        total = sum(f.n for f in members)
        if total > whole or (total < whole and burden_closed_by_cut(members)):
            if shares({f"{f.value} {f.n}": f.n for f in members}, whole):
                continue
            sums = " + ".join(f"{f.n} ({f.value})" for f in members)
            message = f"metastatic burden: {sums} = {total}, but there are {show(whole)} patients"
            yield study.raise_("counts_of_classes", message, counts=[f.n for f in members], total=total, n=whole)


def burden_closed_by_cut(members: list[Finding]) -> bool:
    """Whether classes leave nobody out, also where numbers of lesions say so: 1-2 and 3 or more."""
    if burden_closed(members):
        return True
    ends = [re.findall(r"\d+", f.arm or "") for f in sorted(members, key=lambda f: f.value != "oligo")]
    return {f.value for f in members} == {"oligo", "multiple"} and all(ends) and int(ends[1][0]) - int(ends[0][-1]) in (0, 1)


def whole_within_parts(study: Study) -> Iterator[Contradiction]:
    """A result of all patients lies between those of the groups that make them up."""
    results: dict[tuple, list[Finding]] = defaultdict(list)
    for found in study.of("survival_rate", "survival_median"):
        if isinstance(found.value, (int, float)) and found.endpoint:
            results[found.field, found.endpoint, found.at].append(found)
    for members in results.values():
        whole = [f for f in members if not folded(f.arm)]
        named = [f for f in members if folded(f.arm)]
        if len({months_of(f) for f in whole}) != 1:
            continue
        pairs = [(one, other) for one, other in combinations(named[:40], 2) if complementary(one.arm, other.arm)]
        if len(pairs) == 1 and _all_patients(study, *pairs[0]):
            yield from _outside(study, whole[0], *pairs[0])


def _all_patients(study: Study, one: Finding, other: Finding) -> bool:
    """Whether two complementary groups can be taken for the whole study: no third arm is known."""
    asked = words(one.arm) | words(other.arm)
    related = [name for name in study.sizes if words(name) & asked]
    return len(related) < 3


def _outside(study: Study, whole: Finding, one: Finding, other: Finding) -> Iterator[Contradiction]:
    low, high = sorted((months_of(one), months_of(other)))
    slack = 1.0 if whole.field == "survival_rate" else 0.05 * high
    if not low - slack <= months_of(whole) <= high + slack:
        parts = f"{show(one.value)} ({one.arm}) and {show(other.value)} ({other.arm})"
        message = f"{label(whole)}: {show(whole.value)} in all patients does not lie between {parts}"
        yield study.raise_("whole_within_parts", message, whole=whole.value, parts={one.arm: one.value, other.arm: other.value})


def whole_is_weighted_mean(study: Study) -> Iterator[Contradiction]:
    """A share in all patients is the mean of the arms' shares, each weighted by its patients."""
    for chosen in study.partitions:
        for kind in dict.fromkeys(f.value for f in study.of("metastatic_burden")):
            told = [f for f in study.of("metastatic_burden") if f.value == kind and f.percent is not None]
            by_arm = {folded(f.arm): f for f in told}
            whole = [f for f in told if not folded(f.arm)]
            if len(whole) != 1 or any(folded(name) not in by_arm for name in chosen) or len(by_arm) != len(told):
                continue
            mean = sum(by_arm[folded(name)].percent * study.sizes[name] for name in chosen) / study.n
            if abs(mean - whole[0].percent) > unit_of(whole[0].percent) + 0.5 * max(
                unit_of(by_arm[folded(name)].percent) for name in chosen
            ):
                parts = ", ".join(f"{show(by_arm[folded(name)].percent)}% of {show(study.sizes[name])}" for name in chosen)
                message = f"{kind} metastases: {parts} make {mean:.1f}% of {show(study.n)}, not {show(whole[0].percent)}%"
                yield study.raise_("whole_is_weighted_mean", message, percent=whole[0].percent, expected=round(mean, 1))


CHECKS = (
    arms_add_up, group_within_n, share_matches_count, categories_make_hundred, counts_of_classes, whole_within_parts,
    whole_is_weighted_mean,
)  # fmt: skip
