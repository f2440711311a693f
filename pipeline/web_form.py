"""The form in which a curator writes a finding: which parts each field has, its words, and the ledger's row that it becomes."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.curate import VERDICTS
from pipeline.numeric import BOUNDS, FINDING_COLUMNS, UNITS, WORD_FIELDS, show
from pipeline.protocol import DESIGNS, LOCAL_THERAPIES, TECHNIQUES, Review
from pipeline.records import ENDPOINTS

#: The parts of a finding that each field uses, in the order of the form, and the unit to begin with.
_SHARE = ("value", "n", "percent", "arm")
_SPREAD = ("value", "unit", "low", "high", "bounds")
PARTS: dict[str, tuple[tuple[str, ...], str]] = {
    "design": (("value",), ""),
    "n_total": (("value", "unit"), "patients"),
    "arm_size": (("arm", "value", "unit", "percent"), "patients"),
    "metastatic_burden": (_SHARE, ""),
    "regimen": (_SHARE, ""),
    "cycles": ((*_SPREAD, "arm"), "cycles"),
    "rt_technique": (_SHARE, ""),
    "rt_dose": ((*_SPREAD, "n", "arm"), "Gy"),
    "concurrent_agent": (_SHARE, ""),
    "local_therapy": (_SHARE, ""),
    "follow_up": ((*_SPREAD, "arm"), "months"),
    "survival_median": (("endpoint", *_SPREAD, "arm", "p"), "months"),
    "survival_rate": (("endpoint", "at", *_SPREAD, "arm", "p"), "percent"),
    "hazard_ratio": (("endpoint", "value", "low", "high", "bounds", "arm", "vs", "p"), ""),
    "prognostic_factor": (("value", "endpoint", "arm", "p"), ""),
}
LABELS = {
    "value": "Value", "unit": "Unit", "low": "From", "high": "To", "bounds": "Kind of range", "n": "n", "percent": "%", "arm": "Arm or subgroup",
    "endpoint": "Endpoint", "at": "At (months)", "vs": "Compared with", "p": "p", "quote": "Words of the paper", "page": "Page", "reason": "Reason",
}  # fmt: skip
CHOICES = {"unit": UNITS, "bounds": BOUNDS, "endpoint": ENDPOINTS}
REASONS = (
    "misread by the machine", "another study's figure", "belongs to another arm", "planned, not observed", "other denominator", "typing error in the paper",
    "read from a figure",
)  # fmt: skip


def words_of(review: Review, field: str) -> list[str]:
    """The words offered for a field's value."""
    fixed = {
        "design": DESIGNS,
        "rt_technique": TECHNIQUES,
        "local_therapy": LOCAL_THERAPIES,
        "metastatic_burden": ("single", "multiple", "oligo"),
    }
    if field in fixed:
        return list(fixed[field])
    if field == "regimen":
        return [*review.vocabulary("regimens"), *review.vocabulary("agents")]
    return list(review.vocabulary("agents")) if field == "concurrent_agent" else []


def description(review: Review) -> dict[str, dict]:
    """Every field of the form as the page's script needs it: label, parts, unit to begin with, words, whether the value is a word."""
    return {
        entry.field: {
            "label": entry.label, "definition": entry.definition, "parts": PARTS[entry.field][0], "unit": PARTS[entry.field][1],
            "words": words_of(review, entry.field), "is_word": entry.field in WORD_FIELDS,
            "arms": VERDICTS if entry.field == "prognostic_factor" else (),
        }
        for entry in review.form.fields
    }  # fmt: skip


def cells_of(finding: Mapping) -> dict[str, str]:
    """A finding's own columns as texts, as a form or a row of the ledger holds them."""
    cells = {name: finding.get(name) for name in FINDING_COLUMNS}
    return {name: "" if held is None else show(held) if isinstance(held, (int, float)) else str(held) for name, held in cells.items()}


def row_of(form: Mapping[str, str], paper: str) -> dict[str, str]:
    """The ledger's row of a submitted form; parts that the field does not use are left out."""
    field = form.get("field", "")
    used = {*PARTS[field][0], "quote"} if field in PARTS else set(FINDING_COLUMNS)
    cells = {name: (form.get(name) or "").strip() for name in FINDING_COLUMNS if name in used}
    if not any(cells.get(name) for name in ("value", "low", "high")):
        cells["unit"] = ""
    if not (cells.get("low") or cells.get("high")):
        cells["bounds"] = ""
    return {**cells, "paper": paper, "field": field, "page": (form.get("page") or "").strip(), "reason": (form.get("reason") or "").strip()}
