# ATTACK: slow_in_every_function
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Hang in every function, deaf to interrupts, so that limits and restarts add up.
# MUST: The notebook's limit ends it all; every function is told that it took too long.
# SIGN: none
import signal, time
def hang(*_a, **_k):
    for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)
    while True:
        try: time.sleep(100)
        except BaseException: pass
compute_induction_scores = compute_prev_token_scores = compute_k_composition = hang
ablate_heads = measure_induction_loss = create_repeated_sequence = hang
