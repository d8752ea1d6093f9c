"""Calls the methods of a server as another node would: an independent yamux and msgpack-rpc, and one line per answer.

usage: rpc_client.py PORT
Indexes are shown by their order within an answer, ids of sessions by the order in which they were made, and what is nil, empty or absent
is the same: a Go program sees no difference.
"""
import gzip
import io
import json
import re
import socket
import struct
import sys
import tarfile
import threading
import time

import msgpack

PORT = int(sys.argv[1])
WINDOW = 256 * 1024
DATA, UPDATE, PING, AWAY = range(4)
SYN, ACK, FIN, RST = 1, 2, 4, 8


class Closed(Exception):
    pass


class Stream:
    def __init__(self, session, number):
        self.session, self.number = session, number
        self.inbox, self.window, self.used = b"", WINDOW, 0
        self.ended = self.reset = False

    def send(self, data):
        while data:
            with self.session.changed:
                self.session.changed.wait_for(lambda: self.window or self.reset or self.session.dead, 30)
                if self.reset or self.session.dead:
                    raise Closed()
                count = min(len(data), self.window, 60000)
                self.window -= count
            self.session.frame(DATA, 0, self.number, count, data[:count])
            data = data[count:]

    def recv(self):
        with self.session.changed:
            self.session.changed.wait_for(lambda: self.inbox or self.ended or self.reset or self.session.dead, 60)
            data, self.inbox = self.inbox, b""
        if not data:
            raise Closed()
        self.used += len(data)
        if self.used >= WINDOW // 2 and not self.ended:
            self.session.frame(UPDATE, 0, self.number, self.used)
            self.used = 0
        return data

    def close(self):
        self.session.frame(UPDATE, FIN, self.number, 0)


class Session:
    """One side of yamux, in as few lines as it can be."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.socket.sendall(b"\x04")
        self.changed, self.writing = threading.Condition(), threading.Lock()
        self.streams, self.next, self.dead, self.pongs, self.acks = {}, 1, False, [], 0
        self.away = None
        threading.Thread(target=self.read, daemon=True).start()

    def frame(self, kind, flags, stream, length, payload=b""):
        with self.writing:
            self.socket.sendall(struct.pack(">BBHII", 0, kind, flags, stream, length) + payload)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(min(65536, count - len(data)))
            if not piece:
                raise Closed()
            data += piece
        return data

    def read(self):
        try:
            while True:
                version, kind, flags, number, length = struct.unpack(">BBHII", self.exactly(12))
                payload = self.exactly(length) if kind == DATA else b""
                with self.changed:
                    self.take(kind, flags, number, length, payload)
                    self.changed.notify_all()
        except (Closed, OSError):
            with self.changed:
                self.dead = True
                self.changed.notify_all()

    def take(self, kind, flags, number, length, payload):
        if kind == PING:
            if flags & SYN:
                self.frame(PING, ACK, 0, length)
            else:
                self.pongs.append(length)
            return
        if kind == AWAY:
            self.away = length
            return
        stream = self.streams.get(number)
        if stream is None:
            return
        if flags & ACK:
            self.acks += 1
        stream.inbox += payload
        if kind == UPDATE:
            stream.window += length
        stream.ended |= bool(flags & FIN)
        stream.reset |= bool(flags & RST)

    def open(self):
        stream = Stream(self, self.next)
        self.streams[self.next] = stream
        self.next += 2
        self.frame(UPDATE, SYN, stream.number, 0)
        return stream


class Single:
    """A connection that is one stream."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.socket.sendall(b"\x00")

    def send(self, data):
        self.socket.sendall(data)

    def recv(self):
        try:
            data = self.socket.recv(65536)
        except OSError:
            raise Closed()
        if not data:
            raise Closed()
        return data


class Caller:
    def __init__(self, stream):
        self.stream, self.buffer, self.seq = stream, b"", 0

    def value(self):
        while True:
            unpacker = msgpack.Unpacker(raw=True, strict_map_key=False, max_buffer_size=0)
            unpacker.feed(self.buffer)
            try:
                found = unpacker.unpack()
                self.buffer = self.buffer[unpacker.tell():]
                return found
            except msgpack.OutOfData:
                self.buffer += self.stream.recv()

    def ask(self, method, body, raw=False):
        self.seq += 1
        head = msgpack.packb({"Seq": self.seq, "ServiceMethod": method}, use_bin_type=False)
        self.stream.send(head + (body if raw else msgpack.packb(body, use_bin_type=False)))

    def answer(self):
        head, body = self.value(), self.value()
        assert head[b"Seq"] == self.seq or self.seq > 1
        return head[b"Error"].decode(), body

    def call(self, method, body, raw=False):
        self.ask(method, body, raw)
        return self.answer()


INDEXES = ("CreateIndex", "ModifyIndex", "LockIndex")
names = {}


def plain(value):
    if isinstance(value, bytes):
        text = value.decode("utf-8", "backslashreplace")
        return names.get(text, text)
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {plain(k): plain(v) for k, v in sorted(value.items())} or None
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value] or None
    return value


def without_own(value):
    """The rows of the server's own node: how often those were written before is nobody's concern."""
    if isinstance(value, dict):
        own = value.get("Node") == "n1" and "Behavior" not in value
        return {k: without_own(v) for k, v in value.items() if not (own and k in INDEXES)}
    return [without_own(v) for v in value] if isinstance(value, list) else value


def indexes(value, found):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in INDEXES and inner:
                found.add(inner)
            indexes(inner, found)
    elif isinstance(value, list):
        for inner in value:
            indexes(inner, found)


def ranked(value, ranks):
    if isinstance(value, dict):
        return {k: ranks.get(v, 0) if k in INDEXES and k != "LockIndex" else bool(v) if k == "Index" else ranked(v, ranks)
                for k, v in value.items()}
    return [ranked(v, ranks) for v in value] if isinstance(value, list) else value


def show(label, error, body, order=None):
    shown = plain(body)
    if order and isinstance(shown, dict) and shown.get(order):
        shown[order] = sorted(shown[order], key=lambda row: row["CreateIndex"])
    if isinstance(shown, dict) and isinstance(shown.get("Services"), dict):
        shown["Services"] = {k: sorted(v) if isinstance(v, list) else v for k, v in shown["Services"].items()}
    shown = without_own(shown)
    found = set()
    indexes(shown, found)
    shown = ranked(shown, {index: rank + 1 for rank, index in enumerate(sorted(found))})
    if error.startswith("codec"):
        error = error.split(":")[0]
    shown = json.loads(re.sub(r"current modify index \d+", "current modify index N", json.dumps(shown)))
    print(label, json.dumps([error, shown], sort_keys=True), flush=True)


session = Session()
idle = []


def call(method, label=None, order=None, raw=None, **body):
    """One call on a stream that is used again unless it was closed."""
    body.setdefault("Datacenter", "dc1")
    body = {k: v for k, v in body.items() if v is not None}
    caller = idle.pop() if idle else Caller(session.open())
    error, answer = caller.call(method, raw if raw is not None else body, raw is not None)
    if error.startswith(("rpc: ", "codec")):
        try:
            caller.answer()
            print("the stream goes on")
        except Closed:
            caller.stream.close()
    else:
        idle.append(caller)
    show(label or f"{method} {json.dumps(plain(body), sort_keys=True, default=repr)}", error, answer, order)
    return answer


def status():
    call("Status.Ping")
    for dc in (None, "dc1", "dc9"):
        call("Status.Leader", Datacenter=dc)
        call("Status.Peers", Datacenter=dc)
    call("Catalog.ListDatacenters", Datacenter=None)


def shapes():
    """Bodies in other shapes, and what is none."""
    for label, raw in [
        ("nil", b"\xc0"), ("empty", b"\x80"), ("array", b"\x91\xa3dc1"), ("bin8 for a string", b"\x81\xaaDatacenter\xc4\x03dc1"),
        ("str8", b"\x81\xaaDatacenter\xd9\x03dc1"), ("other case", b"\x81\xaadatacenter\xa3dc1"), ("string", b"\xa3abc"), ("int", b"\x05"),
        ("float for a duration", b"\x82\xaaDatacenter\xa3dc1\xacMaxQueryTime\xcb\x40" + b"\0" * 7),
        ("negative index", b"\x82\xaaDatacenter\xa3dc1\xadMinQueryIndex\xff"),
        ("signed index", b"\x82\xaaDatacenter\xa3dc1\xadMinQueryIndex\xd3" + b"\0" * 8),
        ("number for a boolean", b"\x82\xaaDatacenter\xa3dc1\xaaAllowStale\x01"),
        ("nil fields", b"\x84\xaaDatacenter\xa3dc1\xaaAllowStale\xc0\xadMinQueryIndex\xc0\xa6Filter\xc0"),
        ("unknown field", b"\x82\xaaDatacenter\xa3dc1\xa3Foo\x92\xc4\x01a\x81\xa1k\xd9\x01b"),
        ("twice", b"\x82\xaaDatacenter\xa3dc2\xaaDatacenter\xa3dc1"), ("number for a name", b"\x82\xaaDatacenter\xa3dc1\x01\x02"),
        ("map16", b"\xde\x00\x01\xaaDatacenter\xa3dc1"),
    ]:
        call("Catalog.ListNodes", label=f"shape {label}", raw=raw)
    for method in ("Nope.Foo", "Catalog.Nope", "Catalog"):
        call(method)
    call("Status.Ping", label="after")


WEB = {"Service": "web", "Port": 80, "Tags": ["a", "b"]}


def catalog():
    call("Catalog.Register", Node="f1", Address="10.0.0.9", Service=WEB, Check={"Name": "c1", "Status": "passing"})
    call("Catalog.Register", Node="f2", Address="10.0.0.10", NodeMeta={"k": "v"}, TaggedAddresses={"lan": "1.2.3.4"},
         Service={"ID": "web2", "Service": "web", "Port": 81, "Meta": {"m": "1"}, "Weights": {"Passing": 3, "Warning": 2},
                  "TaggedAddresses": {"lan": {"Address": "9.9.9.9", "Port": 5}}, "EnableTagOverride": True},
         Checks=[{"Name": "c1", "Status": "warning", "ServiceID": "web2", "Output": "o", "Notes": "n",
                  "Definition": {"HTTP": "http://x", "Interval": 10**9, "Header": {"H": ["1", "2"]}}}, {"Name": "c2"}])
    call("Catalog.Register", Node="f2", SkipNodeUpdate=True, Check={"Name": "c3", "Status": "critical", "ServiceID": "web2"})
    call("Catalog.Register", Node="f1", Address="10.0.0.9", Service=WEB)
    for filters in ({}, {"Filter": "Node == f2"}, {"Filter": "Nope == f2"}, {"Filter": "Nope ="}, {"NodeMetaFilters": {"k": "v"}},
                    {"Datacenter": "dc2"}, {"Datacenter": None}, {"Datacenter": None, "AllowStale": True}, {"AllowStale": True},
                    {"RequireConsistent": True}):
        call("Catalog.ListNodes", **filters)
    call("Catalog.ListServices")
    call("Catalog.ListServices", NodeMetaFilters={"k": "v"})
    for method in ("Catalog.ServiceNodes", "Health.ServiceNodes"):
        for options in ({"ServiceName": "web"}, {"ServiceName": "nope"}, {"ServiceName": ""}, {"ServiceName": "web", "ServiceTag": "a"},
                        {"ServiceName": "web", "ServiceTag": "a", "TagFilter": True},
                        {"ServiceName": "web", "ServiceTags": ["a", "b"], "TagFilter": True},
                        {"ServiceName": "web", "ServiceTags": ["a", "zz"], "TagFilter": True}, {"ServiceName": "web", "Connect": True},
                        {"ServiceName": "web", "NodeMetaFilters": {"k": "v"}}, {"ServiceName": "web", "Datacenter": None}):
            call(method, **options)
    for node in ("f1", "f2", "zz", ""):
        call("Catalog.NodeServices", Node=node)
        call("Catalog.NodeServiceList", Node=node)
        call("Health.NodeChecks", Node=node)
    for name in ("web", "nope"):
        call("Health.ServiceChecks", ServiceName=name)
    for state in ("any", "passing", "warning", "critical", "foo", ""):
        call("Health.ChecksInState", State=state)
    for fields in ({"Node": ""}, {"Node": "x"}, {"Node": "x", "Address": "1.1.1.1", "Service": {"Service": ""}},
                   {"Node": "x", "Address": "1.1.1.1", "ID": "zz"}, {"Node": "x", "Address": "1.1.1.1", "Datacenter": None},
                   {"Node": "x", "Address": "1.1.1.1", "Check": {"Name": "x", "Node": "other"}},
                   {"Node": "f1", "Address": "10.0.0.9", "Check": {"Name": "x", "ServiceID": "none"}},
                   {"Node": "f1", "Address": "10.0.0.9", "Service": {"ID": "i"}},
                   {"Node": "f1", "Address": "10.0.0.9", "Service": {"Service": "m", "Meta": {"": "v"}}}):
        call("Catalog.Register", **fields)
    for fields in ({"Node": "zz"}, {"Node": ""}, {"Node": "f1", "CheckID": "zz"}, {"Node": "f1", "Datacenter": None},
                   {"Node": "f2", "ServiceID": "web2"}, {"Node": "f1", "CheckID": "c1"}):
        call("Catalog.Deregister", **fields)
    call("Health.ChecksInState", State="any")
    call("Catalog.Deregister", Node="f2")
    call("Catalog.ListNodes")


def coordinates():
    good = {"Vec": [0.1] * 8, "Error": 1.0, "Adjustment": 0.25, "Height": 0.01}
    call("Coordinate.Update", Node="f1", Coord=good)
    call("Coordinate.Update", Node="zz", Coord=good)
    call("Coordinate.Update", Node="f1", Coord=dict(good, Vec=[0.1] * 3))
    time.sleep(6)
    call("Coordinate.Node", Node="f1")
    call("Coordinate.Node", Node="zz")
    call("Coordinate.ListDatacenters", Datacenter=None)


def keys():
    def apply(op, **entry):
        call("KVS.Apply", Op=op, DirEnt=entry)
    apply("set", Key="a/b", Value="v1", Flags=7)
    apply("set", Key="a/c", Value=b"")
    apply("set", Key="a/d/e", Value="deep")
    call("KVS.Apply", label="value in bin8",
         raw=msgpack.packb({"Datacenter": "dc1", "Op": "set"}, use_bin_type=False)[:1].replace(b"\x82", b"\x83")
         + msgpack.packb("Datacenter") + msgpack.packb("dc1") + msgpack.packb("Op") + msgpack.packb("set")
         + msgpack.packb("DirEnt") + msgpack.packb({"Key": "bin", "Value": b"\x00\xff"}, use_bin_type=True))
    for key in ("a/b", "a/c", "bin", "zz", ""):
        call("KVS.Get", Key=key)
    for prefix in ("a/", "", "qq"):
        call("KVS.List", Key=prefix)
        call("KVS.ListKeys", Prefix=prefix, Seperator="/")
        call("KVS.ListKeys", Prefix=prefix, Seperator="")
    apply("cas", Key="a/b", Value="v2", ModifyIndex=1)
    apply("cas", Key="new", Value="v2", ModifyIndex=0)
    index = call("KVS.Get", Key="new")[b"Entries"][0][b"ModifyIndex"]
    call("KVS.Apply", label="cas that hits", Op="cas", DirEnt={"Key": "new", "Value": "v3", "ModifyIndex": index})
    call("KVS.Get", Key="new")
    for op, entry in [("delete", {"Key": "a/c"}), ("delete", {"Key": "none"}), ("delete-cas", {"Key": "new", "ModifyIndex": 1}),
                      ("delete-cas", {"Key": "none", "ModifyIndex": 1}), ("delete-tree", {"Key": "a/"}), ("nope", {"Key": "x"}),
                      ("get", {"Key": "x"}), ("set", {"Key": ""}), ("delete", {"Key": ""}), ("set", {}), ("lock", {"Key": "l"}),
                      ("lock", {"Key": "l", "Session": "zz"}), ("lock", {"Key": "l", "Session": "1" * 8 + "-1111" * 3 + "-" + "1" * 12}),
                      ("unlock", {"Key": "l"}), ("unlock", {"Key": "l", "Session": "1" * 8 + "-1111" * 3 + "-" + "1" * 12})]:
        apply(op, **entry)
    call("KVS.List", Key="")
    call("KVS.Get", Key="new", Datacenter=None)


def sessions():
    made = []

    # The answer is shown after the name is known: only what follows is compared.
    def quiet(**fields):
        caller = Caller(session.open())
        error, answer = caller.call("Session.Apply", {"Datacenter": "dc1", "Op": "create", "Session": fields})
        if isinstance(answer, bytes):
            made.append(answer.decode())
            names[made[-1]] = f"session-{len(made)}"
        show(f"create {json.dumps(fields, sort_keys=True)}", error, answer)
    quiet(Node="n1", Name="nm", NodeChecks=["serfHealth"], TTL="15s", LockDelay=15 * 10**9, Behavior="release")
    quiet(Node="n1")
    quiet(Node="n1", Checks=["serfHealth"], Behavior="delete")
    quiet(Node="n1", LockDelay=60 * 10**9)
    quiet(Node="n1", ID="11111111-1111-1111-1111-111111111119")
    for fields in ({"Node": ""}, {"Node": "zz"}, {"Node": "n1", "TTL": "1s"}, {"Node": "n1", "TTL": "x"}, {"Node": "n1", "Behavior": "x"},
                   {"Node": "n1", "NodeChecks": ["zz"]}, {"Node": "n1", "ServiceChecks": [{"ID": "zz"}]}, {"Node": "n1", "TTL": "25h"}):
        quiet(**fields)
    call("Session.Apply", Op="nope", Session={"Node": "n1"})
    first = made[0]
    call("Session.Get", SessionID=first)
    call("Session.Get", Session=first)
    for bad in ("11111111-1111-1111-1111-111111111112", "x", ""):
        call("Session.Get", SessionID=bad)
        call("Session.Renew", SessionID=bad)
    call("Session.List", order="Sessions")
    for node in ("n1", "zz", ""):
        call("Session.NodeSessions", Node=node, order="Sessions")
    call("Session.Renew", SessionID=first)
    call("KVS.Apply", Op="lock", DirEnt={"Key": "l", "Value": "v", "Session": first})
    call("KVS.Apply", Op="lock", DirEnt={"Key": "l", "Value": "v", "Session": made[1]})
    call("KVS.Get", Key="l")
    call("KVS.Apply", Op="unlock", DirEnt={"Key": "l", "Value": "w", "Session": made[1]})
    call("KVS.Apply", Op="unlock", DirEnt={"Key": "l", "Value": "w", "Session": first})
    call("KVS.Get", Key="l")
    for bad in ("", "x", "11111111-1111-1111-1111-111111111112"):
        call("Session.Apply", Op="destroy", Session={"ID": bad})
    for one in made:
        call("Session.Apply", Op="destroy", Session={"ID": one})
    call("Session.List")


def transactions():
    def kv(verb, **entry):
        return {"KV": {"Verb": verb, "DirEnt": entry}}
    for label, ops in [
        ("set and get", [kv("set", Key="t", Value="1", Flags=3), kv("get", Key="t")]),
        ("get none", [kv("get", Key="none")]), ("unknown verb", [kv("nope", Key="none")]), ("none", []), ("empty", [{}]),
        ("no key", [kv("set", Key="")]), ("check index", [kv("check-index", Key="t", ModifyIndex=0)]),
        ("check session", [kv("check-session", Key="t", Session="")]), ("not exists", [kv("check-not-exists", Key="t")]),
        ("all or nothing", [kv("set", Key="u", Value="2"), kv("cas", Key="t", Value="3", ModifyIndex=1)]),
        ("tree", [kv("get-tree", Key="t")]), ("delete", [kv("delete", Key="t"), kv("delete-tree", Key="x")]),
        ("service", [{"Service": {"Verb": "set", "Node": "f1", "Service": {
            "Service": "s1", "Port": 1, "Tags": ["t"], "TaggedAddresses": {"lan": {"Address": "2.2.2.2", "Port": 3}}}}}]),
        ("check", [{"Check": {"Verb": "set", "Check": {"Node": "f1", "CheckID": "c", "Name": "c", "Status": "passing",
                                                       "ServiceID": "s1", "Definition": {"TCP": "x:1", "Interval": 10**9}}}}]),
        ("get service", [{"Service": {"Verb": "get", "Node": "f1", "Service": {"ID": "s1"}}}]),
        ("get no service", [{"Service": {"Verb": "get", "Node": "f1", "Service": {"ID": "none"}}}]),
        ("get check", [{"Check": {"Verb": "get", "Check": {"Node": "f1", "CheckID": "c"}}}]),
        ("get node", [{"Node": {"Verb": "get", "Node": {"Node": "f1"}}}]),
        ("delete node", [{"Node": {"Verb": "delete", "Node": {"Node": "f1"}}}]),
    ]:
        call("Txn.Apply", label=f"txn {label}", Ops=ops)
    call("KVS.Get", Key="u")
    call("Txn.Apply", label="txn foreign", Ops=[], Datacenter="dc2")
    call("KVS.Apply", Op="set", DirEnt={"Key": "r", "Value": "1"})
    for label, ops in [("get", [kv("get", Key="r")]), ("tree", [kv("get-tree", Key="r")]), ("none", [kv("get", Key="none")]),
                       ("no key", [kv("get-tree", Key="")])]:
        call("Txn.Read", label=f"read {label}", Ops=ops)


def blocking():
    call("KVS.Apply", Op="set", DirEnt={"Key": "block", "Value": "1"})
    index = call("KVS.Get", Key="block")[b"Index"]
    start = time.monotonic()
    waiting = Caller(session.open())
    body = {"Datacenter": "dc1", "Key": "block", "MinQueryIndex": index, "MaxQueryTime": 10**9}
    error, answer = waiting.call("KVS.Get", body)
    print("timeout", error, 1.0 <= time.monotonic() - start < 30, answer[b"Index"] == index)
    body["MaxQueryTime"] = 60 * 10**9
    start = time.monotonic()
    waiting.ask("KVS.Get", body)

    # The second call of the same stream waits for the first; another stream does not.
    waiting.ask("Status.Ping", {})
    call("Status.Ping", label="beside a blocked query")
    call("KVS.Apply", label="release", Op="set", DirEnt={"Key": "block", "Value": "2"})
    error, answer = waiting.answer()
    print("changed", error, time.monotonic() - start < 30, answer[b"Index"] > index, plain(answer[b"Entries"][0][b"Value"]))
    print("then", waiting.answer())
    one = Caller(Single())
    print("single", one.call("Status.Ping", {}), one.call("Catalog.Nope", {})[0])


def large():
    value = bytes(range(256)) * 1600
    call("KVS.Apply", label="400 KiB", Op="set", DirEnt={"Key": "large", "Value": value})
    entry = call_quietly("KVS.Get", {"Datacenter": "dc1", "Key": "large"})[b"Entries"][0]
    print("came back", entry[b"Value"] == value)
    streams = [Caller(session.open()) for _ in range(100)]
    for one in streams:
        one.ask("KVS.Get", {"Datacenter": "dc1", "Key": "large"})
    print("a hundred at once", sum(one.answer()[1][b"Entries"][0][b"Value"] == value for one in streams))


def call_quietly(method, body):
    return Caller(session.open()).call(method, body)[1]


def measured(value):
    """What two servers cannot have in common: measurements, and since when they run."""
    if isinstance(value, dict):
        return {k: type(v).__name__ if k in (b"StableSince", b"LastIndex", b"LastTerm") else measured(v)
                for k, v in value.items() if k != b"CreateIndex"}
    return [measured(v) for v in value] if isinstance(value, list) else value


def operator():
    while not call_quietly("Operator.ServerHealth", {"Datacenter": "dc1"})[b"Healthy"]:
        time.sleep(0.1)
    for method in ("Operator.RaftGetConfiguration", "Operator.ServerHealth"):
        for stale in (False, True):
            answer = call_quietly(method, {"Datacenter": "dc1", "AllowStale": stale})
            answer.pop(b"Index", None)  # Consul always says 0 of the configuration
            show(f"{method} {stale}", "", measured(answer))
        call(method, Datacenter=None)
        call(method, Datacenter="dc9")
    show("stats", "", measured(call_quietly("Status.RaftStats", {})))
    read, write = "Operator.AutopilotGetConfiguration", "Operator.AutopilotSetConfiguration"
    usual = {"CleanupDeadServers": True, "LastContactThreshold": 200 * 10**6, "MaxTrailingLogs": 250, "ServerStabilizationTime": 10**10}
    call(write, Config=usual)
    index = call_quietly(read, {"Datacenter": "dc1"})[b"ModifyIndex"]
    show("rules", "", measured(call_quietly(read, {"Datacenter": "dc1", "AllowStale": True})))
    for label, compared, config in [
        ("compared with none", True, {"MaxTrailingLogs": 5}),
        ("compared with another", True, {"MaxTrailingLogs": 5, "ModifyIndex": index + 1}),
        ("compared", True, dict(usual, MaxTrailingLogs=5, MinQuorum=3, RedundancyZoneTag="z", ModifyIndex=index)),
    ]:
        call(write, label=f"set {label}", Config=config, CAS=compared)
        show(f"after {label}", "", measured(call_quietly(read, {"Datacenter": "dc1"})))
    call(write, label="set to nothing")
    show("after nothing", "", measured(call_quietly(read, {"Datacenter": "dc1"})))
    call(write, Config=usual)
    call(write, Config=usual, Datacenter="dc9")
    call(read, Datacenter=None)
    for body in ({"Address": "1.1.1.1:1"}, {"Address": ""}, {"Address": "1.1.1.1:1", "Datacenter": "dc9"}):
        call("Operator.RaftRemovePeerByAddress", **body)
    for body in ({"ID": "x"}, {"ID": ""}, {"ID": "x", "Datacenter": None}):
        call("Operator.RaftRemovePeerByID", **body)
    call("Operator.Nope")


def events():
    def fire(label, name="r", **event):
        call("Internal.EventFire", label=f"fire {label}", Name=name, Payload=msgpack.packb(event, use_bin_type=True))
    made = [f"11111111-1111-1111-1111-11111111111{n}" for n in range(10)]
    fire("plain", ID=made[0], n="r", v=1)
    fire("payload", ID=made[1], n="r", p=b"abc", nf="n1", sf="x", tf="y", v=1)
    fire("newer", ID=made[2], n="r", v=2, zz=7)
    fire("wrong filter", ID=made[3], n="r", nf="(", v=1)
    call("Internal.EventFire", label="fire garbage", Name="r", Payload=b"\xc1\xc1")
    call("Internal.EventFire", label="fire nothing", Name="r")
    call("Internal.EventFire", label="fire in an array", Name="r", Payload=list(msgpack.packb({"ID": made[4], "n": "r", "v": 1})))
    call("Internal.EventFire", label="fire stale", Name="r", AllowStale=True, Payload=msgpack.packb({"ID": made[5], "n": "r", "v": 1}))
    for other in (None, "dc9"):
        call("Internal.EventFire", Name="r", Payload=b"", Datacenter=other)
    call("Internal.EventFire", Name=7)
    call("Internal.Nope")


def snapshot(body, archive=b""):
    """A connection of its own, that is one snapshot: the response, and what comes behind it."""
    one = socket.create_connection(("127.0.0.1", PORT))
    one.sendall(b"\x05" + msgpack.packb(body, use_bin_type=False) + archive)
    one.shutdown(socket.SHUT_WR)
    one.settimeout(30)
    data = b""
    try:
        while piece := one.recv(65536):
            data += piece
    except OSError:
        pass
    unpacker = msgpack.Unpacker(raw=True, max_buffer_size=0)
    unpacker.feed(data)
    response = unpacker.unpack()
    return response, data[unpacker.tell():]


def snapshots():
    call("KVS.Apply", label="before", Op="set", DirEnt={"Key": "saved", "Value": "before"})
    for body in ({"Op": 0, "Datacenter": "dc1"}, {"Datacenter": "dc1", "AllowStale": True}, {"Op": 0}, {"Op": 0, "Datacenter": "dc9"}, {}):
        response, archive = snapshot(body)
        show(f"save {body}", "", response)
        print("archive", archive[:3], [(member.name, member.mode) for member in members(archive)] if archive else None)
    archive = snapshot({"Op": 0, "Datacenter": "dc1"})[1]
    call("KVS.Apply", label="after", Op="set", DirEnt={"Key": "saved", "Value": "after"})
    for label, body, sent in [
        ("nothing", {"Op": 1, "Datacenter": "dc1"}, b""), ("text", {"Op": 1, "Datacenter": "dc1"}, b"abc"),
        ("long text", {"Op": 1, "Datacenter": "dc1"}, b"this is not an archive"),
        ("half", {"Op": 1, "Datacenter": "dc1"}, archive[:len(archive) // 2]),
    ]:
        show(f"restore {label}", "", snapshot(body, sent)[0])
    print("still", plain(call_quietly("KVS.Get", {"Datacenter": "dc1", "Key": "saved"})[b"Entries"][0][b"Value"]))
    show("restore", "", snapshot({"Op": 1, "Datacenter": "dc1"}, archive)[0])
    print("again", plain(call_quietly("KVS.Get", {"Datacenter": "dc1", "Key": "saved"})[b"Entries"][0][b"Value"]))


def members(archive):
    return tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive)))


def session_rules():
    session.frame(PING, SYN, 0, 4711)
    with session.changed:
        session.changed.wait_for(lambda: session.pongs, 10)
    print("ping", session.pongs)
    session.frame(DATA, 0, 99999, 5, b"hello")
    call("Status.Ping", label="after data of an unknown stream")
    print("acknowledged", session.acks > 0, session.dead, session.away)
    other = Session()
    bad = other.open()
    other.frame(DATA, 0, bad.number, 400000, b"\0" * 400000)
    with other.changed:
        other.changed.wait_for(lambda: other.dead, 10)
    print("window exceeded", other.dead)
    other = Session()
    other.frame(7, 0, 1, 0)
    with other.changed:
        other.changed.wait_for(lambda: other.dead, 10)
    print("unknown type", other.dead)
    unknown = socket.create_connection(("127.0.0.1", PORT))
    unknown.sendall(b"\x02")
    unknown.settimeout(10)
    try:
        print("refused", unknown.recv(10))
    except OSError:
        print("refused", b"")


for part in (status, shapes, catalog, coordinates, keys, sessions, transactions, blocking, large, operator, events, snapshots, session_rules):
    part()
print("end")
