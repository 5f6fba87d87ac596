"""Apple's environments in our words: the stage's own, and the sandbox beside a production stage.

App Review and TestFlight buy in the sandbox against production, so a production stage keeps what
the sandbox sold apart. In a stage that is the sandbox itself there is nothing to keep apart.
"""

from cliffhanger.purchases.apple.settings import AppleEnvironment, AppleSettings
from cliffhanger.purchases.store import Environment
from cliffhanger.settings import load


def neutral(environment: str | None) -> Environment:
    """Return our word for the environment that signed something; it must say so itself."""
    own = environment is not None and environment == load(AppleSettings).apple_environment
    return "production" if own else "sandbox"


def apples(environment: Environment) -> AppleEnvironment:
    """Return Apple's word for an environment of ours."""
    return load(AppleSettings).apple_environment if environment == "production" else "Sandbox"
