"""A body for each operation that takes one, for the API document. Tests try them on the models."""

from typing import Any

_EPISODE = "ep_01KABCDEFGHJKMNPQRSTVWXYZ0"
_SESSION = "ses_01KABCDEFGHJKMNPQRSTVWXYZ0"

BODIES: dict[str, dict[str, Any]] = {
    "refresh_session": {"refresh_token": "eyJ..."},
    "edit_me": {"auto_unlock": True, "consent": {"analytics": False}},
    "merge_guest": {"guest_refresh_token": "eyJ..."},
    "open_playback": {"unlock": "none"},
    "report_progress": {
        "items": [
            {
                "session_id": _SESSION,
                "episode_id": _EPISODE,
                "position_seconds": 42.5,
                "watched_seconds": 40,
                "at": "2026-01-01T12:00:00Z",
            }
        ]
    },
    "put_product": {
        "kind": "coins",
        "coins": 100,
        "bonus_coins": 10,
        "apple_product_id": "com.example.coins100",
        "google_product_id": "coins_100",
        "prices": {"US": {"amount_micros": 990_000, "currency": "USD"}},
    },
    "claim_purchase": {"store": "apple", "signed_transaction": "eyJ..."},
    "restore_purchases": {
        "purchases": [{"store": "google", "product_id": "vip_weekly", "purchase_token": "abc..."}]
    },
    "take_apple_notification": {"signedPayload": "eyJ..."},
    "take_google_notification": {
        "message": {"data": "eyJ...", "messageId": "1"},
        "subscription": "projects/example/subscriptions/cliffhanger",
    },
    "create_drama": {
        "title": {"en": "The Heiress Next Door", "es": "La heredera de al lado"},
        "synopsis": {"en": "She rents the flat above his. He owns the street."},
        "original_language": "en",
        "free_episodes": 5,
        "episode_price": 60,
        "bundle_discount": 20,
    },
    "edit_drama": {"episode_price": 50},
    "create_episode": {"number": 1, "title": {"en": "The wrong key"}},
    "edit_episode": {"title": {"en": "The right key"}},
    "start_upload": {
        "episode_id": _EPISODE,
        "filename": "episode-1.mp4",
        "size": 48_000_000,
        "content_type": "video/mp4",
    },
    "complete_upload": {"parts": [{"number": 1, "etag": '"9bb58f26192e4ba00f01e2e7b136bbd8"'}]},
    "put_captions": {
        "format": "vtt",
        "text": "WEBVTT\n\n00:01.000 --> 00:03.000\nWho changed the lock?\n",
    },
    "revoke": {"session_id": _SESSION, "reason": "Shared in public"},
    "correct_wallet": {"coins": 60, "kind": "bonus", "reason": "The episode did not play"},
}
