#!/bin/sh
# Play `mqtt-reason probe client` against every client of clients.md and write the results to results/.
#
#     sh docs/interop/clients.sh FOLDER [NAME]
#
# What the clients need is put into FOLDER: two Python environments, npm packages, a program in Rust. mosquitto-clients
# comes from Debian. With NAME only the results whose names begin so are made. MQTT_REASON is the command to use.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
drivers=$root/probe/drivers
mkdir -p "$1"
folder=$(cd "$1" && pwd)
wanted=${2:-}
command=${MQTT_REASON:-}
if [ -z "$command" ]; then
	cargo build --quiet --manifest-path "$root/Cargo.toml" --bin mqtt-reason
	command=$root/target/debug/mqtt-reason
fi

# What the drivers stand on, with versions.
environment() {
	name=$1
	shift
	[ -x "$folder/$name/bin/python" ] || python3 -m venv "$folder/$name"
	"$folder/$name/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}
environment paho-2.1.0 paho-mqtt==2.1.0
environment python paho-mqtt==2.2.0 aiomqtt==2.5.1 gmqtt==0.8.0
npm install --silent --no-audit --no-fund --prefix "$folder" mqtt@5.16.0
CARGO_TARGET_DIR=$folder/rumqttc cargo build --quiet --manifest-path "$drivers/rumqttc/Cargo.toml"

# play NAME VERSION PROGRAM...: one run, and a line of what came of it. With $method, the scenarios of AUTH, for which the
# client names that Authentication Method.
method=
play() {
	name=$1
	version=$2
	shift 2
	case $name in "$wanted"*) ;; *) return 0 ;; esac
	status=0
	"$command" probe client --listen 127.0.0.1:0 --mqtt "$version" --json ${method:+--only AU --auth-method "$method"} -- \
		"$@" '{host}' '{port}' '{id}' '{action}' '{topic}' '{qos}' "$version" '{count}' ${method:+'{auth-method}'} \
		>"$folder/run.jsonl" || status=$?
	[ "$status" -le 1 ] || exit "$status"
	# Scenarios of other versions were not considered; what differs from run to run is left out.
	python3 - "$name" "$folder/run.jsonl" "$here/results/$name.jsonl" <<'END'
import json, sys
name, source, target = sys.argv[1:]
kept = ["scenario", "title", "mqtt", "outcome", "demanded", "received", "rules", "why", "sent"]
with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
    for line in map(json.loads, lines):
        if "scenario" in line:
            line = {key: line[key] for key in kept + (["transcript"] if line["outcome"] == "wrong" else [])}
        else:
            milliseconds = line["ms"]
            print(name, *[f"{key} {value}" for key, value in line.items() if key not in ("result", "ms")],
                  f"{milliseconds / 1000:.1f} s", sep=", ")
        out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
END
}

for version in 5.0 3.1.1; do
	play "paho-mqtt-2.1.0-$version" $version "$folder/paho-2.1.0/bin/python" "$drivers/paho_client.py"
	play "paho-mqtt-2.2.0-$version" $version "$folder/python/bin/python" "$drivers/paho_client.py"
	play "aiomqtt-2.5.1-$version" $version "$folder/python/bin/python" "$drivers/aiomqtt_client.py"
	play "gmqtt-0.8.0-$version" $version "$folder/python/bin/python" "$drivers/gmqtt_client.py"
	play "mqttjs-5.16.0-$version" $version env "NODE_PATH=$folder/node_modules" node "$drivers/mqttjs.js"
	play "mosquitto-clients-2.0.11-$version" $version sh "$drivers/mosquitto.sh"
	play "rumqttc-0.25.1-$version" $version "$folder/rumqttc/debug/drive-rumqttc"
done
method=SCRAM-SHA-256
play "paho-mqtt-2.2.0-5.0-auth" 5.0 "$folder/python/bin/python" "$drivers/paho_client.py"
play "mqttjs-5.16.0-5.0-auth" 5.0 env "NODE_PATH=$folder/node_modules" node "$drivers/mqttjs.js"
play "mosquitto-clients-2.0.11-5.0-auth" 5.0 sh "$drivers/mosquitto.sh"
