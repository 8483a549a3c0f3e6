"""docs/errata.md: what it says of the printed formulas is measured, and what it names is there."""

import re
from collections.abc import Iterator

import pytest
import torch
from transformer_lens import HookedTransformer

from grader.answer_key.find import rubric_with_mistakes
from grader.models import Head, PlantedModel, plant
from grader.rubric.load import load_rubric
from reference.induction_heads import ablate_heads, compute_k_composition
from reference.variants import k_composition_as_printed, mean_ablation_as_printed
from tests.docs.pages import text

PAGE = "docs/errata.md"


@pytest.fixture(scope="module")
def planted() -> Iterator[PlantedModel]:
    """The planted model, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield plant()
    torch.set_num_threads(threads)


def pairs(sources: tuple[Head, ...], targets: tuple[Head, ...]) -> list[tuple[int, int, int, int]]:
    """Every source with every target of a later layer."""
    return [(*s, *t) for s in sources for t in targets if s.layer < t.layer]


def test_the_printed_composition_finds_the_circuit_nowhere(planted: PlantedModel) -> None:
    """Right: 0.12 within the circuit and 0.06 between strangers; printed: 0.016 within."""
    model, circuit = planted.model, planted.circuit
    within = pairs(circuit.previous_token, circuit.induction)
    strangers = pairs(circuit.generic[:5], circuit.generic[-5:])
    assert len(within) > 3 < len(strangers)
    for pair in within:
        assert compute_k_composition(model, *pair) == pytest.approx(0.12, abs=0.003)
        assert k_composition_as_printed(model, *pair) == pytest.approx(0.016, abs=0.001)
    for pair in strangers:
        assert compute_k_composition(model, *pair) == pytest.approx(0.06, abs=0.007)
        assert k_composition_as_printed(model, *pair) == pytest.approx(0.06, abs=0.007)
    assert model.cfg.d_model == 16**2


def test_the_printed_mean_depends_on_a_basis(planted: PlantedModel) -> None:
    """A head in a rotated basis is the same head: so say the model and the right ablation."""
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(1000, 10000, (2, 40), generator=generator)
    head = planted.circuit.induction[0]
    answers = [logits(planted.model, tokens, head)]
    rotation, _ = torch.linalg.qr(torch.randn(64, 64, generator=generator))
    rotate(planted.model, head, rotation)
    answers.append(logits(planted.model, tokens, head))
    plain, right, printed = ((b - a).abs().max() for a, b in zip(*answers, strict=True))
    assert plain < 1e-4
    assert right < 1e-4
    assert printed > 0.1


def logits(model: HookedTransformer, tokens: torch.Tensor, head: Head) -> list[torch.Tensor]:
    """The model's, and those after either mean ablation of one head."""
    with torch.inference_mode():
        whole: torch.Tensor = model(tokens)
    right = ablate_heads(model, tokens, [head], method="mean")
    return [whole, right, mean_ablation_as_printed(model, tokens, [head], method="mean")]


def rotate(model: HookedTransformer, head: Head, rotation: torch.Tensor) -> None:
    """Give a head's z another basis, in place."""
    attn = model.blocks[head.layer].attn
    with torch.no_grad():
        for weight in (attn.W_V, attn.b_V):
            weight[head.head] = weight[head.head] @ rotation
        attn.W_O[head.head] = rotation.T @ attn.W_O[head.head]


def test_variants_and_mistakes_it_names_are_in_the_rubric() -> None:
    """The page calls each variant by its name in the rubric."""
    rubric = rubric_with_mistakes(load_rubric())
    known = {variant.name for variant in rubric.variants} | {m.name for m in rubric.mistakes}
    said = "\n".join(re.findall(r"^.*(?:ariants?|mistake) `.*$", text(PAGE), re.MULTILINE))
    names = set(re.findall(r"`([a-z_]+)`", said)) - {"seq_len"}
    assert len(names) >= 7
    assert names <= known
