"""Captions, also weeks later: a new master playlist beside the old one, and no re-encode.

The words are a file whose name follows from them. Which captions an asset has stands on its item
with a version; the write that changes them also switches the episode to the new master, if its
generation is the one that plays. While the asset is on its way, they wait on its item until it is
ready.
"""

from collections.abc import Callable, Sequence

from cliffhanger import clock, dynamo
from cliffhanger.catalog import generations
from cliffhanger.catalog.generations import Place
from cliffhanger.catalog.languages import is_language
from cliffhanger.errors import Busy
from cliffhanger.media import assets, cues, masters
from cliffhanger.media.errors import (
    AssetEnded,
    AssetNotFound,
    CaptionsInvalid,
    CaptionsNotFound,
    LanguageInvalid,
)
from cliffhanger.media.folder import Folder
from cliffhanger.media.keys import MASTER
from cliffhanger.media.models import Asset, CaptionsInput, CaptionTrack
from cliffhanger.media.settings import UploadSettings
from cliffhanger.settings import load

_TRIES = 6
_ON_ITS_WAY = {"awaiting_upload", "uploaded", "transcoding"}

Tracks = list[CaptionTrack]


def put(asset_id: str, language: str, sent: CaptionsInput) -> Asset:
    """Give an asset captions in a language, or other ones. The same again changes nothing.

    Raises:
        AssetNotFound: there is none.
        AssetEnded: it was rejected, canceled, or failed.
        LanguageInvalid: the language is not a tag of RFC 5646.
        CaptionsInvalid: the file has faults; each is told with its line.
        Busy: others went on changing the captions of this asset.
    """
    if not is_language(language):
        raise LanguageInvalid("Send a language tag such as `en`, `pt-BR` or `zh-Hant`.")
    try:
        read = cues.read(sent.text, sent.format)
    except cues.Unreadable as error:
        raise CaptionsInvalid(
            "Mend the lines named in errors and send the file again.",
            errors=[one.model_dump() for one in error.faults],
        ) from error
    words = cues.write(read)
    track = CaptionTrack(
        language=language,
        name=masters.name_of(language),
        file=f"captions-{language}-{masters.digest(words)}.vtt",
        cues=len(read),
        updated_at=clock.now(),
    )

    def added(asset: Asset) -> Tracks | None:
        Folder.of(asset).write(track.file, words)
        others = [one for one in asset.captions if one.language != language]
        if track.file in {one.file for one in asset.captions}:
            return None
        return sorted([*others, track], key=lambda one: one.language)

    return _change(asset_id, added)


def remove(asset_id: str, language: str) -> Asset:
    """Take the captions of a language away. Who plays on keeps them.

    Raises:
        AssetNotFound: there is none.
        AssetEnded: it was rejected, canceled, or failed.
        CaptionsNotFound: it has none in this language.
        Busy: others went on changing the captions of this asset.
    """

    def removed(asset: Asset) -> Tracks:
        left = [one for one in asset.captions if one.language != language]
        if len(left) == len(asset.captions):
            raise CaptionsNotFound(f"This asset has no captions in `{language}`.")
        return left

    return _change(asset_id, removed)


def publish(asset: Asset, tracks: Sequence[CaptionTrack], duration_ms: int) -> str:
    """Write the playlists that offer these captions, and return the name of the master."""
    if not tracks:
        return MASTER
    folder = Folder.of(asset)
    made = masters.captioned(folder.read(MASTER), tracks, duration_ms)
    for one in made:
        folder.write(one.name, one.text)
    return made[-1].name


def unchanged(item: dynamo.Item) -> tuple[str, dict[str, int]]:
    """Return the condition, with its value, that an asset's captions are as in this item."""
    if "captions_version" in item:
        return "#captions_version = :captions_seen", {"captions_seen": item["captions_version"]}
    return "attribute_not_exists(#captions_version)", {}


def _change(asset_id: str, wanted: Callable[[Asset], Tracks | None]) -> Asset:
    table = load(UploadSettings).content_table
    for _ in range(_TRIES):
        item = assets.find_item(table, asset_id)
        if item is None:
            raise AssetNotFound("No asset has this id.")
        asset = Asset.model_validate(item)
        if asset.status != "ready" and asset.status not in _ON_ITS_WAY:
            raise AssetEnded(f"This asset is {asset.status}. Upload the episode again first.")
        tracks = wanted(asset)
        if tracks is None:
            return asset
        writes = [_noted(table, item, tracks)]
        if asset.status == "ready":
            master = publish(asset, tracks, item["duration_ms"])
            standing = generations.look(Place(asset.drama_id, asset.slot))
            writes += generations.remaster(standing, asset.generation, master, clock.now())
        try:
            dynamo.transact(*writes)
        except dynamo.ConditionFailed:
            continue  # the asset, its captions or its episode changed since they were read
        return asset.model_copy(update={"captions": tracks})
    raise Busy("Others are changing this episode. Send it again.")


def _noted(table: str, item: dynamo.Item, tracks: Tracks) -> dynamo.Write:
    condition, seen = unchanged(item)
    return dynamo.update(
        table,
        assets.key(item["id"]),
        "SET #captions = :captions, #captions_version = :next, #updated_at = :now",
        condition=f"#status = :status AND {condition}",
        captions=[one.model_dump(mode="json") for one in tracks],
        next=item.get("captions_version", 0) + 1,
        now=clock.iso(clock.now()),
        status=item["status"],
        **seen,
    )
