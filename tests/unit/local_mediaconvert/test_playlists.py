"""The master playlist: what a player chooses from."""

from fractions import Fraction

from local.mediaconvert.playlists import (
    Alternative,
    MediaPlaylist,
    Variant,
    captions_playlist,
    codec_string,
    master,
)

VIDEO = MediaPlaylist("index_360p.m3u8", (2.0, 2.0, 0.4), (200_000, 100_000, 90_000), "avc1.64001e")
AUDIO = MediaPlaylist("index_audio.m3u8", (2.0, 2.0, 0.4), (32_000, 32_000, 6_400), "mp4a.40.2")


def test_the_bandwidth_is_that_of_the_largest_whole_segment() -> None:
    assert VIDEO.bandwidth == 800_000
    assert VIDEO.average_bandwidth == 709_091


def test_a_variant_counts_its_audio_and_names_both_codecs() -> None:
    sound = Alternative("AUDIO", AUDIO, "audio", "English", True, False, language="en", channels=2)
    lines = master([Variant(VIDEO, 360, 640, Fraction(30000, 1001), "audio")], [sound]).splitlines()
    assert lines[3] == (
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",LANGUAGE="en",'
        'DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="index_audio.m3u8"'
    )
    assert lines[4] == (
        '#EXT-X-STREAM-INF:BANDWIDTH=928000,AVERAGE-BANDWIDTH=837091,CODECS="avc1.64001e,mp4a.40.2"'
        ',RESOLUTION=360x640,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE'
    )
    assert lines[5] == "index_360p.m3u8"


def test_a_silent_variant_names_no_audio() -> None:
    text = master([Variant(VIDEO, 360, 640, Fraction(25), "audio")], [])
    assert "AUDIO=" not in text
    assert 'CODECS="avc1.64001e"' in text


def test_captions_are_offered_with_every_variant() -> None:
    text = MediaPlaylist("index_en.m3u8", (4.4,), (100,), "wvtt")
    captions = Alternative("SUBTITLES", text, "subs", "English", False, True, language="en")
    variants = [Variant(VIDEO, 360, 640, Fraction(25), None)] * 2
    assert master(variants, [captions]).count('SUBTITLES="subs"') == 2
    assert "#EXT-X-TARGETDURATION:5" in captions_playlist("index_en_000000001.vtt", 4.4)


def test_the_codec_is_read_from_the_avc_configuration() -> None:
    assert codec_string(b"\0\0\0\x20avcC\x01\x64\x00\x2a\xff") == "avc1.64002a"
