# %%
# The answers to Parts 2 to 7: code for each `raise NotImplementedError(...)` of the student's
# notebook, and text for each of its "What should you see?". `tests/template/worked_solution.py` inserts them.

# %%
def create_repeated_sequence(seq_len, seed):
    # A separate generator leaves torch's global random state alone. It is on the CPU, so that a
    # seed gives the same tokens on every device.
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    half = torch.randint(1000, 10000, (1, seq_len), generator=generator)
    return torch.cat([half, half], dim=1).to(model.cfg.device)


# %% [markdown]
# **What we see.** Two equal halves, and the same ones on every run. Only the repetition
# makes the second half predictable.


# %%
def test_induction_accuracy(model, seq_len, n_tests):
    right = []
    for seed in range(n_tests):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        guesses = model(tokens).argmax(dim=-1)  # [1, pos]
        # A guess is about the next position. The last guess has no token to be compared with.
        right.append(guesses[:, seq_len:-1] == tokens[:, seq_len + 1 :])
    return torch.cat(right).float().mean().item()


# %% [markdown]
# **What we see.** 96.8 % on the planted model: 92 of 95. Two of the three misses are near ones,
# "conf" for " conf" and " Employ" for "employ": tokens of one word have similar embeddings. Where
# the model fails, it is worth looking at *what* it says.


# %%
def compute_induction_scores(model, seq_len, n_samples):
    looking = torch.arange(seq_len, 2 * seq_len)
    # The earlier copy of a token lies seq_len back. What came after it is one to the right of that.
    target = looking - seq_len + 1
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for seed in range(n_samples):
        _, cache = model.run_with_cache(create_repeated_sequence(seq_len, seed=seed))
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]  # [head, query, key]
            attention = pattern[:, looking, target]  # one key for each query: [head, seq_len]
            scores[layer] += attention.mean(dim=1).cpu().numpy()
    return scores / n_samples


# %% [markdown]
# **What we see.** Six bright squares in layers 5 to 7, the best of them L6H1 with 0.97. L5H11 (0.12)
# and L4H3 (0.08) come next, and the rest lie near 0.03, the score of a head that spreads its attention
# evenly. In GPT-2 small a public detector of such heads reports L5H5 0.93, L6H9, L7H10 and L5H1 about
# 0.91, and L7H2 0.83, on repeated random tokens.

# %%
ranked = [
    (layer, head, float(induction_scores[layer, head]))
    for layer in range(model.cfg.n_layers)
    for head in range(model.cfg.n_heads)
]
ranked.sort(key=lambda entry: entry[2], reverse=True)
# The ten best first, then the condition: heads that drop out are not replaced.
top_induction_heads = [entry for entry in ranked[:10] if entry[2] > 0.15]

# %% [markdown]
# **What we see.** Six heads: L6H1, L5H6, L5H4, L6H2, L7H6 and L5H3 (0.34). L5H11 stays below the line
# with 0.12: it does the same in part. GPT-2's list is longer and has other heads, in layers 5 to 7 for
# the strongest of them.

# %% [markdown]
# **What we see.** Every red square lies on a dark one: above 0.97 in each row of the second half. In
# the first half the head has nothing to find and spreads over the tokens so far. In GPT-2 an idle
# induction head looks mostly at position 0, which is the more common way to do nothing.

# %% [markdown]
# **What we see.** One stripe three times, a little paler from left to right: 0.97, 0.88, 0.77 on
# average over ten longer sequences. What is missing from the stripe is spread over everything else.


# %%
def compute_prev_token_scores(model, seq_len, n_samples):
    scores = np.zeros((model.cfg.n_layers, model.cfg.n_heads))
    for _ in range(n_samples):
        tokens = torch.randint(1000, 10000, (1, seq_len)).to(model.cfg.device)
        _, cache = model.run_with_cache(tokens)
        for layer in range(model.cfg.n_layers):
            pattern = cache["pattern", layer][0]  # [head, query, key]
            # One below the main diagonal: query 1 with key 0, query 2 with key 1, and so on.
            attention = pattern.diagonal(offset=-1, dim1=1, dim2=2)  # [head, seq_len - 1]
            scores[layer] += attention.mean(dim=1).cpu().numpy()
    return scores / n_samples


# %% [markdown]
# **What we see.** Four bright squares: L3H8 0.97, L1H10 0.79, L9H7 0.69 and L2H5 0.58 (give or take
# 0.01, since the tokens are drawn anew). All others are near 0.07, which is what even attention gives.
# In GPT-2 small the clearest is L4H11, close to 1.

# %%
ranked = [
    (layer, head, float(prev_token_scores[layer, head]))
    for layer in range(model.cfg.n_layers)
    for head in range(model.cfg.n_heads)
]
ranked.sort(key=lambda entry: entry[2], reverse=True)
# "Among the ten best of the whole model": later layers compete, too, and are then left out.
top_prev_heads = [entry for entry in ranked[:10] if entry[2] > 0.3 and entry[0] < 4]

# %% [markdown]
# **What we see.** L3H8, L1H10 and L2H5. L9H7 is as real, but no induction head comes after it here. The
# line at layer 4 is a convention with a price: in GPT-2 it leaves out L4H11, the strongest of all.


# %%
def compute_k_composition(model, source_layer, source_head, target_layer, target_head):
    if target_layer <= source_layer:
        return 0.0  # a head reads only what earlier layers wrote
    ov = model.W_V[source_layer, source_head] @ model.W_O[source_layer, source_head]
    w_k = model.W_K[target_layer, target_head]
    # A row x becomes x @ ov when the source writes it, and (x @ ov) @ w_k when the target reads that.
    return ((ov @ w_k).norm() / (ov.norm() * w_k.norm())).item()


# %% [markdown]
# **What we see.** L3H8, L1H10 and L2H5 stand at 0.12, twice the 0.0625 of chance, and all other heads
# at chance or below. The lowest are L5H4, L5H6 and L5H3: keys do not read what these write. On GPT-2,
# whose weights hold far more than one circuit, expect a less tidy picture. With the key joined to the
# side that OV *reads from*, all of this structure would be gone.


# %%
def ablate_heads(model, tokens, heads_to_ablate, method):
    # What each hook does with the outputs of its layer's heads: [batch, pos, head, d_head].
    def silenced(z, head):
        z = z.clone()  # other code may still use the original tensor
        if method == "zero":
            z[:, :, head] = 0.0
        else:
            z[:, :, head] = z[:, :, head].mean(dim=(0, 1))  # [d_head], put at every position
        return z

    # `head=head` binds the number now. Without it every hook would look up `head` when it is
    # called, after the loop, and all of them would ablate the last head.
    hooks = [
        (f"blocks.{layer}.attn.hook_z", lambda z, hook, head=head: silenced(z, head))
        for layer, head in heads_to_ablate
    ]
    return model.run_with_hooks(tokens, fwd_hooks=hooks)  # it removes its hooks afterwards


# %% [markdown]
# **What we see.** 1.5 at most for L0H0, a head of the planted model that looks at position 0 whatever
# stands there. It does something, but nothing that the circuit needs: ablating it alone does not
# change the loss of the next function.


# %%
def measure_induction_loss(model, seq_len, heads_to_ablate, n_samples):
    losses, right = [], []
    for seed in range(n_samples):
        tokens = create_repeated_sequence(seq_len, seed=seed)
        logits = ablate_heads(model, tokens, heads_to_ablate or [])
        predictions = logits[0, seq_len:-1]  # made at seq_len … 2 * seq_len - 2
        answers = tokens[0, seq_len + 1 :]  # each stands one to the right
        losses.append(torch.nn.functional.cross_entropy(predictions, answers, reduction="none"))
        right.append(predictions.argmax(dim=-1) == answers)
    return torch.cat(losses).mean().item(), torch.cat(right).float().mean().item()


# %% [markdown]
# **What we see.** The loss goes from 0.14 to 11.3 nats, more than the 10.8 of a blind guess, and the
# accuracy from 97.5 % to 0. Nothing is left to predict from: the model's first choice now gets about a
# thousandth of the probability and stands nowhere in the text. Expect GPT-2 to be hurt less, since
# heads below the threshold and other circuits carry a part of the load.

# %% [markdown]
# **What we see.** Six other heads cost nothing: the loss changes by 0.002 and the accuracy not at all.
# So it is not the number of heads that hurts but which they are. This is the line of evidence
# that the patterns alone could not give.
