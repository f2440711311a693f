"""The cells of Table 1: a study's findings by column, as statements in which every value stays traceable to its finding."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pipeline.naming import is_treatment, overlap
from pipeline.protocol import Form
from pipeline.statements import WRITERS, Line, grouped
from pipeline.wording import arm_name

NOT_FOUND, NOT_REPORTED = "not found", "–"
FEW = 4  # survival figures of so many arms and subgroups all stand in the cell; of more, only those of the study's arms


@dataclass(slots=True)
class Cell:
    """A cell of the table: its lines, or the note that stands in place of them."""

    column: str
    lines: list[Line] = field(default_factory=list)
    note: str = ""

    @property
    def findings(self) -> list[dict]:
        """Every finding the cell states."""
        return [finding for line in self.lines for finding in line.findings]

    @property
    def main(self) -> list[Line]:
        """The lines that always show; all of them where every one is minor."""
        return [line for line in self.lines if not line.minor] or self.lines

    @property
    def folded(self) -> list[Line]:
        """The lines that fold away."""
        main = self.main
        return [line for line in self.lines if line not in main]

    def text(self, folded: bool = False) -> str:
        """The cell in plain words; folded lines are counted, or written out where `folded` is true."""
        if not self.lines:
            return self.note
        text = "; ".join(line.text for line in (self.lines if folded else self.main))
        return text if folded or not self.folded else f"{text}; and {len(self.folded)} more in the workbook"

    @property
    def checked(self) -> str:
        """`none`, `some` or `all` of the cell's findings were made or verified by a person; empty where there are none."""
        people = [is_checked(finding) for finding in self.findings]
        return "" if not people else "all" if all(people) else "some" if any(people) else "none"


def is_unreported(finding: dict) -> bool:
    """Whether a person noted that the paper does not report the field."""
    return finding.get("status") == "not_reported" or finding.get("value") == "not_reported"


def is_checked(finding: dict) -> bool:
    """Whether a person made or verified the finding."""
    return bool(finding.get("curator"))


def study_arms(findings: list[dict]) -> set[str]:
    """The names of a study's arms."""
    return {arm_name(finding) for finding in findings if finding["field"] == "arm_size" and arm_name(finding)}


def is_arm(name: object, arms: set[str]) -> bool:
    """Whether a name means one of the study's arms."""
    return bool(name) and any(overlap(name, arm) > 0.5 for arm in arms)


def is_aside(finding: dict, arms: set[str], crowd: int) -> bool:
    """Whether a result stands aside of the study's main comparison: a covariate's hazard ratio, or one of many subgroups' survival.

    `crowd` is how many arms and subgroups have a figure for the same endpoint and time.
    """
    if finding["field"] == "hazard_ratio":
        return not ((is_arm(arm_name(finding), arms) and is_arm(finding.get("vs"), arms)) or is_treatment(arm_name(finding)))
    if finding["field"] in ("survival_rate", "survival_median"):
        return crowd > FEW and bool(arm_name(finding)) and not is_arm(arm_name(finding), arms)
    return False


def statements(field_: str, stated: list[dict], arms: set[str]) -> list[Line]:
    """A field's lines: the main ones, then what stands aside, folded away."""
    crowds = Counter((f.get("endpoint"), f.get("at")) for f in stated if arm_name(f))
    parted = grouped(stated, lambda f: is_aside(f, arms, crowds[f.get("endpoint"), f.get("at")]))
    lines = WRITERS[field_](parted[False]) if False in parted else []
    for line in WRITERS[field_](parted[True]) if True in parted else []:
        line.minor = True
        lines.append(line)
    return lines


def compose(findings: list[dict], form: Form, reasons: dict[str, str] | None = None) -> dict[str, Cell]:
    """A study's cells by column, in the form's order; `reasons` says by column why nothing was found there.

    A finding's own `column`, as a published table has it, goes before the column of its field.
    """
    cells = {column.key: Cell(column.key) for column in form.columns}
    arms = study_arms(findings)
    for entry in form.fields:
        for key, cell in cells.items():
            held = [f for f in findings if f["field"] == entry.field and (f.get("column") or entry.column) == key]
            stated = [finding for finding in held if not is_unreported(finding)]
            if stated:
                cell.lines.extend(statements(entry.field, stated, arms))
            elif held and not cell.lines:
                cell.note = NOT_REPORTED
    for key, cell in cells.items():
        if not cell.lines and not cell.note:
            reason = (reasons or {}).get(key, "")
            cell.note = f"{NOT_FOUND}: {reason}" if reason else NOT_FOUND
    return cells
