"""Claims on trainings that CI compares: each is listed, and fails once in 1,000 seeds at most."""

import re

import nbformat
import pandas as pd
import pytest
from benchmarks import claims

from conftest import NOTEBOOKS, printed

# Cells that print a number behind ≈ and a True or False that no training decides.
NOTHING_RANDOM = {
    "01 same-picture": "no network",
    "02 untrained-code": "an untrained network gives finite numbers",
    "04 before-training": "30 seeds of untrained networks, 10 standard deviations",
    "04 solution-loss-code": "the loss of given logits",
    "06 early-stopping-claim": "the weights are those of the best epoch; the epochs are listed",
}


def cells_with_claims():
    """Return the cells whose stored output has a number that varies, and a claim."""
    found = set()
    for path in NOTEBOOKS[:8]:  # how safe those of 09 are stands in practice_runs.py
        for cell in nbformat.read(path, 4).cells:
            text = printed(cell) if cell.cell_type == "code" else ""
            ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
            if re.search(r"\b(True|False)\b", text) and "≈" in cell.source and not ignored:
                found.add(f"{path.name[:2]} {cell.id}")
    return found


def test_each_claim_of_the_notebooks_is_listed():
    listed = {claim.cell for claim in claims.CLAIMS}
    assert cells_with_claims() <= listed | set(NOTHING_RANDOM)
    there = {f"{p.name[:2]} {c.id}" for p in NOTEBOOKS for c in nbformat.read(p, 4).cells}
    assert listed | set(NOTHING_RANDOM) <= there


def test_the_table_is_what_the_runs_say():
    stored = pd.read_csv(claims.RUNS / "claims.csv")
    pd.testing.assert_frame_equal(claims.judged(), stored, check_dtype=False, atol=1e-6)


@pytest.mark.parametrize("place", range(len(claims.CLAIMS)))
def test_a_new_seed_fails_less_than_once_in_a_thousand(place):
    row = claims.judged().iloc[place]
    assert row.seeds >= 5 and row.chance < 0.001, dict(row)
