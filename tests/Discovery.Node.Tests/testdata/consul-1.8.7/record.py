#!/usr/bin/env python3
"""Asks the real Consul what it makes of configurations, and writes its answers beside this script.

usage: CONSUL=/path/to/consul record.py [schema]      schema: only that file

answers.txt   for each case of cases.txt: "=== NAME CODE" and what `consul validate` printed
schema.txt    every configuration key that Consul knows with the type that it wants, found by asking: an unknown key is told as
              such, and a value of the wrong type is told with the right one
"""
import json, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CONSUL = os.environ["CONSUL"]
# What lies below is the same again: lists of what stands alone elsewhere, and services inside services.
SAME_AGAIN = {"services", "checks", "sidecar_service"}
FOLDER = tempfile.mkdtemp()


def validate(name, text):
    with open(os.path.join(FOLDER, name), "w") as file:
        file.write(text)
    done = subprocess.run([CONSUL, "validate", name], cwd=FOLDER, capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).rstrip("\n")


def record_answers():
    with open(os.path.join(HERE, "cases.txt")) as file:
        parts = re.split(r"(?m)^=== (\S+)\n", file.read())
    with open(os.path.join(HERE, "answers.txt"), "w") as out:
        for name, text in zip(parts[1::2], parts[2::2]):
            code, said = validate(name, text)
            out.write(f"=== {name} {code}\n{said}\n")


# The names to try: those that the program itself carries as tags of its configuration, and what those would be without underscores.
def candidates():
    tags = subprocess.run(["strings", "-n", "6", CONSUL], capture_output=True, text=True).stdout
    names = {name for name in re.findall(r'hcl:"(\w+)[",]', tags) if re.fullmatch("[a-z0-9_]+", name)}
    more = {name.replace("_", "") for name in names}
    return sorted(names | more | {"acl_enforce_version_8", "script", "script_args", "scriptargs", "check_id", "failures_before_warning", "ui_config"})


def ask(path, value):
    for part in reversed(path):
        value = [value] if part == "[]" else {part: value}
    if path[:1] != ["data_dir"]:
        value.setdefault("data_dir", "/tmp/x")
    return validate("s.json", json.dumps(value))[1]


def unknown(said):
    return {key.split(".")[-1] for key in re.findall(r"invalid config key (\S+)", said)}


def known(path, names):
    # Two spellings of one key in the same object hide each other, so those without underscores are tried by themselves.
    found = []
    for plain in ([n for n in names if "_" in n], [n for n in names if "_" not in n]):
        refused = unknown(ask(path, {name: None for name in plain}))
        found += [name for name in plain if name not in refused]
    return sorted(set(found))


def type_of(path):
    said = ask(path, {"zzz": None})
    if "invalid config key" in said:
        return "object"
    wanted = re.search(r"expected type '([^']+)'", said)
    if wanted:
        return wanted.group(1)
    if "source data must be an array" in said:
        said = ask(path, [{"zzz": None}])
        if "invalid config key" in said:
            return "list of object"
        wanted = re.search(r"expected type '([^']+)'", said)
        return f"list of {wanted.group(1)}" if wanted else "list of any"
    said = ask(path, {"zzz": {"zzz": None}})
    if "invalid config key" in said:
        return "map of object"
    if "source data must be an array" in said:
        return "map of list of string"
    wanted = re.search(r"expected type '([^']+)'", said)
    return f"map of {wanted.group(1)}" if wanted else "any"


def explore(path, names, out):
    for name in known(path, names):
        kind = type_of(path + [name])
        out.write(f"{'.'.join(path + [name])} {kind}\n")
        out.flush()
        if name not in SAME_AGAIN:
            below = {"object": [], "list of object": ["[]"], "map of object": ["name"]}.get(kind)
            if below is not None:
                explore(path + [name] + below, names, out)


if "schema" not in sys.argv:
    record_answers()
with open(os.path.join(HERE, "schema.txt"), "w") as out:
    explore([], candidates(), out)
