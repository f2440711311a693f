"""The names of prognostic factors in a list or a subject: lower case, without articles, levels and lead-in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.context import Paper

#: Words that carry a reader into a clause: everything up to them is not the subject.
INTO = re.compile(
    r"\b(?:that|showed|shows|revealed|indicated?|indicates|demonstrated|confirmed|suggested|suggests|identified|found|observed|determined|noted|discovered|retained|selected|yielded|where|which)\b(?:\s+that\b)?\s*,?\s*(?=\S)",
    re.IGNORECASE,
)
ADVERBIAL = re.compile(
    r"^(?:in|on|by|at|for|with|from|to|towards?|upon|after|among|within|under|during|when|as|although|though|while|if|using|based|according|compared|regarding|concerning|given|consistent|adjusting|"
    r"taken|unlike|like|because|since|of|following|through|via|once|whereas|despite|besides|apart)\b",
    re.IGNORECASE,
)
SINGLE = re.compile(
    r"^(?:\w+ly|also|indeed|moreover|furthermore|however|therefore|thus|hence|in addition|further|overall|again|so|then|next|nevertheless|nonetheless|besides|here)$",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"^(?:conclusions?|interpretation|results?|findings|main results)\s*[:.]\s+|^(?:in|on|by|from|at|with)\s+(?:(?:the|this|our|a|both|uni\w+|multi\w+|cox\w*|present|current|adjusted|subsequent|further|and|or|clinical|uni-|multi-|stepwise|regression|proportional|hazards?|logistic|log-rank|final)\s+)*"
    r"(?:study|trial|cohort|series|analys[ei]s|models?|regression|tests?|population|(?-i:[MU]VA))\s*,?\s+|^(?:moreover|furthermore|however|additionally|similarly|also|finally|therefore|thus|overall|interestingly|indeed|further)\s*,?\s+",
    re.IGNORECASE,
)
LEVEL = re.compile(
    r"^(?:(?:an?|the|both|either|only|neither|nor|none|and|or|also|all|as\s+well\s+as|including|such\s+as|presence\s+(?:of|or\s+absence\s+of)|absence\s+of|(?:results?|outcomes?|findings?)\s+of|patients?\s+with|patients?\s+who\s+had|"
    r"(?:patients?|women|men|those)\s+(?:having|carrying|receiving|aged)|(?:those|women|men|carriers|subjects|cases)\s+with|tumou?rs?\s+with|having|being|carriers?\s+of|increasing|increased|increase\s+in|(?:each|every|per)\s+(?:\d+[\s-]?\w+\s+)?(?:increase|increment|decrease)\s+(?:in|of)|decreas(?:ed|ing)|elevated|raised|reduced|high(?:er|est)?|low(?:er|est)?|larger?|great(?:er)?|"
    r"(?:more|less|fewer|greater|higher)\s+than\s+(?:one|two|three|four|five|\d+)|(?:one|two|three|four|five|\d+)\s+or\s+more|small(?:er)?|old(?:er)?|young(?:er)?|advanced|poor(?:er)?|better|good|worse|longer|shorter|more|fewer|abnormal|normal|initial|levels?\s+of|concentrations?\s+of|values?\s+of|receipt\s+of|use\s+of|addition\s+of|administration\s+of)(?:\s+|-(?=pre|post)))+(?=\S)",
    re.IGNORECASE,
)
#: "After adjusting for age, sex and stage, ": the list that a subject is adjusted for.
ADJUSTING = re.compile(
    r"^\s*(?:[\w-]+\s+){0,8}?(?:adjust(?:ed|ing|ments?)|controll(?:ed|ing)|correct(?:ed|ing|ion)|account(?:ed|ing)|stratif(?:ied|ying|ication))\s+(?:was\s+made\s+)?(?:for|by)\s+(?:[^;:]*?\band\s+[^,;:]+,|[^,;:]+,)\s*(?=\S)",
    re.IGNORECASE,
)
SPLIT = re.compile(
    r"\s*,\s*(?:and\s+|or\s+|but\s+|as\s+well\s+as\s+)?|\s*;\s*(?:and\s+)?|\s+and\s+|\s+or\s+(?!more\b|less\b|high|low|great|old|young|later\b|above\b|below\b)|\s+nor\s+|\s+as\s+well\s+as\s+|\s*&\s+|\s+but\s+(?:also\s+)?",
    re.IGNORECASE,
)
#: "interval between diagnosis and recurrence" is one name.
BETWEEN = re.compile(r"\bbetween\s+[^,;]{3,40}?\s+and\s+", re.IGNORECASE)
#: "LDH in patients with brain and bone metastases": whose factor it is.
AMONG = re.compile(r"(?<=\w)\s+(?:in|among|for)\s+(?:the\s+|all\s+|our\s+)?(?:patients|those|women|men|cases)\b[^,;]*")
#: "LDH-high patients" are told by their LDH.
CARRIERS = re.compile(
    r"[\s-]+(?:low|high|positive|negative|mutant|mutated|wild[\s-]type)\s+(?:patients|groups?|tumou?rs|cases)$", re.IGNORECASE
)
APPOSED = re.compile(r"(\s*[^,;]+),\s+(?:an?|which|the)\s+(?:(?!\band\b)[^,;])+,[^,;]{0,12}$")
SHARE = re.compile(r"[<>≥≤]\s*\d+(?:\.\d+)?\s*%$")
#: "more than 3 months" is a level.
COMPARED = re.compile(
    r"\b(?:more|less|fewer|greater|higher|lower|larger|smaller|longer|shorter|older|younger)\s+than\b(?=\s+(?:\d|the\s+median|one|two|three|four|five))",
    re.IGNORECASE,
)
END = re.compile(
    r"\s+(?:in|for|among|on|by|from)\s+(?:both|all|our|this|these|uni|multi|the\s+(?:multi|uni|whole|entire|study|present|current|overall|final|cox|same)|patients|women|men|cox|cancer)|\s+at\s+(?:uni|multi)|\s+after\s+adjust|\s+adjust|\s+(?:with|having)\s+(?:an?\s+)?(?:HR|hazard)|"
    r"\s+regardless\b|\s+irrespective\b|\s+independent(?:ly)?\s+of\b|\s+respectively\b|\.\s|\s+(?:were|was|is|are|had|have|has|did|which|that|who)\s",
    re.IGNORECASE,
)
VERBAL = re.compile(
    r"\b(?:surviv\w*|was|were|is|are|showed|shown|had|have|has|did|which|that|where|we|between|compared|than|analys[ie]s|hazards?|models?|HR|CI|(?-i:who)|studies|tables?|fig(?:ure)?s?|endpoints?|outcomes?|can|could|may|will|used|"
    r"using|performed|assessed|evaluated|investigated|results?|suggest\w*|appeared|seemed|demonstrated|identified|remained|observed|found|according|respect|differences?|benefit|interaction|associations?|correlations?|there|been|be|do|does|"
    r"resulted|led|leading|determined|measured|defined|included|includes|based|reported|study|trial)\b|=|<$|>$|\d\s*%",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"^(?:it|this|these|they|that|there|we|he|she|none|all|both|others?|no|not|each|who|patients?|analys\w+|factors?|variables?|parameters?|treatments?|data|one|two|three|four|five|those|them|following|above|significant\w*|p|further|"
    r"respectively|however|prognosis|prognostic|such|its?|their|group|groups|arm|and|or|also|only|level|levels|expression|status|concentrations?|any|some|several|many|most|other\s.*|no\s.*|not\s.*|nor\s.*|these\s.*|this\s.*|all\s.*|none\s.*|as\s.*|a\s.*|an\s.*|what\s.*|how\s.*|its\s.*|their\s.*|our\s.*|various\s.*|"
    r"\w+\s+factors?|\w+ing\s+factors?|(?:critical|important|needed|essential|useful|lacking|limited|unknown|unclear|controversial|warranted|similar|listed|summari[sz]ed|presented|available|comparable|different)(?:\s+(?:to|for|in|of|from|with|at|as|by)\b.*)?|\d+\s*(?:weeks?|months?|years?|days?)\b.*|(?:two|three|four|five|six|seven|\d+)\s+(?:\w+\s+)*(?:variables|factors|parameters|characteristics)|following\s.*|age\s+group\s+\d.*|high|low|small|large|modest|strong|weak|moderate|type|types|use|presence|markers?|biomarkers?)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Name:
    """A factor's name, with where its words stand in the list it was read from."""

    words: str
    start: int
    end: int


def listed_names(paper: Paper, text: str, subject: bool) -> list[Name]:
    """Each factor of a list, or of a clause's subject; empty where the words do not read as names."""
    start = subject_start(text) if subject else 0
    ending = END.search(text, start)
    end = ending.start() if ending and not subject else len(text)
    found: list[Name] = []
    place = start
    if subject and re.search(r"(?:^|,\s*)(?:they|it|these|this|those|both)\s*$", text[start:end].strip(), re.IGNORECASE):
        return []
    part = BETWEEN.sub(lambda match: match[0].replace(" and ", "\0and\0"), text[start:end])
    if subject and (told := APPOSED.match(part)):  # "LDH, an enzyme of the cell, "
        part = told[1]
    if subject:
        part = AMONG.sub(lambda match: " " * len(match[0]), part)
    for piece in re.split(f"({SPLIT.pattern})", part, flags=re.IGNORECASE):
        piece = piece.replace("\0", " ")
        if piece and not SPLIT.fullmatch(piece):
            words = named(paper, re.sub(r"^\s*no\s+(?=\w)", " ", piece) if found else piece)  # "N3 disease and no chemotherapy"
            if words:
                found.append(Name(words, place, place + len(piece)))
            elif VERBAL.search(piece) and not subject:
                break
        place += len(piece)
    return list({name.words: name for name in reversed(found)}.values())[::-1]


def subject_start(text: str) -> int:
    """Where a clause's subject begins: after "showed that", after "In multivariate analysis,", after "Moreover,"."""
    start = max((m.end() for m in INTO.finditer(text)), default=0)
    while True:
        opening = ADJUSTING.match(text[start:]) or OPENING.match(text[start:])
        if opening:
            start += opening.end()
            continue
        comma = text.find(",", start)
        chunk = text[start:comma].strip() if comma > 0 else ""
        if chunk and (ADVERBIAL.match(chunk) or SINGLE.match(chunk)):
            start = comma + 1
            continue
        return start + len(text[start:]) - len(text[start:].lstrip())


def named(paper: Paper, piece: str) -> str | None:
    """A piece of a list as a factor's name; None where it is none."""
    if (
        re.match(
            r"\s*(?:an?\s+(?:\w+\s+){0,2}(?:markers?|measure|surrogate|indicator|index|sign|predictor|factor)\b|(?:as|which|who|measured|defined|determined|including|such)\s+(?!high|low|elevated|larg|small|old|young|poor|increas|decreas|great|good|long|short)\w+)",
            piece,
        )
        and len(piece.split()) > 3
    ):
        return None
    name = CARRIERS.sub("", piece.strip(" ,.:;-–"))
    name = re.sub(r"\s+(?:also|both|each|all|only|alone|still|respectively|to|as(?:\s+the\b.*)?)$", "", name)
    name = re.sub(r"^[<>≥≤]\s*\d[\d.,]*\s*(?:%|[a-z]{1,3}(?:/[a-z]+)?(?=\s))?\s*(?=[A-Za-z]{2})", "", name)  # ">10% weight loss"
    name = re.sub(r"\s+(?:delivered|received|given|administered|performed|achieved)\b.*$|\s+\w{4,}ly$", "", LEVEL.sub("", name))
    name = re.sub(r"\s+of\s+(?:more|less|fewer|greater)\s+than\s+\d.*$", "", name)
    name = re.sub(r"^(?:patients?['’]s?|patient|tumou?r['’]s)\s+(?=\w)|^(?:at\s+least\s+one\s+of\s+)?(?:the\s+)?", "", name).strip(
        " ,.:;-–"
    )
    if not 1 < len(name) <= 70 or len(name.split()) > 8 or not any(char.isalpha() for char in name):
        return None
    if (
        VERBAL.search(SHARE.sub("", COMPARED.sub("", BETWEEN.sub("", name))))
        or PRONOUN.match(name)
        or re.match(r"^(?:of|in|on|to|with|for|by|from|at|during|before|after)\b", name)
    ):
        return None
    return as_used(paper, re.sub(r"\s+", " ", name).lower(), name)


def as_used(paper: Paper, name: str, printed: str) -> str:
    """The long form of an abbreviation where the paper's tables use its words; else the name as printed."""
    long = paper.long_forms.get(printed)
    if not long:
        return name
    rows = paper.__dict__.setdefault(
        "row_words", {word for table in paper.tables for cell in table.cells for head in cell.row_heads for word in head.lower().split()}
    )
    words = set(long.lower().split())
    return long.lower() if len(words) > 1 and len(words & rows) >= len(words) / 2 and name not in rows else name
