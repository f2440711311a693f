"""Agents that replace each other, and agents that are given beside a treatment and make none of their own."""

from __future__ import annotations

PLATINS = {"cisplatin", "carboplatin", "oxaliplatin", "nedaplatin", "lobaplatin"}
#: Agents of one class replace each other; a list that names two of them is a list of choices, not a combination.
CLASSES = (
    PLATINS,
    {"docetaxel", "paclitaxel", "nab-paclitaxel", "cabazitaxel"},
    {"doxorubicin", "epirubicin", "daunorubicin", "idarubicin", "pirarubicin", "aclarubicin", "mitoxantrone", "liposomal doxorubicin"},
    {"fluorouracil", "capecitabine", "s-1", "tegafur"},
    {"anastrozole", "letrozole", "exemestane", "tamoxifen", "toremifene"},
    {"goserelin", "leuprolide", "triptorelin", "buserelin", "degarelix"},
    {"bicalutamide", "flutamide", "enzalutamide", "apalutamide", "darolutamide", "abiraterone"},
    {"cetuximab", "panitumumab", "nimotuzumab"},
    {"gefitinib", "erlotinib", "afatinib", "osimertinib", "icotinib"},
    {"pembrolizumab", "nivolumab", "atezolizumab", "durvalumab", "avelumab", "camrelizumab", "toripalimab", "sintilimab"},
    {"vincristine", "vinorelbine", "vinblastine", "vindesine"},
    {"sorafenib", "sunitinib", "lenvatinib", "regorafenib", "pazopanib", "axitinib"},
    {"irinotecan", "topotecan", "liposomal irinotecan"},
)  # fmt: skip
STEROIDS = {"prednisone", "prednisolone", "methylprednisolone", "dexamethasone"}
#: Given beside a treatment; a finding only where the paper's title names them.
SUPPORTIVE = STEROIDS | {
    "mesna", "levothyroxine", "zoledronic acid", "denosumab", "celecoxib", "metformin", "octreotide", "ketoconazole", "leucovorin", "hydroxyurea",
    "ibandronate", "pamidronate", "clodronate", "risedronate", "aspirin", "simvastatin", "pravastatin", "hydroxychloroquine", "chloroquine",
    "valproic acid", "gm-csf", "tocilizumab", "calcitriol", "paricalcitol", "rofecoxib", "apricoxib", "disulfiram", "nelfinavir",
    "tacrolimus", "mycophenolate mofetil", "cyclosporine", "azathioprine", "luspatercept", "sotatercept", "trilaciclib", "pimonidazole", "carbogen",
}  # fmt: skip
