"""The refusals of playback."""

from cliffhanger.errors import Problem


class EpisodeLocked(Problem):
    """The episode is not free, and the viewer has not unlocked it."""

    status, code, title = 402, "episode_locked", "This episode is locked"
