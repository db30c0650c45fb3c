// aedes on a port of the loopback interface; it takes one password only.
//
// Usage: aedes_broker.js PORT PASSWORD
const [, , port, expected] = process.argv;
const broker = require("aedes")();
broker.authenticate = (client, user, password, done) => {
  if (String(password) === expected) {
    done(null, true);
  } else {
    const error = new Error("wrong password");
    error.returnCode = 5;
    done(error, false);
  }
};
require("net").createServer(broker.handle).listen(Number(port), "127.0.0.1");
