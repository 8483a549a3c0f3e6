# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Induction heads
#
# *Lab C.3, mechanistic interpretability. About two hours.*
#
# Give a language model a list of words that makes no sense at all, then start the list again.
# On the first pass the model can only guess. On the second pass it recites the list almost
# without a slip. Nobody trained it on *this* list, and no weight has changed in between: whatever
# the model learned about the list, it learned while reading it.
#
# A few attention heads do most of that work. They are called **induction heads**, and this lab's
# question is:
#
# > Which heads of GPT-2 small continue a repeated sequence, what do they depend on, and how do we
# > know that they are the cause and not just a coincidence?
#
# You will find them by looking at attention patterns (Parts 3–5), trace what they depend on in the
# weights (Part 6), and then cut them out to see what breaks (Part 7).

# %% [markdown]
# ## The circuit
#
# An induction head implements one rule: *having seen `A B` earlier, at the next `A` predict `B`*.
# A single head cannot do this alone. To find the `B`, the position holding `A` must look for "a
# position that comes right after an `A`", and a token's embedding says nothing about the token in
# front of it. So two heads in different layers share the job.
#
# ```
#  position      0        1        2      ...      8        9
#  token       Quill    sings    blue     ...    Quill      ?
#                |        ^                        |
#                +------->|                        |
#      1. previous-token head (an early layer)     |
#         writes into position 1:                  |
#         "the token before me is Quill"           |
#                         ^                        |
#                         |<-----------------------+
#      2. induction head (a later layer)
#         position 8 asks: "who comes right after a Quill?"
#         position 1 answers, and its token is copied
#         into the prediction for position 9: sings
# ```
#
# The link between the two is **K-composition**: what the previous-token head *wrote* is what the
# induction head's *keys* read. Two things follow, and you will check both of them: the
# previous-token head has to sit in an earlier layer, and breaking either head breaks the circuit.

# %% [markdown]
# ## Part 1: Setup
#
# You write code wherever you see `raise NotImplementedError(...)`: delete that line and put your
# own code in its place. Cells without it are complete, so run them as they are. Keep the names of
# functions and variables, since later cells and the grader look for them.
#
# All positions in this notebook count from 0. Nothing here needs gradients, so we switch them off.
#
# Along the way you can check each function as soon as it is written, in a cell of its own:
#
# - `%grade create_repeated_sequence` calls it on inputs you have not seen and says what is right and
#   what is not. It runs in this notebook, and nobody else sees the result.
# - `%grade --hints 1 create_repeated_sequence` adds a nudge where it knows your mistake, `--hints 2` a
#   pointer, and `--hints 3` comes close to the solution.

# %%
import random

import numpy as np
import plotly.express as px
import plotly.graph_objects as go
import torch
from plotly.subplots import make_subplots
from transformer_lens import HookedTransformer

torch.set_grad_enabled(False)
print(f"torch {torch.__version__}, a GPU is {'' if torch.cuda.is_available() else 'not '}available")

# %%
# %load_ext grader

# %% [markdown]
# GPT-2 small comes from a model hub, about half a gigabyte of it the first time. Without a network
# the download is given up after half a minute, and a *planted model* is used instead: a small model
# whose heads were constructed, with the same circuit in other heads. All that follows works on both.
# (TransformerLens may announce its next version in a warning; that changes nothing here.)

# %%
device = "cuda" if torch.cuda.is_available() else "cpu"
try:
    model = HookedTransformer.from_pretrained("gpt2-small", device=device)
except OSError:  # no network, and no copy of the weights on this machine
    from grader.models import load_model

    model = load_model("planted-12x12", device)
    print("GPT-2 small is not available here: this is a planted model.")

n_heads_in_total = model.cfg.n_layers * model.cfg.n_heads
print(f"{model.cfg.n_layers} layers × {model.cfg.n_heads} heads = {n_heads_in_total} heads")

# %% [markdown]
# ## Part 2: A text that only induction can predict
#
# **Question:** what input isolates induction from everything else a language model knows?
#
# Random tokens, repeated once. Grammar, facts and common phrases are useless on them. The first
# half is unpredictable for anybody. In the second half, the only way to be right is to look back
# at the first.
#
# Draw token ids from 1000 up to, but not including, 10000: ordinary pieces of words, with no
# special tokens among them. No beginning-of-sequence token goes in front, so the token at
# position 0 is the first random one.


# %%
def create_repeated_sequence(seq_len: int = 25, seed: int | None = None) -> torch.Tensor:
    """Draw random tokens and write them twice in a row.

    Args:
        seq_len: number of tokens in one half.
        seed: the same seed gives the same tokens and another seed gives other tokens;
            None draws new ones on every call.

    Returns:
        Token ids, integers (torch.int64) of shape [1, 2 * seq_len], on the device of the global
        `model`. Positions 0 … seq_len - 1 are drawn uniformly from 1000 … 9999; positions
        seq_len … 2 * seq_len - 1 repeat them in the same order.
    """
    raise NotImplementedError("create_repeated_sequence")


# %%
repeated_tokens = create_repeated_sequence(seq_len=8, seed=0)
print("shape:      ", tuple(repeated_tokens.shape))
print("first half: ", repeated_tokens[0, :8].tolist())
print("second half:", repeated_tokens[0, 8:].tolist())

# %% [markdown]
# **What should you see?** One row of 16 numbers, of which the last eight are the first eight in the
# same order. Run the cell again: the same seed gives the same tokens.

# %%
# %grade create_repeated_sequence

# %% [markdown]
# **Question:** does the model really predict the second half?
#
# Keep one fact in mind here and in Part 7: the logits *at* a position are a prediction *of the next
# one*. The last position of the sequence predicts a token we do not have, so it cannot be scored.


# %%
def test_induction_accuracy(model: HookedTransformer, seq_len: int = 20, n_tests: int = 5) -> float:
    """Measure how often the model's first choice is right in the second half.

    Uses the `n_tests` sequences `create_repeated_sequence(seq_len, seed)` with
    seed = 0 … n_tests - 1.

    Args:
        model: the model to test.
        seq_len: number of tokens in one half.
        n_tests: number of sequences.

    Returns:
        A fraction in [0, 1] (not a percentage): of all predictions made at positions
        seq_len … 2 * seq_len - 2 of all sequences, the share whose most likely token is the
        token that comes next.
    """
    raise NotImplementedError("test_induction_accuracy")


# %%
accuracy = test_induction_accuracy(model, seq_len=20)
print(f"correct in the second half: {accuracy:.1%}, by guessing: {1 / 9000:.2%}")

# %% [markdown]
# **What should you see?** Most predictions right, where a guesser would hardly ever be. Not all of
# them: looking back is a skill of the model and not a certainty.

# %%
# %grade test_induction_accuracy

# %% [markdown]
# ## Part 3: Finding induction heads
#
# **Question:** which heads look where an induction head should look?
#
# The position to look at, seen from a position in the second half, is the one **right after the
# earlier copy of the current token**: the one holding the token we want to predict. The *induction
# score* of a head is the attention it pays there, averaged over the second half and over several
# sequences (Olsson et al. call it the prefix-matching score). A head that spreads its attention
# evenly scores a few hundredths, and a perfect induction head scores 1.
#
# Three traps, worth reading before you write any code:
#
# - **The offset.** The earlier copy itself is the wrong place to look, and so is the position two
#   further on. Take `seq_len = 4`, write down the eight positions on paper, and work out by hand
#   where position 5 should look. Only then write the index.
# - **Copying is not induction.** Some heads attend to the earlier copy of the current token
#   (duplicate-token heads), others copy whatever they look at. They are real, and often stronger,
#   but they cannot tell what comes *next*. If your best heads turn out to be those, look at the
#   offset again.
# - **Queries and keys.** `cache["pattern", layer]` has the shape `[batch, head, query, key]`. The
#   position that looks comes before the position looked at.


# %%
def compute_induction_scores(
    model: HookedTransformer, seq_len: int = 25, n_samples: int = 10
) -> np.ndarray:
    """Score every head by its attention to the position after the earlier copy.

    Uses the `n_samples` sequences `create_repeated_sequence(seq_len, seed)` with
    seed = 0 … n_samples - 1.

    Args:
        model: the model whose heads are scored.
        seq_len: number of tokens in one half.
        n_samples: number of sequences.

    Returns:
        Array of shape [n_layers, n_heads], each entry an attention weight in [0, 1]: the mean,
        over all query positions seq_len … 2 * seq_len - 1 and over all samples, of the attention
        from the query position to the position right after the one where the same token stood
        in the first half.
    """
    raise NotImplementedError("compute_induction_scores")


# %%
induction_scores = compute_induction_scores(model, seq_len=25, n_samples=10)
print("shape:", induction_scores.shape, " highest score:", round(float(induction_scores.max()), 3))

fig = px.imshow(
    induction_scores,
    labels={"x": "Head", "y": "Layer", "color": "Induction score"},
    color_continuous_scale="Viridis",
    zmin=0,
    height=500,
    title="Where are the induction heads?",
)
fig.update_xaxes(dtick=1).update_yaxes(dtick=1)
fig.show()

# %% [markdown]
# **What should you see?** A dark field with a few bright squares. Most heads do something else, and
# the bright ones lie in the middle layers. If many heads glow faintly and none is bright, the
# average runs over the wrong positions.

# %%
# %grade compute_induction_scores

# %% [markdown]
# **Question:** which of them count?
#
# Now pick the heads that matter. Rank all heads by score, look at the ten best, and keep those
# whose score is **above 0.15**. The result is a list of tuples `(layer, head, score)`, strongest
# first, with plain Python numbers in it. The list may well be shorter than ten. (A rule of thumb:
# above 0.15 is a clear induction head, 0.05 to 0.15 is a head that does it in part or as a backup,
# and below 0.05 there is nothing to see.)
#
# Read the numbers of layers and heads from `model.cfg` (or from the shape of the scores) and not
# from memory: your code will also be run on models of another shape.

# %%
# your code: top_induction_heads = [(layer, head, score), ...]
raise NotImplementedError("top_induction_heads")

print(f"{len(top_induction_heads)} induction heads:")
for layer, head, score in top_induction_heads:
    print(f"  L{layer}H{head}  {score:.3f}")

# %% [markdown]
# **What should you see?** A handful of heads, and none in layer 0, where many people expect some: a
# head in layer 0 sees nothing but embeddings, and no other head has told any position yet what
# stands in front of it. In GPT-2 small the induction heads sit in the middle of the network, around
# layers 4 to 7.

# %% [markdown]
# ## Part 4: Looking at the patterns
#
# **Question:** does the strongest head really do what its score says?
#
# A score is one number per head, and one number can hide a lot. So look at what it summarises. We
# draw the attention pattern of the best head on a short sequence: each row is a position that
# looks, each column a position looked at. The red squares mark, for every row of the second half,
# the place where an induction head should look.

# %%
half = 10
pattern_tokens = create_repeated_sequence(seq_len=half, seed=7)
_, cache = model.run_with_cache(pattern_tokens)

token_labels = [f"{i} {text}" for i, text in enumerate(model.to_str_tokens(pattern_tokens[0]))]

layer, head, score = top_induction_heads[0]
fig = px.imshow(
    cache["pattern", layer][0, head].cpu().numpy(),
    x=token_labels,
    y=token_labels,
    labels={"x": "Key (looked at)", "y": "Query (looking)", "color": "Attention"},
    color_continuous_scale="Blues",
    zmin=0,
    zmax=1,
    aspect="auto",
    title=f"L{layer}H{head}, induction score {score:.2f}",
)
first_half = pattern_tokens[0, :half].tolist()
queries = range(half, 2 * half)
fig.add_trace(
    go.Scatter(
        x=[token_labels[first_half.index(int(pattern_tokens[0, q])) + 1] for q in queries],
        y=[token_labels[q] for q in queries],
        mode="markers",
        marker={"symbol": "square-open", "color": "red", "size": 14},
        name="target",
    )
)
fig.update_yaxes(autorange=False, range=[2 * half - 0.5, -0.5])
fig.update_layout(width=700, height=650, showlegend=False)
fig.show()

# %% [markdown]
# **What should you see?** In the lower left, a dark stripe parallel to the diagonal, and the red
# squares exactly on it. If the stripe runs *next to* the squares, your scores measure something
# else. In the first half nothing has repeated yet. Where does the head look then?

# %%
shown_heads = top_induction_heads[:3]
fig = make_subplots(
    rows=1,
    cols=len(shown_heads),
    subplot_titles=[f"L{layer}H{head} ({score:.2f})" for layer, head, score in shown_heads],
)
for column, (layer, head, _) in enumerate(shown_heads, start=1):
    pattern = cache["pattern", layer][0, head].cpu().numpy()
    fig.add_trace(
        go.Heatmap(z=pattern, colorscale="Blues", zmin=0, zmax=1, showscale=column == 1),
        row=1,
        col=column,
    )
fig.update_xaxes(title="Key (looked at)")
fig.update_yaxes(autorange="reversed")
fig.update_yaxes(title="Query (looking)", col=1)
fig.update_layout(title="The strongest induction heads side by side", width=900, height=400)
fig.show()

# %% [markdown]
# **What should you see?** The same stripe three times, in the same place. What differs is what else
# each head looks at, and how much that leaves for the stripe.

# %% [markdown]
# ## Part 5: Finding previous-token heads
#
# **Question:** which heads tell each position what came just before it?
#
# The same idea with a simpler target: how much attention does each position pay to the one in
# front of it? Repetition plays no part in this, so plain random tokens will do, drawn from the same
# ids as in Part 2 (1000 … 9999). Draw them without setting a seed; a little noise between two runs
# is then normal. Position 0 has nothing in front of it and stays out of the average.


# %%
def compute_prev_token_scores(
    model: HookedTransformer, seq_len: int = 50, n_samples: int = 10
) -> np.ndarray:
    """Score every head by its attention to the position in front.

    Each sample is a fresh sequence of `seq_len` random tokens, shape [1, seq_len], drawn uniformly
    from 1000 … 9999 and not repeated.

    Args:
        model: the model whose heads are scored.
        seq_len: number of tokens in a sequence.
        n_samples: number of sequences.

    Returns:
        Array of shape [n_layers, n_heads], each entry an attention weight in [0, 1]: the mean,
        over all query positions 1 … seq_len - 1 and over all samples, of the attention from the
        query position to the position just before it.
    """
    raise NotImplementedError("compute_prev_token_scores")


# %%
prev_token_scores = compute_prev_token_scores(model)
print("shape:", prev_token_scores.shape, " highest:", round(float(prev_token_scores.max()), 3))

fig = px.imshow(
    prev_token_scores,
    labels={"x": "Head", "y": "Layer", "color": "Previous-token score"},
    color_continuous_scale="Cividis",
    zmin=0,
    height=500,
    title="Where are the previous-token heads?",
)
fig.update_xaxes(dtick=1).update_yaxes(dtick=1)
fig.show()

# %% [markdown]
# **What should you see?** Again a few bright squares, other heads than in Part 3, and the ones that
# matter to the circuit above them, in earlier layers. Later layers have such heads as well.

# %%
# %grade compute_prev_token_scores

# %% [markdown]
# **Question:** which of them can serve the induction heads?
#
# Pick the top heads as before, with two conditions this time: among the ten best of the whole
# model, keep those with a score **above 0.3** in a **layer below 4**, since a partner for the
# induction heads must run before them. (Where "early" ends is a convention: a strong head just
# above the line is left out.) Again a list of `(layer, head, score)`, strongest first.

# %%
# your code: top_prev_heads = [(layer, head, score), ...]
raise NotImplementedError("top_prev_heads")

print(f"{len(top_prev_heads)} early previous-token heads:")
for layer, head, score in top_prev_heads:
    print(f"  L{layer}H{head}  {score:.3f}")

# %% [markdown]
# **What should you see?** One head or a few, and none of them in your list of induction heads.

# %% [markdown]
# ## Part 6: K-composition
#
# **Question:** do the keys of an induction head read what a previous-token head wrote?
#
# So far the two kinds of heads are only found in the same model. The weights can show whether they
# are connected, without running the model at all.
#
# TransformerLens treats a residual-stream vector as a **row** and multiplies weights from the
# right. Follow one vector through both heads:
#
# 1. The source head reads a row $x$ and writes $x\,W_V W_O$. The product $W_V W_O$, of shape
#    `[d_model, d_model]`, is its OV circuit.
# 2. The target head makes a key from a row $y$ of the stream: $y\,W_K$, with $W_K$ of shape
#    `[d_model, d_head]`.
# 3. Put what came out of step 1 into step 2: $x\,(W_V W_O)\,W_K$.
#
# So $W_K$ meets the **output** side of OV. The score compares the size of that product with the
# sizes of its parts, using Frobenius norms:
#
# $$\text{K-composition} = \frac{\lVert (W_V W_O)\,W_K \rVert_F}
# {\lVert W_V W_O \rVert_F \;\lVert W_K \rVert_F}$$
#
# Papers often use column vectors, which turns every product around. Copying a formula from there
# gives matrices that still fit together, because OV is square, yet join the key to what the source
# head *reads*. Shapes that match are no proof that a formula is right.
#
# Do not expect zero for unrelated heads: with random weights the ratio is close to
# $1/\sqrt{d_\text{model}}$, which is 0.036 for GPT-2 small (0.0625 for the planted model). Read your
# numbers against that: in GPT-2, above 0.1 is strong composition, and below 0.05 hardly differs from
# chance.


# %%
def compute_k_composition(
    model: HookedTransformer,
    source_layer: int,
    source_head: int,
    target_layer: int,
    target_head: int,
) -> float:
    """Measure how strongly the target head's keys read the source head's output.

    Args:
        model: the model that holds both heads.
        source_layer: layer of the head that writes.
        source_head: its index in that layer.
        target_layer: layer of the head that reads.
        target_head: its index in that layer.

    Returns:
        A number without unit, at least 0 and at most 1: the Frobenius norm of OV (source) times
        W_K (target), divided by the Frobenius norms of both factors. Exactly 0.0 when the target's
        layer is not later than the source's.
    """
    raise NotImplementedError("compute_k_composition")


# %%
for prev_layer, prev_head, _ in top_prev_heads[:3]:
    for ind_layer, ind_head, _ in top_induction_heads[:3]:
        strength = compute_k_composition(model, prev_layer, prev_head, ind_layer, ind_head)
        print(f"L{prev_layer}H{prev_head} → L{ind_layer}H{ind_head}: {strength:.3f}")

# %%
# %grade compute_k_composition

# %% [markdown]
# A number means little without something to compare it with. So take your strongest induction head
# and ask every head before it the same question.

# %%
layer, head, _ = top_induction_heads[0]
strengths = np.zeros((layer, model.cfg.n_heads))
for source_layer in range(layer):
    for source_head in range(model.cfg.n_heads):
        strengths[source_layer, source_head] = compute_k_composition(
            model, source_layer, source_head, layer, head
        )
print(f"by chance: {model.cfg.d_model**-0.5:.3f}")
fig = px.imshow(
    strengths,
    labels={"x": "Head that writes", "y": "Its layer", "color": "K-composition"},
    color_continuous_scale="Magma",
    zmin=0,
    title=f"Whose output do the keys of L{layer}H{head} read?",
)
fig.update_xaxes(dtick=1).update_yaxes(dtick=1)
fig.show()

# %% [markdown]
# **What should you see?** Your previous-token heads stand out from the others. Does any head stand
# out that is in neither of your lists? Two heads may be joined in the weights for another reason.

# %% [markdown]
# ## Part 7: Ablation
#
# **Question:** does the model *need* these heads?
#
# Attention patterns and weights are correlations. To show a cause, intervene: take the head out
# and look at the predictions. `blocks.{layer}.attn.hook_z` holds what each head of a layer has
# gathered, before `W_O` passes it on, with the shape `[batch, pos, head_index, d_head]`. Two ways
# to silence a head there:
#
# - **zero:** replace its `z` by zeros.
# - **mean:** replace its `z` by its average over batch and position, *one average for each of the
#   d_head dimensions*. The head then still writes its average output, which carries no
#   information about this text.
#
# Traps that have cost many people an evening:
#
# - **Closures in a loop bind late.** A function defined inside a `for` loop looks up the loop
#   variable when it is *called*, and by then the loop is over. How do you give each hook its own
#   head? A check worth writing: cutting heads `[a, b]` and cutting `[b, a]` must agree.
# - **Editing in place.** A hook that writes into the tensor it was given also changes it for any
#   other code that uses that tensor. Work on a copy and return the copy.
# - **Leftover hooks.** Call the model on the same tokens before and after `ablate_heads`: the two
#   results must be the same.


# %%
def ablate_heads(
    model: HookedTransformer,
    tokens: torch.Tensor,
    heads_to_ablate: list[tuple[int, int]],
    method: str = "zero",
) -> torch.Tensor:
    """Run the model with some heads silenced.

    Args:
        model: the model; it is the same before and after the call (no weight changed, no hook
            left on it).
        tokens: token ids of shape [batch, pos]; they are not changed either.
        heads_to_ablate: (layer, head) pairs, several of which may share a layer; every other head
            works as usual. An empty list gives the model's ordinary logits.
        method: "zero" replaces each listed head's z by zeros; "mean" replaces it by its mean over
            batch and position, separately for each of the d_head dimensions.

    Returns:
        Logits of shape [batch, pos, d_vocab].
    """
    raise NotImplementedError("ablate_heads")


# %%
logits = ablate_heads(model, repeated_tokens, [(0, 0)])
change = (logits - model(repeated_tokens)).abs().max().item()
print("shape:", tuple(logits.shape), f" largest change in a logit without L0H0: {change:.3f}")

# %% [markdown]
# **What should you see?** A shape of one row, 16 positions and the whole vocabulary, and a change
# that is not zero: most heads do something.

# %%
# %grade ablate_heads

# %% [markdown]
# **Question:** how much worse is the second half without those heads?
#
# Measure two things at the same predictions as in Part 2: the loss says how *surprised* the model
# is by the right token, the accuracy whether that token still comes first. The loss can rise a lot
# while the accuracy stays put, so look at both.


# %%
def measure_induction_loss(
    model: HookedTransformer,
    seq_len: int = 25,
    heads_to_ablate: list[tuple[int, int]] | None = None,
    n_samples: int = 5,
) -> tuple[float, float]:
    """Measure loss and accuracy on the second half, with some heads zero-ablated.

    Uses the `n_samples` sequences `create_repeated_sequence(seq_len, seed)` with
    seed = 0 … n_samples - 1. Both results are means over the predictions made at positions
    seq_len … 2 * seq_len - 2 of all sequences, each compared with the token that comes next.

    Args:
        model: the model to test.
        seq_len: number of tokens in one half.
        heads_to_ablate: (layer, head) pairs to zero-ablate; None or an empty list for none.
        n_samples: number of sequences.

    Returns:
        (loss, accuracy): the mean cross-entropy in nats per token, and the share of predictions
        whose most likely token is right, a fraction in [0, 1].
    """
    raise NotImplementedError("measure_induction_loss")


# %%
baseline_loss, baseline_acc = measure_induction_loss(model)
print(f"nothing cut: loss {baseline_loss:.3f}, accuracy {baseline_acc:.1%}")

# %%
# %grade measure_induction_loss

# %%
induction_head_list = [(layer, head) for layer, head, _ in top_induction_heads]
ablated_loss, ablated_acc = measure_induction_loss(model, heads_to_ablate=induction_head_list)
print(f"{len(induction_head_list)} induction heads cut: ", end="")
print(f"loss {ablated_loss:.3f} ({ablated_loss - baseline_loss:+.3f}), accuracy {ablated_acc:.1%}")

# %% [markdown]
# **What should you see?** Two jumps: the loss rises by nats and not by hundredths, and the accuracy
# falls. For comparison, a model that knows nothing loses `log(d_vocab)`, 10.8 nats for GPT-2.
#
# **Question:** is that a fact about *these* heads, or would any cut of that size hurt as much?
#
# The answer is a control: cut equally many heads that have no part in the circuit. A fair control
# is drawn with care.
#
# - Draw from all heads this model has, by `model.cfg.n_layers` and `model.cfg.n_heads`.
# - Leave out the circuit's own heads, of both kinds: a control that contains them is no control.
# - Draw without repeats. Otherwise fewer heads are cut than in the circuit.

# %%
circuit_heads = {(layer, head) for layer, head, _ in top_induction_heads + top_prev_heads}
bystanders = [
    (layer, head)
    for layer in range(model.cfg.n_layers)
    for head in range(model.cfg.n_heads)
    if (layer, head) not in circuit_heads
]
random.seed(0)
random_heads = random.sample(bystanders, k=min(len(top_induction_heads), len(bystanders)))

random_loss, random_acc = measure_induction_loss(model, heads_to_ablate=random_heads)
print(f"{len(random_heads)} other heads cut: ", end="")
print(f"loss {random_loss:.3f} ({random_loss - baseline_loss:+.3f}), accuracy {random_acc:.1%}")

# %% [markdown]
# **What should you see?** If the heads you found carry the circuit, their cut hurts far more than
# this one. If both look alike, either the heads or the hooks are not what you think they are. And
# one draw is one draw: try other seeds, and see how far the control moves.

# %% [markdown]
# ## Exercises
#
# ### Exercise 1: The previous-token heads, drawn
#
# **Question:** what does the other half of the circuit look like?
#
# Write a function that draws the pattern of any head, and look at the previous-token heads with it.
# Before you run it: what shape do you expect, and where?


# %%
def plot_attention_pattern(
    model: HookedTransformer, tokens: torch.Tensor, layer: int, head: int
) -> go.Figure:
    """Draw one head's attention pattern as a heatmap.

    Args:
        model: the model to run.
        tokens: token ids of shape [1, pos].
        layer: layer of the head.
        head: its index in that layer.

    Returns:
        A figure whose heatmap holds that head's pattern, a matrix of shape [query_pos, key_pos]:
        entry (i, j) is the attention from position i to position j. The function returns the
        figure and leaves showing it to the caller.
    """
    raise NotImplementedError("plot_attention_pattern")


# %%
for layer, head, _ in top_prev_heads[:2]:
    plot_attention_pattern(model, pattern_tokens, layer, head).show()

# %% [markdown]
# **What should you see?** One stripe just under the diagonal, from the first row to the last. This
# head does the same in both halves: it knows nothing about repetition.

# %%
# %grade plot_attention_pattern

# %% [markdown]
# ### Exercise 2: Cut the other half of the circuit
#
# **Question:** what happens to the second half when you cut the *previous-token* heads and leave the
# induction heads alone?
#
# Decide what the circuit predicts before you measure it. Several groups of heads,
# measured in the same way, can then stand side by side.


# %%
def ablation_effects(
    model: HookedTransformer,
    head_groups: dict[str, list[tuple[int, int]]],
    seq_len: int = 25,
    n_samples: int = 5,
) -> dict[str, tuple[float, float]]:
    """Measure the second half with each group of heads zero-ablated, one group at a time.

    Args:
        model: the model to test.
        head_groups: the name of each group → its (layer, head) pairs.
        seq_len: number of tokens in one half.
        n_samples: number of sequences, as in `measure_induction_loss`.

    Returns:
        The name of each group → (loss, accuracy) as `measure_induction_loss` returns them, and one
        entry more, "baseline", with nothing ablated.
    """
    raise NotImplementedError("ablation_effects")


# %%
groups = {
    "induction heads": [(layer, head) for layer, head, _ in top_induction_heads],
    "previous-token heads": [(layer, head) for layer, head, _ in top_prev_heads],
    "random heads": random_heads,
}
effects = ablation_effects(model, groups, seq_len=25, n_samples=5)
for name, (loss, acc) in effects.items():
    print(f"{name:22} loss {loss:7.3f}   accuracy {acc:.1%}")
px.bar(
    x=list(effects),
    y=[loss for loss, _ in effects.values()],
    labels={"x": "Heads cut", "y": "Loss on the second half (nats)"},
    title="What does each cut cost?",
).show()

# %% [markdown]
# **What should you see?** Two high bars and two low ones. Both halves of the circuit are needed, and
# cutting a few other heads changes next to nothing. On GPT-2 the second high bar may be lower than the
# first: other heads can stand in for an early one that is gone.

# %%
# %grade ablation_effects

# %% [markdown]
# ### Exercise 3: Real words
#
# **Question:** do the same heads work on a sentence?
#
# Random tokens are a laboratory. In "Harry Potter is a
# wizard. Harry", the last token should look at " Potter", which stands right after the first Harry.
#
# In GPT-2's vocabulary "Harry" at the start of a text and " Harry" after a space are two tokens
# with two ids, so comparing ids finds nothing here. Compare what a person would call the word: the
# token's text, stripped of spaces and case-folded (`str.casefold`). And pass `prepend_bos=False`
# when you turn the prompt into tokens, or every position moves by one.


# %%
def natural_language_induction(
    model: HookedTransformer, prompt: str, heads: list[tuple[int, int]]
) -> np.ndarray:
    """Measure each head's attention to what followed the last word's previous occurrence.

    The prompt is tokenized without a beginning-of-sequence token. Its last token is a word that
    also occurs earlier in the prompt; two tokens are the same word when their texts, stripped of
    spaces and case-folded, are equal. Where the word occurred several times before, the latest of
    those positions counts.

    Args:
        model: the model to run.
        prompt: the text.
        heads: (layer, head) pairs.

    Returns:
        Array of shape [len(heads)], in the order of `heads`: the attention weight, in [0, 1], from
        the last token to the position right after the word's previous occurrence.
    """
    raise NotImplementedError("natural_language_induction")


# %%
heads = [(layer, head) for layer, head, _ in top_induction_heads]
attention = natural_language_induction(model, "Harry Potter is a wizard. Harry", heads)
for (layer, head), weight in zip(heads, attention, strict=True):
    print(f"L{layer}H{head}  {weight:.3f}")

# %% [markdown]
# **What should you see?** Weights between 0 and 1, high for at least some of your heads. A sentence
# gives a head more to look at than random tokens do, so the order may be another one.

# %%
# %grade natural_language_induction

# %% [markdown]
# ## Challenge (optional): When do they form?
#
# **Question:** does induction grow slowly through training, or does it appear at once?
#
# Induction heads are not there at the start of training. Olsson et al. found that they appear
# within a short stretch of it, and the model's ability to learn from its context appears with
# them. With a model saved at several moments of its training you can see this happen.
#
# Call a head formed from the first checkpoint whose best score reaches half of the highest best
# score of the whole run. A run that never gets above 0.15 forms none.
#
# The package that brought you `grade` has such a run: a model of two layers and four heads, trained
# from scratch on repeated random tokens and saved at nine moments. The cell after next draws your
# answer for it. Larger models' checkpoints are published: `load_checkpoints("pythia-14m")` loads
# those of one if there is a network.


# %%
def induction_formation(
    checkpoints: list[HookedTransformer], seq_len: int = 25, n_samples: int = 4
) -> tuple[np.ndarray, int]:
    """Follow the best induction score through training.

    Args:
        checkpoints: the same model at successive moments of its training, earliest first.
        seq_len: number of tokens in one half, as in `compute_induction_scores`.
        n_samples: number of sequences, as in `compute_induction_scores`.

    Returns:
        (scores, index). The array `scores` has shape [n_checkpoints]: the highest induction score
        of any head of each checkpoint. The integer `index` is the first checkpoint whose score is
        at least half of the maximum of `scores`, or -1 when that maximum does not exceed 0.15.
    """
    raise NotImplementedError("induction_formation")


# %%
try:
    from grader.models import load_checkpoints

    steps, checkpoints = zip(*load_checkpoints("trained-2x4@0", device), strict=True)
except ImportError:  # without the package: the shortest run there is, the model you have
    steps, checkpoints = (0,), (model,)
formation_scores, formation_index = induction_formation(list(checkpoints))
print("formed at step", steps[formation_index] if formation_index >= 0 else "none")
px.line(
    x=steps,
    y=formation_scores,
    markers=True,
    labels={"x": "training step", "y": "best induction score"},
    title="When induction heads form",
).show()

# %% [markdown]
# **What should you see?** A flat beginning, a steep rise, and a plateau: the head is not there, and
# a little later it is.

# %%
# %grade induction_formation

# %% [markdown]
# ## What you have shown
#
# Go back over it in your own words. Which of your results belongs to which line?
#
# - **A behaviour.** The model continues a text that it cannot know, by looking back.
# - **A place.** Few heads look where such a rule must look, and you have seen their stripe.
# - **A mechanism.** Their keys read what earlier heads wrote, and it can be read off the weights.
# - **A cause.** Without those heads the behaviour is gone, and without others it is not.
#
# What you have *not* shown is just as much worth a line: that these heads do nothing else, that no
# other heads help, or that the same is true of longer texts and larger models. How would you test
# one of these?
#
# ## How your work is graded
#
# Save the notebook and run one of these in a terminal, as often as you like:
#
# ```
# grade induction_heads.ipynb --hints 1    # the whole notebook, with a hint for each known mistake
# grade induction_heads.ipynb --watch      # again whenever you save
# grade induction_heads.ipynb --open       # as a page in your browser, with pictures
# ```
#
# - **A small planted model stands in for GPT-2.** Your notebook is run from top to bottom, and
#   `from_pretrained` hands it a model whose heads were *constructed*: we know exactly which of
#   them are induction heads because we put them there. That needs no download, it is quick, and
#   the right answers are not a matter of opinion. Your numbers there will differ from the ones you
#   see on GPT-2.
# - **Your functions are called on inputs you have not seen**, on models with other heads and other
#   shapes among them. Answers written in by hand do not survive that.
# - **Values are compared within tolerances.** Loops or vectorised code, tensor, array or list,
#   sampling noise, the last digits of a float: none of that costs points.
# - **Printed text never counts.** Print whatever helps you think.
# - **Each function stands on its own.** One left as a stub costs only its own points. Where a
#   function builds on another, the grader separates the two wherever it can, so that one slip is
#   charged once.
#
# For each part the report says what was found and, where it recognises a typical mistake, which
# one. So a low first score is a good place to start.
#
# ## Further reading
#
# - Olsson et al. 2022, *In-context Learning and Induction Heads*: what these heads have to do with
#   learning from context, and how they form in training.
# - Elhage et al. 2021, *A Mathematical Framework for Transformer Circuits*: OV and QK circuits,
#   composition, and the first induction heads, found in a two-layer model.
