"""
Words, names and sentences for sample data, always from a given random generator.

Text follows Zipf's law over 20,000 words: the word of rank r is drawn with a probability
of nearly 1/r. The most frequent ranks are English function words; the rest are made of
syllables, some with letters beyond ASCII, so that tokenizers have something to do. The same
list comes out on every machine: it is computed by striding through all combinations.

Cost: the list takes about 10 ms once; a word costs about 0.2 µs.

Source: for exponent 1 the distribution of ranks is nearly logarithmic, P(rank <= r) =
ln(r + 1) / ln(n + 1), whose inverse is a power; no table of weights is needed.
"""

from functools import cache
from random import Random

__all__ = [
    "VOCABULARY_WORDS",
    "email",
    "first_name",
    "full_name",
    "phrase",
    "place",
    "prose",
    "sentence",
    "slug",
    "surname",
    "title",
    "vocabulary",
]

VOCABULARY_WORDS = 20_000

_FREQUENT = str.split(
    "the of and to in is that it was for on are as with his they at be this from have or by one "
    "had not but what all were when we there can an your which their said if do will each about "
    "how up out them then she many some so these would other into has more her two like him see "
    "time could no make than first been its who now people my made over did down only way find "
    "use may water long little very after words called just where most know"
)
_FIRST_NAMES = str.split(
    "Ada Ana Boris Clara Dragan Elif Emil Fatima Goran Hana Ines Ivan Jelena Jonas Kenji Lena "
    "Luka Maja Marko Milan Nadia Nikola Olga Omar Petra Ravi Sara Senka Tara Viktor Yusuf Zoë"
)
_SURNAMES = str.split(
    "Adler Babić Costa Dimić Evans Fischer Garcia Hansen Ilić Jovanović Kim Kovač Lee Marić "
    "Nakamura Okafor Petrović Quist Rossi Silva Tanaka Urban Vuković Weber Young Zorić"
)
_PLACES = str.split(
    "Belgrade, Serbia|Novi Sad, Serbia|Niš, Serbia|Zagreb, Croatia|Sarajevo, Bosnia|"
    "Skopje, North Macedonia|Ljubljana, Slovenia|Vienna, Austria|Berlin, Germany|"
    "Lagos, Nigeria|Osaka, Japan|Lima, Peru",
    "|",
)
_CONSONANTS = "bdfgklmnprstvzjčšž"
_VOWELS = "aeiou"
# Strides share no factor with the number of combinations (90², 90³), so none repeats early.
_STRIDE_OF_PAIRS = 2_741
_STRIDE_OF_TRIPLES = 182_657
# What syllables happen to spell and nobody should read in a sample.
_LEFT_OUT = frozenset(("dago", "kike", "nazi"))


@cache
def vocabulary() -> tuple[str, ...]:
    """
    Return the 20,000 words, the most frequent first.

    >>> words = vocabulary()
    >>> len(words), len(set(words)), words[0]
    (20000, 20000, 'the')
    """
    syllables = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]
    size = len(syllables)
    words = dict.fromkeys(_FREQUENT)
    for step in range(size**2):
        first, second = divmod(step * _STRIDE_OF_PAIRS % size**2, size)
        words[syllables[first] + syllables[second]] = None
    for word in _LEFT_OUT:
        del words[word]
    step = 0
    while len(words) < VOCABULARY_WORDS:
        rest, third = divmod(step * _STRIDE_OF_TRIPLES % size**3, size)
        first, second = divmod(rest, size)
        words[syllables[first] + syllables[second] + syllables[third]] = None
        step += 1
    return tuple(words)


def phrase(random: Random, words: int) -> str:
    """Return ``words`` words of Zipf-distributed text, in lower case, with single spaces."""
    known = vocabulary()
    draw = random.random
    return " ".join([known[int((VOCABULARY_WORDS + 1) ** draw()) - 1] for _ in range(words)])


def title(random: Random, *, words_max: int = 6) -> str:
    """Return a heading of two to ``words_max`` words, never longer than 100 characters."""
    return phrase(random, random.randint(2, words_max))[:100].strip().capitalize()


def sentence(random: Random, *, words_max: int = 18) -> str:
    """Return one sentence of four to ``words_max`` words."""
    return phrase(random, random.randint(4, words_max)).capitalize() + "."


def prose(random: Random, *, words: int = 60) -> str:
    """
    Return sentences of about ``words`` words in all.

    Lengths vary as people's texts do: most are shorter, a few up to ten times as long.
    """
    wanted = min(10 * words, max(4, int(words * random.lognormvariate(-0.3, 0.8))))
    text: list[str] = []
    while wanted > 0:
        length = min(wanted, random.randint(4, 18))
        text.append(phrase(random, length).capitalize() + ".")
        wanted -= length
    return " ".join(text)


def first_name(random: Random) -> str:
    """Return a given name."""
    return random.choice(_FIRST_NAMES)


def surname(random: Random) -> str:
    """Return a family name, now and then a double one with a hyphen."""
    name = random.choice(_SURNAMES)
    return f"{name}-{random.choice(_SURNAMES)}" if random.random() < 0.1 else name


def full_name(random: Random) -> str:
    """Return a given name and a family name: letters, spaces and hyphens only."""
    return f"{first_name(random)} {surname(random)}"


def place(random: Random) -> str:
    """Return a city and its country."""
    return random.choice(_PLACES)


def slug(random: Random, *, characters: int = 12) -> str:
    """Return random lower-case letters and digits, as tokens and handles have them."""
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=characters))


def email(random: Random) -> str:
    """Return an address that no other call will return again, in all likelihood."""
    return f"{slug(random, characters=10)}@example.{random.choice(('com', 'org', 'net'))}"
