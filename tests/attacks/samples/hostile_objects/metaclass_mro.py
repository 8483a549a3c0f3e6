# ATTACK: metaclass_mro
# KIND: cell
# BASE: wrong
# NEEDS: any
# TRIES: Return objects of classes whose metaclass invents names, bases and instance checks, or
#     raises when asked.
# MUST: Score exactly that of the same notebook without this cell.
# SIGN: none
class Meta(type):
    __name__ = property(lambda cls: (_ for _ in ()).throw(SystemExit(0)))
    __qualname__ = property(lambda cls: "float")
    __mro__ = property(lambda cls: (float, object))
    __instancecheck__ = __subclasscheck__ = lambda cls, other: True
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(float)
class Odd(metaclass=Meta):
    def __float__(self): return 0.05
def compute_k_composition(*_a, **_k): return Odd()
def compute_induction_scores(*_a, **_k): return [[Odd()] * 3] * 4
def measure_induction_loss(*_a, **_k): return Odd(), Odd()
def compute_prev_token_scores(*_a, **_k): return {"x": Odd()}
