"""What the studio does: to its products, and to wallets by hand."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from cliffhanger.wallet import corrections
from cliffhanger.wallet.correction_models import CorrectionInput
from cliffhanger.wallet.errors import InsufficientCoins, ViewerNotFound
from cliffhanger.wallet.lots import Kind
from tests.unit.under_fire.hearing import Hearing
from tests.unit.under_fire.people import STAGES, Stage
from tests.unit.under_fire.play import LATER, WHICH

KINDS: tuple[Kind, ...] = ("paid", "bonus", "promotional")
KIND = st.sampled_from(KINDS)


class Studio(Hearing):
    """Products are set late, and wallets corrected, also by the id of a guest who has joined."""

    @rule(product=LATER, active=st.sampled_from([True, True, False]), swept=st.booleans())
    def offers(self, product: str, active: bool, swept: bool) -> None:
        """A product is set, or offered no more; what waits for it is looked at before long."""
        self.tick()
        self.set(product, active=active)
        if swept:
            self.sweep()

    @rule(
        whose=WHICH,
        coins=st.integers(-30, 30).filter(bool),
        kind=KIND,
        stage=st.sampled_from(STAGES),
        days=st.one_of(st.none(), st.integers(1, 9)),
        into_debt=st.booleans(),
        again=st.booleans(),
    )
    def correct(
        self,
        whose: int,
        coins: int,
        kind: Kind,
        stage: Stage,
        days: int | None,
        into_debt: bool,
        again: bool,
    ) -> None:
        self.tick()
        everybody = [*self.here, *self.world.joined, *sorted(self.world.gone)]
        viewer_id, key = everybody[whose % len(everybody)], self.key()
        lasts = days is None or kind != "promotional" or coins < 0
        ends = None if lasts else self.stores.now + timedelta(days=days or 0)
        wanted = CorrectionInput(
            coins=coins,
            kind=kind,
            reason="x",
            expires_at=ends,
            into_debt=into_debt and coins < 0,
            environment=stage,
        )
        if self.world.who(viewer_id) in self.world.gone:
            with pytest.raises(ViewerNotFound):
                corrections.apply(viewer_id, wanted, "vwr_operator", key)
            return
        is_done = self.world.correct(
            viewer_id, stage, coins, kind, ends, wanted.into_debt, self.stores.now
        )
        if not is_done:
            with pytest.raises(InsufficientCoins):
                corrections.apply(viewer_id, wanted, "vwr_operator", key)
            return
        made = corrections.apply(viewer_id, wanted, "vwr_operator", key)
        for _ in range(again):
            assert corrections.apply(viewer_id, wanted, "vwr_operator", key) == made
