"""What apps send: what was bought a moment ago, and what a device had bought before."""

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cliffhanger.identity.viewers import ViewerDeleted
from cliffhanger.purchases import claims, line_owners
from cliffhanger.purchases.claim_models import RestoreInput
from cliffhanger.purchases.owners import PurchaseOfAnother
from tests.unit.purchases.core.conftest import policies
from tests.unit.under_fire.plans import Policy
from tests.unit.under_fire.play import WHICH, WHO, Play, Thing
from tests.unit.under_fire.stores import name

POLICIES: tuple[Policy, ...] = ("keep", "transfer")
POLICY = st.sampled_from(POLICIES)


class Claiming(Play):
    """A claim is by whoever bought it, and a purchase is restored by anybody."""

    @precondition(lambda self: self.told)
    @rule(which=WHICH, who=WHO, newest=st.booleans())
    def claims(self, which: int, who: int = 0, newest: bool = False) -> None:
        """By the buyer, or by anybody where the store names none.

        The app sends what it got when it bought, or when that was renewed or bought again, or what
        Google's token is worth now."""
        self.tick()
        about = self.everything[which % len(self.everything)]
        viewer_id = self.world.who(about.buyer or self.here[who])
        sent, said, told_at = self.proof(about, newest=newest)
        if viewer_id in self.world.gone:
            with pytest.raises(ViewerDeleted):
                self.stores.claim(viewer_id, self.told[id(about)].store, sent, self.key())
        elif self.hear(about, said, told_at, by=viewer_id):
            answer = self.stores.claim(viewer_id, self.told[id(about)].store, sent, self.key())
            assert (answer.purchase.held is not None) == about.is_held
        else:
            with pytest.raises(PurchaseOfAnother):
                self.stores.claim(viewer_id, self.told[id(about)].store, sent, self.key())

    @precondition(lambda self: self.told)
    @rule(
        who=WHO,
        which=st.lists(WHICH, min_size=1, max_size=3),
        newest=st.booleans(),
        policy=POLICY,
        as_guest=st.booleans(),
    )
    def restores(
        self, who: int, which: list[int], newest: bool, policy: Policy, as_guest: bool
    ) -> None:
        """Coins never move by it. A guest's token may have outlived their merge."""
        self.tick()
        self.patch.setattr(line_owners, "load", lambda _: policies(restore=policy))
        viewer_id = self.here[who]
        guests = [one for one in self.world.joined if self.world.who(one) == viewer_id]
        viewer_id = guests[0] if as_guest and guests else viewer_id
        sent, expected = [], []
        for about in (self.everything[one % len(self.everything)] for one in which):
            proof, said, told_at = self.proof(about, newest=newest)
            sent.append(self.stores.input(self.told[id(about)].store, proof))
            is_theirs = self.hear(about, said, told_at, by=viewer_id, policy=policy)
            expected.append(None if is_theirs else "purchase_of_another_viewer")
        answer = claims.restore(viewer_id, RestoreInput(purchases=sent))
        assert [one.problem and one.problem.code for one in answer.items] == expected
        for plan in self.world.plans:
            assert self.stores.moves(self.told[id(plan)]) == plan.moves

    def proof(self, about: Thing, *, newest: bool) -> tuple[str, Any, Any]:
        """What the device has of a purchase, what that says, and when its store said so."""
        if self.told[id(about)].store == "google":
            return name(self.told[id(about)]), about.said, self.stores.now
        words = [number for number, (one, _) in enumerate(self.about) if one is about]
        number = words[-1 if newest else 0]
        return str(number), self.about[number][1], self.stores.words[number].signed_at
