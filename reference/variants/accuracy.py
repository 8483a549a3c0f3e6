"""Variants of test_induction_accuracy: other ways to count the same right predictions."""

import numpy as np
import torch

from reference.induction_heads.arguments import Model
from reference.induction_heads.sequences import create_repeated_sequence


@torch.no_grad()
def accuracy_lab_loop(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Count token by token, as the lab prints."""
    total_correct = 0
    total_tested = 0
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        predictions = model(tokens)[0, :-1, :].argmax(dim=-1)
        for pos in range(seq_len, 2 * seq_len - 1):
            if predictions[pos].item() == tokens[0, pos + 1].item():
                total_correct += 1
            total_tested += 1
    return total_correct / total_tested


@torch.no_grad()
def accuracy_batched(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Run all sequences in one forward pass."""
    tokens = torch.cat([create_repeated_sequence(seq_len, seed=seed) for seed in range(n_tests)])
    tokens = tokens.to(model.cfg.device)
    guesses = model(tokens)[:, seq_len:-1].argmax(dim=-1)
    return float((guesses == tokens[:, seq_len + 1 :]).float().mean())


@torch.no_grad()
def accuracy_mean_of_means(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Average the accuracies of the sequences, which are equally long."""
    accuracies = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed).to(model.cfg.device)
        right = model(tokens)[0, seq_len:-1].argmax(dim=-1) == tokens[0, seq_len + 1 :]
        accuracies.append(right.float().mean().item())
    return float(np.mean(accuracies))


@torch.no_grad()
def accuracy_running_counts(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Add up the right predictions of each sequence and divide by how many there were."""
    correct, total = 0, 0
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed).to(model.cfg.device)
        guesses = model(tokens)[:, seq_len:-1].argmax(-1)
        answers = tokens[:, seq_len + 1 :]
        correct += int(torch.eq(guesses, answers).sum())
        total += answers.numel()
    return correct / total


@torch.no_grad()
def accuracy_numpy(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Compare arrays."""
    right = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        logits = model(tokens)[0].cpu().numpy()
        right.append(logits[seq_len:-1].argmax(axis=-1) == tokens[0, seq_len + 1 :].cpu().numpy())
    return float(np.mean(right))


@torch.no_grad()
def accuracy_topk(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Take the first choice as the best one of topk."""
    right = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed).to(model.cfg.device)
        first = model(tokens)[0, seq_len:-1].topk(1, dim=-1).indices.squeeze(-1)
        right.append(first == tokens[0, seq_len + 1 :])
    return torch.stack(right).double().mean().item()


@torch.no_grad()
def accuracy_of_first_half(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Compare with what followed in the first half, which is the same token."""
    right = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed).to(model.cfg.device)
        _, first = model(tokens)[0].max(dim=-1)
        right.append(first[seq_len : 2 * seq_len - 1] == tokens[0, 1:seq_len])
    return torch.cat(right).float().mean().item()


@torch.no_grad()
def accuracy_of_probabilities(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Take the most likely token of the probabilities instead of the logits."""
    right = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed).to(model.cfg.device)
        probabilities = torch.softmax(model(tokens)[0], dim=-1)
        right += (probabilities.argmax(dim=-1)[seq_len:-1] == tokens[0, seq_len + 1 :]).tolist()
    return float(sum(right) / len(right))


@torch.no_grad()
def accuracy_of_lists(model: Model, seq_len: int = 20, n_tests: int = 5) -> float:
    """Compare Python lists, prediction by prediction."""
    hits: list[bool] = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        guesses = model(tokens).argmax(dim=-1)[0].tolist()
        answers = tokens[0].tolist()
        pairs = list(zip(guesses[:-1], answers[1:], strict=True))
        hits.extend(guess == answer for guess, answer in pairs[seq_len:])
    return hits.count(True) / len(hits)
