#!/bin/sh
# mosquitto_sub and mosquitto_pub, driven by `mqtt-reason probe client`:
# HOST PORT CLIENT_ID ACTION TOPIC QOS [VERSION [COUNT [METHOD]]].
version=mqttv5
[ "$7" = 3.1.1 ] && version=mqttv311
host=$1 port=$2 id=$3 action=$4 topic=$5 qos=$6 count=${8:-1} method=${9:-}
set -- -d -h "$host" -p "$port" -i "$id" -t "$topic" -q "$qos" -V $version
[ -z "$method" ] || set -- "$@" -D connect authentication-method "$method"
case $action in
publish) exec mosquitto_pub "$@" -m hello --repeat "$count" ;;
*) exec mosquitto_sub "$@" -W 60 ;;
esac
