# %%
# The answers to the exercises and the challenge, in the form of `solutions.py`.

# %%
def plot_attention_pattern(model, tokens, layer, head):
    _, cache = model.run_with_cache(tokens)
    return px.imshow(
        cache["pattern", layer][0, head].cpu().numpy(),  # [query, key]: queries are the rows
        labels={"x": "Key (looked at)", "y": "Query (looking)", "color": "Attention"},
        color_continuous_scale="Blues",
        zmin=0,
        zmax=1,
        title=f"Attention of L{layer}H{head}",
    )


# %% [markdown]
# **What we see.** The stripe just below the diagonal, in both halves alike: L3H8 is nearly pure, and
# L1H10 paler. Position 0 can only look at itself.


# %%
def ablation_effects(model, head_groups, seq_len, n_samples):
    effects = {"baseline": measure_induction_loss(model, seq_len, None, n_samples)}
    for name, heads in head_groups.items():
        effects[name] = measure_induction_loss(model, seq_len, heads, n_samples)
    return effects


# %% [markdown]
# **What we see.** Without the previous-token heads the loss is 10.6 nats and the accuracy 0, though
# every induction head is in place: their keys have nothing to match any more. The control stays at
# 0.14. So the planted circuit has two steps, and removing either breaks it. In GPT-2 earlier layers may
# have several sources of that information, so expect a smaller effect than here.


# %%
def natural_language_induction(model, prompt, heads):
    tokens = model.to_tokens(prompt, prepend_bos=False)
    words = [text.strip().casefold() for text in model.to_str_tokens(tokens[0])]
    last = len(words) - 1
    # The latest of the positions before the last one that hold the same word.
    previous = max(i for i in range(last) if words[i] == words[last])
    _, cache = model.run_with_cache(tokens)
    return np.array(
        [float(cache["pattern", layer][0, head, last, previous + 1]) for layer, head in heads]
    )


# %% [markdown]
# **What we see.** All six heads look at " Potter": 0.96 for L6H1, and 0.60 for the least of them. The two
# Harrys are different tokens (with and without a space), and still it works, because the planted model
# was given similar embeddings for them. GPT-2 has to learn that.


# %%
def induction_formation(checkpoints, seq_len, n_samples):
    scores = np.array(
        [compute_induction_scores(model, seq_len, n_samples).max() for model in checkpoints]
    )
    if scores.max() <= 0.15:
        return scores, -1
    # The first True is the largest of a row of False and True, and argmax takes the first.
    return scores, int(np.argmax(scores >= scores.max() / 2))


# %% [markdown]
# **What we see.** 0.03 to 0.07 up to step 100, then 0.57 at step 150 and 0.7 to 0.8 from step 200 on.
# Induction forms at step 150, within 50 steps of 600: it does appear at once. Olsson et al. found the
# same bend in every model of two layers and more that they looked at.
