"""Estimates of several studies pooled by statsmodels: random effects (DerSimonian and Laird), heterogeneity, leave-one-out.

Ratios are pooled as logarithms, shares as logits; every figure that leaves this module is back on its own scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from numpy import array, errstate
from scipy.special import expit, logit
from scipy.stats import norm
from statsmodels.stats.meta_analysis import combine_effects

Z = float(norm.ppf(0.975))
RATIO, SHARE = "ratio", "share"
TO = {RATIO: math.log, SHARE: lambda share: float(logit(share / 100))}
BACK = {RATIO: math.exp, SHARE: lambda held: 100 * float(expit(held))}


@dataclass(slots=True)
class Estimate:
    """One study's figure with its 95% interval (shares in percent), and the findings that it is made from."""

    study: str
    label: str
    design: str
    group: str  # what is pooled together: the stratum, or the arm
    kind: str
    value: float
    low: float
    high: float
    findings: list[str]
    n: int | None = None
    note: str = ""

    @property
    def effect(self) -> float:
        """The figure on the scale on which it is pooled."""
        return TO[self.kind](self.value)

    @property
    def variance(self) -> float:
        """Its variance on that scale, from the interval."""
        return ((TO[self.kind](self.high) - TO[self.kind](self.low)) / (2 * Z)) ** 2


@dataclass(slots=True)
class Pool:
    """Pooled estimates: the random-effects figure with its 95% interval by the normal method and by Hartung's and Knapp's (`hk_`).

    `i2` is in percent, `tau2` on the pooled scale, `q` has k - 1 degrees of freedom. `studies` and `findings` name the rows.
    """

    name: str
    value: float
    low: float
    high: float
    hk_low: float
    hk_high: float
    fixed: float
    k: int
    q: float
    q_p: float
    i2: float
    tau2: float
    studies: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)


def rounded(number: float) -> float:
    """Six significant digits: the same on every machine."""
    return float(f"{float(number):.6g}")


def pool(name: str, estimates: list[Estimate]) -> Pool:
    """The pooled figure of at least two estimates of one kind."""
    back = BACK[estimates[0].kind]
    with errstate(invalid="ignore", divide="ignore"):
        found = combine_effects(array([each.effect for each in estimates]), array([each.variance for each in estimates]), method_re="dl")
        normal, by_t = found.conf_int(use_t=False), found.conf_int(use_t=True)
    # statsmodels leaves an estimate of tau² below 0 as it is; at 0, random effects are the fixed effect.
    apart = int(found.tau2 > 0)
    mean, weights = (found.mean_effect_re, found.weights_rel_re) if apart else (found.mean_effect_fe, found.weights_rel_fe)
    (low, high), (hk_low, hk_high) = normal[apart], by_t[2 + apart]
    return Pool(
        name, *(rounded(back(held)) for held in (mean, low, high, hk_low, hk_high, found.mean_effect_fe)),
        k=len(estimates), q=rounded(found.q), q_p=rounded(found.test_homogeneity().pvalue), i2=rounded(100 * max(0.0, found.i2)),
        tau2=rounded(max(0.0, found.tau2)),
        studies=[each.study for each in estimates], findings=[identity for each in estimates for identity in each.findings],
        weights={each.study: rounded(100 * weight) for each, weight in zip(estimates, weights)},
    )  # fmt: skip


def leave_one_out(estimates: list[Estimate], least: int) -> list[Pool]:
    """The pooled figure without each study in turn, where enough are left."""
    if len(estimates) <= least:
        return []
    return [pool(f"without {left.label}", [each for each in estimates if each is not left]) for left in estimates]


def without_overlap(estimates: list[Estimate], pairs: list[tuple[str, str]], least: int) -> list[Pool]:
    """The pooled figure without the one, then without the other, of each two studies that may be of the same patients."""
    present = {each.study: each.label for each in estimates}
    found = []
    for pair in pairs:
        if not set(pair) <= set(present):
            continue
        for left, kept in (pair, pair[::-1]):
            rest = [each for each in estimates if each.study != left]
            if len(rest) >= least:
                found.append(pool(f"without {present[left]} (may be the patients of {present[kept]})", rest))
    return found
