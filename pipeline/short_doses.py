"""Short names of agents that mean other things as well, and are agents before a dose: "CTX 500 mg/m2"."""

from __future__ import annotations

import re

from pipeline.quantities import Mention

DOSED_SHORT = {
    "CTX": "cyclophosphamide", "ADM": "doxorubicin", "ADR": "doxorubicin", "EPI": "epirubicin", "DTX": "docetaxel", "TXT": "docetaxel", "PTX": "paclitaxel",
    "GEM": "gemcitabine", "CBP": "carboplatin", "NDP": "nedaplatin", "OXA": "oxaliplatin", "CF": "leucovorin", "VDS": "vindesine", "IFO": "ifosfamide", "CPT": "irinotecan",
}  # fmt: skip
SHORT_DOSE = re.compile(rf"(?<![\w-])({'|'.join(DOSED_SHORT)})(?=\s*,?\s*\(?\s*\d[\d.,·–-]*\s*(?:mg|g)\b)")


def dosed_short_names(text: str, held: list[Mention]) -> list[Mention]:
    """Agents by such short names, where nothing else was read at their place."""
    found = [Mention("agent", m.start(), m.end(), key=DOSED_SHORT[m[1]]) for m in SHORT_DOSE.finditer(text)]
    return [m for m in found if all(m.end <= other.start or other.end <= m.start for other in held if other.kind in {"agent", "regimen"})]
