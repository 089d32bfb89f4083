"""What a stage of each kind is called in a sentence."""

from __future__ import annotations

from gmmflow.stage import KINDS

NOUNS = {
    "loaders": "loader",
    "transforms": "transform",
    "initializers": "initializer",
    "distributions": "distribution",
    "covariances": "covariance family",
    "e_steps": "e_step",
    "m_steps": "m_step",
    "convergence": "convergence criterion",
    "executors": "executor",
    "reporters": "reporter",
}
_PLURALS = {"covariances": "covariance families", "convergence": "convergence criteria"}


def noun(kind: str) -> str:
    """One word for it: "initializer", "e_step"; "stage" where the kind is empty."""
    return NOUNS[kind] if kind else "stage"


def nouns(kind: str) -> str:
    """More than one of them."""
    return _PLURALS.get(kind, noun(kind) + "s")


def a_noun(kind: str) -> str:
    """One of them: "an initializer", "an m_step", "a loader"."""
    word = noun(kind)
    return f"{'an' if word[0] in 'ei' or word == 'm_step' else 'a'} {word}"


def kind_of(text: str) -> str | None:
    """The kind that somebody means: by its own name, by one stage's, or by its YAML slot.

    >>> kind_of("initializer"), kind_of("init"), kind_of("covariance"), kind_of("cluster")
    ('initializers', 'initializers', 'covariances', None)
    """
    wanted = text.lower().replace("-", "_")
    for kind, slot in KINDS.items():
        if wanted in (kind, kind.removesuffix("s"), NOUNS[kind], slot, slot.rpartition(".")[2]):
            return kind
    return None
