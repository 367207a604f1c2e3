"""What people write: a few tongues, with emoji, of the length that posts have."""

from random import Random

_TONGUES: tuple[tuple[str, str], ...] = (
    (
        "en",
        "the a morning coffee train late again someone left their umbrella on my desk and now it"
        " rains cats are asleep garden tomatoes finally red new release notes nobody reads them"
        " except me today we ship it slowly good night friends what a song this band never stops",
    ),
    (
        "de",
        "heute wieder Regen über der Stadt aber der Kaffee ist heiß und die Züge fahren fast"
        " pünktlich schöne Grüße aus dem Garten wir lesen später weiter nichts Neues",
    ),
    (
        "pt",
        "bom dia gente hoje tem café e pão na chapa saudade do mar amanhã a gente conversa mais"
        " que jogo foi esse não acredito coração tranquilo",
    ),
    ("ja", "今日は いい 天気 ですね また 明日 おはよう 猫が 寝てる 新しい 本を 読んだ 待って 最高"),
)
_TAIL = ("", "", "", "", " 🌱", " 😂", " ✨✨", " 👩‍🚀", "!", "…")


def sentence(random: Random, most: int = 30) -> tuple[str, str]:
    """A text and the language it is in."""
    # Half of all posts are in the first language.
    tongue = _TONGUES[max(0, random.randrange(-3, len(_TONGUES)))]
    language, words = tongue
    chosen = random.choices(words.split(), k=random.randint(2, most))
    return " ".join(chosen) + random.choice(_TAIL), language


def title(random: Random) -> str:
    text, _ = sentence(random, 5)
    return text.title()
