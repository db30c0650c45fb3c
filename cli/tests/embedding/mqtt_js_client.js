// A client of MQTT.js: connects, subscribes to FILTER, publishes to TOPIC, waits for its own message, and disconnects.
//
// Usage: node mqtt_js_client.js PORT 4|5 USER PASSWORD FILTER TOPIC QOS
'use strict'

const mqtt = require('mqtt')

const [port, version, username, password, filter, topic, qos] = process.argv.slice(2)
const client = mqtt.connect({
  host: '127.0.0.1',
  port: Number(port),
  protocolVersion: Number(version),
  clientId: 'mqtt-js-' + version,
  username,
  password,
  reconnectPeriod: 0
})
client.on('error', (error) => {
  console.log('error', error.code, error.message)
  client.end(true, () => process.exit(1))
})
client.on('connect', () => {
  client.subscribe(filter, { qos: Number(qos) }, () => client.publish(topic, 'hello', { qos: Number(qos) }))
})
client.on('message', (of, message) => {
  console.log('message', of, message.toString())
  // Its acknowledgements go out first.
  setTimeout(() => client.end(), 200)
})
