"""Compares the reference with loops and with a bare forward pass, on the CPU or a CUDA device.

Usage: ``python -m tests.benchmarks.reference [DEVICE]``. Prints medians. On the CPU it uses
torch's default number of threads, so run it on an idle machine.
"""

import platform
import statistics
import sys
from collections.abc import Callable
from time import perf_counter

import torch
from transformer_lens import HookedTransformer, HookedTransformerConfig

import reference.induction_heads as reference
from grader.models import load_model
from tests.benchmarks.loops import induction_scores_in_loops, prev_token_scores_in_loops

SEQ_LEN, N_SAMPLES = 25, 10


def gpt2_sized(device: str) -> HookedTransformer:
    """Return GPT-2 small's architecture with random weights."""
    cfg = HookedTransformerConfig(
        n_layers=12,
        n_heads=12,
        d_model=768,
        d_head=64,
        d_mlp=3072,
        n_ctx=1024,
        d_vocab=50257,
        act_fn="gelu_new",
        normalization_type="LNPre",
        device=device,
        seed=0,
    )
    return HookedTransformer(cfg).eval().requires_grad_(requires_grad=False)


def median_seconds(work: Callable[[], object], device: str, runs: int) -> float:
    """Return the median time including the device's work; the first run does not count."""
    seconds = []
    for _ in range(runs + 1):
        start = perf_counter()
        work()
        if device == "cuda":
            torch.cuda.synchronize()
        seconds.append(perf_counter() - start)
    return statistics.median(seconds[1:])


def compare(name: str, model: HookedTransformer, device: str) -> None:
    """Time both score functions on one model: loops, reference, bare forward pass."""
    sequences = [reference.create_repeated_sequence(SEQ_LEN, i) for i in range(N_SAMPLES)]
    tokens = torch.cat(sequences).to(device)
    n_layers = model.cfg.n_layers
    bare = median_seconds(lambda: model(tokens, stop_at_layer=n_layers), device, 9)
    _print(f"{name}: bare forward pass over {tokens.numel()} positions {1e3 * bare:.1f} ms")
    pairs: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        (
            "compute_induction_scores",
            lambda: induction_scores_in_loops(model),
            lambda: reference.compute_induction_scores(model),
        ),
        (
            "compute_prev_token_scores",
            lambda: prev_token_scores_in_loops(model),
            lambda: reference.compute_prev_token_scores(model),
        ),
    ]
    for function, loops, scores in pairs:
        slow, fast = median_seconds(loops, device, 3), median_seconds(scores, device, 9)
        _print(
            f"  {function}: loops {slow:.2f} s, reference {1e3 * fast:.1f} ms: {slow / fast:.1f} x;"
            f" {fast / bare:.2f} x the bare pass"
        )
    pairs_of_heads = median_seconds(lambda: reference.compute_compositions(model), device, 5)
    _print(f"  all K-compositions: {1e3 * pairs_of_heads:.1f} ms")


def many_samples(model: HookedTransformer) -> None:
    """Print time and memory of a thousand samples at GPT-2 small's size."""
    torch.cuda.reset_peak_memory_stats()
    start = perf_counter()
    reference.measure_induction_loss(model, SEQ_LEN, None, 1000)
    seconds, peak = perf_counter() - start, torch.cuda.max_memory_allocated()
    _print(f"  loss over 1000 samples: {seconds:.2f} s, peak device memory {peak / 2**30:.2f} GiB")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the comparison for the planted model and for GPT-2 small's size."""
    device = sys.argv[1] if len(sys.argv) > 1 else "cpu"
    torch.set_grad_enabled(False)
    threads = torch.get_num_threads()
    machine = torch.cuda.get_device_name() if device == "cuda" else platform.processor()
    _print(f"{device} {machine}, {threads} threads, torch {torch.__version__}")
    compare("planted-12x12", load_model("planted-12x12", device), device)
    sized = gpt2_sized(device)
    compare("GPT-2 small's size", sized, device)
    if device == "cuda":
        many_samples(sized)


if __name__ == "__main__":
    main()
