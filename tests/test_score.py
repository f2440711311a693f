"""`make score` and `make explain`: figures against facts read by hand, and pages with what was read boxed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from pdf_pages import LEFT, drawn, lines

from pipeline import explain, score
from pipeline.files import InputError
from pipeline.records import Finding

ROOT = Path(__file__).resolve().parent.parent
EVALUATION = Path(os.environ.get("LIVETABLE_EVALUATION") or ROOT.parent / "shared")
needs_scorer = pytest.mark.skipif(
    not (EVALUATION / "score/score.py").exists(), reason="the shared folder of evaluation papers (LIVETABLE_EVALUATION) is not here"
)


def finding(paper, field, value, **keys):
    return Finding(paper=paper, field=field, value=value, quote="q", place=keys.pop("place", {}), made_by="rule", **keys)


def test_agreement_of_two_sources_counts_papers_read_in_both():
    pdf = [finding("a", "n_total", 50), finding("a", "survival_rate", 40, at=60, arm="the RT group"), finding("b", "n_total", 9)]
    jats = [finding("a", "n_total", 50), finding("a", "survival_rate", 40, at=60, arm="RT"), finding("a", "follow_up", 12)]
    assert score.agreement(pdf, jats) == {"papers": 1, "same": 2, "either": 3, "share": 0.667}


def test_changes_name_gains_and_losses():
    def figures(recall, precision):
        return {"figures": {"pdf": {"fields": [{"field": "n_total", "recall": recall, "precision": precision}]}}}

    assert score.changes(figures(0.5, 0.9), figures(0.75, 0.8)) == [
        "gain: pdf: n_total recall 0.50 -> 0.75", "LOSS: pdf: n_total precision 0.90 -> 0.80",
    ]  # fmt: skip
    assert score.changes(figures(0.5, 0.9), figures(0.5, 0.9)) == []
    assert score.changes({}, figures(0.5, 0.9)) == []


def test_facts_read_by_hand_hold_no_words_of_papers():
    parts = {name: score.by_hand(name) for what in ("papers", "abstracts") for name in (f"{what}_rules", f"{what}_aside")}
    for name, facts in parts.items():
        assert facts, name
        assert not [fact for fact in facts if "quote" in fact], name
        assert all(len(str(held)) < 110 for fact in facts for held in fact.values()), name
    for what in ("papers", "abstracts"):
        assert not {f["paper"] for f in parts[f"{what}_rules"]} & {f["paper"] for f in parts[f"{what}_aside"]}


def test_the_evaluation_folder_is_named_where_it_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("LIVETABLE_EVALUATION", str(tmp_path))
    with pytest.raises(InputError, match="LIVETABLE_EVALUATION"):
        score.evaluation_folder()


@needs_scorer
def test_the_scorer_is_asked():
    gold = [{"paper": "a", "field": "n_total", "value": 50, "core": True}, {"paper": "a", "field": "n_total", "value": 60, "core": True}]
    held = score.scored(EVALUATION, gold, [finding("a", "n_total", 50), finding("a", "n_total", 70)])
    assert (held["precision"], held["recall"], held["papers"]) == (0.5, 0.5, 1)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"field": "survival_rate", "value": 63.7, "unit": "percent", "endpoint": "OS", "at": 60, "arm": "CT + RT", "p": "<0.001"},
         "survival rate: 5-year OS 63.7% (CT + RT; P < 0.001)"),
        ({"field": "arm_size", "value": 44, "n": 44, "unit": "patients", "arm": "RT"}, "arm size: 44 patients (RT)"),
        ({"field": "regimen", "value": "cisplatin+gemcitabine", "n": 12}, "regimen: cisplatin + gemcitabine (n=12)"),
        ({"field": "hazard_ratio", "value": 0.5, "low": 0.4, "high": 0.6, "bounds": "ci95", "endpoint": "OS", "arm": "A", "vs": "B"},
         "hazard ratio: OS 0.5 (95% CI 0.4–0.6) (A vs B)"),
    ],
)  # fmt: skip
def test_findings_in_words(row, said):
    assert explain.label(row) == said


def test_a_papers_pages_show_each_finding_in_its_place(tmp_path, monkeypatch):
    def page(canvas):
        lines(canvas, LEFT, 80, ("A retrospective study of fields",), ("Helvetica-Bold", 16))
        lines(canvas, LEFT, 120, ("Results",), ("Helvetica-Bold", 11))
        lines(canvas, LEFT, 140, ("The median follow-up was 31 months. The 5-year overall survival was 43%.",), ("Times-Roman", 9))

    monkeypatch.setenv("LIVETABLE_EVALUATION", str(tmp_path))
    monkeypatch.setattr(explain, "ROOT", tmp_path)
    html = explain.explain(drawn([page], tmp_path / "own.pdf"), "mnpc").read_text()
    assert "5-year OS 43%" in html
    assert "follow up: 31 months" in html
    assert "read by hand" not in html
    tops = [float(top) for top in re.findall(r'class="box"[^>]*top:([\d.]+)%', html)]
    assert len(tops) >= 3
    assert any(abs(top - 100 * 133 / 842) < 2 for top in tops), json.dumps(tops)


def test_fields_side_by_side():
    row = {"field": "n_total", "core": 4, "recall": 0.5, "precision": 1.0, "f1": 0.67, "arm_accuracy": None}
    figures = {"pdf": {"fields": [row]}, "jats": {"fields": [{**row, "core": 3}, {**row, "field": "regimen", "recall": None}]}}
    assert score.by_field(figures, {"PDF": "pdf", "JATS": "jats"}, ("recall", "arm_accuracy")) == [
        "| field | core facts | PDF recall | PDF arms | JATS recall | JATS arms |",
        "|---|---|---|---|---|---|",
        "| n_total | 4/3 | 0.50 | - | 0.50 | - |",
        "| regimen | 0/4 | - | - | - | - |",
    ]
