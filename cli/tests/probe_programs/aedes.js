// aedes on a free port of 127.0.0.1; prints where it listens.
const aedes = require("aedes")();
const server = require("net").createServer(aedes.handle);
server.listen(0, "127.0.0.1", () => console.log("listening on 127.0.0.1:" + server.address().port));
