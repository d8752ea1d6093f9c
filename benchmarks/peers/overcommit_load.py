#!/usr/bin/env python3
"""Fills a key/value store over Consul's HTTP API, and presses on it.

usage: overcommit_load.py fill KEYS URL...
       overcommit_load.py press SECONDS VALUE_BYTES URL...

fill: KEYS keys with values of 64 bytes, 64 in a transaction, two writers a server. Prints the seconds that it took.
press: for each server a writer of small values and a reader of one key (consistent as by default), each with one connection; one writer of
values of VALUE_BYTES to four keys in turn, who takes the servers in turn; one who takes whole snapshots from the servers in turn. Prints a
table as Markdown; gaps of small writers that are longer than half a second go to standard error with the time of day at which they ended.
"""
import base64
import http.client
import json
import os
import sys
import threading
import time
import urllib.parse

KEYS_PER_TRANSACTION = 64
BIG_KEYS = 4


def connect(url, timeout=120):
    return http.client.HTTPConnection(url.hostname, url.port, timeout=timeout)


def fill_part(url, begin, end):
    connection = connect(url)
    for first in range(begin, end, KEYS_PER_TRANSACTION):
        operations = [
            {"KV": {"Verb": "set", "Key": "fill/%07d" % key, "Value": base64.b64encode(base64.b64encode(os.urandom(48))).decode()}}
            for key in range(first, min(first + KEYS_PER_TRANSACTION, end))]
        body = json.dumps(operations)
        for _ in range(100):
            try:
                connection.request("PUT", "/v1/txn", body)
                answer = connection.getresponse()
                text = answer.read()
                if answer.status == 200:
                    break
            except (OSError, http.client.HTTPException) as e:
                text = str(e).encode()
                connection = connect(url)
            time.sleep(0.2)
        else:
            raise SystemExit(f"{url.netloc} takes no transaction: {text[:200]!r}")


def fill(keys, urls):
    began = time.monotonic()
    parts = 2 * len(urls)
    bounds = [keys * i // parts for i in range(parts + 1)]
    children = []
    for i in range(parts):
        child = os.fork()
        if child == 0:
            fill_part(urls[i % len(urls)], bounds[i], bounds[i + 1])
            os._exit(0)
        children.append(child)
    if any(os.waitpid(child, 0)[1] for child in children):
        raise SystemExit("not all keys could be written")
    print(f"{time.monotonic() - began:.1f}")


class Line:
    """What one of those who press has done."""

    def __init__(self, what, run):
        self.what, self.run = what, run
        self.done = self.failed = self.bytes = 0
        self.longest = self.sum = 0.0
        self.gap = 0.0
        self.last = time.monotonic()
        self.reason = ""

    def loop(self, until):
        while time.monotonic() < until:
            sent = time.monotonic()
            try:
                self.bytes += self.run()
            except (OSError, http.client.HTTPException) as e:
                self.failed += 1
                self.reason = f"{type(e).__name__} {e}"[:120]
                print(f"# {clock()} {self.what}: {self.reason}", file=sys.stderr)
                time.sleep(0.02)
                continue
            now = time.monotonic()
            self.done += 1
            self.longest, self.sum = max(self.longest, now - sent), self.sum + now - sent
            self.gap = max(self.gap, now - self.last)
            if self.what.startswith("small write") and now - self.last > 0.5:
                print(f"# {clock()} {self.what}: nothing for {now - self.last:.2f} s", file=sys.stderr)
            self.last = now
        self.gap = max(self.gap, time.monotonic() - self.last)


def clock():
    now = time.time()
    return time.strftime("%H:%M:%S", time.gmtime(now)) + ".%03d" % (now % 1 * 1000)


class Caller:
    """One connection to each server; a call that fails is tried anew by whoever made it."""

    def __init__(self, urls):
        self.urls, self.open = urls, {}

    def call(self, server, method, path, body=None):
        connection = self.open.pop(server, None) or connect(self.urls[server])
        connection.request(method, path, body)
        answer = connection.getresponse()
        length = 0
        while piece := answer.read(1 << 20):
            length += len(piece)
            last = piece
        if answer.status != 200:
            raise OSError(f"{answer.status} {last[:80] if length else ''}")
        self.open[server] = connection
        return length


def small_writer(urls, server):
    caller, count = Caller(urls), 0

    def run():
        nonlocal count
        count += 1
        caller.call(server, "PUT", f"/v1/kv/press/{server}/{count % 1000}", b"%064d" % count)
        return 64
    return run


def reader(urls, server):
    caller = Caller(urls)

    def run():
        time.sleep(0.001)
        return caller.call(server, "GET", "/v1/kv/fill/%07d?raw" % 1)
    return run


def big_writer(urls, length):
    caller, value, count = Caller(urls), bytearray(os.urandom(length)), 0

    def run():
        nonlocal count
        count += 1
        value[:8] = count.to_bytes(8, "big")
        caller.call(count % len(urls), "PUT", f"/v1/kv/big/{count % BIG_KEYS}", bytes(value))
        return length
    return run


def snapshots(urls):
    caller, count = Caller(urls), 0

    def run():
        nonlocal count
        count += 1
        return caller.call(count % len(urls), "GET", "/v1/snapshot")
    return run


def press(seconds, length, urls):
    lines = [Line(f"small write to server {i + 1}", small_writer(urls, i)) for i in range(len(urls))]
    lines += [Line(f"read of server {i + 1}", reader(urls, i)) for i in range(len(urls))]
    lines += [Line(f"write of {length} bytes", big_writer(urls, length)), Line("snapshot of everything", snapshots(urls))]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=line.loop, args=(until,), daemon=True) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 180)
    print("| what | done | failed | MB | mean ms | longest s | longest gap s |\n|---|---:|---:|---:|---:|---:|---:|")
    for line in lines:
        mean = line.sum / line.done * 1000 if line.done else 0
        print(f"| {line.what} | {line.done} | {line.failed} | {line.bytes / 1e6:.0f} | {mean:.1f} | {line.longest:.2f} | {line.gap:.2f} |")


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]), [urllib.parse.urlparse(url) for url in sys.argv[3:]])
    else:
        press(float(sys.argv[2]), int(sys.argv[3]), [urllib.parse.urlparse(url) for url in sys.argv[4:]])
