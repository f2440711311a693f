"""Abbreviations as each paper defines them: "overall survival (OS)", after Schwartz and Hearst (2003)."""

from __future__ import annotations

import re

SHORT = re.compile(r"[(\[]\s*([A-Za-z][\w+/-]{1,11})s?\s*(?:[;,=][^)\]]*)?[)\]]")
LISTED = re.compile(r"(?:^|[;,.]\s+)([A-Z][\w+/-]{1,9})\s*[:=,]\s*([a-z][^;:=.]{4,80}?)(?=[;.]|,\s+[A-Z][\w+/-]{1,9}\s*[:=,]|$)")


def long_form(short: str, before: str) -> str | None:
    """The shortest run of words before the parenthesis whose letters give the short form in order."""
    letters = [char.lower() for char in short if char.isalnum()]
    at = len(before) - 1
    for index in range(len(letters) - 1, -1, -1):
        while at >= 0 and (before[at].lower() != letters[index] or (index == 0 and at > 0 and before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
    found = before[at + 1 :].strip()
    words = found.split()
    return found if words and len(words) <= min(len(letters) + 5, len(letters) * 2) and len(found) > len(short) else None


def definitions(text: str) -> dict[str, str]:
    """Short forms and their long forms that a text defines, in parentheses or in a list of abbreviations."""
    found: dict[str, str] = {}
    for match in SHORT.finditer(text):
        short = match[1]
        if not any(char.isupper() for char in short) and "-" not in short:
            continue
        long = long_form(short, text[max(0, match.start() - 120) : match.start()].rstrip())
        if long:
            found.setdefault(short, long)
    return found


def listed(text: str) -> dict[str, str]:
    """Short forms in a list such as a table's footnote: "OS: overall survival; HR, hazard ratio"."""
    return {match[1]: match[2].strip() for match in LISTED.finditer(text)}
