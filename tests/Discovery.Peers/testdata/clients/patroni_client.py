"""Patroni's own client for Consul (patroni.dcs.consul of Patroni 3) against the agent at 127.0.0.1:PORT, without PostgreSQL: two members
of one cluster race to initialize it and for its leader key, watch each other, lose their sessions and take over. Prints what they saw,
one line each; with a second argument every request goes to that file."""
import json
import logging
import sys
import threading
import time

import urllib3
from patroni.dcs import consul as dcs

PORT = int(sys.argv[1])
LOG = open(sys.argv[2], "w") if len(sys.argv) > 2 else None
SESSION_SECONDS = 10  # the shortest that Consul takes; Patroni's own ttl is twice that
logging.disable(logging.CRITICAL)


def logged(request):
    """Writes each request and its reply's status."""
    def send(self, method, url, **kwargs):
        reply = request(self, method, url, **kwargs)
        body = kwargs.get("body") or ""
        LOG.write(f"{method} {url.split(str(PORT), 1)[1]} {body}".rstrip() + f" -> {reply.status}\n")
        LOG.flush()
        return reply
    return send


if LOG:
    urllib3.PoolManager.request = logged(urllib3.PoolManager.request)


def member_of_cluster(name, **more):
    return dcs.Consul({"scope": "batman", "namespace": "service", "name": name, "host": "127.0.0.1", "port": PORT, "retry_timeout": 6,
                       "ttl": 2 * SESSION_SECONDS, "loop_wait": 60, **more})


def show(name, value):
    print(name, json.dumps(value, sort_keys=True), flush=True)


def cluster(of):
    view = of.get_cluster()
    leader = view.leader and [view.leader.name, view.leader.session == sessions.get(view.leader.name)]
    return {
        "initialize": view.initialize, "leader": leader, "config": view.config and view.config.data, "lsn": view.last_lsn,
        "slots": view.slots, "members": sorted(member.name for member in view.members), "sync": [view.sync.leader, view.sync.sync_standby],
        "failover": view.failover and [view.failover.leader, view.failover.candidate], "failsafe": view.failsafe,
        "history": view.history and view.history.lines, "unlocked": view.is_unlocked()}


def sessions_now():
    return {"pg1": one._session, "pg2": two._session}


def watched(watcher, change, timeout=20):
    """Blocks on the leader key with its index in another thread, makes the change, and gives whether the watch told of it at once."""
    index = watcher.get_cluster().leader.index
    seen = []
    begin = time.monotonic()
    watch = threading.Thread(target=lambda: seen.append(watcher.watch(index, timeout)))
    watch.start()
    change()
    watch.join(timeout + 10)
    return [seen, time.monotonic() - begin < timeout / 2]


one, two = member_of_cluster("pg1"), member_of_cluster("pg2")
sessions = sessions_now()
data = {"conn_url": "postgres://127.0.0.1:5432/postgres", "api_url": "http://127.0.0.1:8008/patroni", "state": "running",
        "role": "master", "version": "3.0.2", "xlog_location": 100}

show("different sessions", one._session != two._session)
show("nothing", cluster(one))
show("initialize", [one.initialize(), two.initialize(), one.initialize(create_new=False, sysid="7123")])
show("touch", [one.touch_member(data), two.touch_member({**data, "role": "replica"})])
show("touch again", [(one.get_cluster(), one.touch_member(data))[1], one.touch_member({**data, "xlog_location": 200})])
show("leader race", [one.attempt_to_acquire_leader(), two.attempt_to_acquire_leader(), one.attempt_to_acquire_leader()])
show("leader", cluster(two))

one.get_cluster()
show("update leader", [one.update_leader(1000, {"slot1": 5}, {"pg1": "http://a", "pg2": "http://b"}), one.update_leader(1000)])
config = {"ttl": 20, "loop_wait": 10, "postgresql": {"use_slots": True}}
show("config", [one.set_config_value(json.dumps(config)), one.set_config_value("{}", 1), one.set_config_value("{}", 0)])
index = two.get_cluster().config.modify_index
show("config by index", [two.set_config_value(json.dumps({**config, "ttl": 21}), index), two.set_config_value("{}", index)])
show("sync", [one.write_sync_state("pg1", ["pg2"]), one.write_sync_state("pg1", ["pg2"], 1)])
index = one.get_cluster().sync.index
show("sync by index", [one.write_sync_state("pg1", None, index), one.delete_sync_state(index)])
show("failover", [one.manual_failover("pg1", "pg2"), one.set_failover_value("{}", 1)])
index = one.get_cluster().failover.index
show("failover by index", [one.set_failover_value('{"leader":"pg2"}', index), one.set_failover_value("{}", index)])
show("history", one.set_history_value(json.dumps([[1, 100, "no recovery target specified"]])))
show("optime", one._write_leader_optime("1000"))
show("everything", cluster(two))

show("first watch returns at once", [one.watch(None, 20), two.watch(None, 20)])
show("watch that times out", watched(two, lambda: None, timeout=2)[0])
show("watch and leader gives up", watched(two, lambda: (one.get_cluster(), show("delete leader", one.delete_leader(2000)))))
show("nobody leads", cluster(two))
show("two leads", [two.attempt_to_acquire_leader(), one.attempt_to_acquire_leader()])
show("one may not delete", [one.get_cluster().leader.name, one.delete_leader()])



def destroy(session):
    """Ends a session, and the lock delay of a millisecond that Patroni asks for."""
    two._client.session.destroy(session)
    time.sleep(0.1)


# The leader's session is destroyed behind its back: the key goes with it, and is made again with a new session.
two.get_cluster()
destroy(two._session)
show("session destroyed", cluster(one)["leader"])
show("update without a leader", [two.update_leader(3000), two._session != sessions["pg2"]])
sessions = sessions_now()
show("leader again", cluster(one)["leader"])
destroy(two._session)
before = two._session
show("acquire with a lost session", [two.attempt_to_acquire_leader(), two._session != before])
destroy(two._session)
show("touch with a lost session", [two.touch_member(data), two._session])
show("touch with a new one", [two.touch_member({**data, "xlog_location": 300}), two.attempt_to_acquire_leader()])
sessions = sessions_now()
show("all new", cluster(one))

# The leader stops renewing: its session ends, its keys go with it, and the other takes over.
one._loop_wait = 1
end = time.monotonic() + 4 * SESSION_SECONDS
one.get_cluster()
while time.monotonic() < end and one.get_cluster().leader:
    one.watch(one.cluster.leader.index, 3)
    one.touch_member(data)
show("leader expired", cluster(one))
show("take over", [one.attempt_to_acquire_leader(), cluster(one)["leader"]])
show("two comes back", [two.touch_member({**data, "role": "replica"}), two._session != sessions["pg2"], two.attempt_to_acquire_leader()])
sessions = sessions_now()
show("both again", cluster(two))

show("cancel", [one.cancel_initialization(), one.cancel_initialization(), one.get_cluster().initialize])
show("delete cluster", one.delete_cluster())
show("empty", cluster(two))

# What the settings of sessions may not be.
short = member_of_cluster("pg3", ttl=10, patronictl=True, retry_timeout=1)
try:
    short._client.session.create(name="short", behavior="delete")
except dcs.InvalidSessionTTL as error:
    show("short session", str(error))
try:
    short._client.kv.put("service/batman/leader", "pg3", acquire="aaaaaaaa-0000-0000-0000-000000000001")
except dcs.InvalidSession as error:
    show("unknown session", str(error))
try:
    short._client.session.renew("aaaaaaaa-0000-0000-0000-000000000001")
except dcs.NotFound as error:
    show("renew unknown", str(error))
