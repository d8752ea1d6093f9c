#!/usr/bin/env python3
"""Asks a real Consul 1.8.7 every filter of filters.txt and writes rows and answers to consul-1.8.7.json.

usage: record.py PATH-TO-CONSUL [MUTATIONS]

After filters.txt come MUTATIONS (600) filters of section "services" that are made from it by seeded edits, and as many regular
expressions put together at random.

filters.txt: a line "# endpoint" (services, nodes, health) opens a section; every other line is one filter, verbatim, or a
JSON string where it starts with "j:".
"""
import http.client, json, os, random, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PATHS = {"services": "/v1/agent/services", "nodes": "/v1/catalog/nodes", "health": "/v1/health/service/web"}

SERVICES = [
    {"ID": "web1", "Name": "web", "Tags": ["v1", "primary"], "Address": "10.1.1.1", "Port": 80,
     "Meta": {"version": "1.2.3", "env": "prod", "a-b": "dashed", "empty": ""}, "Weights": {"Passing": 10, "Warning": 1},
     "Checks": [{"CheckID": "c1", "Name": "one", "TTL": "10h", "Status": "passing", "Notes": "first"},
                {"CheckID": "c2", "Name": "two", "TTL": "10h", "Status": "warning"}]},
    {"ID": "web2", "Name": "web", "Tags": ["v2"], "Address": "10.1.1.2", "Port": 8080, "EnableTagOverride": True,
     "Meta": {"version": "2.0.0", "env": "dev"}, "Check": {"TTL": "10h", "Status": "critical"}},
    {"ID": "web3", "Name": "web", "Port": 0, "Check": {"TTL": "10h", "Status": "passing"}},
    {"ID": "db", "Name": "postgres", "Tags": ["primary", "with space", "ünïcode", "😀"], "Address": "fd00::1", "Port": 5432,
     "TaggedAddresses": {"lan": {"Address": "10.9.9.9", "Port": 9999}, "wan": {"Address": "192.0.2.1", "Port": 1}},
     "Meta": {"Env": "Prod", "lines": "a\nb", "emoji": "😀", "quote": "say \"hi\"", "back": "c:\\dir"}},
    {"ID": "side", "Name": "web-proxy", "Kind": "connect-proxy", "Port": 21000,
     "Proxy": {"DestinationServiceName": "web", "DestinationServiceID": "web1", "LocalServiceAddress": "127.0.0.1",
               "LocalServicePort": 80, "Upstreams": [{"DestinationName": "db", "LocalBindPort": 1234},
                                                      {"DestinationName": "cache", "LocalBindPort": 2345}]}},
]
NODES = [
    {"Node": "n2", "ID": "22222222-0000-0000-0000-000000000002", "Address": "10.0.0.2", "NodeMeta": {"rack": "r1", "os": "linux"},
     "TaggedAddresses": {"lan": "10.0.0.2", "wan": "198.51.100.2"},
     "Service": {"ID": "web-a", "Service": "web", "Tags": ["v1"], "Port": 81, "Meta": {"env": "qa"}},
     "Checks": [{"Node": "n2", "CheckID": "serfHealth", "Name": "Serf", "Status": "passing"},
                {"Node": "n2", "CheckID": "x", "Name": "ex", "ServiceID": "web-a", "Status": "critical", "Output": "boom"}]},
    {"Node": "n3", "ID": "33333333-0000-0000-0000-000000000003", "Address": "10.0.0.3", "NodeMeta": {"rack": "r2"},
     "Service": {"ID": "web-b", "Service": "web", "Tags": ["v2", "canary"], "Port": 82, "Meta": {"a-b": "dashed"}}},
    {"Node": "n4", "ID": "44444444-0000-0000-0000-000000000004", "Address": "10.0.0.4"},
]


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def read_filters():
    section = None
    with open(os.path.join(HERE, "filters.txt"), encoding="utf-8") as lines:
        for line in lines.read().split("\n"):
            if line.startswith("# "):
                section = line[2:]
            elif line:
                yield section, json.loads(line[2:]) if line.startswith("j:") else line


def mutations(count):
    seeded = random.Random(188)
    texts = [text for section, text in read_filters() if section == "services" and "(w{100}" not in text and len(text) < 60]
    pieces = texts + list("()[]\"`.=!-01 \t\n\\aw*+?{}|^$:P<>,é") + [
        " and ", " or ", " not ", " in ", " is ", " empty", " contains ", " matches ", "Tags", "Meta", "Service", "==", "!="]
    seen = set(texts)
    while count:
        text = seeded.choice(texts)
        for _ in range(seeded.randint(1, 3)):
            at, to = sorted((seeded.randint(0, len(text)), seeded.randint(0, len(text))))
            piece = seeded.choice(pieces)
            kind = seeded.randint(0, 3)
            text = (text[:at] + text[min(to, at + 5):] if kind == 0 else text[:at] + piece + text[at:] if kind == 1
                    else text[:at] + piece + text[to:] if kind == 2 else text[:to] + text[at:])
        if 0 < len(text) < 120 and text not in seen and text.count("(") < 9 and all(word not in text for word in ("Proxy", "Connect", "Greek")):
            seen.add(text)
            count -= 1
            yield "services", text


def regexes(count):
    """Regular expressions put together at random; Service, Meta.lines and Meta.emoji have something to tell apart."""
    seeded = random.Random(2)
    atoms = ["w", "e", "b", "-", ".", "a", "p", "x", "\\w", "\\W", "\\d", "\\D", "\\s", "\\S", "[a-p]", "[^a-w]", "[[:alpha:]]", "[[:^lower:]]", "\\pL",
             "\\PL", "\\p{Lu}", "[\\p{Ll}-]", "[^\\PL]", "\\n", "\\x77", "\\x{1F600}", "😀", "[😀-😂]", "[^😀]", "[a-😀]", "\\Qwe\\E", "(", ")", "(?:", "|",
             "(?i)", "(?-i)", "(?s)", "(?m)", "(?i:W", "^", "$", "\\A", "\\z", "\\b", "\\B", "*", "+", "?", "*?", "{2}", "{0,2}", "{1,}", "{,1}", "{", "W", "E", "B"]
    seen = set()
    while count:
        text = "".join(seeded.choice(atoms) for _ in range(seeded.randint(1, 7)))
        if seeded.randint(0, 2) == 0:
            text = "^" + text + "$"
        if text.count("(") > text.count(")"):
            text += ")" * (text.count("(") - text.count(")"))
        filter = f"{seeded.choice(['Service', 'Meta.lines', 'Meta.emoji', 'Meta.version'])} matches `{text}`"
        if filter not in seen:
            seen.add(filter)
            count -= 1
            yield "services", filter


def call(base, path, body=None):
    request = urllib.request.Request(base + path, data=body, method="PUT" if body is not None else "GET")
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except http.client.RemoteDisconnected:
        return 0, "the handler panicked and the connection was closed"


def key(endpoint, row):
    return row["ID"] if endpoint == "services" else row["Node"] if endpoint == "nodes" else row["Service"]["ID"]


def rows_of(text):
    rows = json.loads(text)
    return list(rows.values()) if isinstance(rows, dict) else rows


def record(base):
    for service in SERVICES:
        status, body = call(base, "/v1/agent/service/register", json.dumps(service).encode())
        assert status == 200, body
    for node in NODES:
        status, body = call(base, "/v1/catalog/register", json.dumps(node).encode())
        assert status == 200, body
    rows = {name: sorted(rows_of(call(base, path)[1]), key=lambda row: key(name, row)) for name, path in PATHS.items()}
    answers = []
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 600
    asked = list(read_filters()) + list(mutations(count)) + list(regexes(count))
    for endpoint, text in asked:
        status, body = call(base, PATHS[endpoint] + "?filter=" + urllib.parse.quote(text, safe=""))
        answer = {"on": endpoint, "filter": text}
        if status == 200:
            answer["rows"] = sorted(key(endpoint, row) for row in rows_of(body))
        else:
            answer["status"], answer["error"] = status, body
        answers.append(answer)
    return {"rows": rows, "answers": answers}


def main():
    http_port, server, serf = free_ports(3)
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen(
            [sys.argv[1], "agent", "-dev", "-node=n1", "-node-id=11111111-0000-0000-0000-000000000001", "-bind=127.0.0.1",
             f"-data-dir={data}", f"-http-port={http_port}", f"-server-port={server}", f"-serf-lan-port={serf}", "-dns-port=-1",
             "-serf-wan-port=-1", "-grpc-port=-1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            base = f"http://127.0.0.1:{http_port}"
            for _ in range(200):
                try:
                    if "n1" in call(base, "/v1/catalog/nodes")[1]:
                        break
                except OSError:
                    pass
                time.sleep(0.1)
            result = record(base)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    lines = ["{", '"rows": ' + json.dumps(result["rows"], ensure_ascii=False, indent=1) + ",", '"answers": [']
    lines.append(",\n".join(json.dumps(answer, ensure_ascii=False) for answer in result["answers"]))
    lines.append("]}")
    with open(os.path.join(HERE, "consul-1.8.7.json"), "w", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")


main()
