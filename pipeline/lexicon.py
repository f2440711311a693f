"""Words of the vocabularies found in a text, on spaCy's tokenizer and PhraseMatcher (no model)."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from pipeline.protocol import ROOT, vocabulary
from pipeline.quantities import Mention

#: Vocabulary file -> kind of mention it gives.
KINDS = {
    "endpoints": "endpoint",
    "agents": "agent",
    "regimens": "regimen",
    "techniques": "technique",
    "local_therapies": "therapy",
    "sites": "site",
}

HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def acronym(word: str) -> bool:
    """Words that mean something else in lower case ("OS", "PF", "LC") are matched as printed."""
    return len(word) <= 6 and word.upper() == word and word.isascii()


WORD = re.compile(r"\w+|[^\w\s]|\s+")
GAP = "\0"  # stands for words of no term: a Doc of every word costs more than all that is looked for in it
#: Stems of the international names: what ends so is an agent although no vocabulary knows it yet.
STEMS = (
    "mab tinib rafenib metinib anib denib ciclib parib lisib sertib degib zomib rasib platin rubicin taxel citabine trexed lutamide relix inostat leucel"
).split()
STEM = re.compile(
    rf"(?<![\w-])[a-z]{{3,}}(?:{'|'.join(STEMS)})(?:[ -](?:pegol|vedotin|emtansine|deruxtecan|govitecan|mafodotin|tesirine|ozogamicin|"
    r"(?:so)?ravtansine))?(?![\w])",
    re.IGNORECASE,
)
ENDINGS = tuple(STEMS)


class Words:
    """A tokenizer that parts every word and every sign, so that "S-1-based" and "5-FU/LV" hold "S-1" and "5-FU"."""

    def __init__(self, vocab: spacy.vocab.Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The text as a Doc whose tokens and spaces give the text back."""
        words: list[str] = []
        spaces: list[bool] = []
        for word in WORD.findall(text):
            if word == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)


@cache
def language() -> spacy.language.Language:
    """spaCy's blank English with our tokenizer, shared by all of the process."""
    nlp = spacy.blank("en")
    nlp.tokenizer = Words(nlp.vocab)
    return nlp


class Lexicon:
    """The vocabularies of a review, ready to be found in text; build once a process with `lexicon(review)`."""

    def __init__(self, review: str | None = None) -> None:
        self.nlp = language()
        self.any_case = PhraseMatcher(self.nlp.vocab, attr="LOWER")
        self.as_printed = PhraseMatcher(self.nlp.vocab, attr="ORTH")
        self.known: set[str] = set()  # the words of all terms, as printed and in lower case
        self.telling: set[str] = set()  # of each term its longest word, in lower case: a text that holds none of them holds no term
        self.telling_agents: set[str] = set()  # those of agents and regimens
        self.terms = {name: laid_over(vocabulary(name, ROOT), vocabulary(name, ROOT, review)) for name in KINDS}
        for name, terms in self.terms.items():
            for key, words in terms.items():
                label = f"{KINDS[name]}|{key}"
                for word in {key, *words} if name in {"agents"} else set(words):
                    matcher = self.as_printed if acronym(word) else self.any_case
                    docs = [self.nlp.make_doc(form) for form in forms(word.translate(HYPHENS))]
                    matcher.add(label, docs)
                    longest = {max((token.lower_ for token in doc), key=len) for doc in docs}
                    self.telling |= longest
                    if name in {"agents", "regimens"}:
                        self.telling_agents |= longest
                    self.known.update(form for doc in docs for token in doc for form in (token.text, token.lower_))

    def tokens(self, words: list[str]) -> tuple[Doc, list[tuple[int, int]]]:
        """The words of a text that stand in some term, as a Doc, and where they stand; one GAP for what is between them."""
        kept: list[str] = []
        places: list[tuple[int, int]] = []
        at = 0
        for word in words:
            end = at + len(word)
            if word in self.known or word.lower() in self.known:
                kept.append(word)
                places.append((at, end))
            elif word != " " and kept and kept[-1] != GAP:
                kept.append(GAP)
                places.append((at, end))
            at = end
        return Doc(self.nlp.vocab, words=kept), places

    def mentions(self, text: str, abbreviations: dict[str, str] | None = None) -> list[Mention]:
        """Every vocabulary word in a text, longest first where they overlap within a kind, in order of place.

        `abbreviations` maps the paper's own short forms to "kind|key" labels; they stand over the vocabularies.
        """
        words = WORD.findall(text.translate(HYPHENS))
        lowered = {word.lower() for word in words}
        by_kind: dict[str, list] = {}
        if not self.telling.isdisjoint(lowered):
            doc, places = self.tokens(words)
            for matcher in (self.any_case, self.as_printed):
                for span in matcher(doc, as_spans=True):
                    by_kind.setdefault(span.label_.split("|")[0], []).append(span)
        found = []
        for kind, spans in by_kind.items():
            for span in filter_spans(spans):
                found.append(Mention(kind, places[span.start][0], places[span.end - 1][1], key=span.label_.split("|", 1)[1]))
        if any(word.endswith(ENDINGS) for word in lowered):
            found += unlisted(text, [mention for mention in found if mention.kind in {"agent", "regimen"}])
        for short, label in (abbreviations or {}).items():
            if short not in text:
                continue
            kind, key = label.split("|", 1)
            for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text):
                found = [held for held in found if not (held.kind == kind and held.start < match.end() and match.start() < held.end)]
                found.append(Mention(kind, match.start(), match.end(), key=key))
        return sorted(found, key=lambda mention: (mention.start, -mention.end, mention.kind))

    def names_agents(self, text: str) -> bool:
        """Whether a text may name an agent: it holds a word that tells one, or an agent's stem."""
        words = {word.lower() for word in WORD.findall(text.translate(HYPHENS))}
        return not self.telling_agents.isdisjoint(words) or any(word.endswith(ENDINGS) for word in words)

    def label(self, phrase: str, kinds: tuple[str, ...] = tuple(KINDS.values())) -> str | None:
        """The "kind|key" that a whole phrase means, where one mention covers its last word; None otherwise."""
        found = [mention for mention in self.mentions(phrase) if mention.kind in kinds and mention.end >= len(phrase.rstrip()) - 1]
        best = max(found, key=lambda mention: mention.end - mention.start, default=None)
        return f"{best.kind}|{best.key}" if best else None


def unlisted(text: str, known: list[Mention]) -> list[Mention]:
    """Agents that the vocabularies do not know, by the stem of their generic names."""
    found = [m for m in STEM.finditer(text) if all(m.end() <= other.start or other.end <= m.start() for other in known)]
    return [Mention("agent", m.start(), m.end(), key=spelled_like(m[0].lower())) for m in found]


@cache
def spelled_like(word: str) -> str:
    """The agent of the vocabulary that a word is a slip of the pen of: "bevacixumab"; else the word itself."""
    agents = vocabulary("agents", ROOT)
    return next(iter(get_close_matches(word, agents, n=1, cutoff=0.9)), word)


def forms(word: str) -> set[str]:
    """A word, and what is left of it where a line's end took its hyphen: "intensitymodulated"."""
    return {word, re.sub(r"(?<=[a-z]{4})-(?=[a-z]{4})", "", word)}


def laid_over(general: dict[str, list[str]], merged: dict[str, list[str]]) -> dict[str, list[str]]:
    """A review's vocabulary, in which a word that the review gives to another concept is no longer the general one's."""
    own = {word: key for key, words in merged.items() for word in words if word not in general.get(key, [])}
    return {key: [word for word in words if own.get(word, key) == key] for key, words in merged.items()}


@cache
def lexicon(review: str | None = None) -> Lexicon:
    """The lexicon of a review (or the general one), built once a process."""
    return Lexicon(review)
