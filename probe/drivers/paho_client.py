#!/usr/bin/env python3
"""paho-mqtt, driven by `mqtt-reason probe client`: HOST PORT CLIENT_ID ACTION TOPIC QOS [VERSION [COUNT [METHOD]]]."""

import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

host, port, client_id, action, topic, qos = sys.argv[1:7]
version = mqtt.MQTTv311 if sys.argv[7:8] == ["3.1.1"] else mqtt.MQTTv5
count = int((sys.argv[8:9] or ["1"])[0])


def code(reason):
    """Number and name of a reason code, as far as the library has them."""
    return f"{getattr(reason, 'value', reason)} {reason}"


def on_connect(client, _userdata, flags, reason, properties):
    print("connect:", code(reason), flags, properties, flush=True)
    if getattr(reason, "is_failure", False):
        return
    if action == "subscribe":
        client.subscribe(topic, int(qos))
    elif action == "publish":
        for _ in range(count):
            client.publish(topic, b"hello", int(qos))


def on_disconnect(_client, _userdata, _flags, reason, properties):
    print("disconnect:", code(reason), properties, flush=True)


def on_subscribe(_client, _userdata, _mid, reasons, properties):
    print("subscribe:", *[code(reason) for reason in reasons], properties, flush=True)


def on_publish(_client, _userdata, _mid, reason, properties):
    print("publish:", code(reason), properties, flush=True)


def on_message(_client, _userdata, message):
    print("message:", message.topic, flush=True)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=version)
client.on_connect = on_connect
client.on_disconnect = on_disconnect
client.on_subscribe = on_subscribe
client.on_publish = on_publish
client.on_message = on_message
properties = None
if sys.argv[9:10]:
    properties = Properties(PacketTypes.CONNECT)
    properties.AuthenticationMethod = sys.argv[9]
client.connect(host, int(port), keepalive=60, properties=properties)
end = time.monotonic() + 60
while time.monotonic() < end:
    result = client.loop(timeout=0.2)
    if result != mqtt.MQTT_ERR_SUCCESS:
        print("loop:", int(result), mqtt.error_string(result), flush=True)
        break
