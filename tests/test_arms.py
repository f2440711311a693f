"""Groups: how they are named and sized, and which of them each number of a sentence belongs to."""

from __future__ import annotations

import pytest

from pipeline import arms
from pipeline.arm_names import words_of
from pipeline.arm_nouns import usable
from pipeline.arms_in_prose import in_prose
from pipeline.choose import arm_words
from pipeline.context import Paper
from pipeline.endpoints import endpoints
from pipeline.lexicon import lexicon
from pipeline.lists import period
from pipeline.namer import Namer
from pipeline.pairing import clauses, pair, share_out
from pipeline.quantities import quantities
from pipeline.records import Arm, Document, Finding, Passage

NAMER = Namer(
    [Arm("RT", ("radiotherapy",)), Arm("CRT"), Arm("chemotherapy alone"), Arm("chemotherapy plus drug X")], "Treatment of gastric cancer"
)


def paper(*paragraphs: str, heads: list[tuple[str, ...]] | None = None, title: str = "") -> Paper:
    """A paper of these result paragraphs, with a table of these column headings."""
    passages = [Passage(number, "paragraph", "results", text, heading="Results") for number, text in enumerate(paragraphs)]
    for column, chain in enumerate(heads or []):
        for text in chain:
            passages.append(Passage(len(passages), "cell", "results", text, table="Table 1", row=0, col=column, is_head=True))
        passages.append(
            Passage(len(passages), "cell", "results", "12", table="Table 1", row=1, col=column, row_heads=("Female",), col_heads=chain)
        )
    held = Paper(Document(paper="own", source="txt", passages=passages, title=title))
    held.arms = arms.groups(held)
    return held


def names(text: str, namer: Namer = NAMER) -> list[str]:
    return [mention.key for mention in namer.mentions(text)]


def sizes(held: Paper) -> dict[str, int | None]:
    return {arm.name: arm.n for arm in held.arms}


def read(held: Paper) -> dict[str, float]:
    return {finding.arm: finding.value for finding in arms.read(held)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("was 78% in the RT group vs. 82% in the CRT group", ["RT", "CRT"]),
        ("for groups A and B, respectively", ["group A", "group B"]),
        ("in arms I, II and III", ["arm I", "arm II", "arm III"]),
        ("between the LAR and APR groups", ["LAR", "APR"]),
        ("in the chemotherapy and drug X group", ["chemotherapy plus drug X"]),
        ("in the chemotherapy group", ["chemotherapy alone"]),
        ("patients with liver metastases and those without liver metastases", ["liver metastases", "without liver metastases"]),
        ("patients who received radiotherapy plus cisplatin had", ["radiotherapy plus cisplatin"]),
        ("patients treated with RT lived longer", ["RT"]),
        ("low proliferation group, 0.8 months; high proliferation group 7.8 months", ["low proliferation", "high proliferation"]),
        ("in elderly patients", ["elderly patients"]),
        ("in all patients and in responders", ["all", "responders"]),
        ("for the whole cohort", ["all"]),
        ("in the FOLFIRI versus the FOLFOX arm", ["FOLFIRI", "FOLFOX"]),
        ("with RT compared with CRT", ["RT", "CRT"]),
        ("in the high and low LDH groups", ["high LDH", "low LDH"]),
        ("of patients with M1a, M1b and M1c disease, respectively", ["M1a disease", "M1b disease", "M1c disease"]),
        ("for patients carrying the allele and for carriers of the X allele", ["allele", "carriers of the X allele"]),
    ],
)  # fmt: skip
def test_names_in_a_sentence(text, wanted):
    assert names(text) == wanted


@pytest.mark.parametrize(
    "text", ["in this group", "both groups", "the treatment arms", "the two groups", "in each arm", "in the study group of", "by age group"]
)
def test_generic_groups_are_not_named(text):
    assert names(text) == []


def test_patients_with_the_papers_own_disease_are_everybody():
    assert names("the survival of patients with gastric cancer") == ["all"]
    assert names("the survival of patients with stage II gastric cancer") != ["all"]


def test_a_plain_word_names_an_arm_only_in_a_comparison():
    namer = Namer([Arm("surgery"), Arm("observation")])
    assert names("complications after surgery were frequent", namer) == []
    assert names("with surgery than with observation", namer) == ["surgery", "observation"]


def test_level_words_name_no_group_alone():
    namer = Namer([Arm("high"), Arm("low")])
    assert names("a high rate and a low risk", namer) == []
    assert names("in the high and low groups", namer) == ["high", "low"]


def test_words_that_tell_arms_apart():
    assert words_of("the chemotherapy plus RT group") == words_of("Chemotherapy and RT")
    assert words_of("group A") != words_of("group B")
    assert arm_words("Arm A") != arm_words("Arm B")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Patients were randomly assigned to receive surgery alone (n = 41) or surgery plus drug X (n = 39).", {"surgery alone": 41, "surgery plus drug X": 39}),
        ("In all, 143 patients were randomized to group A and 142 to group B.", {"group A": 143, "group B": 142}),
        ("The trial included 120 women in the test group and 118 in the control group.", {"test": 120, "control": 118}),
        ("After exclusions, 50 and 51 cases were allocated to groups 1 and 2, respectively.", {"group 1": 50, "group 2": 51}),
        ("Sixty patients received radiotherapy alone and 40 received chemoradiotherapy.", {"radiotherapy alone": 60, "chemoradiotherapy": 40}),
        ("There were 38 patients in group 1 and 41 patients in group 2.", {"group 1": 38, "group 2": 41}),
        ("Forty-five patients were allocated to chemoradiotherapy, and 47 to radiotherapy alone.", {"chemoradiotherapy": 45, "radiotherapy alone": 47}),
        ("Group A consisted of 50 patients treated with drug X, and group B of 48 patients treated with drug Y.", {"group A": 50, "group B": 48}),
        ("Patients were assigned to FEC (n = 151) and PE (n = 142) arms.", {"FEC": 151, "PE": 142}),
    ],
)  # fmt: skip
def test_sizes_in_prose(text, wanted):
    assert read(paper(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Nausea was seen in 12 patients in the test group and in 15 patients in the control group.",
        "A sample size of 60 patients in group A and 60 in group B was planned.",
        "Overall, 21 of 68 patients in the RT group and 27 of 72 in the CRT group achieved downstaging.",
        "Primary sites were lung (n = 3), stomach (n = 4), colon (n = 1), liver (n = 2), skin (n = 2) and bone (n = 9) in the treated patients.",
    ],
)  # fmt: skip
def test_counts_that_are_no_sizes(text):
    assert read(paper(text)) == {}


def test_so_many_in_each_arm():
    held = paper(
        "Arm A received drug X and arm B received drug Y.",
        "Arm A and arm B did not differ.",
        "Forty patients were randomized into two arms, with 20 patients in each arm.",
    )
    assert sorted(read(held).items()) == [("Arm A", 20), ("Arm B", 20)] or sorted(name.lower() for name in read(held)) == ["arm a", "arm b"]


def test_sizes_and_names_from_column_headings():
    held = paper("Text.", heads=[("CHT + RT (n = 214)",), ("CHT alone (n = 345)",), ("Total (n = 559)",)])
    assert sizes(held) == {"CHT + RT": 214, "CHT alone": 345}


def test_a_size_below_its_name_in_the_heading():
    assert sizes(paper("Text.", heads=[("XELIRI", "N = 41"), ("FOLFIRI", "N = 46")])) == {"XELIRI": 41, "FOLFIRI": 46}


def test_time_columns_are_no_arms():
    assert sizes(paper("Text.", heads=[("baseline, n = 23",), ("3 months, n = 21",)])) == {}


def test_a_lettered_group_bears_its_treatment():
    held = paper(
        "Patients were randomly assigned to receive chemotherapy plus vaccine (group A) or chemotherapy (group B).",
        "The survival of group A was longer than that of group B.",
    )
    assert [arm.name for arm in held.arms] == ["group A (chemotherapy plus vaccine)", "group B (chemotherapy)"]
    assert arms.namer(held).canonical("chemotherapy plus vaccine") == "group A (chemotherapy plus vaccine)"


def test_an_acronym_and_its_long_form_are_one_arm():
    held = paper(
        "Low anterior resection (LAR) was done in 170 patients; abdominoperineal resection (APR) in 92.",
        "We included 262 patients (low anterior resection n = 170, abdominoperineal resection n = 92).",
        "The LAR group fared better than the APR group.", "The LAR group and the APR group were alike.",
    )  # fmt: skip
    assert [arm.n for arm in held.arms] == [170, 92]
    assert arms.namer(held).canonical("LAR") == arms.namer(held).canonical("low anterior resection")


def test_arms_of_one_sentence_are_never_joined():
    held = paper("Patients were randomly assigned to receive drug X plus chemotherapy (n = 17) or chemotherapy (n = 17).")
    assert len(held.arms) == 2


def test_a_partition_of_the_patients_over_known_groups():
    held = paper(
        "Tumours were classified as upper (group 1), middle (group 2) or distal (group 3).",
        "Upper, middle, and distal tumours were found in 50 (50.0%), 30 (30.0%), and 20 (20.0%) patients, respectively.",
    )  # fmt: skip
    assert sorted(read(held).values()) == [20, 30, 50]


def labels(text: str, *kinds: str, what: str = "percent") -> list[tuple]:
    """For each value of a sentence its endpoint, time and arm."""
    found = quantities(text)
    values = [m for m in found if m.kind == what and m.value is not None]
    dimensions = {
        "endpoint": endpoints(text, lexicon().mentions(text)),
        "at": [m for m in found if m.kind == "at"],
        "arm": NAMER.mentions(text),
    }
    return [
        (value.value, *(names[kind] for kind in kinds)) for value, names in zip(values, share_out(text, values, dimensions), strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The 3-year OS was 80% in the RT group and 70% in the CRT group.", [(80, "RT"), (70, "CRT")]),
        ("In the RT group the 3-year OS was 80%, in the CRT group 70%.", [(80, "RT"), (70, "CRT")]),
        ("In the RT group, 3-year OS was 80% vs 70% in the CRT group.", [(80, "RT"), (70, "CRT")]),
        ("The 5-year OS was 63.7% vs 31.8% in the RT and CRT groups.", [(63.7, "RT"), (31.8, "CRT")]),
        ("RT gave a higher 5-year OS than CRT (63.7% vs 31.8%).", [(63.7, "RT"), (31.8, "CRT")]),
        ("The 3-year OS was 77% for all patients, 80% with RT and 70% with CRT.", [(77, "all"), (80, "RT"), (70, "CRT")]),
        ("3-year OS was 80% in RT versus 70% in CRT, and 3-year PFS was 60% versus 50%, respectively.", [(80, "RT"), (70, "CRT"), (60, "RT"), (50, "CRT")]),
        ("For the RT and CRT groups, 3-year OS was 80% vs 70% and 3-year PFS 60% vs 50%.", [(80, "RT"), (70, "CRT"), (60, "RT"), (50, "CRT")]),
        ("The 3-year OS was 80% in the RT group versus 70%.", [(80, "RT"), (70, None)]),
        ("The 1- and 3-year OS rates in the RT group were 88% and 52%, versus 67% and 24% in the CRT group.", [(88, "RT"), (52, "RT"), (67, "CRT"), (24, "CRT")]),
    ],
)  # fmt: skip
def test_arms_of_numbers(text, wanted):
    assert labels(text, "arm") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("OS at 1, 3 and 5 years was 90%, 70% and 60%.", [(90, 12), (70, 36), (60, 60)]),
        ("OS was 90% at 1 year and 70% at 3 years.", [(90, 12), (70, 36)]),
        ("The 1- and 3-year OS rates were 90% and 70% in the RT group and 80% and 60% in the CRT group.", [(90, 12), (70, 36), (80, 12), (60, 36)]),
        ("The 1-year and 2-year PFS rates were 50% vs 40% and 30% vs 20% for RT vs CRT.", [(50, 12), (40, 12), (30, 24), (20, 24)]),
    ],
)  # fmt: skip
def test_time_points_of_numbers(text, wanted):
    assert labels(text, "at") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The 3-year OS, PFS and DMFS rates were 80%, 60% and 70%, respectively.", [(80, "OS"), (60, "PFS"), (70, "DMFS")]),
        ("3-year OS was 80% and PFS 60%.", [(80, "OS"), (60, "PFS")]),
        ("The 3-year OS and PFS rates were 78% and 59% with RT and 82% and 75% with CRT.", [(78, "OS"), (59, "PFS"), (82, "OS"), (75, "PFS")]),
        ("The 3-year PFS and OS for RT vs. CRT were 72% vs. 47%, and 88% vs. 67%.", [(72, "PFS"), (47, "PFS"), (88, "OS"), (67, "OS")]),
        ("PFS and OS are shown. The 3-year PFS was 60% vs 50%.", [(60, "PFS"), (50, "PFS")]),
    ],
)  # fmt: skip
def test_endpoints_of_numbers(text, wanted):
    assert labels(text, "endpoint") == wanted


def test_two_time_points_by_two_arms_without_a_sign_stay_unread():
    text = "The 2- and 5-year OS rates were 68.5, 41.4 and 56.8, 26.2% in the RT and CRT groups, respectively."
    assert labels(text, "arm") == [(value, None) for value in (68.5, 41.4, 56.8, 26.2)]


def test_a_list_of_lists_and_its_period():
    text = "90% vs 80%, 70% vs 60%, 50% vs 40%"
    assert period(text, [m for m in quantities(text) if m.kind == "percent"]) == (2, ",")


def test_clauses_are_not_cut_inside_parentheses():
    text = "OS was 60% (A; B), while PFS was 30%"
    assert [text[a:b].strip() for a, b in clauses(text)] == ["OS was 60% (A; B)", "PFS was 30%"]


def test_no_marks_no_names():
    values = quantities("63.7% vs 31.8%")
    assert pair("63.7% vs 31.8%", values, [], "arm") == [None, None]


def test_arm_of_gives_names_to_numbers():
    held = paper("Patients were randomly assigned to receive surgery (n = 41) or observation (n = 39).")
    text = "Survival was longer with surgery than with observation (12 vs 9 months)."
    assert arms.arm_of(held, text, [m for m in quantities(text) if m.kind == "duration"]) == ["surgery", "observation"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In all, 30 patients were randomised to receive six cycles of weekly drug X and 28 to receive drug Y.", {"weekly drug X": 30, "drug Y": 28}),
        ("Fifty-eight patients underwent randomisation; 30 were assigned to receive drug X and 28 to receive drug Y.", {"drug X": 30, "drug Y": 28}),
        ("By 2:1 randomisation, 210 patients were allocated the 50 Gy schedule and 105 the 40 Gy schedule.", {"50 Gy schedule": 210, "40 Gy schedule": 105}),
        ("Of the 145 randomised patients, 141 were analysed (70 received DRUX and 71 DRUY).", {"DRUX": 70, "DRUY": 71}),
        ("A total of 61 patients were enrolled, 30 receiving ABC and 31 ABC-X.", {"ABC": 30, "ABC-X": 31}),
        ("In all, 43 patients had surgery and 38 had chemotherapy.", {"surgery": 43, "chemotherapy": 38}),
        ("Four hundred patients were randomised (drug X 199, observation 201).", {"drug X": 199, "observation": 201}),
        ("In all, 114 patients were randomised to radiotherapy alone (55) or radiotherapy plus drug X (59).", {"radiotherapy alone": 55, "radiotherapy plus drug X": 59}),
        ("Twenty-five (of 361) and 29 (of 362) patients randomised to the drug X and drug Y arms, respectively, were analysed.", {"drug X": 25, "drug Y": 29}),
        ("In these trials, 1,242 women who received drug X 60 mg/day and 924 women who received placebo were evaluable.", {"drug X (60 mg/day)": 1242, "placebo": 924}),
        ("The 171 patients were divided: 86 were in the study group and 85 in the control group.", {"study group": 86, "control": 85}),
        ("Patients were randomised to drug X plus chemotherapy (combination group, n = 17) or to drug Y (control group, n = 18).", {"combination": 17, "control": 18}),
        ("Finally, 420 squamous patients and 64 glandular patients were included.", {"squamous": 420, "glandular": 64}),
        ("After staging there were 200 low-risk, 300 mid-risk, and 100 high-risk patients, who were enrolled.", {"low-risk": 200, "mid-risk": 300, "high-risk": 100}),
        ("A total of 81 patients were randomised, 39 of whom received drug X and 42 serving as controls.", {"drug X": 39, "controls": 42}),
        ("In part 1, 11 patients received 5 mg; in part 2, 37 patients received 9 mg.", {"part 1": 11, "part 2": 37}),
        ("Patients were randomised to drug X in the study arm (10 g in water) (n = 35) or nothing; control arm (n = 34).", {"study arm": 35, "control": 34}),
        ("The remaining 171 patients were analysed; 86 were in the test group and 85 in the control group.", {"test": 86, "control": 85}),
        ("Two options were assigned: 1) high-dose drug X (n=15); 2) sequential drug Y and drug X (n=39).", {"high-dose drug X": 15, "sequential drug Y and drug X": 39}),
    ],
)  # fmt: skip
def test_sizes_told_in_parallel(text, wanted):
    assert read(paper(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Deaths occurred in 14 (3%) of 457 patients who underwent resection in one arm and 11 (3%) of 438 who underwent resection in the other.",
        "From May 2001 to June 2004, 205 patients with stage II disease were enrolled in a randomized trial.",
        "In part 1, 11 patients had a fever; in part 2, 37 patients died.",
        "The set holds 168 genes (149 oncogenes and 19 suppressors).",
        "We included 220 patients (120 male, 100 female).",
        "We included 220 patients (stage II 120, stage III 100).",
        "Of 200 patients randomised, 60 had (30) or had not (30) a fever.",
        "Sites of treatment included spine (n = 27), pelvis (n = 25) and ribs (n = 3).",
    ],
)
def test_parts_and_traits_are_no_arms(text):
    assert read(paper(text)) == {}


def test_so_many_in_each_arm_only_where_they_are_all():
    told = ("Patients were randomised to drug X (arm A) or drug Y (arm B).", "In all, 132 patients were enrolled, 66 per arm.")
    held = paper(*told)
    held.n_total = 132
    assert sorted(read(held).values()) == [66, 66]
    held = paper(told[0], "Seven patients in each arm were lost.")
    held.n_total = 132
    assert read(held) == {}


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        ("", "Patients were randomised 1:1 to receive chemotherapy plus drug X or placebo.", {"chemotherapy plus drug X", "placebo"}),
        ("", "Patients were randomly assigned to radiotherapy alone or chemotherapy followed by surgery.", {"radiotherapy alone", "chemotherapy followed by surgery"}),
        ("A phase II study of cisplatin versus carboplatin in patients with cancer", "Text.", {"cisplatin", "carboplatin"}),
        ("", "We conducted two randomised trials to incorporate cisplatin or carboplatin into radiotherapy.", set()),
        ("Survival of men versus women with cancer", "Text.", set()),
        ("", "Patients were randomised to receive chemotherapy with or without drug X.", set()),
    ],
)  # fmt: skip
def test_treatments_of_a_choice_name_the_arms(title, text, wanted):
    assert {arm.name for arm in paper(text, title=title).arms} == wanted


def test_a_choice_names_no_arms_where_groups_have_sizes():
    held = paper(
        "There were 40 patients in group A and 41 patients in group B.",
        "Bevacizumab or placebo was offered.",
        "Patients were randomised to cisplatin or carboplatin.",
    )
    assert {arm.name for arm in held.arms} == {"group A", "group B"}


def test_a_treatment_of_the_title_is_not_everybody():
    namer = Namer([], "Cisplatin (CIS) in metastatic gastric cancer (MGC)", {"MGC": "metastatic gastric cancer", "CIS": "cisplatin"})
    assert names("in patients who received CIS", namer) == ["CIS"]
    assert names("in MGC patients", namer) == ["all"]


def test_a_dose_is_part_of_a_groups_name():
    assert names("9 months in the 45 Gy group and 12 months in the 60 Gy group") == ["45 Gy", "60 Gy"]


def test_arms_joined_without_an_article():
    assert names("for ABC and XYZ arms, respectively", Namer([])) == ["ABC", "XYZ"]
    assert names("in the ABC vs XYZ arms", Namer([])) == ["ABC", "XYZ"]


def test_a_value_of_both_arms_is_of_each():
    held = paper("Patients were randomised to drug X (n = 40) or drug Y (n = 41).", "Median overall survival was 8 months in both arms.")
    value = Finding("own", "survival_median", value=8, endpoint="OS", quote="Median overall survival was 8 months in both arms.")
    other = Finding("own", "survival_median", value=8, endpoint="OS", quote="Median overall survival was 8 months.")
    found = [value, other]
    arms.settle(held, found)
    assert [finding.arm for finding in found] == ["drug X", None, "drug Y"]


@pytest.mark.parametrize("name", ["first-line treatment", "second line therapy", "included survivors"])
def test_lines_of_treatment_and_inclusions_are_no_arms(name: str) -> None:
    assert not usable(name)
    assert usable("first-line docetaxel")


def test_an_instrument_in_brackets_is_no_arm() -> None:
    told = "Patients were randomised to receive docetaxel or epirubicin and filled in a Daily Burden Questionnaire (DBQ)."
    assert "DBQ" not in {name for _, name, _, _, _ in in_prose(paper(told))}


def test_one_group_written_short_and_in_full_is_one_arm() -> None:
    held = paper(
        "All had radiotherapy (RT) or chemotherapy (CHT).",
        "We compared 61 patients treated with RT and chemotherapy with 47 patients treated with CHT only.",
        heads=[("RT + CHT (n = 61)",), ("CHT only (n = 47)",)],
    )
    assert sizes(held) == {"RT and chemotherapy": 61, "CHT only": 47}


def test_what_is_done_to_metastases_parts_no_patients_into_groups() -> None:
    held = paper(
        "Of 150 patients, 90 were treated with drug A alone and 60 were treated with drug A followed by radiotherapy.",
        "Metastases were treated in 31 patients: 20 had radiotherapy of a bone lesion, 7 had radiofrequency ablation and 4 had surgery of lung lesions.",
    )
    assert read(held) == {"drug A alone": 90, "drug A followed by radiotherapy": 60}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The RT and no-RT groups comprised 72 and 60 patients, respectively.", {"RT": 72, "no-RT": 60}),
        ("A total of 97 patients were randomised (arm A/B, 53/44) and 95 were assessable.", {"arm A": 53, "arm B": 44}),
        ("Ninety patients were randomised (DX/DY/PL: n = 30/29/31).", {"DX": 30, "DY": 29, "PL": 31}),
        ("A total of 30, 31 and 29 patients were assigned to drug X, drug Y and placebo, respectively.", {"drug X": 30, "drug Y": 31, "placebo": 29}),
        ("The numbers of patients in the early, late and control groups were 30, 31 and 29, respectively.", {"early": 30, "late": 31, "control": 29}),
        ("Altogether 118 (51%) and 113 (49%) patients were allocated to surgery and chemotherapy, respectively.", {"surgery": 118, "chemotherapy": 113}),
        ("Fever was seen in 12 and 15 patients who received drug X and drug Y, respectively.", {}),
        ("The ratio of ER/PR, 53/44, was stable in 97 patients.", {}),
        ("Ninety patients were enrolled (DX/DY: 30/29).", {}),
    ],
)  # fmt: skip
def test_sizes_in_the_order_of_a_list(text, wanted):
    assert read(paper(text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Patients were randomised to receive either pre-operative drug X (40 mg) twice daily for two to three weeks (n = 22) or a placebo according to the same schedule (n = 15).", {"pre-operative drug X": 22, "placebo": 15}),
        ("Women were randomly assigned to receive FX (drug X 600 mg/m2 at 3-weekly intervals) for four cycles followed by drug Y (100 mg/m2) for four cycles (n=207) or control (n=208).", {"FX": 207, "control": 208}),
        ("Sixty patients have been randomised to receive four courses of drug X, 14 mg m-2 (n = 30) every 3 weeks (9 weeks total) or drug Y, 160 mg bd (n = 30).", {"drug X": 30, "drug Y": 30}),
        ("Of 144 randomised patients, 5 were excluded and 139 started taking drug X (43 patients), drug Y (46 patients) or another drug (50 patients).", {"drug X": 43, "drug Y": 46, "another drug": 50}),
        ("Data of the trial, which compared addition of placebo (n = 117) with addition of drug X (n = 414), were used.", {"placebo": 117, "drug X": 414}),
        ("In all, 114 patients were randomised to radiotherapy alone (55) or radiotherapy followed by 6 courses of chemotherapy with drug X and drug Y (59).", {"radiotherapy alone": 55, "radiotherapy followed by chemotherapy": 59}),
        ("Of these, 324 patients were further randomly assigned to drug X, and 319 were randomly assigned to observation.", {"drug X": 324, "observation": 319}),
    ],
)  # fmt: skip
def test_sizes_behind_the_alternatives_of_a_choice(text, wanted):
    assert read(paper(text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("In group A (n = 20), drug X was given before surgery. Group B served as control with as much saline (n = 21).", {"group A": 20, "group B": 21}),
        ("The control group consisted of 259 women who got a letter. The intervention group comprised 180 women.", {"control": 259, "intervention": 180}),
        ("One hundred and one subjects enrolled on stratum 1. In all, 39 subjects enrolled on stratum 2.", {"stratum 1": 101, "stratum 2": 39}),
        ("The control group consisted of 259 women who got a letter.", {}),
        ("In group A (n = 20), three patients died. Group B had complications (n = 5).", {}),
    ],
)  # fmt: skip
def test_sizes_told_in_a_sentence_each(text, wanted):
    assert read(paper(text)) == wanted


def test_equal_groups_of_all_patients():
    held = paper("Patients received drug X (group G) or drug Y (group F).", "We divided 54 patients randomly into two equal groups.")
    held.n_total = 54
    assert sorted(read(held).values()) == [27, 27]
    told = "Arm A received drug X and arm B received drug Y. Arm A and arm B did not differ."
    held = paper(told, "They were divided into two groups of 22, one of which was treated at home.")
    held.n_total = 44
    assert sorted(read(held).values()) == [22, 22]
    held = paper(told, "They were divided into three equal groups.")
    held.n_total = 54
    assert read(held) == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Forty patients took part (drug X, n = 17; placebo, n = 23).", {"drug X": 17, "placebo": 23}),
        ("Data from 74 patients (drug X arm, 33; drug Y arm, 41) were analysed.", {"drug X": 33, "drug Y": 41}),
        ("Seventy-four patients were randomised: drug X 33, drug Y 41.", {"drug X": 33, "drug Y": 41}),
        ("Risk was known of 74 patients: low risk 33, high risk 41.", {}),
        ("Seventy-four patients had metastases (liver 33, lung 41).", {}),
        ("Cisplatin was given to 33 patients and carboplatin to 41.", {"Cisplatin": 33, "carboplatin": 41}),
        ("Nausea was seen in 33 patients and fever in 41.", {}),
        ("This case-control study was made of 33 cases and 66 controls.", {"cases": 33, "controls": 66}),
        ("Group 1 (33 patients) received drug X, group 2 (41 patients) drug Y, and group 3 (25 patients) no treatment.", {"group 1": 33, "group 2": 41, "group 3": 25}),
        ("Patients were assigned to arm A (drug X; 74 patients) or arm B (drug Y; 72 patients).", {"arm A (drug X)": 74, "arm B (drug Y)": 72}),
        ("In all, 119 consecutive patients were treated by IMRT (61) or conventional radiotherapy (58).", {"IMRT": 61, "conventional radiotherapy": 58}),
        ("Thirty-three (44.6%) of 74 patients received drug X; the remaining 41 received drug Y.", {"drug X": 33, "drug Y": 41}),
        ("In all, 300 patients (drug X: 148 patients, drug Y: 152 patients) were enrolled.", {"drug X": 148, "drug Y": 152}),
        ("The laparoscopic group included 152 patients, and the open group 148.", {"laparoscopic": 152, "open": 148}),
        ("Twenty-one patients (Group I) received X, 22 (Group II) received Y.", {"Group I": 21, "Group II": 22}),
        ("The QX group (152 patients) and the QY group (148 patients) were well balanced.", {"QX": 152, "QY": 148}),
        ("The tumours were in the upper (n=20), middle (n=30) and lower third (n=25).", {}),
        ("Grade 3 neutropenia occurred in 30 patients (X, n=18; Y, n=12).", {}),
        ("Forty-one women, in the intervention group, received a letter. Thirty-nine women received no letter (control group).", {"intervention": 41, "control": 39}),
    ],
)  # fmt: skip
def test_sizes_in_ordinary_words(text: str, wanted: dict) -> None:
    held = paper(*[f"{part.strip('.')}." for part in text.split(". ")])
    assert read(held) == wanted


def test_where_lesions_lay_is_no_group():
    text = "A total of 102 patients with metastases in the liver (n = 63), lungs (n = 28) or bones (n = 11) were treated."
    told = Paper(Document("own", "txt", [Passage(0, "paragraph", "results", text)]))
    assert not [arm for arm in arms.groups(told) if arm.n]
