"""What is said in the demo drama, as captions in two languages."""

from local.demo_clips import SECONDS

_LINES: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("Deliveries go round the back.", "Las entregas, por detrás."),
        ("I live here.", "Vivo aquí."),
    ),
    (("Whose name is this?", "¿De quién es este nombre?"), ("Mine.", "Mío.")),
    (("You sit at the end.", "Tú siéntate al final."), ("At the head, then.", "En la cabecera.")),
    (("Burn it.", "Quémala."), ("It was a copy.", "Era una copia.")),
    (("Say it again.", "Dilo otra vez."), ("It was always yours.", "Siempre fue tuya.")),
    (("Step back from the edge!", "¡Aléjate del borde!"), ("You first.", "Tú primero.")),
)
LANGUAGES = ("en", "es")


def captions(number: int, language: str) -> str:
    """Return the captions of an episode as WebVTT: two lines, each for half of the episode."""
    half = SECONDS // 2
    place = LANGUAGES.index(language)
    cues = [
        f"00:{at * half:02d}.300 --> 00:{(at + 1) * half:02d}.000\n{said[place]}\n"
        for at, said in enumerate(_LINES[number - 1])
    ]
    return "\n".join(["WEBVTT\n", *cues])
