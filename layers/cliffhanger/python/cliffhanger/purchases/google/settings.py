"""What Google Play's side must know of its deployment."""

from cliffhanger.settings import Settings


class GoogleSettings(Settings):
    """Which app is asked about, and with whose key.

    The service account needs the Play Console's permissions "View app information", "View
    financial data, orders, and cancellation survey responses" and "Manage orders and
    subscriptions": prices and refunds stand on orders.
    """

    package_name: str
    credentials_secret: str
    """The ARN of the secret that holds the key of a service account, as Google's JSON."""
    google_api_url: str = "https://androidpublisher.googleapis.com"
    """Another one is told by the local cloud alone."""


class GooglePushSettings(Settings):
    """Whose pushes are taken, and for which app. Whoever only takes pushes needs no key."""

    package_name: str
    push_audience: str
    push_service_account: str
    push_subscription: str
    """The full name, `projects/.../subscriptions/...`."""
    google_certificates_url: str = "https://www.googleapis.com/oauth2/v1/certs"
    """X.509 certificates in PEM by their key's id; another one is the local cloud's alone."""
