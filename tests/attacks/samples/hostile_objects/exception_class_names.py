# ATTACK: exception_class_names
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Raise exceptions whose class has a hostile name: no text, megabytes of it, an endless
#     loop, the grader's own.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
class Meta(type):
    @property
    def __name__(cls): return b"bytes" if cls.mode else "N" * 10_000_000
    @property
    def __module__(cls): raise KeyboardInterrupt
class Silent(Exception, metaclass=Meta): mode = 1
class Loud(Exception, metaclass=Meta): mode = 0
def compute_induction_scores(*_a, **_k): raise Silent("a")
def compute_prev_token_scores(*_a, **_k): raise Loud("b")
def compute_k_composition(*_a, **_k): raise type("UnreadableError\x00\ud800\n" + "A" * 5000, (Exception,), {})("c")
def measure_induction_loss(*_a, **_k):
    from grader.protocol.json_fields import UnreadableError
    raise UnreadableError("passed")
