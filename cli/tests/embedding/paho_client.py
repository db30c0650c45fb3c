"""A client of the Eclipse Paho library that prints what it is told, one line per event.

Usage: paho_client.py PORT 5.0|3.1.1 USER PASSWORD [publish TOPIC QOS] [subscribe FILTER QOS]

It connects, subscribes, publishes, waits for what has been asked for, and disconnects.
"""

import sys
import threading

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

port, version, user, password, *actions = sys.argv[1:]
subscribe = publish = None
while actions:
    what, topic, qos, *actions = actions
    if what == "subscribe":
        subscribe = (topic, int(qos))
    else:
        publish = (topic, int(qos))

done = threading.Event()
waiting = set()
if subscribe:
    waiting |= {"suback", "message"}
if publish:
    waiting.add("puback")
lock = threading.Lock()


def say(*words):
    print(*words, flush=True)


def finished(what):
    with lock:
        waiting.discard(what)
        if not waiting:
            done.set()


def reason_string(properties):
    return getattr(properties, "ReasonString", None) if properties else None


def text(code, properties):
    words = f"{code.value} {code}" if hasattr(code, "value") else str(code)
    reason = reason_string(properties)
    return f"{words} ({reason})" if reason else words


def send():
    if publish:
        client.publish(publish[0], b"hello", publish[1])


def on_connect(client, userdata, flags, code, properties):
    say("connect", text(code, properties))
    if code.is_failure:
        done.set()
    elif subscribe:
        client.subscribe(*subscribe)
    elif publish:
        send()
    else:
        done.set()


def on_subscribe(client, userdata, mid, codes, properties):
    for code in codes:
        say("suback", text(code, properties))
        if code.is_failure:
            finished("message")
    finished("suback")
    send()


def on_publish(client, userdata, mid, code, properties):
    say("puback", text(code, properties))
    finished("puback")


def on_message(client, userdata, message):
    say("message", message.topic, message.payload.decode(), message.qos)
    finished("message")


def on_disconnect(client, userdata, flags, code, properties):
    say("disconnect", text(code, properties))
    done.set()


protocol = {"5.0": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}[version]
client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="paho", protocol=protocol)
client.username_pw_set(user, password)
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_publish = on_publish
client.on_message = on_message
client.on_disconnect = on_disconnect
client.connect("127.0.0.1", int(port))
client.loop_start()
if not done.wait(20):
    say("timeout")
    sys.exit(1)
client.disconnect()
client.loop_stop()
