"""What it costs to look for 20 000 phrases in a comment of 2000 characters, beside the bare view.

`python -m benchmarks wordlists`; milliseconds of CPU.
"""

import random
import statistics
import time
from collections.abc import Callable

from django.conf import settings

from benchmarks import asking
from comments.screening.normalise import fold_letters, undo_word_tricks
from comments.screening.words import MOST_ENTRIES, Matcher, read, readings

LENGTH, TIMES = 2000, 200
MOST_MS = 1.0

SYLLABLES = ["ba", "ko", "ti", "ra", "men", "sol", "du", "pi", "gra", "lo", "ver", "xan", "qui"]
TEXTS = {
    "Latin": "Nobody asked those who live beside the harbour what they make of dust, noise and lorries at night. ",
    "Persian": "به نظر من برنامهٔ وزیر جدی نیست و باید دوباره نوشته شود. ",
    "Russian": "Мне кажется, что план министра не был продуман до конца, и спросить было некого. ",
    "Chinese": "我觉得部长的计划没有经过认真考虑，应该重新写。",
}


def entries_of() -> dict[str, list[str]]:
    """20 000 different entries of each kind."""
    chance = random.Random(2026)

    def word() -> str:
        return "".join(chance.choice(SYLLABLES) for _ in range(chance.randint(2, 6)))

    kinds: dict[str, Callable[[], str]] = {
        "words": word,
        "phrases": lambda: " ".join(word() for _ in range(chance.randint(2, 4))),
        "beginnings": lambda: f"{word()}*",
        "middles": lambda: f"*{word()}*",
        "phrases with asterisks": lambda: f"{word()} {word()}*",
    }
    lists: dict[str, list[str]] = {}
    for name, make in kinds.items():
        found: dict[str, None] = {}
        while len(found) < MOST_ENTRIES:
            found[make()] = None
        lists[name] = list(found)
    lists["all of these"] = [lists[name][number] for number in range(MOST_ENTRIES // 5) for name in kinds]
    return lists


def all_different() -> str:
    """No word twice, so that nothing is gained by asking about each only once."""
    chance = random.Random(2027)
    return " ".join("".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(LENGTH))


def typical(call: Callable[[], object]) -> float:
    """The median in milliseconds of CPU."""
    spent = []
    for _ in range(TIMES):
        started = time.process_time()
        call()
        spent.append((time.process_time() - started) * 1000)
    return statistics.median(spent)


def run() -> None:
    bare = asking.site(settings.STANDARD_MIDDLEWARE)
    view = typical(lambda: asking.get(bare, "/bare/", {}))
    print(f"{MOST_ENTRIES} entries, a comment of {LENGTH} characters, normalised by screening already")
    print(f"  the bare view takes {view:.2f} ms")
    texts = {script: sentence * 100 for script, sentence in TEXTS.items()} | {"all different": all_different()}
    dearest = 0.0
    for name, entries in entries_of().items():
        started = time.process_time()
        matcher = Matcher(read("\n".join(entries))[0])
        built = time.process_time() - started
        told = []
        for script, text in texts.items():
            folded = fold_letters(text[:LENGTH])
            normal = undo_word_tricks(folded)
            spent = typical(lambda f=folded, n=normal, m=matcher: m.find(readings(f, n)))
            dearest = max(dearest, spent)
            told.append(f"{script} {spent:.2f} ms ({spent / view:.2f})")
        print(f"  {name + ':':24} built in {built:.2f} s; {', '.join(told)}")
    verdict = "ok" if dearest <= MOST_MS else "MISSED"
    print(f"  {verdict}: at most {dearest:.2f} ms, {dearest / view:.2f} bare views; the aim is {MOST_MS:g} ms")
