"""Values as strace -X verbose -xx writes them, and as ctrace's JSON does, brought to one form."""

import re

NUMBER = r"-?0x[0-9a-f]+|-?[0-9]+|NULL"
PIECE = re.compile(rf"^({NUMBER})(?: /\* (.*) \*/)?$")
STRING = re.compile(r'^"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?$')
HEX_STRING = r'"((?:\\x[0-9a-f]{2})*)"'


def to_bytes(hexed):
    return bytes.fromhex(hexed.replace("\\x", ""))


def to_number(text):
    if text == "NULL":
        return 0
    return int(text, 8) if re.fullmatch(r"0[0-7]+", text) else int(text, 0)


def pieces_of(text):
    """Cut at the bars outside of remarks."""
    parts, start, depth = [], 0, 0
    for at, char in enumerate(text):
        pair = text[at:at + 2]
        depth += (pair == "/*") - (pair == "*/")
        if char == "|" and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return parts + [text[start:]]


class Shown:
    """One argument of strace's. number: None where strace shows what is at an address. words: None
    where it has no names for the number; rest: bits without a name beside some that have one.
    descriptor: what `3<...>` says of a descriptor."""

    def __init__(self, source):
        self.source = source
        self.number = self.words = self.text = self.descriptor = None
        self.rest = 0
        string = STRING.match(source)
        if string:
            self.text = to_bytes(string[1])
            return
        named = re.match(rf"^((?:{NUMBER})(?: /\* AT_FDCWD \*/)?)(<.*>(?:\(deleted\))?)$", source)
        if named:
            self.descriptor = named[2]
            source = named[1]
        swapped = re.match(r"^htons\((.*)\)$", source)
        if swapped:
            inner = Shown(swapped[1])
            self.number = int.from_bytes(inner.number.to_bytes(2, "big"), "little")
            self.words = inner.words and {f"htons({word})" for word in inner.words}
            return
        parts = [PIECE.match(part) for part in pieces_of(source)]
        if all(parts):
            self.number = 0
            for part in parts:
                self.number |= to_number(part[1])
                if part[2] is None and len(parts) > 1:
                    self.rest |= to_number(part[1])
                self.take_words(part[2])

    def take_words(self, remark):
        if remark is None or "??" in remark or "?_" in remark:
            return
        priority = re.fullmatch(r"IOPRIO_PRIO_VALUE\(\w+ /\* (\w+) \*/, (\d+)\)", remark)
        if priority:
            self.words = {priority[1]}
            self.rest = int(priority[2])
            return
        # strace 6.1 writes memfd_create's remark in a remark.
        for word in re.sub(rf"^({NUMBER}) /\* | \*/$", "", remark).split("|"):
            word = word.removeprefix("1<<") if word.startswith("1<<CAP_") else word
            if re.match(r"\d{4}-\d\d-\d\d|[0-9.]+ s$|\d+\*\d+$", word):
                continue  # a date, seconds, a product: of numbers, not in place of one
            if re.fullmatch(r"0x[0-9a-f]+|0[0-7]*", word):
                self.rest |= to_number(word)
            else:
                self.words = (self.words or set()) | {word}

    def texts(self):
        """Of an array of strings."""
        if not re.fullmatch(rf"\[(?:{HEX_STRING}(?:, )?)*\]", self.source):
            return None
        return [to_bytes(text) for text in re.findall(HEX_STRING, self.source)]


class Words:
    """Names of numbers: which are the same under two names, and which value a word has.
    Rows: `A = B C` (strace's A is ctrace's B|C), `A 0x80` (a value)."""

    def __init__(self, rows):
        self.spelling = {row[0]: set(row[2:]) for row in rows if row[1] == "="}
        self.values = {row[0]: {int(row[1], 0)} for row in rows if row[1] != "="}

    def respelled(self, words):
        return set().union(*(self.spelling.get(word, {word}) for word in words))

    def learn(self, words, number):
        if len(words) == 1:
            self.values.setdefault(next(iter(words)), set()).add(number)

    def number(self, words):
        """None when one of them was never met alone, or is ambiguous."""
        total = 0
        for word in words:
            values = self.values.get(word, ())
            if len(values) != 1:
                return None
            total |= next(iter(values))
        return total

    @staticmethod
    def split(value):
        """ctrace's O_RDONLY|0x80 as ({O_RDONLY}, 0x80)."""
        if re.fullmatch(r"makedev\(\w+, \w+\)", value):
            return {value}, 0
        words, rest = set(), 0
        for word in value.split("|"):
            if re.fullmatch(r"0x[0-9a-f]+|0[0-7]*", word):
                rest |= to_number(word)
            elif re.fullmatch(r"[A-Za-z_][A-Za-z0-9_()]*", word):
                words.add(word)
            else:
                return None, 0
        return words, rest


# ---- socket addresses: a dict of family, port, address, path, data


def strace_sockaddr(shown):
    text = shown.source
    family = re.match(r"^\{sa_family=((?:0x)?[0-9a-f]+) /\* (\w+|AF_\?\?\?) \*/", text)
    if not family:
        return None
    fields = {"family": family[1] if "?" in family[2] else family[2]}
    if family[2] == "AF_UNIX":
        fields["path"] = b""
    scope = re.search(r"sin6_scope_id=(\d+)", text)
    if scope:
        fields["scopeid"] = int(scope[1])
    for key, mark, hexed in re.findall(rf"(\w+)=(@?){HEX_STRING}", text):
        raw = to_bytes(hexed)
        key = re.sub(r"^sin6?_|^sun_|^sa_", "", key)
        fields[key] = (b"@" + raw if mark else raw)
    if "port" in fields:
        fields["port"] = int.from_bytes(fields["port"], "big")
    return fields


def ctrace_sockaddr(text):
    import socket
    found = dict(re.findall(r"'(\w+)': ?'((?:[^'\\]|\\.)*)'", text))
    fields = {"family": found.pop("sa_family")}
    for key, value in found.items():
        key = re.sub(r"^sin6?_|^sun_|^sa_", "", key)
        if key in ("port", "scopeid"):
            fields[key] = int(value)
        elif key == "flowinfo":
            fields[key] = int(value).to_bytes(4, "big")
        elif key == "addr":
            family = socket.AF_INET6 if ":" in value else socket.AF_INET
            fields[key] = socket.inet_pton(family, value)
        elif key == "data":
            fields[key] = bytes.fromhex(value)
        else:
            fields[key] = value.encode("latin-1").decode("unicode_escape").encode("latin-1")
    return fields
