"""What an asset's end tells the world. A consumer may see it twice."""

from cliffhanger import events
from cliffhanger.media.models import Asset


def ready(asset: Asset) -> None:
    """Tell that an asset can be played.

    Raises:
        NotPublished: the bus refused it.
    """
    events.publish(
        events.AssetReady(
            asset_id=asset.id,
            episode_id=asset.episode_id,
            drama_id=asset.drama_id,
            generation=asset.generation,
        )
    )


def rejected(asset: Asset, code: str) -> None:
    """Tell that an upload cannot become an episode, and why.

    Raises:
        NotPublished: the bus refused it.
    """
    events.publish(
        events.AssetRejected(
            asset_id=asset.id,
            episode_id=asset.episode_id,
            drama_id=asset.drama_id,
            code=code,
        )
    )
