"""python3-consul against the agent at 127.0.0.1:PORT: a TTL check and long polls. Prints what it saw, one line each."""
import json
import sys
import threading

import consul

client = consul.Consul(host="127.0.0.1", port=int(sys.argv[1]))


def put(path, **params):
    """What ttl_pass and its kin and service.deregister ask with GET, which Consul refuses since 1.0."""
    return client.http.put(consul.base.CB.bool(), path, params=params)


def show(name, value):
    print(name, json.dumps(value, sort_keys=True))


def without_indexes(value):
    if isinstance(value, dict):
        return {key: without_indexes(inner) for key, inner in value.items() if key not in ("CreateIndex", "ModifyIndex")}
    return [without_indexes(inner) for inner in value] if isinstance(value, list) else value


def long_poll(change, **arguments):
    """Blocks in another thread with the current index, makes the change, and gives what the poll returned."""
    index, _ = client.health.service("web", **arguments)
    seen = []
    poll = threading.Thread(target=lambda: seen.append(client.health.service("web", index=index, wait="60s", **arguments)))
    poll.start()
    change()
    poll.join(30)
    new_index, entries = seen[0]
    return int(new_index) > int(index), [(entry["Service"]["ID"], [check["Status"] for check in entry["Checks"]]) for entry in entries]


show("leader", len(client.status.leader().split(":")))
show("self", client.agent.self()["Config"]["NodeName"])
show("datacenters", client.catalog.datacenters())
show("register", client.agent.service.register(
    "web", service_id="web-1", address="10.0.0.1", port=80, tags=["a", "b"], check=consul.Check.ttl("10m")))
show("services", client.agent.services())
show("checks", client.agent.checks())
show("refused", client.agent.check.ttl_pass("service:web-1", "by GET"))
show("poll pass", long_poll(lambda: put("/v1/agent/check/pass/service:web-1", note="fine")))
show("poll fail", long_poll(lambda: put("/v1/agent/check/fail/service:web-1", note="broken")))
show("passing", without_indexes(client.health.service("web", passing=True)[1]))
show("poll warn", long_poll(lambda: put("/v1/agent/check/warn/service:web-1", note="soso"), tag="a"))
show("poll second", long_poll(lambda: client.agent.service.register("web", service_id="web-2", port=81)))
show("catalog", without_indexes(client.catalog.service("web", tag="a")[1]))
show("nodes", [node["Node"] for node in client.catalog.nodes()[1]])
show("node", sorted(client.catalog.node("n1")[1]["Services"]))
show("state", [check["CheckID"] for check in client.health.state("any")[1]])
show("maintenance", client.agent.service.maintenance("web-2", True, "pause"))
show("register node", client.catalog.register("ext1", "10.9.9.9", service={"Service": "db", "Port": 5432}))
show("external", without_indexes(client.catalog.service("db")[1]))
show("deregister node", client.catalog.deregister("ext1"))
show("poll gone", long_poll(lambda: put("/v1/agent/service/deregister/web-1")))
show("deregister by GET", client.agent.service.deregister("web-2"))
show("deregister", put("/v1/agent/service/deregister/web-2"))
show("end", client.agent.services())
