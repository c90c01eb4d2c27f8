"""Lets gdb print the values of Aver programs that were compiled with `nanoc -g` as Aver writes them.

    gdb -x nanoc-gdb.py PROGRAM        or in gdb: source nanoc-gdb.py

Fields are read as `print item->Item.price`. For conditions, `$int` gives gdb an Int, which it cannot read itself, and
`$text` a String:

    break orders.av:15 if $int(cents) > 100
    break orders.av:15 if $_streq($text(item->Item.name), "tea")

The compiler describes a data type as a typedef of a pointer to a union with a struct for each constructor. A value is a
word: an odd one is the integer or the number of the constructor without fields in its upper 63 bits, an even one the
address of a cell: a reference count (32 bits), a tag and the number of counted fields (16 bits each), then the fields. A
member that is a struct itself has no cell of its own: its members lie in that of the whole. A typedef of the union itself
is that of a type of which one constructor, the struct with a member, is its field; `heads` names the others by the word,
or for cells by two times the tag, and `words` by the word alone. Their fields are read as `print shape.Line->_1`.
"""

import struct

import gdb

STRING, BIG_INTEGER, VECTOR = 0xFFFF, 0xFFFE, 0xFFFD
UNSET = "<not set>"
# Memory that was given back holds the address of other such memory in place of the header.
FREED = "<freed>"
DEPTH = 20
# How many elements of collections are yet to be printed of the current value, at whatever depth.
left = 0


class Cell:
    """A cell in the memory of the program."""

    def __init__(self, address):
        self.address = address
        self.count, self.tag, self.counted = struct.unpack("<iHH", read(address, 8))

    def is_live(self):
        return self.count != 0

    def word(self, offset):
        return struct.unpack("<Q", read(self.address + offset, 8))[0]


def read(address, size):
    return bytes(gdb.selected_inferior().read_memory(address, size))


def limit():
    """How many elements and characters gdb is set to print."""
    return gdb.parameter("print elements") or 1 << 30


def spend():
    """Whether one more element is to be printed."""
    global left
    left -= 1
    return left >= 0


def integer(word):
    if word & 1:
        return str((word >> 1) - (1 << 63 if word >> 63 else 0))
    if word == 0:
        return UNSET
    cell = Cell(word)
    if not cell.is_live() or cell.tag != BIG_INTEGER:
        return FREED
    (count,) = struct.unpack("<q", read(word + 8, 8))
    magnitude = int.from_bytes(read(word + 16, abs(count) * 8), "little")
    return str(-magnitude if count < 0 else magnitude)


def printable(shown):
    """The text with escapes for what the terminal's character set lacks, since gdb prints nothing of such a value."""
    charset = gdb.host_charset() if hasattr(gdb, "host_charset") else "ascii"
    try:
        shown.encode(charset)
        return shown
    except (UnicodeEncodeError, LookupError):
        return "".join(char if char.isascii() else "\\u{%x}" % ord(char) for char in shown)


def text(word, name):
    if word == 0:
        return UNSET
    cell = Cell(word)
    if not cell.is_live() or cell.tag != STRING:
        return FREED
    size = cell.word(8)
    data = read(word + 24, min(size, limit()))
    if name != "String":
        return name + " " + data.hex() + ("..." if size > limit() else "")
    shown = data.decode("utf-8", "ignore")
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        shown = shown.replace(plain, escaped)
    return '"' + printable(shown) + ('"...' if size > limit() else '"')


def element(data, kind):
    """A value of a type from its bytes."""
    kind_code = kind.strip_typedefs().code
    if kind_code == gdb.TYPE_CODE_ENUM:
        names = [field.name for field in kind.strip_typedefs().fields()]
        index = int.from_bytes(data, "little")
        return names[index] if index < len(names) else str(index)
    if kind_code == gdb.TYPE_CODE_BOOL:
        return "true" if data[0] & 1 else "false"
    if kind_code == gdb.TYPE_CODE_FLT:
        return repr(struct.unpack("<d", data)[0])
    if kind.name == "word":
        return str(struct.unpack("<q", data)[0])
    return None


def show(word, kind, depth=0):
    """The text of a value that is held in a word."""
    simple = element(struct.pack("<Q", word), kind)
    if simple is not None:
        return simple
    if kind.name == "Int":
        return integer(word)
    plain = kind.strip_typedefs()
    if plain.code == gdb.TYPE_CODE_PTR and plain.target().code != gdb.TYPE_CODE_UNION:
        return text(word, kind.name)
    if plain.code == gdb.TYPE_CODE_UNION:
        return unboxed(word, kind, depth)
    if word == 0:
        return UNSET
    if depth > DEPTH:
        return "..."
    return data(word, kind, plain.target(), depth)


def full(kind):
    """The constructor that is its field: its name and its only member."""
    for one in kind.strip_typedefs().fields():
        if one.type.code == gdb.TYPE_CODE_STRUCT and one.type.fields():
            return one.name, one.type.fields()[0]
    return None


def others(kind):
    """What tells the other constructors apart: their names, and whether that is the word for all."""
    for one in kind.strip_typedefs().fields():
        if one.type.code == gdb.TYPE_CODE_ENUM:
            return {each.enumval: each.name for each in one.type.fields()}, one.name == "words"
    return {}, True


def unboxed(word, kind, depth):
    """A value of a type of which one constructor is its field."""
    base = kind.name.split("<")[0]
    heads, are_words = others(kind)
    head, cell = word, None
    if not are_words and word & 1 == 0:
        if word == 0:
            return UNSET
        cell = Cell(word)
        if not cell.is_live():
            return FREED
        head = cell.tag << 1
    name = heads.get(head)
    if name is None:
        name, member = full(kind)
        if depth > DEPTH:
            return "..."
        return written(base, name, [member], [show(word, member.type, depth + 1)])
    one = next(one.type for one in kind.strip_typedefs().fields() if one.name == name)
    members = one.target().fields() if one.code == gdb.TYPE_CODE_PTR else []
    if cell is not None and cell.counted > 0x8000:
        return FREED
    return record(base, name, members, cell, depth)


def variant(word, target):
    """The constructor of a value: its name, its struct and its cell; None if the cell is one no more."""
    fields = target.fields()
    if word & 1:
        index, cell = word >> 1, None
    else:
        cell = Cell(word)
        index = 0 if cell.tag == VECTOR else cell.tag
        if not cell.is_live() or cell.counted > 0x8000 and cell.tag != VECTOR:
            return None
    if index >= len(fields):
        return None
    members = fields[index].type.fields()
    return fields[index].name, members, cell


def field(cell, member, depth):
    if member.type.code == gdb.TYPE_CODE_STRUCT:
        # Its fields stand in this cell, at places of their own.
        kind, _, name = member.type.name.rpartition(".")
        return record(kind.split("<")[0], name, member.type.fields(), cell, depth + 1)
    return show(cell.word(member.bitpos // 8), member.type, depth + 1)


def data(word, kind, target, depth):
    found = variant(word, target)
    if found is None:
        return FREED
    name, members, cell = found
    base = kind.name.split("<")[0]
    if base == "List":
        return "[" + ", ".join(items(word, target, depth)) + "]"
    if base == "Vector":
        return "Vector [" + ", ".join(vector(cell, members[0].type, depth)) + "]"
    if base == "Map":
        return "{" + ", ".join(entries(word, target, depth)) + "}"
    return record(base, name, members, cell, depth)


def record(base, name, members, cell, depth):
    """A value of a constructor with members in a cell."""
    return written(base, name, members, [field(cell, member, depth) for member in members])


def written(base, name, members, values):
    """A value of a constructor with members that are written so."""
    if base == "Tuple":
        return "(" + ", ".join(values) + ")"
    own = base.split(".")[-1]
    if not members:
        return own + "." + name
    if members[0].name.startswith("_"):
        return own + "." + name + "(" + ", ".join(values) + ")"
    return own + "(" + ", ".join(member.name + " = " + value for member, value in zip(members, values)) + ")"


def items(word, target, depth):
    """The elements of a list."""
    while True:
        found = variant(word, target)
        if found is None:
            yield FREED
            return
        _, members, cell = found
        if cell is None:
            return
        if not spend():
            yield "..."
            return
        yield field(cell, members[0], depth)
        word = cell.word(members[1].bitpos // 8)


def vector(cell, kind, depth):
    """The elements of a vector; those of few possible values take a byte each."""
    plain = kind.strip_typedefs()
    is_small = plain.code == gdb.TYPE_CODE_BOOL or plain.code == gdb.TYPE_CODE_ENUM and len(plain.fields()) <= 256
    for index in range(cell.word(8)):
        if not spend():
            yield "..."
            return
        if is_small:
            yield element(read(cell.address + 16 + index, 1), kind)
        else:
            yield show(cell.word(16 + 8 * index), kind, depth + 1)


def entries(word, target, depth):
    """The entries of a map: a B-tree whose leaves have vectors of keys and values."""
    found = variant(word, target)
    if found is None:
        yield FREED
        return
    name, members, cell = found
    if name == "Leaf":
        keys, values = (vector_field(cell, member, depth) for member in members)
        for key, value in zip(keys, values):
            if left < 0:
                yield "..."
                return
            yield key + " => " + value
    elif name == "Inner":
        for address in children(cell, members[2]):
            if left < 0:
                return
            yield from entries(address, target, depth)


def vector_field(cell, member, depth):
    kind = member.type.strip_typedefs().target().fields()[0].type.fields()[0].type
    return vector(Cell(cell.word(member.bitpos // 8)), kind, depth)


def children(cell, member):
    nodes = Cell(cell.word(member.bitpos // 8))
    return [nodes.word(16 + 8 * index) for index in range(nodes.word(8))]


class Printer:
    """Shows a value as Aver writes it."""

    def __init__(self, value, kind):
        self.value = value
        self.kind = kind

    def to_string(self):
        global left
        left = limit()
        try:
            value = self.value
            while value.type.strip_typedefs().code == gdb.TYPE_CODE_UNION:
                name, member = full(value.type)
                value = value[name][member.name]
            return show(int(value) & (1 << 64) - 1, self.kind)
        except (gdb.error, gdb.MemoryError, OverflowError, ValueError):
            return UNSET


def lookup(value):
    kind = value.type.unqualified()
    if kind.code == gdb.TYPE_CODE_INT and kind.name == "Int" and kind.sizeof == 8:
        return Printer(value, kind)
    if kind.code == gdb.TYPE_CODE_TYPEDEF and kind.strip_typedefs().code == gdb.TYPE_CODE_UNION:
        return Printer(value, kind) if kind.strip_typedefs().name == kind.name else None
    if kind.code == gdb.TYPE_CODE_TYPEDEF and kind.strip_typedefs().code == gdb.TYPE_CODE_PTR:
        target = kind.strip_typedefs().target()
        if target.name == kind.name and target.code in (gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_STRUCT):
            return Printer(value, kind)
    return None


class Int(gdb.Function):
    """$int(x): an Int as an integer of gdb's; the nearest of 64 bits."""

    def __init__(self):
        super().__init__("int")

    def invoke(self, value):
        exact = int(integer(int(value) & (1 << 64) - 1))
        return max(-1 << 63, min(exact, (1 << 63) - 1))


class Text(gdb.Function):
    """$text(x): a String as a string of gdb's."""

    def __init__(self):
        super().__init__("text")

    def invoke(self, value):
        address = int(value) & (1 << 64) - 1
        return read(address + 24, Cell(address).word(8)).decode("utf-8", "replace")


Int()
Text()
lookup.name = "aver"
gdb.pretty_printers.append(lookup)
