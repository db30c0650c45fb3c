#!/usr/bin/env node
// MQTT.js, driven by `mqtt-reason probe client`: HOST PORT CLIENT_ID ACTION TOPIC QOS [VERSION [COUNT
// [METHOD]]].
'use strict'

const mqtt = require('mqtt')

const [host, port, clientId, action, topic, qos, version, count = 1, method] = process.argv.slice(2)
const told = (what, ...rest) => console.log(what, ...rest)
const failure = (error) => `${error.message} code ${error.code}`

const client = mqtt.connect({
  host,
  port: Number(port),
  clientId,
  protocolVersion: version === '3.1.1' ? 4 : 5,
  reconnectPeriod: 0,
  properties: method ? { authenticationMethod: method } : undefined
})

if (method) {
  // What an application does that knows the method: it takes each step.
  client.handleAuth = (packet, callback) => {
    told('auth:', packet.reasonCode, JSON.stringify(packet.properties ?? {}))
    callback(null, {
      cmd: 'auth',
      reasonCode: 24,
      properties: { authenticationMethod: method, authenticationData: Buffer.from('answer') }
    })
  }
}

client.on('connect', (packet) => {
  told('connect:', packet.reasonCode ?? packet.returnCode, JSON.stringify(packet.properties ?? {}))
  if (action === 'subscribe') {
    client.subscribe(topic, { qos: Number(qos) }, (error, granted, packet) => {
      told('subscribe:', error ? failure(error) : JSON.stringify(granted), JSON.stringify(packet?.granted ?? []))
    })
  } else if (action === 'publish') {
    for (let number = 0; number < Number(count); number += 1) {
      client.publish(topic, 'hello', { qos: Number(qos) }, (error, packet) => {
        told('publish:', error ? failure(error) : 'done', packet?.reasonCode ?? '')
      })
    }
  }
})
client.on('disconnect', (packet) => {
  told('disconnect:', packet.reasonCode, JSON.stringify(packet.properties ?? {}))
})
client.on('error', (error) => told('error:', failure(error)))
client.on('close', () => told('closed'))
client.on('message', (name) => told('message:', name))
setTimeout(() => process.exit(0), 60000)
