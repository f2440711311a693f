"""The words by which a paper's headings, captions, notices and run-in labels are known."""

from __future__ import annotations

import re

CAPTION = re.compile(
    r"(?P<label>(?:supplement(?:ary|al)\s+|online\s+)?(?P<kind>table|tab\.|fig\.?|figure|box|scheme|chart|exhibit|algorithm|appendix table)\s*"
    r"(?P<number>[A-Z]?\d+[A-Za-z]?|[IVX]+\b))(?P<after>\s?[.:|│—–-]|\s|$|(?=[A-Z]))",
    re.IGNORECASE,
)
CONTINUED = re.compile(r"\(?\s*cont(?:inued|\.|’d|'d|d)?\.?\s*\)?|\(continued\)", re.I)
LABEL = re.compile(
    r"((?:backgrounds?|context|introduction|objectives?|aims?|purpose|hypothesis|(?:patients? and |materials? and |study )?methods?|methods?\s?/\s?(?:study )?design|electronic supplementary material|methods and \w+|design|"
    r"setting|participants|interventions?|main outcome measures?|outcome measures|measurements(?: and main results)?|results?|findings|"
    r"discussions?|conclusions?(?: and \w+)?|interpretation|significance|trial registration(?: number)?|registration|funding|keywords?|key words|"
    r"abbreviations?|clinical trial registration|study design|implications for practice|case (?:report|presentation)|backgrounds? and \w+)\s?)([:.—–-])\s*",
    re.IGNORECASE,
)
OPENING = re.compile(r"(?:backgrounds?|objectives?|purpose|aims?|importance|context|introduction)\s?(?:and \w+\s?)?[:.—–-]", re.IGNORECASE)
BACK = re.compile(
    r"((?:author contributions?|funding|institutional review board statement|informed consent statement|data availability(?: statement)?|conflicts? of interest"
    r"|acknowledge?ments?|competing interests?|disclosures?|ethics statement|supplementary materials?|sponsors?|financial support)\s?)[:.—–]\s",
    re.IGNORECASE,
)
NO_TEXT = re.compile(
    r"(?:https?://\S+\s*)+$|\(?continued (?:on|from) (?:the )?(?:next|previous|following|preceding) page\)?", re.IGNORECASE
)
NOTICE = re.compile(r"©|copyright\b|\*?\s?correspond|this is an open access|open access\b|received\b|accepted\b|e-?mail|\*|†|keywords?\b|[\d*]{1,2}\s?(?:department|division|institute|faculty)"
                     r"|full list of author|(?:\S+ ){0,2}competing interests?:", re.IGNORECASE)  # fmt: skip
KEYS = re.compile(r"key\s?-?words?|(?:\w+ )?abbreviations", re.IGNORECASE)
BAR = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*\.?)\s*[|│]\s*")
FRONT = re.compile(
    r"©|copyright|received\b|accepted\b|correspond|e-?mail|@|orcid|doi\b|https?:|licen[cs]e|academic editor|citation:|published|editor\b|how to cite",
    re.I,
)

CANONICAL = re.compile(
    r"(?:\d{1,2}\.?\s|[IVX]+\.\s)?\s*(abstract|summary|introduction|background|objectives?|aims?|purpose|(?:materials?|patients?|subjects?|methods?|participants)(?:"
    r"(?:,| and| &|/)+ (?:materials?|methods?|patients|subjects|design))*|methodology|methods?/design|experimental (?:section|procedures)|results?|findings|"
    r"results and discussion|discussion|conclusions?|discussion and conclusions?|interpretation|references|bibliography|literature cited|"
    r"acknowledge?ments?|funding|key ?words|abbreviations|declarations|statistical analys[ie]s|design|setting|case (?:report|presentation)"
    r"|authors?['’]? contributions?|(?:competing|conflicts? of|declaration of) interests?|disclosures?|supporting information|data availability(?: statement)?)\s?[.:]?",
    re.IGNORECASE,
)
TOP = re.compile(r"(?:introduction|background|methods?\b.{0,25}|materials?\b.{0,30}|(?:patients?|subjects?|participants|design|study design)\b.{0,24}\bmethods?|results?|discussion|conclusions?|references|"
                  r"results and discussion|experimental (?:section|procedures|design)|methodology|abstract)$", re.I)  # fmt: skip
REFERENCES = re.compile(r"(?:references(?: and notes)?|bibliography|literature cited|reference list)\W*", re.I)
ASIDE = re.compile(r"(?:panel\W{1,3})?(?:research in context|evidence before this study|added value of this study|implications of all the available evidence|"
                   r"key (?:points|messages)|highlights|what is already known.*|what this study adds.*|strengths and limitations of this study)\W*", re.I)  # fmt: skip
