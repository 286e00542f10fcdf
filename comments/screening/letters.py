"""Letters that are drawn like other letters, and signs that are not drawn at all."""

import string

# Drawn as small capitals; NFKC leaves them alone. There is none for x.
SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))

# White on black: circled (U+1F150) and squared (U+1F170); NFKC knows only the black on white ones.
WHITE_ON_BLACK = {
    chr(first + place): letter
    for first in (0x1F150, 0x1F170)
    for place, letter in enumerate(string.ascii_lowercase)
}

# Latin letters whose stroke or shape Unicode does not decompose.
LATIN_VARIANTS = dict(zip("łøđħŧıɑɡɩƒǝəɐɔʇ", "lodhtiagifeeact", strict=True))

# One Persian and one Arabic way of typing the same letter; the stretching sign is a decoration.
ARABIC_VARIANTS = {"ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ه", "ة": "ه", "ـ": ""}

# Not drawn, though Unicode does not call them format characters.
BLANKS = dict.fromkeys("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0", "") | {
    chr(selector): "" for selector in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}

PLAIN_LETTERS = {**WHITE_ON_BLACK, **LATIN_VARIANTS, **SMALL_CAPITALS, **ARABIC_VARIANTS, **BLANKS}

LATIN, CYRILLIC, GREEK = "latin", "cyrillic", "greek"

# For each script: what a letter of another script stands for when it is found in a word of this one. A letter
# that appears in no such table has no twin, and tells which script its word is written in. Case is folded
# before, so twins of the capitals (Н like H, В like B) stand here as small letters.
TWINS = {
    LATIN: {
        **dict(zip("авсеніјкморѕтухһԁԛԝүғӏ", "abcehijkmopstyxhdqwyfl", strict=True)),
        **dict(zip("αβεηικμνορτυχγωϲάέίόύ", "abenikmvoptuxywcaeiou", strict=True)),
    },
    CYRILLIC: {
        **dict(zip("abcehikmnoprtuxy", "авсенікмпоргтиху", strict=True)),
        **dict(zip("αβεηικμορτυχϲ", "авенікмортухс", strict=True)),
    },
    GREEK: {
        **dict(zip("abehikmnoptuvxyz", "αβεηικμηορτυνχγζ", strict=True)),
        **dict(zip("авенікмортух", "αβεηικμορτυχ", strict=True)),
    },
}
