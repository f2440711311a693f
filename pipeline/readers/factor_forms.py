"""How sentences say that a factor matters: the constructions that hold factors, endpoint and status."""

from __future__ import annotations

import re

ADJUSTED = re.compile(
    r"\bmulti-?varia(?:te|ble)d?\b|\bindependent(?:ly)?\b(?!\s+(?:review|data|central|radiolog|patholog|reader|observer|cohort|sample|validation|committee|assess|evaluat|test))|(?<!univariate )(?<!univariable )\bcox(?:['’]s)? (?:proportional|regression|model)|"
    r"\b(?-i:MVA)\b|\badjust(?:ed|ing|ment)\b(?!\s+(?:p\b|for multiple))|\bmultiple (?:cox )?regression",
    re.IGNORECASE,
)
ALONE = re.compile(r"\buni-?varia(?:te|ble)d?\b|\b(?-i:UVA)\b|\bunadjusted\b|\blog[-\s]?rank\b|\bkaplan", re.IGNORECASE)
#: "significant in univariate but not in multivariate analysis"
NOT_ADJUSTED = re.compile(
    r"\b(?:but|though|although)\s+not\s+(?:\w+\s+){0,2}?(?:the\s+|a\s+)?(?:multi-?varia|adjust|(?-i:MVA))", re.IGNORECASE
)
_ADJECTIVE = (
    r"(?:an?|the|only|most|also|both|strong(?:est)?|important|major|main|significant(?:ly)?|statistically|independent(?:ly)?|prognostic|predictive|risk|adverse|negative|"
    r"positive|favou?rable|uni-?varia\w+|multi-?varia\w+|unfavou?rable|poor|powerful|remaining|useful|and|relevant|key|highly|very|more|best|single|sole|robust|first)\b"
)
_NOUN = r"(?:factors?|predictors?|determinants?|variables?|indicators?|(?:bio)?markers?|prognosticators?|parameters?|covariates?)"
_WEIGHT = r"(?:independent\s+|prognostic\s+|statistical\s+|significant\s+)*(?:significan(?:ce|t)|impact|influence|effect|value)"
_FOR = (
    r"(?:that\s+)?(?:(?:were\s+|was\s+)?(?:found|shown|seen)\s+to\s+)?(?:(?:independently|significantly)\s+)?(?:(?:predictive|prognostic)\s+(?=of|for))?"
    r"(?:for|of|in|to|on|with|associated\s+with|related\s+to|(?:affect|influenc|predict|impact)(?:ing|ed|e|s|es)?(?=\s)|"
    rf"(?:retain|remain|hav|show|reach)(?:ing|ed)\s+(?:an?\s+)?{_WEIGHT}\s+(?:(?:in|on|by)\s+(?:the\s+|a\s+)?(?:[\w-]+\s+){{1,4}}?)?(?:for|on|of|with))"
)
_ADVERB = r"(?:also|still|all|both|only|each|further|found|shown|seen|noted|to|be|been|has|have|had|was|were|is|are|did|does|do|remained|appeared|seemed|proved|not|no|longer|neither|either|being|an?|the|\w{3,}ly)\b"
_EFFECT = r"(?:impact|effect|influence|association|correlation|bearing|prognostic\s+(?:value|significance|impact|relevance|role)|role)"
#: "(age and LDH) were independent prognostic factors for (OS)"
COPULA = re.compile(
    rf"\s(?P<how>(?:was|were|is|are|remained|be|being|as|proved|emerged|served|(?:came|turned)\s+out)\b(?>\s+{_ADVERB}|\s+(?:identified|confirmed|considered|proven|demonstrated|recogni[sz]ed|selected|retained|as))*)"
    rf"\s+(?P<status>(?>{_ADJECTIVE}\s+)*){_NOUN}\s+{_FOR}\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "independent prognostic factors for OS were (age and LDH)"
LISTING = re.compile(
    rf"\b(?P<status>(?>{_ADJECTIVE}\s+)*)(?:{_NOUN}|associations?)(?P<tail>(?:\s+(?:(?:that\s+)?(?:were\s+)?(?>{_ADVERB}\s+)*{_FOR})\s+[^.;:]{{2,90}}?)?)\s*(?:\b(?:were|was|included?|including|are|is|namely)\b|:)\s*"
    rf"(?:(?:found|identified|shown)\s+(?:to\s+be|as)\s+|as\s+follows\s*:?\s*|the\s+following\s*:\s*)?(?P<names>.+)$",
    re.IGNORECASE,
)
#: "(LDH) was associated with worse (OS)", "(age) had no effect on (OS)", "(LDH) predicted (OS)"
LINKED = re.compile(
    rf"\s(?P<how>(?>{_ADVERB}\s+)*?(?:(?>{_ADVERB}\s+)*(?:associated|correlated|correlates?|prognostic|predictive|linked)\s+(?:with|to|for|of)|(?>{_ADVERB}\s+)*(?:predict(?:ed|s)|predict|affect(?:ed|s)?|influenced?|impact(?:ed|s)?|conferr(?:ed|s)|portend(?:ed|s)?|heralded)(?=\s)"
    rf"|(?:had|has|have|showed|demonstrated|exerted|retained|(?:was|were)\s+of)\s+(?>{_ADVERB}\s+|{_ADJECTIVE}\s+|any\s+)*{_EFFECT}\s*,?\s+(?:on|with|for|in|upon)(?:\s+both)?))\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "(age) remained significant for (OS)"
REMAINED = re.compile(
    rf"\s(?P<how>(?:was|were|is|are|remained|proved|retained)\s+(?>{_ADVERB}\s+)*)(?:significant|independent|prognostic|significance)\s+(?:for|in|on)\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "only (LDH) remained independent", "(age and sex) were not significant in univariate analysis": the endpoint stands elsewhere.
BARE = re.compile(
    rf"(?:^|\s)(?P<how>(?:was|were|is|are|remained|proved|emerged|(?:came|turned)\s+out|retained|retain|lost|reached|kept|demonstrated|showed|failed\s+to\s+(?:reach|retain|achieve|remain))\b(?>\s+{_ADVERB}|\s+(?:identified|confirmed|considered|proven|as))*)\s+(?P<status>(?>{_ADJECTIVE}\s+)*?)"
    rf"(?:{_NOUN}|significant|independent|prognostic|(?:(?:prognostic|statistical|independent|its|their)\s+)*significance)"
    r"(?:\s*,?\s*(?:in|on|at|by|after|under|with)\s+(?:the\s+|a\s+|this\s+)?(?:(?:cox\s+|stepwise\s+|subsequent\s+)*(?:(?:uni|multi)-?varia\w+|(?-i:[UM]VA)|adjust\w+|cox)(?:\s+(?:for|cox|regression|proportional|hazards?|analys[ei]s|models?|testing))*|(?:[\w-]+\s+){0,4}(?:patients|group|arm|cohort|population|subgroup)))?"
    r"(?:\s+(?:for|of)\s+(?-i:OS|LC|[A-Z]{1,4}FS|\w+(?:-\w+)?\s+survival))?\s*[.,]?\s*$",
    re.IGNORECASE,
)
#: "identified (age and LDH) as independent prognostic factors": the endpoint stands elsewhere
AS_BARE = re.compile(rf"\s(?P<how>as|to\s+be)\s+(?P<status>(?>{_ADJECTIVE}\s+)+){_NOUN}\s*(?:[.,]?\s*$|,\s+with\s)", re.IGNORECASE)
#: "three variables had an effect on (OS) - (age, sex and stage)"
COUNTED = re.compile(
    rf"\b(?:(?:two|three|four|five|six|seven|eight|\d)\s+(?:\w+\s+){{0,3}}?{_NOUN}|the\s+following)\b(?P<how>[^:–—]*?)(?:\s+[-–—]\s+|\s*:\s+)(?P<names>.+)$",
    re.IGNORECASE,
)
#: "the following variables were significant for (OS): (age and KPS)"
FOLLOWING = re.compile(
    rf"\bthe\s+following\s+(?:\w+\s+){{0,2}}?(?:{_NOUN}|characteristics)\s+(?P<how>(?:were|had|remained|showed)[^:;]*?\s(?:for|of|with|on))\s+(?P<tail>[^:;]{{2,60}}?)\s*:\s*(?P<names>.+)$",
    re.IGNORECASE,
)
#: "a significant impact of (stage and grade) on (OS)"
IMPACT_OF = re.compile(
    r"\b(?P<how>(?:no|a|an|the)\s+(?:\w+\s+){0,2}?(?:impact|effect|influence|prognostic\s+(?:value|significance|relevance|role)))\s+of\s+(?P<names>.{2,160}?)\s+(?:on|upon|for)\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "(OS) was worse for patients with (brain metastases)"
WORSE_FOR = re.compile(
    r"\s(?P<how>(?:was|were)\s+(?:also\s+)?(?:significantly\s+|not\s+)*(?:better|worse|longer|shorter|poorer|inferior|superior|higher|lower|improved|reduced))\s+(?:in|for|among)\s+(?:the\s+)?(?:patients|those|women|men)\s+(?:with|who\s+had)\s+(?P<names>.+)$",
    re.IGNORECASE,
)
#: "No other factor (age, sex) was associated with (OS)", "None of the other variables, including age and sex, predicted (OS)"
NONE_OF = re.compile(
    rf"^(?:[^,]{{0,60}},\s+)?(?:no\s+(?:other\s+)?|none\s+of\s+(?:the\s+)?(?:other\s+|remaining\s+)?)(?:\w+\s+){{0,4}}?(?:{_NOUN}|characteristics)(?:\s+\w+)?\s*(?:\(|,?\s*(?:including|such\s+as|i\.e\.,?|namely)\s+)"
    r"(?P<names>[^()]{3,200}?)(?:\)|,)?\s+(?P<how>was|were|had|showed|significantly|predicted|affected|influenced)\s+(?P<tail>[^;]+)$",
    re.IGNORECASE,
)
#: "an increased risk of death" is overall survival told by its event.
RISK_OF = (
    (
        re.compile(
            r"\b(?:risk|hazard|probability|rate)s?\s+of\s+(?:all-cause\s+)?(?:death|dying|mortality)\b|\b(?:all-cause|overall|increased|higher|greater|reduced|lower|decreased)\s+mortality\b",
            re.IGNORECASE,
        ),
        "OS",
    ),
    (re.compile(r"\brisk\s+of\s+(?:disease\s+|tumou?r\s+)?progression\b", re.IGNORECASE), "PFS"),
)
#: "risk factors for death" name the endpoint by its event.
EVENT_OF = (
    (
        re.compile(
            r"\s*(?:the\s+)?(?:(?:\d+|one|two|three|five|ten)[\s-]years?\s+)?(?:all-cause\s+|overall\s+|early\s+)?(?:death|mortality)\b",
            re.IGNORECASE,
        ),
        "OS",
    ),
    (re.compile(r"\s*(?:the\s+)?(?:tumou?r\s+|disease\s+|cancer\s+|early\s+)?(?:recurrence|relapse)\b", re.IGNORECASE), "RFS"),
    (re.compile(r"\s*(?:the\s+)?(?:tumou?r\s+|disease\s+)?progression\b", re.IGNORECASE), "PFS"),
)
#: "identified (age and LDH) as independent prognostic factors for (OS)"
AS = re.compile(rf"\s(?P<how>as|to\s+be)\s+(?P<status>(?>{_ADJECTIVE}\s+)*){_NOUN}\s+{_FOR}\s+(?P<tail>.+)$", re.IGNORECASE)
#: "patients with (liver metastases) had shorter (OS)"
FARED = re.compile(
    r"^(?=(?:.*?\b(?:patients|carriers?|those|women|men)\b))(?P<before>.*?)\s(?P<how>(?:showed|had|experienced|exhibited|have|has)\s+(?:(?:a|an|the|significantly|statistically|also|much|markedly)\s+)*)"
    r"(?:better|worse|longer|shorter|poorer|improved|inferior|superior|higher|lower|favou?rable|reduced|prolonged|decreased)\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "no significant difference in (OS) according to (age)"
NO_DIFFERENCE = re.compile(
    r"\b(?P<how>no)\s+(?:statistically\s+)?(?:significant\s+)?differences?\s+(?:in|of|for|regarding)\s+(?P<tail>.+?)\s+(?:(?:was|were)\s+\w+\s+)?(?:according\s+to|with\s+respect\s+to|in\s+relation\s+to|depending\s+on|by|based\s+on|between\s+(?:the\s+)?(?:patients|those|cases)\s+with\s+(?:and|or)\s+without)\s+(?P<names>.+)$",
    re.IGNORECASE,
)
#: "(OS) did not differ by (age)"
DIFFERED_NOT = re.compile(
    r"\s(?P<how>(?:did|was|were)\s+not\s+(?:\w+ly\s+)?(?:differ(?:ent)?|vary))\s+(?:\w+ly\s+)?(?:according\s+to|with\s+respect\s+to|depending\s+on|by|between\s+(?:the\s+)?(?:patients|those|cases)\s+with\s+(?:and|or)\s+without)\s+(?P<names>.+)$",
    re.IGNORECASE,
)
#: "..., but not with (OS)"
BUT_NOT = re.compile(r",?\s+(?:but|though|although|and)\s+not\s+(?=\S)", re.IGNORECASE)
#: "both factors", "these variables": factors that an earlier sentence named
REFERRED = re.compile(
    rf"(?:^|[\s,])(?P<who>both|all|these|those|they|the\s+(?:two|three|four|five)|(?:all|these)\s+(?:two|three|four|five))(?:\s+of)?(?:\s+(?:these|the|them|latter|former|two|three|four|five))*(?:\s+{_NOUN}|\s+(?:characteristics|features))?(?:\s+(?:still|also|each))?\s*$",
    re.IGNORECASE,
)
#: "These differences remained significant when adjusted for (age)": what the claim before said, now adjusted
REMAINS = re.compile(
    r"^\s*(?:[\w\s-]{0,60},\s+)?(?:and\s+)?(?:these|this|both|all|the|they|it)(?:\s+(?:differences?|associations?|effects?|correlations?|findings?|results?|relationships?|of\s+these))?\s+(?:also\s+|still\s+)?"
    r"(?P<how>(?:remain(?:ed|s)?|persist(?:ed|s)?|held|(?:was|were)\s+(?:also\s+)?(?:confirmed|maintained|retained)|(?:did|was|were)\s+not\s+(?:remain|persist|hold|confirmed|maintained|retained)|disappeared|lost))\b(?=.*(?:multi-?varia|adjust|\bMVA\b|\b[Cc]ox\b))",
    re.IGNORECASE,
)
#: Two levels of one factor.
LEVELLED = re.compile(
    r"\b(?:high|low|positive|negative|elevated|normal|increased|decreased|present|absent|wild|mutat|mutant|intact|good|poor)\w*",
    re.IGNORECASE,
)
#: What a comparison is of: "than those without (metastases)"
SET_AGAINST = re.compile(
    r"\b(?:than|compared\s+(?:with|to)|versus|vs\.?)\s+(?:in\s+|for\s+|that\s+of\s+)?(?:the\s+)?(?:those|patients|cases|women|men|carriers|tumou?rs|ones|others?)\b\s*(?P<without>without|lacking|who\s+(?:did|had|were|was)\s+no[tn]?)?(?P<other>.*)$",
    re.IGNORECASE,
)
#: "whereas (age and sex) were not", after a clause that names the endpoint
WERE_NOT = re.compile(r"\s(?P<how>(?:was|were|did|had|is|are)\s+not)\s*\.?$", re.IGNORECASE)
#: "age was not associated with OS, whereas (sex and stage) were"
WERE_TOO = re.compile(r"\s(?P<how>was|were|did)\s*\.?$", re.IGNORECASE)
#: "..., as was (male sex)"
AS_WAS = re.compile(r",?\s+as\s+(?:was|were|did)\s+(?P<names>[^.;]+?)\.?\s*$", re.IGNORECASE)
#: "(OS) was not affected by (age)", "(OS) was significantly associated with (LDH)"
PASSIVE = re.compile(
    rf"\s(?P<how>(?:was|were|is|are)\s+(?>{_ADVERB}\s+|mainly\s+|adversely\s+)*(?:affected|influenced|associated|correlated|predicted|impacted|determined))\s+(?:by|with)\s+(?P<names>.+)$",
    re.IGNORECASE,
)
#: "no significant association between (LDH) and (OS)", "no correlation of (LDH) with (OS)"
NOUN_LINK = re.compile(
    r"\b(?P<how>(?:no|a|an|the)\s+(?:\w+\s+){0,2}?(?:association|correlation|relationship)s?)(?:\s+(?:was|were)\s+\w+)?(?:\s+\w+)?\s+(?:between|of)\s+(?P<names>.+?)\s+(?:and|with)\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
#: "no significant association between (OS) and (age, sex)"
NOUN_LINK_TURNED = re.compile(
    r"\b(?P<how>(?:no|a|an|the)\s+(?:\w+\s+){0,2}?(?:association|correlation|relationship)s?)(?:\s+(?:was|were)\s+\w+)?(?:\s+\w+)?\s+between\s+(?P<tail>[^,;]{2,50}?)\s+and\s+(?P<names>.+)$",
    re.IGNORECASE,
)
CLAIM = re.compile(
    r"\bsignifican|\bindependent|\bp\s*[<=>≤]|\bHR\b|hazard|\bworse|\bbetter|\bpoor|\bshort|\blong|\bimproved?\b|\breduc|\bincreas|\bdecreas|\binferior|\bsuperior|\bfavou?rabl|\bunfavou?rabl|\bprognostic|"
    r"\b(?:nega|posi)tive(?:ly)?\s+(?:impact|effect|influence|associat|correlat)|\binversely|\bpredictors?\b|\brisk factor|\badverse|\bnot\b|\bno\b|\bneither\b|\bhigher\b|\blower\b|\bmulti-?varia|\buni-?varia|\bbeneficial|\bdetrimental",
    re.IGNORECASE,
)
HYPOTHETICAL = re.compile(
    r"\bdifferences? in (?:the )?(?:association|effect)|\bto (?:identify|evaluate|assess|investigate|determine|examine|explore|analy[sz]e|test|study|find|validate)\b|\bwhether\b|\b(?:were|was) (?:then\s+|further\s+|also\s+)?(?:evaluated|investigated|assessed|examined|tested|included|entered|used|performed|"
    r"considered|analy[sz]ed|calculated|estimated)\b|\bwill\b|\bwould\b|\bmay\b|\bmight\b|\bcould\b|\bcan be used\b|\bhypothesi[sz]ed|\baimed\b|\b(?:well[- ])?known\b|\binteractions?\b|\bhave been (?:reported|shown|described|suggested)\b|\bhas been\b",
    re.IGNORECASE,
)
NEGATED = re.compile(r"\b[Nn]ot\b|\b[Nn]o\b|\b[Nn]either\b|\bnor\b|\bfailed\b|\black of\b")  # NO is nitric oxide
NOT_OF_TIME = re.compile(r"\s*(?:the\s+|a\s+|an?\s+)?(?:\w+\s+)?(?:response|benefit|efficacy|toxicity)\b", re.IGNORECASE)
#: The start of a second statement: "..., and (age) was a predictor of (OS)".
AND_THEN = re.compile(
    r"(?:\bfor|\bof|\bwith|\bon|\bin)\s+(?:[\w-]+\s+){0,4}?(?:survival|control|[A-Z]{2,4})\b(?:\s*\([^()]*\))?(?P<and>,?\s+and\s+)(?=(?:[^,;()]|\([^()]*\)|,\s+(?!and\b))+?(?:,?\s+and\s+(?:[^,;()]|\([^()]*\))+?)?\s(?:was|were|remained)\s+(?:\w+\s+){0,4}?(?:associated|factors?|predictors?|predictive|prognostic|independent|significant))"
)
CUT = re.compile(
    r"[(\[]|[)\]]|;|,?\s+(?:while|whereas|although|though|but)\s+(?!not\b|also\b)|,\s+and\s+(?=(?:that|there|no\s+(?:significant|other|statistical\w*|association|correlation|difference|relation\w*))\b)|(?<!\bvs)\.\s+(?=[A-Z])",
    re.IGNORECASE,
)
