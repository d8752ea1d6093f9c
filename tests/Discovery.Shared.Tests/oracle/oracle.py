"""Answers vectors on standard input with independent implementations: python3-msgpack, python3-lz4 (liblz4), zlib, and plain sums.

A request is one letter, the length of a payload in four bytes (big-endian) and the payload, a row of items; an answer is a length and
a row of items. An item is its length in four bytes and its bytes. The first thing said is one item: empty, or why this cannot work.
"""
import random
import struct
import sys
import zlib

stdin, stdout = sys.stdin.buffer, sys.stdout.buffer


def send(items):
    body = b"".join(struct.pack(">I", len(i)) + i for i in items)
    stdout.write(struct.pack(">I", len(body)) + body)
    stdout.flush()


def split(body):
    items, at = [], 0
    while at < len(body):
        (size,) = struct.unpack_from(">I", body, at)
        items.append(body[at + 4:at + 4 + size])
        at += 4 + size
    return items


try:
    import lz4.block
    import msgpack
except ImportError as error:
    send([str(error).encode()])
    sys.exit(0)


def describe(v):
    if v is None:
        return "nil"
    if v is True or v is False:
        return "true" if v else "false"
    if isinstance(v, int):
        return "i%d" % v
    if isinstance(v, float):
        return "f" + struct.pack(">d", v).hex()
    if isinstance(v, str):
        return "s" + v.encode().hex()
    if isinstance(v, bytes):
        return "b" + v.hex()
    if isinstance(v, list):
        return "[" + ",".join(map(describe, v)) + "]"
    if isinstance(v, dict):
        return "{" + ",".join(describe(k) + ":" + describe(x) for k, x in v.items()) + "}"
    if isinstance(v, msgpack.Timestamp):
        return "t%d.%d" % (v.seconds, v.nanoseconds)
    return "x%d:%s" % (v.code, v.data.hex())


def pack(v, old):
    return msgpack.packb(v, use_bin_type=not old)


def unpack(b, old):
    return msgpack.unpackb(b, raw=old, strict_map_key=False)


EDGES = [0, 1, 31, 32, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1]


def make_int(r):
    v = r.choice(EDGES) if r.random() < 0.5 else r.getrandbits(r.randint(1, 63))
    return r.choice([v, -v, -v - 1, v + 1 if v < 2**63 - 1 else 2**64 - 1])


def make_size(r):
    return r.choice([0, 1, 7, 31, 32, 33, 200, 255, 256]) if r.random() < 0.3 else r.randint(0, 40)


def make_text(r):
    alphabet = "abcXYZ019-_." if r.random() < 0.7 else "aé€\U0001d11e\u07ff\uffff"
    return "".join(r.choice(alphabet) for _ in range(make_size(r)))


def make(r, depth):
    kind = r.randrange(10 if depth < 4 else 8)
    if kind == 0:
        return r.choice([None, True, False])
    if kind in (1, 2):
        return make_int(r)
    if kind == 3:
        return r.choice([0.0, -0.0, 1.5, float("inf"), -1e300, r.uniform(-1e6, 1e6)])
    if kind in (4, 5):
        return make_text(r)
    if kind == 6:
        return r.randbytes(make_size(r))
    if kind == 7:
        if r.random() < 0.5:
            return msgpack.Timestamp(r.choice([0, 2**32 - 1, 2**32, 2**34 - 1, 2**34, -1, -2**40]), r.choice([0, 1, 999999999]))
        return msgpack.ExtType(r.randint(0, 127), r.randbytes(r.choice([0, 1, 2, 3, 4, 8, 15, 16, 17, 255, 256])))
    if kind == 8:
        return [make(r, depth + 1) for _ in range(r.choice([0, 1, 2, 3, 15, 16, 17]) if depth < 2 else r.randint(0, 3))]
    return {r.choice([make_text, make_int])(r): make(r, depth + 1) for _ in range(r.choice([0, 1, 3, 15, 16]) if depth < 2 else 2)}


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def decompress(item):
    try:
        return b"+" + lz4.block.decompress(item[4:], uncompressed_size=struct.unpack(">I", item[:4])[0])
    except lz4.block.LZ4BlockError:
        return b"-"


MASK = 2**64 - 1
K = [0x6A09E667F3BCC90B, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1]


def fold(a, b):
    product = a * b
    return a ^ ((b << 29 | b >> 35) & MASK) ^ (product & MASK) ^ (product >> 64)


def row_hash(data, seed):
    def word(at, size=8):
        return int.from_bytes(data[at:at + size], "little")

    size = len(data)
    h = fold(seed ^ K[0], size ^ K[1])
    at = 0
    if size > 64:
        other = h ^ K[3]
        while size - at > 48:
            h = fold(word(at) ^ K[2], word(at + 8) ^ h)
            other = fold(word(at + 16) ^ K[1], word(at + 24) ^ other)
            at += 32
        h = fold(h ^ K[0], other)
    if size > 16:
        while size - at > 16:
            h = fold(word(at) ^ K[2], word(at + 8) ^ h)
            at += 16
        first, second = word(size - 16), word(size - 8)
    elif size >= 8:
        first, second = word(0), word(size - 8)
    elif size >= 4:
        first, second = word(0, 4), word(size - 4, 4)
    else:
        first, second = (data[0] | data[size >> 1] << 8 | data[-1] << 16) if size else 0, 0
    return fold(fold(first ^ K[1], second ^ h) ^ K[3], K[0])


def answer(letter, items):
    if letter in "no":
        for item in items:
            value = unpack(item, letter == "o")
            yield describe(value).encode()
            yield pack(value, letter == "o")
    elif letter in "NO":
        seed, count = struct.unpack(">II", items[0])
        r = random.Random(seed)
        for _ in range(count):
            packed = pack(make(r, 0), letter == "O")
            yield packed
            yield describe(unpack(packed, letter == "O")).encode()
    elif letter == "c":
        for item in items:
            yield lz4.block.compress(item, store_size=False)
    elif letter == "d":
        for item in items:
            yield decompress(item)
    elif letter == "s":
        for item in items:
            yield struct.pack(">II", zlib.crc32(item), crc32c(item))
    elif letter == "h":
        for item in items:
            yield struct.pack(">Q", row_hash(item[8:], struct.unpack(">Q", item[:8])[0]))


send([b""])
while True:
    head = stdin.read(5)
    if len(head) < 5:
        break
    send(answer(chr(head[0]), split(stdin.read(struct.unpack(">I", head[1:])[0]))))
