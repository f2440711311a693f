"""Sizes of groups told by what was given to how many, of cases beside their controls, and in an apposition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.arm_counts import END, Introduced, is_treatment
from pipeline.arm_names import HEAD, trimmed
from pipeline.arm_nouns import usable, without_head
from pipeline.context import Sentence
from pipeline.numbers import ANY, PEOPLE, number

_ASIDE = r"(?:\([^()]{1,40}\)\s+)?"
#: "drug X was given to 33 patients and drug Y to 41"
GIVEN_TO = re.compile(
    rf"(?:^|[.;:,]\s+|\b(?:and|while|whereas|that)\s+)(?P<one>[A-Za-z][^.;:()]{{1,60}}?)\s+(?:was|were)\s+(?:given|administered|delivered|performed|used|carried\s+out|undertaken|offered)"
    rf"\s+(?:to|in|on|for)\s+(?P<n>{ANY})\s+{_ASIDE}(?:{PEOPLE})\b[^.;:()]{{0,30}}?(?:\([^()]{{1,40}}\))?,?\s+(?:and|while|whereas)\s+(?P<other>[A-Za-z][^.;:()\d]{{1,60}}?)\s+"
    rf"(?:(?:was|were)\s+(?:given|administered|delivered|performed|used|carried\s+out|undertaken|offered)\s+)?(?:to|in|on|for)\s+(?:the\s+(?:other|remaining)\s+)?(?P<m>{ANY})\b(?!\s*%)",
    re.IGNORECASE,
)
#: "33 cases and 66 controls", "33 patients with disease and 66 healthy controls"
CONTROLLED = re.compile(
    rf"(?<![\w.,/-])(?P<n>{ANY})\s+(?:[A-Za-z-]+\s+){{0,3}}?(?P<kind>cases|patients|women|men|subjects)(?:\s+(?:with|who|having)\s+[^.;:()\d]{{2,60}}?)?\s*{_ASIDE},?\s*(?:and|with|to|versus|vs\.?)\s+"
    rf"(?P<m>{ANY})\s+(?P<controls>(?:(?!{PEOPLE}\b)[A-Za-z-]+\s+){{0,3}}?controls?)\b(?!\s+(?:group|arm))",
    re.IGNORECASE,
)
#: "41 women, in the X group, received ..."; "39 women received no treatment (control group)": one group a sentence.
APPOSED = re.compile(
    rf"^(?:{_ASIDE})(?P<n>{ANY})\s+(?:{PEOPLE})\b(?:,?\s+in\s+the\s+(?P<within>[\w+/-]+(?:\s+[\w+/-]+){{0,3}})\s+{HEAD},?\s+(?:received|underwent|were|had|got)\b"
    rf"|\s+(?:received|underwent|were|had|got)\b[^.;:()\d]{{2,90}}?\((?:the\s+)?(?P<behind>[^()\d=]{{1,40}}?)\s+{HEAD}\))",
    re.IGNORECASE,
)


def given_to(sentence: Sentence) -> Introduced:
    """Two treatments that so many patients were given each."""
    text = sentence.text
    for match in GIVEN_TO.finditer(text) if re.search(r"\b(?:was|were)\s", text) else ():
        told = [(trimmed(match[key]), number(match[size]), match.start(key)) for key, size in (("one", "n"), ("other", "m"))]
        if all(usable(name) and len(name.split()) <= 6 and is_treatment(sentence, place) for name, _, place in told):
            for name, size, place in told:
                yield sentence, without_head(name), size, place, ()


def controlled(sentence: Sentence) -> Introduced:
    """Patients and their controls."""
    for match in CONTROLLED.finditer(sentence.text) if "control" in sentence.text.lower() else ():
        yield sentence, match["kind"], number(match["n"]), match.start("n"), ()
        yield sentence, match["controls"], number(match["m"]), match.start("m"), ()


def apposed(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and place of the one group that a sentence opens with the number of."""
    match = APPOSED.match(text)
    name = trimmed(END.split(match["within"] or match["behind"])[0]) if match else ""
    if match and usable(name):
        yield name, number(match["n"]), match.start("n")
