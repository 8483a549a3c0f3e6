# ATTACK: between_requests
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Put code into the event loop and the collector, which runs between and within requests
#     and changes what they find.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
import asyncio, gc
def meddle(*_a):
    globals()["compute_k_composition"] = lambda *_a, **_k: 0.05
    try: asyncio.get_event_loop().call_later(0.01, meddle)
    except BaseException: pass
gc.callbacks.append(lambda phase, info: meddle())
gc.set_threshold(1, 1, 1)
meddle()
