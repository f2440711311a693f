"""The words around a study's number of patients."""

from __future__ import annotations

import re

from pipeline.numbers import ANY, PEOPLE, SPELLED

I = re.IGNORECASE  # noqa: E741
WORD = r"[A-Za-zα-ω0-9][\w/+‐-]*"
#: Words between a number and its people: "641 premenopausal node-positive cancer patients".
BETWEEN = (
    rf"(?:(?!\d+\b(?!-)|(?:years?|months?|weeks?|days?|of|and|or|with|in|to|were|was|from|for|at)\b)(?:{WORD}|"
    rf"\([^)]{{1,30}}\))[,]?\s+){{0,9}}?"
)
PERSONS = rf"(?:{PEOPLE}|pairs|survivors|veterans|females|males|volunteers|enrollees|screenees|attendees|respondents|recipients)"
DONE = (
    r"(?:randomi[sz]ed|randomly|enrolled|included|recruited|analy[sz]ed|registered|entered|accrued|identified|eligible|evaluated|"
    r"reviewed|studied|investigated|"
    r"assigned|allocated|treated|selected|examined|evaluable|available|participated|genotyped|assessed|operated|admitted|diagnosed|"
    r"underwent|received|retrieved|collected|involved|followed)"
)
MATERIAL = r"(?:samples?|specimens?|tissues?|tumou?rs|blocks|biopsies|sera)"
MATERIAL_WORD = re.compile(rf"\b{MATERIAL}\b", I)
COUNTED = re.compile(rf"(?<![\w.,/])({ANY})(?![\d.,]*\d)\s+{BETWEEN}{PERSONS}\b", I)
AFTER_VERB = re.compile(
    rf"\b(?:randomi[sz]ed|enrolled|included|recruited|analy[sz]ed|registered|accrued|identified|evaluated|reviewed|studied|assigned|"
    rf"involving|comprising|comprised|concerns|concerned|on|in)\s+(?:all\s+|a total of\s+|totally\s+)?({ANY})\s+{BETWEEN}{PERSONS}\b",
    I,
)
THINGS = (
    r"(?:\w*samples?|SNPs?|studies|trials|articles|genes?|tumou?rs|specimens|lesions|cent(?:er|re)s|hospitals|events?|deaths?|years|"
    r"months|weeks|days|cycles|courses|nodes|variables|factors|blocks|cores|sites|metastases|plans|fractions|items|Gy|cGy|mg|kg|ml|mL|mm|cm|dishes|wells|plates|cultures)"
)
WERE = re.compile(rf"(?<![\w.,/])({ANY})\s+(?:(?!{THINGS}\b|\d+\b){WORD}\s+){{0,8}}?(?:were|was)\s+(?:\w+\s+){{0,3}}?{DONE}\b", I)
OF_WERE = re.compile(
    rf"\b(?:of|among)\s+(?:the\s+|"
    rf"these\s+)?(?:{ANY})(?![\d,.]*\d)[^.;]{{0,120}}?,\s+({ANY})\s*(?:\([^)]*\))?\s*(?:(?:{BETWEEN}{PERSONS})\s+)?(?:were|met|was|"
    rf"fulfilled)\b(?!\s+(?:\w+\s+)?\w+able\s+for\s+(?:the\s+)?(?:response|toxicity|safety|efficacy))[^.;]{{0,40}}",
    I,
)
#: "thus 360 patients were included", "the remaining 291 patients were analysed": what exclusions left of a cohort.
FINALLY = re.compile(
    rf"\b(?:thus|therefore|hence|consequently|finally|leaving|the\s+remaining)\b[^.;\d]{{0,40}}?({ANY})\s+{BETWEEN}{PERSONS}\b"
    rf"(?=[^.;]{{0,40}}\b(?:included|analy[sz]ed|eligible|studied|enrolled|evaluated|for\s+(?:the\s+|this\s+|final\s+)*(?:analysis|study)|remained)\b)",
    I,
)
EQUALS = re.compile(
    rf"\b{PERSONS}(?:\s+with\s+[^.;()]{{0,60}}?|\s+at\s+(?:study\s+)?(?:baseline|entry)|\s+(?:were|was)\s+(?:randomi[sz]ed|enrolled|included|recruited))?\s*\(\s*(?:total\s+)?[nN]\s*=\s*(\d{{1,3}}(?:,\d{{3}})+|\d+)\s*\)",
    I,
)
#: "Sixty patients were screened and 19 enrolled", "of 300 patients screened, 210 were randomised": the second number is the study's.
SCREENED = re.compile(
    rf"\b(?:screened|approached|invited|assessed\s+for\s+eligibility)\b[^.;\d]{{0,60}}?(?:\band|,|\bof\s+whom)\s+({ANY})\s+(?:\(\s*[\d.·]+\s*%\s*\)\s+)?"
    rf"(?:(?:{BETWEEN}{PERSONS})\s+)?(?:were\s+)?(?:enrolled|randomi[sz]ed|included|recruited|registered)\b",
    I,
)
#: "Of the eligible members, 250 (9%) completed the survey and were randomised"
THEN_CHOSEN = re.compile(
    rf"^(?:of|among|from)\s+[^.;]{{5,90}}?,\s+({ANY})\s*\(\s*[\d.·]+\s*%\s*\)\s+(?:{BETWEEN}{PERSONS}\s+)?[^.;()\d]{{0,80}}?"
    rf"\b(?:enrolled|randomi[sz]ed|recruited)\b(?!\s+to\b)",
    I,
)
#: "112 men and 38 women": together they are all of the patients.
SEXES = re.compile(
    rf"(?<![\w.,/])({ANY})\s+(?:\(\s*[\d.·]+\s*%\s*\)\s+)?(?:(?:men|males?(?:\s+patients)?)\s*(?:,|and)\s*(?:and\s+)?({ANY})\s+(?:\(\s*[\d.·]+\s*%\s*\)\s+)?(?:women|females?)|"
    rf"(?:women|females?(?:\s+patients)?)\s*(?:,|and)\s*(?:and\s+)?({ANY})\s+(?:\(\s*[\d.·]+\s*%\s*\)\s+)?(?:men|males?))\b",
    I,
)
#: Of a trial the number that entered it stands over the number that was left for the analysis.
ENTERED = re.compile(r"\b(?:randomi[sz]ed|entered|enrolled|recruited|registered|accrued)\b", I)
LEFT_OVER = re.compile(
    r"\b(?:analy[sz]ed|assessable|evaluable|evaluated|available\s+(?:for|at)|subject to analysis|completed\s+(?:the|all)\b)\b|\bincluded in the\b[^.;]{0,30}\banalys[ei]s\b",
    I,
)
#: "the 20 enrolled patients" are all of them, whatever befell them.
ALL_ENTERED = re.compile(
    rf"\b(?:all|the)\s+(?:all\s+|{ANY}\s+)?(?:randomi[sz]ed|enrolled|recruited|registered|treated|included)\s+{PERSONS}\b", I
)
#: "the entire population (n = 80)"
POPULATION = re.compile(
    r"\b(?:entire|whole|overall|total|study)\s+(?:study\s+)?(?:population|cohort|sample|series)\s*\(\s*[nN]\s*=\s*(\d{1,3}(?:,\d{3})+|\d+)\s*\)",
    I,
)
#: "a subset of 40 of the 90 patients", "of 52 patients out of 90 in the trial": whose material or data the paper is about.
SUBSET_OF = re.compile(
    rf"\b(?:subset|subgroup|sub-?population)\s+of\s+({ANY})\s+(?:{BETWEEN}{PERSONS}\s+)?(?:out\s+of|of|from)\s+(?:the\s+|all\s+)?{ANY}\b", I
)
#: "In total, 180 tumours were available"; "180 specimens (60%) from 300 patients"
MATERIAL_OF = re.compile(
    rf"(?<![\w.,/])({ANY})\s+(?:\(\s*[\d.·]+\s*%\s*\)\s+)?(?:(?!\d)[\w-]+,?\s+){{0,4}}?{MATERIAL}\s+(?:\([^()]*\)\s+)?(?:were|was)\s+(?:\w+\s+)?"
    rf"(?:available|evaluable|assessable|analy[sz]ed|informative)\b",
    I,
)

PLANNED = re.compile(
    r"\b(?:power|sample size|required|will be|would be|needed|planned (?:sample|accrual|enrol\w*|to|number|size)|was planned|to detect|"
    r"hypothesi[sz]ed?|target(?:ed)? accrual|assum\w+|"
    r"anticipated|accrual goal|type I error)\b",
    I,
)
SUBSET = re.compile(
    r"\b(?:of (?:whom|these|which|those|them)|among (?:whom|them|these|those)|the remaining|(?:another|additional|other|only)\s*$|subset|"
    r"subgroup|(?:arm|group|cohort) [A-D1-4]\b|each (?:arm|group)|per (?:arm|group)|"
    r"control group|experimental (?:arm|group)|validation|training|screened(?!\s+(?:at|by|with|using)\b)|approached|simulated|assessed for eligibility|excluded|died|deaths?|"
    r"(?<!with )(?<!or )(?<!/)(?:relapsed|recurred|progressed)\b|experienced|developed|withdr\w+|lost to follow|declined|"
    r"refused|alive|toxicit\w+|adverse|achieved|discontinued|healthy|(?<!case-)(?<!case )controls?\b(?! stud)|responders?|"
    r"not (?:included|eligible|evaluable|available))",
    I,
)
#: "In the 60 patients with ...", "of the 45 patients planned for ...": a group spoken of again.
AGAIN = re.compile(r"\b(?:in|among|for|of)\s+(?:the|these|those)\s+$", I)
GROUP_AFTER = re.compile(
    rf"\s*{BETWEEN}{PERSONS}\s+(?:with|who(?!\s+(?:were\s+)?(?:{DONE}|completed|consented)\b)|whose|planned|scheduled|having|treated|receiving|undergoing|without)\b",
    I,
)
PRESENT = re.compile(r"\b(?:this|our|the (?:present|current))\s+(?:study|trial|analysis|report|series)\b", I)
EARLIER = re.compile(
    r"\b(?:has|have|had|was|were)\s+(?:previously|already|earlier)\s+(?:been\s+)?\w+ed\b(?=[^.;]{0,20}\b(?:in|by|that)\b)", I
)
#: Their lesions: "40 patients with 52 tumours".
HOLDERS = re.compile(rf"\b{PERSONS}\s+(?:with|had|having|harbou?ring)\s+(?:a total of\s+)?$", I)
#: The size of one arm: "50 patients to the X arm", "120 were randomised to group A and 118 to group B".
ARMWISE = re.compile(
    rf"^[^.;(\d]{{0,50}}\b(?:in|to|into|received?)\s+(?!(?:the\s+)?(?:one|two|three|either|both|four|study|"
    rf"trial)\b)[^.;()\d]{{0,60}}?(?:\band\s+(?:the\s+(?:other|remaining)\s+)?{ANY}\s+(?:\w+\s+)?(?:to|in|received)\b|^\b)|"
    rf"^[^.;(]{{0,25}}\b(?:in|to)\s+(?:the\s+)?(?!(?:one|two|three|either|both|same)\b)[\w/+-]+(?:\s[\w/+-]+){{0,4}}?\s(?:group|arm)\b|"
    rf"^[^.;(]{{0,40}}\bto\s+(?:group|arm)\s|^\s+[\w+/-]+[-‐–]treated\b",
    I,
)
HEADLINE = re.compile(
    rf"\b(?:a total of|in total|overall|altogether|totally|consecutive|(?:this|the (?:present|current)) (?:study|trial|analysis)|study population|final (?:analysis|"
    rf"cohort)|intention[- ]to[- ]treat|(?:between|from)\s+(?:\w+\s+)?(?:19|20)\d\d|{DONE})\b",
    I,
)
#: "Of 140 enrolled patients, serum was available from 96": the second number is the study's.
LEFT = re.compile(rf",\s[^.;]{{0,90}}?\b(?<!grade\s)(?<!stage\s){ANY}\b(?!\s*\(?\s*(?:\d+(?:[.·]\d+)?)?\s*%)", I)
AVAILABLE = re.compile(
    rf"\b(?:(?:available|obtained|adequate|evaluable|analy[sz]ed|performed|measured|assessable|biops\w+|collected)\s+(?:in|from|for|on)|"
    rf"(?:samples?|specimens?|tissues?|tumou?rs|blocks|biopsies|sera|plasma|DNA|RNA|microarrays?)\s+(?:from|of|in))\s+(?:all\s+|"
    rf"the\s+)?({ANY})"
    rf"(?=\s*(?:[.;,]|\(|of\b|out of\b|{BETWEEN}{PERSONS}\b))(?!\s*\(?\s*%)",
    I,
)
PART_OF = re.compile(
    rf"(?<![\w.,/])({ANY})\s+(?:{PERSONS}\s+)?(?:out\s+)?of\s+(?:the\s+|all\s+)?{ANY}\s+{BETWEEN}{PERSONS}\b[^.;]{{0,40}}?\b(?:were|had|"
    rf"with)\s+(?:\w+\s+){{0,2}}?"
    rf"(?:available|adequate|evaluable|included|analy[sz]ed|eligible|assessable|sufficient)\b",
    I,
)
#: "864/5861 patients ... were included in this analysis"; "Of these, 1244 (97%) were assessable".
SHARE_OF = re.compile(
    rf"(?<![\w.,/])({ANY})\s*/\s*\d[\d,]*\s*(?:\(\s*[\d.·]+\s*%\s*\)\s*)?{BETWEEN}{PERSONS}\b[^.;]{{0,150}}?\b(?:included|analy[sz]ed|"
    rf"evaluable|assessable|eligible)\b[^.;]{{0,40}}",
    I,
)
OF_THESE = re.compile(
    rf"\bof (?:these|those|them|which|whom),?\s+({ANY})\s*(?:\(\s*[\d.·]+\s*%\s*\)\s*)?(?:{BETWEEN}{PERSONS}\s+)?(?:were|had|met|was)\s+(?:\w+\s+){{0,3}}?"
    rf"(?:assessable|evaluable|included|analy[sz]ed|eligible|available|suitable|sufficient|complete)\b(?!\s+for\s+(?:the\s+)?"
    rf"(?:response|toxicity|safety|efficacy|survival))[^.;]{{0,40}}",
    I,
)
RANDOMISED = re.compile(r"\brandomi[sz]ed\b|\brandomly\b", I)
RANDOMISING = re.compile(r"\brandomi[sz]ed\s+(?:a total of\s+)?$", I)
STUDIES = re.compile(r"\b(?:studies|trials|articles|publications|reports|cohorts?)\b", I)
COHORT_OF = re.compile(
    r"\b(?:study|series|cohort|analysis|sample|population|trial|records|data|charts|review)\s+(?:of|from|in|"
    r"on)\s+(?:the\s+)?(?:a\s+total\s+of\s+)?$|\b(?:study|series|cohort|trial)\s*,\s*$",
    I,
)
ASIDE = re.compile(r"\([^()]*\)")
NEXT = re.compile(r"\band\s+\d|[;:]")
TOTAL = re.compile(r"\b(?:a )?total (?:of|number)\b", I)
SHARE_AT = re.compile(r"\s*(?:\(|\[)?\s*\d+(?:[.·]\d+)?\s*%")
SHARE_AFTER = re.compile(
    r"[^.;\d]{0,25}\(\s*\d+(?:[.·]\d+)?\s*%(?!\s*(?:wo)?men\b|\s*(?:fe)?males?\b|\s*\)\s+(?:were|was)\s+(?:\w+\s+)?(?:evaluable|assessable|included|analy[sz]ed|eligible|enrolled)\b)"
)
DENOMINATOR = re.compile(rf"(?:\d|\b{SPELLED})\s+(?:(?:{PEOPLE})\s+)?(?:out\s+)?of\s+(?:the\s+|these\s+|all\s+)?$|/\s*$", I)
OPENING = re.compile(r"(?:^|[;,]\s*)(?:of|among|from)\s+(?:the\s+|a\s+total\s+of\s+|these\s+)?$", I)
DATE = re.compile(r"(?:19|20)\d\d")
