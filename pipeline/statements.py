"""The statements of a study's findings: for each field, the lines of words in which the table gives its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.records import ENDPOINTS
from pipeline.wording import (
    amount,
    arm_name,
    design_name,
    figure,
    local_name,
    p_value,
    plain,
    sentence_case,
    share,
    span,
    time_point,
)  # fmt: skip

FACTOR_CLASSES = {"independent": "Independent factors", "univariate": "Univariate only", "not_significant": "Not significant"}
#: Endpoints whose figures always stand in a cell; others, and covariates' hazard ratios, fold away behind "more".
MAIN_ENDPOINTS = ("OS", "PFS", "CSS")


@dataclass(slots=True)
class Piece:
    """Some words of a line; with a finding when they state its value."""

    text: str
    finding: dict | None = None


@dataclass(slots=True)
class Line:
    """One statement of a cell; a minor one is folded away where space is short."""

    pieces: list[Piece]
    minor: bool = False

    @property
    def text(self) -> str:
        """The line's words."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def findings(self) -> list[dict]:
        """The findings the line states."""
        return [piece.finding for piece in self.pieces if piece.finding is not None]


def grouped(findings: Iterable[dict], key: Callable[[dict], object]) -> dict[object, list[dict]]:
    """Findings by key, in the order in which the keys first appear."""
    groups: dict[object, list[dict]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return groups


def endpoint_rank(finding: dict) -> int:
    """OS first, then in the contract's order."""
    name = finding.get("endpoint")
    return ENDPOINTS.index(name) if name in ENDPOINTS else len(ENDPOINTS)


def listed(findings: list[dict], say: Callable[[dict], str], before: str = "", between: str = ", ", after: str = "") -> Line:
    """One line that lists what is said of each finding."""
    pieces = [Piece(before)] if before else []
    for number, finding in enumerate(findings):
        if number:
            pieces.append(Piece(between))
        pieces.append(Piece(say(finding), finding))
    return Line([*pieces, Piece(after)] if after else pieces)


def bracketed(text: str, inner: str) -> str:
    """Text with a remark in brackets where there is one; brackets within it become square."""
    return f"{text} ({inner.replace('(', '[').replace(')', ']')})" if inner else text


def designs(findings: list[dict]) -> list[Line]:
    """Retrospective cohort."""
    return [listed(findings, lambda f: design_name(f.get("value")), between=" or ")]


def totals(findings: list[dict]) -> list[Line]:
    """408 patients."""
    return [listed(findings, lambda f: f"{figure(f.get('value'))} patients", between=" or ")]


def arms(findings: list[dict]) -> list[Line]:
    """Chemotherapy (n=345, 61.7%), chemotherapy + RT (n=214)."""

    def say(finding: dict) -> str:
        count = finding.get("value") if finding.get("value") is not None else finding.get("n")
        return bracketed(arm_name(finding) or "arm", share({**finding, "n": count}))

    return [listed(findings, say)]


def burdens(findings: list[dict]) -> list[Line]:
    """Single 12 (29.3%), multiple 29 (70.7%); one line an arm, or one list where each class has its own description."""

    described = len(grouped(findings, arm_name)) == len(findings)

    def say(finding: dict) -> str:
        n, percent = finding.get("n"), finding.get("percent")
        lesions = f"{span(finding.get('low'), finding.get('high'))} lesions"
        name = lesions if finding.get("value") is None else plain(finding["value"])
        name = bracketed(name, arm_name(finding)) if described else name
        if n is None:
            return f"{name} {figure(percent)}%" if percent is not None else name
        return bracketed(f"{name} {figure(n)}", f"{figure(percent)}%" if percent is not None else "")

    by_arm = {"": findings} if described else grouped(findings, arm_name)
    lines = []
    for arm, group in by_arm.items():
        line = listed(group, say, before=f"{arm}: " if arm else "")
        if not arm:
            line.pieces[0].text = sentence_case(line.pieces[0].text)
        lines.append(line)
    return lines


def words(name: Callable[[object], str], before: str = "") -> Callable[[list[dict]], list[Line]]:
    """A writer of the fields whose value is a word: each with its share and its arm."""

    def write(findings: list[dict]) -> list[Line]:
        def say(finding: dict) -> str:
            return bracketed(name(finding.get("value")), ", ".join(part for part in (arm_name(finding), share(finding)) if part))

        line = listed(findings, say, before=before)
        line.pieces[0].text = sentence_case(line.pieces[0].text)
        return [line]

    return write


def statistic(finding: dict) -> str:
    """`median ` or `mean ` where the quoted words say which."""
    quote = str(finding.get("quote") or "").lower()
    return next((f"{word} " for word in ("median", "mean") if word in quote), "")


def cycles(findings: list[dict]) -> list[Line]:
    """Median 5 cycles (range 2–8)."""

    def say(finding: dict) -> str:
        holds_for = ", ".join(part for part in (arm_name(finding), share(finding)) if part)
        return bracketed(f"{statistic(finding)}{amount(finding, 'cycles')}", holds_for)

    line = listed(findings, say)
    line.pieces[0].text = sentence_case(line.pieces[0].text)
    return [line]


def doses(findings: list[dict]) -> list[Line]:
    """66–70 Gy in 33 fractions, by target."""

    def say(finding: dict) -> str:
        fractions = f" in {figure(finding['n'])} fractions" if finding.get("n") is not None else ""
        target = ", ".join(part for part in (arm_name(finding), share({"percent": finding.get("percent")})) if part)
        return bracketed(f"{amount(finding, finding.get('unit') or 'Gy')}{fractions}", target)

    return [listed(findings, say)]


def follow_ups(findings: list[dict]) -> list[Line]:
    """Median 22 months (range 2–125)."""

    def say(finding: dict) -> str:
        return bracketed(f"{statistic(finding)}{amount(finding, finding.get('unit') or '')}", arm_name(finding))

    line = listed(findings, say)
    line.pieces[0].text = sentence_case(line.pieces[0].text)
    return [line]


def armwise(before: str, findings: list[dict], unit: str) -> list[Line]:
    """One line for the whole population, then one for each set of arms that share a p value: 63.7% (A) vs 31.8% (B), P < 0.001."""
    lines = []
    for whole in (True, False):
        members = [finding for finding in findings if (not arm_name(finding)) == whole]
        stated = {p_value(finding.get("p")) for finding in members} - {""}
        # The p value of a comparison of two is often kept with one of them only.
        shared = next(iter(stated)) if len(stated) == 1 and len(members) == 2 else None
        for p, group in grouped(members, lambda f: shared or p_value(f.get("p"))).items():  # noqa: B023
            between = " vs " if len(group) == 2 and not whole else ", "
            say = lambda f: bracketed(amount(f, f.get("unit") or unit), arm_name(f))  # noqa: E731
            lines.append(listed(group, say, before=f"{before} ", between=between, after=f", {p}" if p else ""))
    return lines


def results_by(key: Callable[[dict], object], head: Callable[[dict], str], unit: str) -> Callable[[list[dict]], list[Line]]:
    """A writer of survival figures: a group for each key, main endpoints first, others folded away."""

    def write(findings: list[dict]) -> list[Line]:
        ordered = sorted(findings, key=lambda f: (endpoint_rank(f), f.get("at") or 0))
        lines = []
        for group in grouped(ordered, key).values():
            found = armwise(head(group[0]), group, unit)
            for line in found:
                line.minor = (group[0].get("endpoint") or "OS") not in MAIN_ENDPOINTS
            lines.extend(found)
        return lines

    return write


def hazard_ratios(findings: list[dict]) -> list[Line]:
    """OS, A vs B: HR 0.50 (95% CI 0.40–0.60), P < 0.001; a covariate's ratio folds away."""
    lines = []
    for finding in sorted(findings, key=endpoint_rank):
        arm, vs, p = arm_name(finding), finding.get("vs"), p_value(finding.get("p"))
        compared = f"{arm} vs {vs}" if arm and vs else arm
        before = ", ".join(part for part in (finding.get("endpoint"), compared) if part)
        ratio = amount(finding, least=2)
        text = ", ".join(part for part in (f"HR {ratio}" if ratio else "", p) if part)
        minor = (finding.get("endpoint") or "OS") not in MAIN_ENDPOINTS
        lines.append(Line([Piece(f"{before}: "), Piece(text or "compared", finding)] if before else [Piece(text, finding)], minor))
    return lines


def factors(findings: list[dict]) -> list[Line]:
    """Independent factors of OS: number of metastatic sites, LDH."""
    rank = {name: number for number, name in enumerate(FACTOR_CLASSES)}
    ordered = sorted(findings, key=lambda f: (endpoint_rank(f), rank.get(str(f.get("arm")), len(rank))))
    lines = []
    for (endpoint, kind), group in grouped(ordered, lambda f: (f.get("endpoint"), f.get("arm"))).items():
        head = FACTOR_CLASSES.get(str(kind), "Significant factors")
        line = listed(
            group,
            lambda f: bracketed(plain(f.get("value")), p_value(f.get("p"))),
            before=f"{head}{f' of {endpoint}' if endpoint else ''}: ",
        )
        line.minor = str(kind) in ("univariate", "not_significant") or (endpoint or "OS") not in MAIN_ENDPOINTS
        lines.append(line)
    return lines


WRITERS: dict[str, Callable[[list[dict]], list[Line]]] = {
    "design": designs,
    "n_total": totals,
    "arm_size": arms,
    "metastatic_burden": burdens,
    "regimen": words(plain),
    "cycles": cycles,
    "rt_technique": words(str),
    "rt_dose": doses,
    "concurrent_agent": words(plain, before="Concurrent "),
    "local_therapy": words(local_name),
    "follow_up": follow_ups,
    "survival_median": results_by(lambda f: f.get("endpoint"), lambda f: f"Median {f.get('endpoint') or 'survival'}", "months"),
    "survival_rate": results_by(
        lambda f: (f.get("endpoint"), f.get("at")),
        lambda f: f"{time_point(f.get('at'))} {f.get('endpoint') or 'survival'}".strip(),
        "percent",
    ),
    "hazard_ratio": hazard_ratios,
    "prognostic_factor": factors,
}
