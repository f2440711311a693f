"""Findings of an invented study and review, in the shape in which the database gives them, for the tests of the report."""

from __future__ import annotations

from pipeline.records import FINDING_KEYS


def finding(paper: str, field: str, value=None, **held) -> dict:
    """A finding in force, read by machine unless told otherwise."""
    base = dict.fromkeys(FINDING_KEYS) | {
        "paper": paper,
        "field": field,
        "value": value,
        "status": "machine",
        "quote": "",
        "made_by": "a rule",
    }
    return base | dict.fromkeys(("curator", "reason", "overruled", "correction_status")) | {"evidence": []} | held


STUDY = [
    finding("alpha_2014", "design", "retrospective_cohort"),
    finding("alpha_2014", "n_total", 408, unit="patients"),
    finding("alpha_2014", "arm_size", 250, arm="chemotherapy alone", percent=61.3),
    finding("alpha_2014", "arm_size", 158, arm="chemotherapy plus RT"),
    finding("alpha_2014", "metastatic_burden", "single", n=119, percent=29.2),
    finding("alpha_2014", "metastatic_burden", "multiple", percent=70.8),
    finding("alpha_2014", "regimen", "cisplatin+fluorouracil", n=300),
    finding("alpha_2014", "cycles", 5, low=2, high=8, bounds="range", quote="a median of five cycles (range, 2-8)"),
    finding("alpha_2014", "rt_dose", 70, unit="Gy", n=33, arm="primary tumour"),
    finding("alpha_2014", "rt_dose", None, low=66, unit="Gy", percent=68),
    finding(
        "alpha_2014", "follow_up", 22, low=2, high=125, bounds="range", unit="months", quote="The mean follow-up was 22 months (2-125)"
    ),
    finding("alpha_2014", "survival_median", 25, endpoint="OS", unit="months", low=20, high=30.5, bounds="ci95"),
    finding("alpha_2014", "survival_rate", 45, endpoint="OS", at=36, unit="percent"),
    finding("alpha_2014", "survival_rate", 63.7, endpoint="OS", at=36, unit="percent", arm="chemotherapy plus RT", p="<.001"),
    finding("alpha_2014", "survival_rate", 31.8, endpoint="OS", at=36, unit="percent", arm="chemotherapy alone"),
    finding("alpha_2014", "survival_rate", 88, endpoint="LC", at=36, unit="percent"),
    finding(
        "alpha_2014",
        "hazard_ratio",
        0.4,
        endpoint="OS",
        arm="chemotherapy plus RT",
        vs="chemotherapy alone",
        low=0.3,
        high=0.5,
        bounds="ci95",
    ),
    finding("alpha_2014", "hazard_ratio", 1.72, endpoint="OS", arm="LDH (raised)", vs="normal", p="0.001"),
    finding("alpha_2014", "prognostic_factor", "ldh", endpoint="OS", arm="independent"),
    finding("alpha_2014", "prognostic_factor", "age", endpoint="OS", arm="not_significant"),
]
