# ATTACK: patient_thread
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: A thread waits until the cells are done, then puts other functions into the namespace
#     between probes.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import threading, time
def later():
    import numpy as np
    for _ in range(200):
        time.sleep(0.1)
        globals().update(
            compute_induction_scores=lambda model, **_k: np.full((model.cfg.n_layers, model.cfg.n_heads), 0.05),
            compute_k_composition=lambda *_a, **_k: 0.1,
            measure_induction_loss=lambda *_a, **_k: (9.2, 0.0),
        )
threading.Thread(target=later, daemon=True).start()
