#!/usr/bin/env python3
"""Writes to three servers, makes the leader fail, and tells how long no survivor took a write and whether one was lost.

usage: failover_load.py consul|etcd|ours ROUND LEADER URL1 URL2 URL3 COMMAND...      LEADER is 1, 2 or 3; COMMAND makes it fail
Prints: milliseconds from the start of the command to the first answer of a survivor to a write that was sent after its end, then how many
writes were acknowledged, and how many of these a survivor does not have.
"""
import base64
import http.client
import json
import subprocess
import sys
import threading
import time
import urllib.parse

system, number, lead = sys.argv[1], sys.argv[2], int(sys.argv[3]) - 1
servers = [urllib.parse.urlparse(url) for url in sys.argv[4:7]]
command = sys.argv[7:]
survivors = [i for i in range(3) if i != lead]
acknowledged, lock, stop, over = {}, threading.Lock(), threading.Event(), threading.Event()
failed_at = first = None


def b64(text):
    return base64.b64encode(text.encode()).decode()


def put(connection, key, value):
    if system == "etcd":
        connection.request("POST", "/v3/kv/put", json.dumps({"key": b64(key), "value": b64(value)}))
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    connection.request("PUT", "/v1/kv/" + key, value)
    answer = connection.getresponse()
    return answer.read().strip() == b"true" and answer.status == 200


def write(server, name, wait, until):
    """One writer, one server: a write whose answer does not come may be applied or not, and is not counted."""
    global first
    connection, n = None, 0
    while not until.is_set():
        n += 1
        key, value = f"failover/{number}/{name}/{n}", f"{number} {name} {n} " + "x" * 40
        sent = time.monotonic()
        try:
            if connection is None:
                connection = http.client.HTTPConnection(servers[server].hostname, servers[server].port, timeout=wait)
            if put(connection, key, value):
                now = time.monotonic()
                with lock:
                    acknowledged[key] = value
                    if failed_at is not None and sent > failed_at and server in survivors and first is None:
                        first = now
                        over.set()
                continue
        except (OSError, http.client.HTTPException):
            connection = None
        time.sleep(0.005)


def read(server):
    connection = http.client.HTTPConnection(servers[server].hostname, servers[server].port, timeout=30)
    prefix = f"failover/{number}/"
    if system == "etcd":
        connection.request("POST", "/v3/kv/range", json.dumps(
            {"key": b64(prefix), "range_end": b64(prefix[:-1] + "0"), "serializable": True}))
        rows = json.loads(connection.getresponse().read()).get("kvs", [])
        return {base64.b64decode(r["key"]).decode(): base64.b64decode(r.get("value", "")).decode() for r in rows}
    connection.request("GET", f"/v1/kv/{prefix}?recurse&stale")
    rows = json.loads(connection.getresponse().read() or b"[]")
    return {r["Key"]: base64.b64decode(r["Value"] or "").decode() for r in rows}


def lost_on(server):
    """What an acknowledged write should have left there and has not, ten seconds after the last one at the latest."""
    end = time.monotonic() + 10
    while True:
        there = read(server)
        lost = [key for key, value in acknowledged.items() if there.get(key) != value]
        if not lost or time.monotonic() > end:
            return lost
        time.sleep(0.2)


def start(targets, names, wait, until):
    threads = [threading.Thread(target=write, args=(t, n, wait, until), daemon=True) for t, n in zip(targets, names)]
    for thread in threads:
        thread.start()
    return threads


writers = start([0, 1, 2, 0, 1, 2], "abcdef", 2, stop)
time.sleep(1.5)
began = time.monotonic()
subprocess.run(command, check=True)
failed_at = time.monotonic()
writers += start(survivors * 2, "wxyz", 1, stop)
over.wait(15)
time.sleep(0.3)
stop.set()
for writer in writers:
    writer.join(12)
lost = {key for server in survivors for key in lost_on(server)}
taken = -1 if first is None else round((first - began) * 1000)
print(taken, len(acknowledged), len(lost))
for key in sorted(lost)[:5]:
    print("lost:", key, file=sys.stderr)
sys.exit(1 if lost or first is None else 0)
