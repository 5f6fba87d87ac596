"""The refusals of Google Play's side of a purchase."""

from cliffhanger.errors import Problem


class PurchaseNotVerified(Problem):
    """Google does not know this purchase, or it is not what the app says that it is."""

    status, code, title = 422, "purchase_not_verified", "The store does not confirm this purchase"


class StoreUnavailable(Problem):
    """Google did not answer. Nothing was decided; trying again is right."""

    status, code, title = 503, "store_unavailable", "The store does not answer"


class PushNotVerified(Problem):
    """A push without a token that Google signed for this deployment."""

    status, code, title = 401, "push_not_verified", "This push is not from Google"


class PushMalformed(Problem):
    """A push by Google that is not a notification about this app. It will not get better."""

    status, code, title = 422, "push_malformed", "This push is no notification"
