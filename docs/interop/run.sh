#!/usr/bin/env bash
# Plays `mqtt-reason probe broker` against real brokers, several times each, and says whether the outcomes are equal:
#
#     docs/interop/run.sh [--write] TIMES [BROKER...]
#
# With --write the first run of each becomes its file in results/. Without BROKER all that are installed are played.
# Every second run has a busy process beside it for each processor. brokers.md says what is installed where:
#   TOOLS            has venv/bin/amqtt, node/node_modules/aedes, rust/NAME/bin/NAME   [default: the home directory]
#   MQTT_REASON      the command, with examples/broker beside it   [default: target/release/mqtt-reason, built before]
set -uo pipefail
cd "$(dirname "$0")/../.."
command=${MQTT_REASON:-${CARGO_TARGET_DIR:-target}/release/mqtt-reason}
tools=${TOOLS:-$HOME}
write=no
if [ "${1:-}" = --write ]; then write=yes; shift; fi
times=${1:?how many times}
shift
folder=$(mktemp -d)
chmod 755 "$folder"
started=()
# A command that ends the broker, where a signal to what was started does not.
ends=()
trap 'stop; rm -rf "$folder"' EXIT

all="mosquitto-open mosquitto-restricted mosquitto-ws mosquitto-tls ejabberd ejabberd-ws rabbitmq aedes aedes-ws amqtt rumqttd rumqttd-3.1.1 rmqttd ours"

# A port that nobody listens on.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Starts a program in the background; it ends with `stop`.
begin() { "$@" >"$folder/$name.log" 2>&1 & started+=($!); }

stop() {
    [ ${#ends[@]} = 0 ] || "${ends[@]}" >/dev/null 2>&1
    ends=()
    for process in "${started[@]}"; do kill "$process" 2>/dev/null; done
    for process in "${started[@]}"; do wait "$process" 2>/dev/null; done
    started=()
}

wait_for_port() {
    for _ in $(seq 300); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        kill -0 "${started[-1]}" 2>/dev/null || break
        sleep 0.2
    done
    echo "$name does not listen:" >&2
    tail -20 "$folder/$name.log" >&2
    return 1
}

# Each of these starts a broker and sets `version` (for the name of the results) and `options` (address and options).
mosquitto_with() {
    version=$(mosquitto -h | sed -n 's/^mosquitto version //p')
    { echo "user $(id -un)"; cat; } >"$folder/$name.conf"
    begin mosquitto -c "$folder/$name.conf"
}

mosquitto-open() {
    options=(127.0.0.1:"$port")
    mosquitto_with <<END
listener $port 127.0.0.1
allow_anonymous true
max_packet_size 100000
END
    results=mosquitto-$version-open
}

mosquitto-restricted() {
    options=(127.0.0.1:"$port" --user mr --password secret --denied-topic denied)
    mosquitto_passwd -b -c "$folder/passwords" mr secret
    printf 'user mr\ntopic readwrite mr/#\n' >"$folder/acl"
    mosquitto_with <<END
listener $port 127.0.0.1
allow_anonymous false
password_file $folder/passwords
acl_file $folder/acl
max_qos 1
retain_available false
END
    results=mosquitto-$version-restricted
}

mosquitto-ws() {
    options=(ws://127.0.0.1:"$port")
    # Version 2.0.11 does not start with a listener for WebSocket alone.
    mosquitto_with <<END
listener $(free_port) 127.0.0.1
listener $port
protocol websockets
allow_anonymous true
END
    results=mosquitto-$version-ws
}

mosquitto-tls() {
    options=(mqtts://localhost:"$port" --cafile "$folder/cert.pem")
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -addext basicConstraints=CA:FALSE \
        -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
    mosquitto_with <<END
listener $port 127.0.0.1
certfile $folder/cert.pem
keyfile $folder/key.pem
allow_anonymous true
END
    results=mosquitto-$version-tls
}

ejabberd_with() {
    version=$(dpkg-query -W -f '${Version}' ejabberd | sed 's/-.*//')
    mkdir -p "$folder/$name"
    cat >"$folder/$name/ejabberd.yml" <<END
hosts:
  - localhost
loglevel: warning
listen:
  -
    port: $port
    ip: "127.0.0.1"
    $1
auth_method:
  - internal
modules:
  mod_mqtt: {}
END
    chown -R ejabberd: "$folder/$name" 2>/dev/null
    ejabberdctl=(ejabberdctl --node "probe$port@localhost" --config-dir "$folder/$name"
        --logs "$folder/$name" --spool "$folder/$name")
    begin "${ejabberdctl[@]}" foreground
    ends=("${ejabberdctl[@]}" stop)
    wait_for_port "$port" || return 1
    "${ejabberdctl[@]}" register probe localhost secret >/dev/null
}

ejabberd() {
    options=(127.0.0.1:"$port" --user probe@localhost --password secret)
    ejabberd_with 'module: mod_mqtt'
    results=ejabberd-$version
}

ejabberd-ws() {
    options=(ws://127.0.0.1:"$port"/mqtt --user probe@localhost --password secret)
    ejabberd_with 'module: ejabberd_http
    request_handlers:
      "/mqtt": mod_mqtt'
    results=ejabberd-$version-ws
}

rabbitmq() {
    options=(127.0.0.1:"$port" --user guest --password guest)
    version=$(dpkg-query -W -f '${Version}' rabbitmq-server | sed 's/-.*//')
    results=rabbitmq-$version
    mkdir -p "$folder/rabbitmq"
    echo '[rabbitmq_mqtt].' >"$folder/rabbitmq/plugins"
    cat >"$folder/rabbitmq/rabbitmq.conf" <<END
listeners.tcp = none
mqtt.listeners.tcp.1 = 127.0.0.1:$port
mqtt.allow_anonymous = false
END
    begin env HOME="$folder/rabbitmq" RABBITMQ_NODENAME="probe$port@localhost" RABBITMQ_BASE="$folder/rabbitmq" \
        RABBITMQ_MNESIA_BASE="$folder/rabbitmq" RABBITMQ_LOG_BASE="$folder/rabbitmq" RABBITMQ_DIST_PORT="$(free_port)" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$folder/rabbitmq/plugins" RABBITMQ_CONFIG_FILE="$folder/rabbitmq/rabbitmq.conf" \
        /usr/lib/rabbitmq/bin/rabbitmq-server
}

node_version() { node -p "require('$tools/node/node_modules/$1/package.json').version"; }

aedes() {
    options=(127.0.0.1:"$port")
    version=$(node_version aedes)
    results=aedes-$version
    cat >"$folder/aedes.js" <<END
const broker = require('$tools/node/node_modules/aedes')()
require('net').createServer(broker.handle).listen($port, '127.0.0.1')
END
    begin node "$folder/aedes.js"
}

aedes-ws() {
    options=(ws://127.0.0.1:"$port")
    version=$(node_version aedes)
    results=aedes-$version-ws
    cat >"$folder/aedes-ws.js" <<END
const broker = require('$tools/node/node_modules/aedes')()
const ws = require('$tools/node/node_modules/ws')
const server = require('http').createServer()
new ws.Server({ server }).on('connection', (socket, request) => broker.handle(ws.createWebSocketStream(socket), request))
server.listen($port, '127.0.0.1')
END
    begin node "$folder/aedes-ws.js"
}

amqtt() {
    # What one connection sends can disturb what another gets.
    options=(127.0.0.1:"$port" --jobs 1)
    version=$("$tools/venv/bin/python" -c 'from importlib.metadata import version; print(version("amqtt"))')
    results=amqtt-$version
    cat >"$folder/amqtt.yaml" <<END
listeners:
  default:
    type: tcp
    bind: 127.0.0.1:$port
plugins:
  amqtt.plugins.authentication.AnonymousAuthPlugin:
    allow_anonymous: true
END
    begin "$tools/venv/bin/amqtt" -c "$folder/amqtt.yaml"
}

# It has a port for 5.0 and one for 3.1.1.
rumqttd() {
    rumqttd_with "$port" "$(free_port)"
    options=(127.0.0.1:"$port" --mqtt 5.0)
    results=rumqttd-$version-5.0
}

rumqttd-3.1.1() {
    rumqttd_with "$(free_port)" "$port"
    options=(127.0.0.1:"$port" --mqtt 3.1.1)
    results=rumqttd-$version-3.1.1
}

rumqttd_with() {
    version=$(sed -n 's/.*"rumqttd \([0-9.]*\) .*/\1/p' "$tools/rust/rumqttd/.crates.toml")
    cat >"$folder/rumqttd.toml" <<END
id = 0
[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v4.1]
name = "v4-1"
listen = "127.0.0.1:$2"
next_connection_delay_ms = 0
[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = 262144
max_inflight_count = 100
dynamic_filters = true
[v5.1]
name = "v5-1"
listen = "127.0.0.1:$1"
next_connection_delay_ms = 0
[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = 262144
max_inflight_count = 100
dynamic_filters = true
END
    begin "$tools/rust/rumqttd/bin/rumqttd" -c "$folder/rumqttd.toml"
}

rmqttd() {
    options=(127.0.0.1:"$port")
    version=$(sed -n 's/.*"rmqttd \([0-9.]*\) .*/\1/p' "$tools/rust/rmqttd/.crates.toml")
    results=rmqttd-$version
    cat >"$folder/rmqttd.toml" <<END
node.id = 1
# Without this it refuses connections while the machine is busy.
node.busy.check_enable = false
rpc.server_addr = "127.0.0.1:$(free_port)"
log.to = "console"
log.level = "warn"
plugins.dir = "$folder"
plugins.default_startups = ["rmqtt-retainer", "rmqtt-shared-subscription"]
plugins.disabled_default_startups = ["rmqtt-acl", "rmqtt-counter", "rmqtt-http-api"]
listener.tcp.external.addr = "127.0.0.1:$port"
listener.tcp.external.allow_anonymous = true
END
    begin "$tools/rust/rmqttd/bin/rmqttd" -f "$folder/rmqttd.toml"
}

ours() {
    options=(127.0.0.1:"$port" --user alice --password wonderland --denied-topic admin/probe)
    version=$(cargo pkgid -p mqtt-reason | sed 's/.*[#@]//')
    results=examples-broker
    begin "$(dirname "$command")/examples/broker" 127.0.0.1:"$port"
}

# What decides and does not change from run to run: no bytes, no times.
without_bytes() {
    python3 -c '
import json, re, sys
for line in sys.stdin:
    line = json.loads(line)
    for name in ("sent", "bytes", "ms", "violation", "transcript"):
        line.pop(name, None)
    print(json.dumps(line, ensure_ascii=False))'
}

status=0
for name in ${*:-$all}; do
    port=$(free_port)
    if ! "$name" || ! wait_for_port "$port"; then
        echo "$name: not played"
        stop
        continue
    fi
    sleep 1
    for run in $(seq "$times"); do
        busy=()
        if [ $((run % 2)) = 0 ]; then
            for _ in $(seq "$(nproc)"); do
                (while :; do :; done) &
                busy+=($!)
            done
        fi
        "$command" probe broker "${options[@]}" --json >"$folder/$name.$run.json" 2>"$folder/$name.$run.err"
        for process in "${busy[@]}"; do kill "$process"; wait "$process" 2>/dev/null; done
        python3 -c '
import json, sys
for line in open(sys.argv[1]):
    line = json.loads(line)
    if "scenario" in line:
        print(line["scenario"], line["outcome"], line["why"] if line["outcome"] == "skipped" else "")' \
            "$folder/$name.$run.json" >"$folder/$name.$run.outcomes"
        if ! diff "$folder/$name.1.outcomes" "$folder/$name.$run.outcomes" >"$folder/difference"; then
            echo "$name: run $run differs from run 1:"
            cat "$folder/difference"
            status=1
        fi
    done
    echo "$name ($version), $times runs: $(tail -1 "$folder/$name.1.json")"
    if [ "$write" = yes ] && [ -s "$folder/$name.1.outcomes" ]; then
        without_bytes <"$folder/$name.1.json" >"docs/interop/results/$results.jsonl"
    fi
    [ -z "${KEEP:-}" ] || cp "$folder/$name".* "$KEEP"
    stop
done
exit $status
