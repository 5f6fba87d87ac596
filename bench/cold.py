"""Cold start: import and init of every function, against the usual stack."""

from collections.abc import Callable, Sequence

from bench import deployed
from bench.clockwork import Times, in_turn, start
from bench.deployed import LAYERS_OF, PYTHON
from bench.row import Line, Progress, Row, against

ROUNDS = 15
GOAL, GOAL_OF_STORES = 0.5, 0.8
READS_STORES = {"purchases", "purchase_events", "store_notices"}

# What the first call makes before it does anything of its own: the logger and the clients.
_CLIENTS = {
    "playback_keys": ("secrets",),
    "store_notices": ("sqs",),
    "transcoding": ("dynamodb", "s3", "mediaconvert"),
    "retention": ("dynamodb", "s3"),
    "identity": ("dynamodb", "cognito"),
    "studio": ("dynamodb", "s3"),
    "entitlements": ("dynamodb", "kms"),
}
_OURS = """
from {name}.handler import handler
from cliffhanger import aws, log
log.logger()
{clients}
"""
_STORES = """
import appstoreserverlibrary.signed_data_verifier
"""
_USUAL = "from usual_stack.handler import handler"


def first_call(name: str) -> str:
    """Return the code that a function runs before its first call can do its work."""
    clients = "\n".join(f"aws.{one}()" for one in _CLIENTS.get(name, ("dynamodb",)))
    made = _OURS.format(name=name, clients=clients)
    return made + _STORES if name in READS_STORES else made


def measure(progress: Progress) -> Sequence[Line]:
    """Start each function, the usual stack and a bare Python, fifteen times in turn."""
    progress("installing the layers")
    deployed.build()
    usual = deployed.environment(["usual_stack"], task="usual_stack")
    contenders = {
        "bare Python": lambda: start("", PYTHON, usual),
        "usual": lambda: start(_USUAL, PYTHON, usual),
    }
    for name, layers in LAYERS_OF.items():
        contenders[name] = _start(name, layers, sources=False)
    for name in ("viewing", "purchases"):
        contenders[f"{name}, as sources"] = _start(name, LAYERS_OF[name], sources=True)
    progress(f"{len(contenders)} contenders, {ROUNDS} rounds")
    taken = in_turn(contenders, ROUNDS)
    return [_line(name, found, taken["usual"]) for name, found in taken.items() if name != "usual"]


def _start(name: str, layers: Sequence[str], *, sources: bool) -> Callable[[], float]:
    environment = deployed.environment(layers, sources=sources)
    return lambda: start(first_call(name), PYTHON, environment)


def _line(name: str, found: Times, usual: Times) -> Line:
    goal = GOAL_OF_STORES if name in READS_STORES else GOAL
    judged = against(found.least, usual.least, goal) if name in LAYERS_OF else {}
    if not judged:
        judged = {"ratio": f"{found.least / usual.least:.2f}"}
    return Line(what=name, measured=found.text(), baseline=usual.text(), **judged)


ROW = Row(
    name="cold",
    title="Cold import and init, CPU, minimum of 15",
    measure=measure,
    reading=(
        "A fresh Python imports the function and makes its logger and its AWS clients, with"
        " nothing in reach but its layers; the usual stack makes the same, with what tutorials"
        " add. Both are compiled to bytecode that is not checked. A layer is read-only, so without"
        " bytecode in it Python compiles every module at each cold start: the lines *as sources*"
        " show what that costs. The layers are therefore compiled at synth by Python 3.13, where"
        " the machine that deploys has it; bytecode is the same on every machine, for every patch"
        " of a version. Of botocore's 400 services the layers keep those that are called, without"
        " their texts, and garbage is collected less often. A model is built when it is first"
        " needed, or before a snapshot; so a first call builds those of its own operation, which is"
        " not measured here."
        " What is left is botocore (half of it), pydantic (a quarter), and our own modules."
    ),
)
