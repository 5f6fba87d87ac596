"""The refusals of the catalogue."""

from cliffhanger.errors import Problem


class DramaNotFound(Problem):
    """No such drama, or none that the public may see."""

    status, code, title = 404, "drama_not_found", "There is no such drama"


class EpisodeNotFound(Problem):
    """No such episode, or none that the caller may see."""

    status, code, title = 404, "episode_not_found", "There is no such episode"


class EpisodeNumberTaken(Problem):
    """Another episode of the drama has this number."""

    status, code, title = 409, "episode_number_taken", "This number is taken"


class NothingToRollBackTo(Problem):
    """The episode has no earlier generation that is ready."""

    status, code, title = 409, "nothing_to_roll_back_to", "There is no generation before"


class DramaFull(Problem):
    """The drama has as many episodes as a playback token can carry."""

    status, code, title = 409, "drama_full", "This drama takes no more episodes"
