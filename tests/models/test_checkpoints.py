"""Tests that checkpoints load from runs, directories and the hub."""

import subprocess
import sys
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from transformer_lens import HookedTransformer
from transformer_lens.loading_from_pretrained import PYTHIA_CHECKPOINTS, STANFORD_CRFM_CHECKPOINTS
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    PreTrainedModel,
)

from grader.errors import KernelError
from grader.models import gpt2_tokenizer, load_checkpoints, load_model, save_run
from grader.models.__main__ import main
from grader.models.checkpoints import MAX_CHECKPOINTS, subsample
from grader.models.training import STEPS
from grader.protocol.training_runs import cached_run_file

SEQ_LEN = 25


def best_score(model: HookedTransformer, layer: int, offset: int) -> float:
    """Return the best mean attention in a layer to the token `offset` back, on repeated tokens."""
    half = torch.randint(1000, 10000, (8, SEQ_LEN), generator=torch.Generator().manual_seed(0))
    _, cache = model.run_with_cache(torch.cat([half, half], dim=1), return_type=None)
    pos = torch.arange(offset + 1, 2 * SEQ_LEN)
    return float(cache["pattern", layer][:, :, pos, pos - offset].mean(dim=(0, 2)).max())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty cache for runs and for the hub's models, and no network."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for module in ("huggingface_hub.constants", "transformers.utils.hub"):
        monkeypatch.setattr(f"{module}.HF_HUB_OFFLINE", True, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", ["trained-2x4@0", "trained-2x4@1"])
def test_induction_heads_form_in_training(name: str) -> None:
    """The best induction score in the second layer leaps once, above a previous-token head."""
    steps, scores = [], []
    for step, model in load_checkpoints(name):
        steps.append(step)
        scores.append(
            [best_score(model, *of) for of in ((1, SEQ_LEN - 1), (0, SEQ_LEN - 1), (0, 1))]
        )
    induction, first_layer, previous_token = np.transpose(scores)
    assert tuple(steps) == STEPS
    assert induction[0] < 0.1
    assert induction[-1] > 0.8
    assert np.diff(induction).max() > 0.4
    assert first_layer.max() < 0.1
    assert previous_token[0] < 0.15
    assert previous_token[-1] > 0.5


def test_checkpoints_are_in_evaluation_mode() -> None:
    """Checkpoints are separate models without gradients, with the lab's vocabulary."""
    models = [model for _, model in load_checkpoints("trained-2x4@0")]
    assert {model.cfg.d_vocab for model in models} == {10_000}
    assert not any(model.training for model in models)
    assert not any(weight.requires_grad for model in models for weight in model.parameters())
    assert not any(torch.equal(one.W_Q, other.W_Q) for one, other in pairwise(models))
    assert models[-1](torch.tensor([[9999] * 100])).isfinite().all()


def test_a_run_is_trained_once_and_saved(cache: Path) -> None:
    """A missing run is trained and saved as one file, which is read from then on."""
    file = save_run("trained-2x1@7", steps=(0, 2))
    assert file == cached_run_file("trained-2x1@7")
    assert [step for step, _ in load_checkpoints("trained-2x1@7")] == [0, 2]
    assert [path for path in cache.rglob("*") if path.is_file()] == [file]


def test_a_run_that_cannot_be_saved_is_a_one_line_error(cache: Path) -> None:
    """Before training, the error names the folder and the variable that selects another."""
    (cache / "induction-lab-grader").touch()
    with pytest.raises(KernelError, match="XDG_CACHE_HOME") as error:
        load_checkpoints("trained-2x4@7")
    assert str(cache) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.usefixtures("cache")
def test_a_damaged_file_is_a_one_line_error() -> None:
    """The error names the file to delete."""
    file = cached_run_file("trained-2x4@7")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"half a run")
    with pytest.raises(KernelError, match="is damaged") as error:
        next(load_checkpoints("trained-2x4@7"))
    assert str(file) in str(error.value)


def test_the_command_prints_a_runs_file() -> None:
    """The command prints the path and nothing else on either stream."""
    command = [sys.executable, "-m", "grader.models", "trained-2x4@0"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).name == "trained-2x4@0.safetensors"
    assert done.stderr == ""


def test_the_command_reports_an_error_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command exits with 3, as the grader does for its own failures."""
    monkeypatch.setattr(sys, "argv", ["grader.models", "trained-2x4"])
    with pytest.raises(SystemExit, match="3"):
        main()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def tiny_gpt2() -> PreTrainedModel:
    """Return a small untrained model in GPT-2's format."""
    config = GPT2Config(n_layer=2, n_head=3, n_embd=24, n_positions=32, vocab_size=50)
    return GPT2LMHeadModel(config)


def test_a_directory_of_steps_is_read_in_order(tmp_path: Path) -> None:
    """Folders are sorted by the number in their name; anything else is ignored."""
    for folder in ("step1000", "checkpoint-500", "step0"):
        tiny_gpt2().save_pretrained(tmp_path / folder)
    (tmp_path / "runs").mkdir()
    (tmp_path / "step7").touch()
    models = dict(load_checkpoints(str(tmp_path)))
    assert list(models) == [0, 500, 1000]
    expected = load_model(str(tmp_path / "checkpoint-500"), "cpu")
    assert torch.equal(models[500].W_Q, expected.W_Q)
    assert not torch.equal(models[0].W_Q, expected.W_Q)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("trained-2x4", "trained-LAYERSxHEADS@SEED"),
        ("gpt-small-2", "no training checkpoints of 'gpt-small-2'"),
        ("gpt2-small", "no training checkpoints of 'gpt2-small'"),
        ("planted-12x12", "no training checkpoints of 'planted-12x12'"),
    ],
)
def test_a_name_without_checkpoints_is_a_one_line_error(name: str, message: str) -> None:
    """The name is rejected at once, not when the first checkpoint is requested."""
    with pytest.raises(KernelError, match=message) as error:
        load_checkpoints(name)
    assert "\n" not in str(error.value)


def test_a_directory_without_steps_is_a_one_line_error(tmp_path: Path) -> None:
    """The error says how to name the folders."""
    with pytest.raises(KernelError, match="step0, step1000") as error:
        load_checkpoints(str(tmp_path))
    assert str(tmp_path) in str(error.value)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("pythia-14m", "`hf download EleutherAI/pythia-14m --revision step0`"),
        ("stanford-gpt2-small-a", "--revision checkpoint-0`"),
        ("attn-only-2l", "`hf download NeelNanda/Attn_Only_2L512W_C4_Code`"),
    ],
)
def test_missing_weights_report_the_cache_and_the_download_command(
    cache: Path, name: str, command: str
) -> None:
    """The error names the cache that was searched and the command that fills it."""
    with pytest.raises(KernelError) as error:
        next(load_checkpoints(name))
    assert str(cache) in str(error.value)
    assert command in str(error.value)
    assert "\n" not in str(error.value)


def test_published_checkpoints_come_from_the_hubs_cache(cache: Path) -> None:
    """Each step is a revision, and the model predicts as Hugging Face's does."""
    config = GPTNeoXConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        vocab_size=300,
        max_position_embeddings=64,
    )
    weights = [GPTNeoXForCausalLM(config), GPTNeoXForCausalLM(config)]
    home = cache / "models--EleutherAI--pythia-14m"
    (home / "refs").mkdir(parents=True)
    for revision, saved in (("main", weights[1]), ("step0", weights[0]), ("step1", weights[1])):
        (home / "refs" / revision).write_text(revision)
        saved.save_pretrained(home / "snapshots" / revision)
        gpt2_tokenizer().save_pretrained(home / "snapshots" / revision)
    tokens = torch.arange(20)[None]
    for step, model in islice(load_checkpoints("pythia-14m"), 2):
        expected = weights[step].train(mode=False)(tokens).logits.log_softmax(dim=-1)
        torch.testing.assert_close(model(tokens).log_softmax(dim=-1), expected)


@pytest.mark.parametrize("steps", [PYTHIA_CHECKPOINTS, STANFORD_CRFM_CHECKPOINTS, [3, 1, 2], [5]])
def test_many_checkpoints_are_subsampled_on_a_log_scale(steps: list[int]) -> None:
    """The sample includes both ends and leaves no wide gap on a log scale."""
    sample = subsample(steps)
    assert set(sample) <= set(steps)
    assert sample == sorted(sample)
    assert (sample[0], sample[-1]) == (min(steps), max(steps))
    assert len(sample) <= MAX_CHECKPOINTS
    assert all(later <= 5.5 * max(sooner, 10) for sooner, later in pairwise(sample))


@pytest.mark.network
@pytest.mark.filterwarnings("ignore")  # the hub's libraries warn
@pytest.mark.parametrize("name", ["pythia-14m", "attn-only-2l"])
def test_published_checkpoints_come_from_the_hub(name: str) -> None:
    """The first two checkpoints of a published model differ."""
    (first, before), (second, after) = islice(load_checkpoints(name), 2)
    assert first < second
    assert not torch.equal(before.W_Q, after.W_Q)
