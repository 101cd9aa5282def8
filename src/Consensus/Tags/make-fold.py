"""Writes fold.txt beside this script, from the Unicode data of Python: what TagFold needs of NFKC and case folding.

Three sections of lines `left TAB right`, a blank line between them:
  a character and its full compatibility decomposition, case folded (Hangul syllables are left to arithmetic);
  a combining class and all its characters;
  a composed character and the pair that composes to it (of characters that folding leaves alone).
"""
import pathlib
import sys
import unicodedata

HANGUL = range(0xAC00, 0xD7A4)


def fold(text):
    while (folded := unicodedata.normalize("NFKD", text).casefold()) != text:
        text = folded
    return unicodedata.normalize("NFKD", text)


chars = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000 and c not in HANGUL]
folds = [f"{c}\t{fold(c)}" for c in chars if fold(c) != c]
classes = {}
for c in chars:
    if unicodedata.combining(c):
        classes.setdefault(unicodedata.combining(c), []).append(c)
pairs = []
for c in chars:
    parts = unicodedata.decomposition(c)
    if parts and not parts.startswith("<") and unicodedata.normalize("NFC", c) == c:
        pair = "".join(chr(int(p, 16)) for p in parts.split())
        if all(fold(p) == unicodedata.normalize("NFKD", p) for p in pair):
            pairs.append(f"{c}\t{pair}")
sections = [folds, [f"{k}\t{''.join(v)}" for k, v in sorted(classes.items())], pairs]
lines = "\n\n".join("\n".join(section) for section in sections) + "\n"
pathlib.Path(__file__).with_name("fold.txt").write_text(lines, encoding="utf-8", newline="\n")
print("Unicode", unicodedata.unidata_version, [len(s) for s in sections], len(lines.encode()), "bytes")
