"""What viewers do with their coins, and with themselves."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from cliffhanger.entitlements import charging, whole_drama
from cliffhanger.entitlements.wanted import Wanted
from cliffhanger.identity import deletion, joins, merging
from cliffhanger.identity.merging import MergeInput
from cliffhanger.wallet.errors import InsufficientCoins
from tests.unit.entitlements.dramas import EPISODES
from tests.unit.under_fire.people import STAGES
from tests.unit.under_fire.play import WHO, Play
from tests.unit.wallet import wallet_steps


class Viewing(Play):
    """Coins are given, spent and lost with time; a viewer joins the other, or goes."""

    @rule(who=WHO, coins=st.integers(1, 40), days=st.integers(1, 9))
    def promote(self, who: int, coins: int, days: int) -> None:
        self.tick()
        viewer_id, ends = self.here[who], self.stores.now + timedelta(days=days)
        wallet_steps.promote(coins, ends, viewer_id=viewer_id)
        self.world.give(viewer_id, "production", coins, "promotional", ends, self.stores.now)

    @rule(days=st.integers(1, 4))
    def wait(self, days: int) -> None:
        self.tick(timedelta(days=days))

    @rule(who=WHO, slot=st.integers(1, EPISODES))
    def unlock(self, who: int, slot: int) -> None:
        self.tick()
        viewer_id = self.here[who]
        wanted = Wanted(manifest=self.manifest, episode=self.manifest.episodes[slot - 1])
        found: int | str = "poor"
        try:
            found = charging.charge(viewer_id, wanted).coins
        except InsufficientCoins:
            found = "poor"
        assert found == self.world.unlock(viewer_id, slot, self.stores.now)

    @rule(who=WHO, again=st.booleans())
    def unlock_whole(self, who: int, again: bool) -> None:
        """What is locked still, at the discount of the drama; a retry is told the same."""
        self.tick()
        viewer_id, key = self.here[who], self.key()
        expected = self.world.unlock(viewer_id, None, self.stores.now)
        for _ in range(1 + again):
            if expected == "poor":
                with pytest.raises(InsufficientCoins):
                    whole_drama.unlock(self.manifest.drama.id, viewer_id, key)
                continue
            bought = whole_drama.unlock(self.manifest.drama.id, viewer_id, key)
            assert (bought.charged, bought.open) == (expected, f"1-{EPISODES}")

    @rule(guest=WHO, again=st.booleans())
    def merge(self, guest: int, again: bool) -> None:
        self.tick()
        old, account = self.here[guest], self.here[1 - guest]
        sent, key = MergeInput(guest_refresh_token=old), self.key()
        if self.world.merges_into(old) >= joins.LONGEST_CHAIN:
            with pytest.raises(merging.NotMergeable):  # nobody would follow a longer way
                merging.merge(account, sent, key, None)
            return
        for _ in range(1 + again):
            merging.merge(account, sent, key, None)
        for environment in STAGES:
            self.world.purse(old, environment, self.stores.now)
        self.world.join(old, account)
        self.here[guest] = self.new_viewer()

    @rule(who=WHO)
    def leave(self, who: int) -> None:
        self.tick()
        for _ in range(2):
            deletion.delete(self.here[who])
        self.world.gone.add(self.here[who])
        self.here[who] = self.new_viewer()
