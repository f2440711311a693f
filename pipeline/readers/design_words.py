"""Words by which papers name their own design, and words that only seem to."""

from __future__ import annotations

import re

I = re.IGNORECASE  # noqa: E741
PROTOCOL_TITLE = re.compile(
    r"\b(?:study|trial|treatment|research|review|SPIRIT)\s+protocol\b|\bprotocol\s+(?:for|of|design|and rationale)\b|^design of an?\b|"
    r"\brationale\b.{0,25}\bdesign\b|"
    r"\bdesign\b.{0,25}\brationale\b|\bstudy design of\b|\btrial in progress\b|\bpresentation of (?:a |two |the )?(?:novel|"
    r"new) trials?\b|:\s*protocol\b|\bprotocol$|\b(?:design and )?methods of (?:an?|the) (?:[\w-]+ ){0,4}trial\b",
    I,
)
WILL = re.compile(
    r"\b(?:will|shall)\s+(?:also\s+|then\s+|subsequently\s+|not\s+)?(?:be\b|receive|undergo|have|include|enrol|recruit|assess|compare|"
    r"evaluate)",
    I,
)
META = re.compile(r"\bmeta-?\s?(?:analys[ei]s|analytic|regression)\b", I)
OUR_META = re.compile(
    r"\bindividual[\s-]+(?:patient|participant)(?:[\s-]+level)?[\s-]+data\b[^.;]{0,60}\b(?:from|of)\b[^.;]{0,30}\b(?:trials|studies)\b|\b(?:this|our|the present)\s+(?:updated\s+)?(?:systematic review and\s+)?meta-?analysis\b|\b(?:performed|conducted|undertook|"
    r"carried out) an? (?:\w+\s+){0,3}(?:systematic (?:literature )?review and )?meta-?analysis\b",
    I,
)
POOLED = re.compile(
    r"\b(?:pooled|summary|combined)\s+(?:(?:adjusted|overall|unadjusted)\s+)?(?:hazard|HRs?\b|odds|ORs?\b|relative|risk|RRs?\b|results?|"
    r"estimate|effect|analysis showed|data showed)",
    I,
)
SEARCHED = re.compile(
    r"\b(?:PubMed|MEDLINE|EMBASE|Cochrane (?:Library|database)|Web of Science)\b|\b(?:electronic|online|bibliographic|literature) databases were (?:\w+ )?searched\b",
    I,
)
INCLUDED_STUDIES = re.compile(
    r"\b(?:articles|studies|trials|reports)\b[^.;]{0,80}\b(?:were|was) (?:finally |eventually )?(?:included|eligible|identified)\b", I
)
SYSTEMATIC = re.compile(
    r"\bsystematic(?:ally)?\s+(?:literature\s+)?(?:review(?:ed)?|search)\b|\bliterature review\b|\breview of (?:the )?literature\b|"
    r"\bscoping review\b",
    I,
)
REVIEW_TITLE = re.compile(
    r"\b(?:an?\s+(?:\w+\s+){0,3}(?:review|overview|update)|spotlight on|update on|review of|reviews?$|state of the art|current (?:status|concepts|perspectives)|"
    r"(?:recent )?advances in|perspectives? (?:on|in)|overview of)\b|^(?:the )?role of .{0,80}\?$",
    I,
)
NOT_REVIEW = re.compile(
    r"\b(?:retrospective|chart|records?|institution\w*|single[- ]cent(?:er|re)|case(?:s)?|pathology|central|cohort)\s+(?:\w+\s+)?review\b",
    I,
)
CASE_TITLE = re.compile(
    r"\bcase reports?\b|\b(?:report|presentation) of (?:a|one|two|three|four|\d) (?:\w+ )?cases?\b|^an? (?:\w+ ){0,3}case of\b|"
    r":\s*an? (?:\w+ )?case\b(?![- ]control)|\bcase series\b|\brare case\b",
    I,
)
CASE_TEXT = re.compile(
    r"\bwe (?:here(?:in|by)? |present |report |describe )+(?:on |here |the |an? ){0,3}(?:\w+ ){0,4}case of\b|\bthis case report\b|\bwe (?:here )?(?:present|report|describe) (?:on )?(?:two|three|four|[2-4]) (?:\w+ ){0,2}?cases\b",
    I,
)
RANDOMISED = re.compile(
    r"(?<!non-)(?<!non)(?<!non )(?<!not )(?<!quasi-)\brandomi[sz](?:ed|ation)\b(?!\s+(?:controlled\s+|clinical\s+|intervention(?:al)?\s+|prospective\s+|phase\s+\w+\s+){0,3}(?:trials|"
    r"studies)\b)|\brandomly\s+(?:\w+\s+){0,2}?(?:assigned|allocated|divided|distributed|received|grouped|treated|underwent)\b|\b(?:assigned|allocated|divided|distributed|grouped)\s+(?:\w+\s+)?(?:randomly|at random)\b|\bRCT\b|"
    r"\bplacebo[- ]controlled\b|\bdouble[- ]blind\b(?:,?\s+[\w-]+){0,4}\s+(?:trial|study|fashion|manner|comparison)\b",
    I,
)
NOT_PATIENTS = re.compile(
    r"\b(?:mice\b|mouse\b|rats?\b|sheep\b|swine\b|animals?|rabbits?|cells?\s+were|training\b(?=\s*(?:and|,|/|\(|sets?|cohorts?|data|samples?|groups?))|validation|testing|test set|derivation|development (?:set|cohort)|"
    r"bootstrap|mendelian|random(?:ly)? (?:forest|selected|sampl)|questionnaires? (?:were|was)|dishes|cultures?\b|"
    r"meta-analys[ei]s|literature|non-?randomi[sz]ed|lack of|need(?:ed|s)?\b.{0,40}\brandomi|future|further|warrant|deserv\w+|merits?\b|calls? for|"
    r"\b(?:should|would|could|may|might|must)\s+(?:help|allow|clarify|determine|answer|settle|resolve|be\s+(?:able|necessary|helpful|useful))\b|"
    r"\b(?:should|would|is|are)\s+(?:now\s+|currently\s+|being\s+)?(?:be\s+)?(?:needed|required|awaited|ongoing|under ?way|planned|tested|confirmed|compared|explored|evaluated|"
    r"validated|justified|of interest)\b|(?:previous|recent)(?:ly)? (?:published|reported)|propensity|"
    r"\bshould\s+(?:also\s+|now\s+|therefore\s+)?(?:focus|aim|address|include|examine|investigate|evaluate|assess|consider)|"
    r"will be (?:\w+ )?(?:studied|tested|evaluated|investigated|assessed|conducted|performed|examined))",
    I,
)
#: "a prospective cohort study within a randomised trial" calls itself a cohort.
INSIDE_TRIAL = re.compile(
    r"\b(?P<kind>prospective|retrospective)\s+(?:[\w-]+\s+){0,3}?(?:cohort|study|analysis|investigation)\b[^.;:]{0,60}?\b(?:within|nested in|"
    r"embedded in|inside)\s+(?:an?|the)\s+[^.;:]{0,40}?\brandomi[sz]ed\b",
    I,
)
PHASE = re.compile(
    r"\bphase\s+(?:[1-3](?:\s*[/-]\s*[23])?[ab]?|I{1,3}(?:\s*[/-]\s*I{2,3})?[abAB]?)\b(?![-\s]*(?:randomi|trials|studies|III trials))", I
)
SINGLE_ARM = re.compile(
    r"\b(?:single|one)[- ]?(?:arm|group)\b(?!\s+of\b)|\bnon-?\s?randomi[sz]ed\b.{0,40}\b(?:trial|study)\b|\bdose[- ](?:escalation|finding)\s+(?:study|"
    r"trial)\b|\ban?\s+open,?\s+(?:[\w-]+\s+){0,4}?(?:trial|study)\b|\bopen[- ]label\b.{0,60}\b(?:trial|study)\b|\b(?:pilot|feasibility)\s+(?:clinical\s+)?(?:trial|study)\b",
    I,
)
PHASED = re.compile(rf"{PHASE.pattern}.{{0,200}}\b(?:study|trial|protocol|design)\b|\b(?:study|trial)\b.{{0,80}}{PHASE.pattern}", I)
LAB = re.compile(
    r"\b(?:cell lines?|in vitro|in vivo|xenografts?|mice|mouse|rats?|knock(?:ed)?-?down|siRNAs?|shRNA|transfect\w+|western blot\w*|"
    r"apoptosis assays?|overexpress\w+|transcriptom\w+|luciferase|organoids?|bioinformatics?|docking|proliferation, migration|"
    r"nanoparticles? (?:were|loaded)|dosimetr\w+|phantom)\b",
    I,
)
REGISTRY = re.compile(
    r"\bSEER\b|Surveillance,? Epidemiology,? and End Results|\bNational Cancer (?:Data ?base|Registry)|\bNCDB\b|\bcancer registr(?:y|"
    r"ies)\b|\b(?:clinical|national|tumou?r|institutional|nationwide|multicent(?:er|re)|international|patient|prospective)\s+registr(?:y|"
    r"ies)\b|\bregistry\b.{0,20}\b(?:study|data|analysis)\b|\bpopulation[- ]based\b(?!\s+(?:screening|studies|(?:[\w-]+\s+)?randomi[sz]ed|trial))|"
    r"\bnation-?wide\b.{0,40}\b(?:cohort|study|database|analysis|data)\b|\bclaims (?:data|database)\b",
    I,
)
CASE_CONTROL = re.compile(r"\bcase[-–\s]control(?:led)?\b|\bcases and (?:\w+[- ])?(?:matched )?controls\b", I)
RETROSPECTIVE = re.compile(
    r"\bretrospective(?:ly)?\b|\b(?:medical|clinical|patient|hospital|case)\s+(?:records|notes|charts)\s+(?:of|were|from)\b|"
    r"\bchart review\b|\breviewed (?:the )?(?:records|charts|data)\b|\bdatabase was (?:searched|reviewed|queried)\b|\bhistorical cohort\b",
    I,
)
#: A database that is kept prospectively says nothing of the study that is drawn from it.
PROSPECTIVE = re.compile(
    r"\bprospective(?:ly)?\b(?!\W+(?:and\s+\w+\s+)?(?:maintained|gathered|kept|recorded|acquired|populated|held)\b|\s+collected\b(?!\s+(?:from|in|before|at)\b)|\s+(?:\w+\s+)?(?:data\s?bases?|data\s?sets?|registr)\b)",
    I,
)
#: A study that is only wished for: "larger prospective studies are required".
CALLED_FOR = re.compile(
    r"\b(?:future|further|larger|more)\b.{0,60}\b(?:stud(?:y|ies)|trials?)\b.{0,80}\b(?:needed|required|warranted|necessary|should)\b", I
)
CROSS = re.compile(
    r"\bcross[- ]sectional\b|\bsurvey\b|\bquestionnaire study\b|\bdiagnostic accuracy\b|\bqualitative study\b|\bcost[- ]effectiveness\b", I
)
ENROLLED = re.compile(
    r"\b(?:patients?|women|men|participants?|subjects|cases)\b.{0,80}\b(?:were|was)\s+(?:\w+\s+){0,2}?(?:enrolled|recruited|"
    r"registered)\b|\b(?:collected|measured|assessed|screened|completed|obtained)\s+(?:at baseline\b|before[, ]+(?:and\s+)?(?:during|after)\b)|\b(?:enrolled|recruited)\s+(?:a total of\s+)?[\w,]+\s+(?:\w+\s+){0,5}?(?:patients|women|men|participants)\b",
    I,
)
TREATED = re.compile(
    r"\b(?:patients?|women|men|subjects|cases|children)\s+had\s+(?:\w+\s+){0,3}?(?:surgery|resections?|radiotherapy|chemotherapy|operations?|transplant\w*)\b|"
    r"\b(?:patients?|women|men|subjects|cases|children)\b.{0,160}\b(?:treated|diagnosed|underwent|undergoing|identified|included|"
    r"operated|admitted|analy[sz]ed|reviewed|evaluated|received|obtained)\b|"
    r"\b(?:analy[sz]ed|reviewed|identified|studied|evaluated|included|treated)\b.{0,60}\b(?:patients|women|men|cases|children|subjects)\b",
    I,
)
STUDY = re.compile(
    r"\b(?:we|this|our|present|current|were|was|is|underwent|received|(?:study|trial) (?:compared|evaluated|assessed|investigated|included|enrolled))\b",
    I,
)
#: Work on models of a disease or a market, whatever trials its figures come from.
MODELLED = re.compile(
    r"\bcost[- ]effectiveness\b|\bcost[- ]utility\b|\b(?:economic|decision(?:[- ]analytic)?|simulation|Markov|mathematical|microsimulation|exposure[- ]response|"
    r"pharmacokinetic|pharmacodynamic)\s+(?:[\w-]+\s+)?(?:models?|modell?ing|evaluation)\b|\bto simulate\b|\bwere simulated\b|\bindirect (?:treatment )?comparisons?\b",
    I,
)
#: "a retrospective analysis of samples from a randomised trial" is no trial any more.
AFTERWARDS = re.compile(
    r"\bretrospective(?:ly)?\b[^.;]{0,160}\brandomi[sz]\w+|\brandomi[sz]\w+[^.;]{0,160}\bretrospective(?:ly)?\b|"
    r"\b(?:data|records) were (?:retrieved|extracted) from (?:an? |the )(?:[\w-]+ ){0,3}?randomi[sz]ed\b|(?<=:)[^.;]{0,40}\banalys[ei]s of data from (?:an? |the )?(?:[\w-]+ ){0,4}?randomi[sz]ed (?:[\w-]+ )?trials?\b",
    I,
)
#: The trial is only where the people come from: "from a cohort participating in a randomised trial".
TRIAL_MEMBERS = re.compile(
    r"\b(?:participating|participants|enrol\w+|included|cohort|samples?|specimens?|data|women|patients)\s+(?:who had been\s+)?(?:in|from|of|within|into)\s+(?:an?|the)\s+"
    r"(?:[\w-]+\s+){0,5}?randomi[sz]ed\b",
    I,
)
PHASE_THREE = re.compile(r"\bphase[\s-]+(?:3|III)\b(?![-\s]*(?:trials|studies))", I)
VERSUS = re.compile(r"\b(?:versus|vs)\b", I)
#: "the purpose of this trial was": a trial that names neither a phase nor a second arm.
OWN_TRIAL = re.compile(
    r"\b(?:this|our|the present)\s+(?:[\w-]+\s+){0,4}?(?<!control )trial\s+(?:was|were|is|evaluated|assessed|investigated|aimed|enrolled|included)\b|"
    r"\bin (?:this|our) (?:[\w-]+,?\s+){0,5}?trial,",
    I,
)
#: What another trial found: "a recent randomised trial showed that", "the randomised X study has demonstrated".
OTHERS_TRIAL = re.compile(
    r"\b(?:randomi[sz]ed|placebo[- ]controlled|phase\s+(?:3|III))\b[^.;]{0,140}?\b(?:trials?|stud(?:y|ies))\b[^.;]{0,80}?\s(?:(?:has|have)\s+(?:\w+\s+)?)?"
    r"(?:showed|shown|demonstrated|reported|found|suggested|established|proved|proven|confirmed)\b|\b(?:recently|previously)\s+(?:published|reported)\b",
    I,
)
OURSELVES = re.compile(r"\b(?:we|our|this|the present|the current|herein)\b", I)
#: "we undertook a retrospective analysis": whatever trials its patients were in.
OURS_AFTERWARDS = re.compile(
    r"\b(?:we|this|our)\s+(?:[\w-]+\s+){0,3}?(?:(?:undertook|performed|conducted|carried out|did|present|report|is|was)\s+(?:here\s+)?an?\s+(?:[\w-]+,?\s+){0,2}?retrospective\b|"
    r"retrospectively\s+(?:analy[sz]ed|reviewed|evaluated|studied|collected|identified|examined|assessed|compared|investigated))",
    I,
)
#: "It has been shown in a randomised trial": somebody else's.
SHOWN_BEFORE = re.compile(
    r"\b(?:has|have|had) been (?:\w+ )?(?:shown|demonstrated|found|reported|proven|proved|established|licensed|approved)\b", I
)
#: Material or people of somebody's trial: "biopsies from a randomised trial", "patients recruited from an ongoing phase III trial".
TRIAL_SOURCE = re.compile(
    r"\b(?:biops\w+|samples?|specimens?|tissues?|tumou?rs|blocks|blood|sera|serum|plasma|DNA|RNA|slides|scans|images|(?:recruited|selected|drawn|taken|"
    r"obtained|collected|derived|retrieved))\s+from\s+(?:an?|one|two|three|previous|earlier|several)\s+(?:[\w-]+,?\s+){0,6}?(?:randomi[sz]ed|phase)\b",
    I,
)
#: "this single-arm study" is none with two arms, whatever trial went before it.
THIS_SINGLE = re.compile(r"\b(?:this|our|the present)\s+(?:[\w-]+,?\s+){0,4}?(?:single|one)[- ](?:arm|group)\b", I)
#: A pilot study on specimens treats nobody.
SPECIMENS = re.compile(
    r"\bretrospective|\b(?:sera|serum|samples?|specimens?|case[- ]control|healthy (?:controls|subjects)|assays?|tissues)\b", I
)
#: What a review's abstract says of itself.
THIS_REVIEW = re.compile(
    r"\b(?:summari[sz]ed|reviewed|discussed|described|presented|outlined)\s+in\s+(?:this|the present)\s+(?:review|overview|article|paper|chapter)\b|"
    r"\b(?:this|the present)\s+(?:\w+\s+){0,2}?(?:review|overview)\s+(?:article\s+|paper\s+|will\s+|also\s+|is\s+to\s+)?"
    r"(?:summari[sz]|discuss|focus|describ|address|highlight|cover|present|provid|aim|examin|outlin|explor|consider)\w*",
    I,
)
#: The heading of a published protocol's plan.
PLAN_HEAD = re.compile(r"^(?:patients and )?methods?\s*(?:/|and|&)\s*(?:study\s+|trial\s+)?(?:design|analysis)$", I)
#: People who are still to come: "a total of 330 patients will be enrolled", "this trial will".
TO_COME = re.compile(
    r"\bwill\s+(?:\w+\s+)?(?:be\s+)?(?:\w+\s+)?(?:enrol|randomi[sz]|recruit|accru|allocat|assign|invit)\w*|\b(?:this|the|our)\s+(?:[\w-]+\s+){0,3}?(?:trial|study)\s+will\b",
    I,
)
#: What only a study with results prints.
REPORTED = re.compile(
    r"\b[Pp]\s*[<=>]|\d\s*%|\b(?:were|was)\s+(?:\w+\s+)?(?:enrolled|randomi[sz]ed|recruited|treated|included|observed|found|achieved|significant\w*|higher|lower)\b|"
    r"\bwe\s+(?:found|observed|identified|enrolled|included|analy[sz]ed)\b|\b(?:results|findings)\s+(?:show|suggest|indicate|support)",
    I,
)
