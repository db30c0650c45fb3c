// Print the reason codes of mqtt-packet as JSON: tables by the name of their constant, code to name.
// The folder node_modules that holds the package is the first argument, or else where Node finds it itself.
'use strict'
const { createRequire } = require('module')
const path = require('path')

const folder = process.argv[2]
const load = folder ? createRequire(path.join(path.resolve(folder), 'x.js')) : require
const constants = load('mqtt-packet/constants.js')
const tables = {}
for (const name of Object.keys(constants)) {
  if (/CODES?$/.test(name) && /^MQTT5/.test(name)) tables[name] = constants[name]
}
console.log(JSON.stringify(tables))
