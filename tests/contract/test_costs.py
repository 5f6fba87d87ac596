"""The document of costs says what the measured units and the prices make of each other."""

from bench import costs


def test_the_document_is_what_the_script_computes() -> None:
    assert costs.DOCUMENT.read_text() == costs.document(), "run: make costs"
