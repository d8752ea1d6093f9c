"""python3-consul's calls for keys and sessions against the agent at 127.0.0.1:PORT, and transactions, for which it has no call of its own.
Prints what it saw, one line each, without indexes and ids."""
import base64
import json
import sys
import threading

import consul

client = consul.Consul(host="127.0.0.1", port=int(sys.argv[1]))
names = {}


def show(name, value):
    print(name, json.dumps(plain(value), sort_keys=True), flush=True)


def plain(value):
    """Without indexes, with names for the ids of sessions and text for bytes."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key not in ("CreateIndex", "ModifyIndex")}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return repr(value)
    return names.get(value, value) if isinstance(value, str) else value


def refused(call, *arguments, **keywords):
    try:
        return call(*arguments, **keywords)
    except (consul.ConsulException, consul.base.ConsulException) as error:
        text = str(error)
        for session, name in names.items():
            text = text.replace(session, name)
        return f"{type(error).__name__}: {text}"


def session(name, **keywords):
    created = client.session.create(name=name, **keywords)
    names[created] = f"<{name}>"
    return created


def get(key, **keywords):
    return client.kv.get(key, **keywords)[1]


def long_poll(key, change, **keywords):
    """Blocks in another thread with the current index, makes the change, and gives what the poll returned."""
    index, _ = client.kv.get(key, **keywords)
    seen = []
    poll = threading.Thread(target=lambda: seen.append(client.kv.get(key, index=index, wait="60s", **keywords)))
    poll.start()
    change()
    poll.join(30)
    return int(seen[0][0]) > int(index), seen[0][1]


def txn(*operations):
    """The reply's code and its body, as a client of its own would read them."""
    return client.http.put(
        lambda reply: (reply.code, json.loads(reply.body) if reply.body[:1] == "{" else reply.body), "/v1/txn",
        data=json.dumps([{"KV": operation} for operation in operations]))


def text(value):
    return base64.b64encode(value.encode()).decode()


show("nothing", [get("app/none"), get("app/", recurse=True), get("app/", keys=True), get("", keys=True)])
show("put", [client.kv.put("app/a", "1"), client.kv.put("app/b", b"\x00\xff\xfe"), client.kv.put("app/dir/", None), client.kv.put(
    "app/dir/c", "3", flags=42), client.kv.put("app/space key/ü?", "4")])
show("get", [get("app/a"), get("app/b"), get("app/dir/"), get("app/dir/c")])
show("recurse", get("app/", recurse=True))
show("keys", [get("app", keys=True), get("app/", keys=True, separator="/"), get("app/dir/", keys=True)])
show("consistency", [get("app/a", consistency="consistent"), get("app/a", consistency="stale")])
index = get("app/a")["ModifyIndex"]
show("cas", [client.kv.put("app/a", "2", cas=0), client.kv.put("app/a", "2", cas=index), client.kv.put("app/a", "3", cas=index),
             client.kv.put("app/new", "1", cas=0), client.kv.delete("app/a", cas=1)])
show("delete", [client.kv.delete("app/a"), client.kv.delete("app/a"), client.kv.delete("app/dir", recurse=True), get("app", keys=True)])
show("datacenter", refused(client.kv.get, "app/a", dc="nowhere"))

show("poll value", long_poll("app/new", lambda: client.kv.put("app/new", "2")))
show("poll prefix", long_poll("app/", lambda: client.kv.put("app/newer", "1"), recurse=True))
show("poll missing", long_poll("app/later", lambda: client.kv.put("app/later", "1")))
show("poll delete", long_poll("app/later", lambda: client.kv.delete("app/later")))

first = session("first", ttl=600, lock_delay=0)
second = session("second", behavior="delete", lock_delay=0, node="n1", checks=["serfHealth"])
show("info", [client.session.info(first)[1], client.session.info(second)[1]])
show("list", sorted(plain(client.session.list()[1]), key=lambda one: one["Name"]))
show("node", [len(client.session.node("n1")[1]), client.session.node("nowhere")[1]])
show("renew", client.session.renew(first))
show("unknown", [client.session.info("aaaaaaaa-0000-0000-0000-000000000001")[1], refused(
    client.session.renew, "aaaaaaaa-0000-0000-0000-000000000001"), client.session.destroy("aaaaaaaa-0000-0000-0000-000000000001")])
show("refused", [refused(client.session.create, node="nowhere"), refused(client.session.create, checks=["nothing"]), refused(
    client.session.info, "x")])
show("lock", [client.kv.put("lock", "a", acquire=first), client.kv.put("lock", "b", acquire=second), get("lock")])
show("release", [client.kv.put("lock", "c", release=second), client.kv.put("lock", "d", release=first), get("lock")])
show("lock again", [client.kv.put("lock", "e", acquire=second), get("lock"), refused(client.kv.put, "lock", "f", acquire="x")])
show("poll destroy", long_poll("lock", lambda: client.session.destroy(second)))
show("lock first", [client.kv.put("lock", "g", acquire=first), client.session.destroy(first), get("lock")])
show("gone", [refused(client.kv.put, "lock", "h", acquire=first), client.session.list()[1]])

third = session("third", lock_delay=0)
show("txn writes", txn({"Verb": "set", "Key": "t/a", "Value": text("1"), "Flags": 3}, {"Verb": "cas", "Key": "t/b", "Index": 0, "Value": text(
    "2")}, {"Verb": "lock", "Key": "t/l", "Session": third, "Value": text("3")}))
show("txn reads", txn({"Verb": "get", "Key": "t/a"}, {"Verb": "get-tree", "Key": "t/"}, {"Verb": "check-session", "Key": "t/l", "Session":
                      third}))
show("txn refused", txn({"Verb": "set", "Key": "t/a", "Value": text("9")}, {"Verb": "cas", "Key": "t/b", "Index": 0}, {
    "Verb": "check-not-exists", "Key": "t/a"}))
show("txn wrong", [txn({"Verb": "nonsense", "Key": "t/a"}), txn({"Verb": "set", "Key": "t/a", "Unknown": 1})])
show("txn delete", txn({"Verb": "unlock", "Key": "t/l", "Session": third}, {"Verb": "delete-tree", "Key": "t/"}))
show("end", [get("t/", recurse=True), client.session.destroy(third), client.kv.delete("", recurse=True), get("", keys=True)])
