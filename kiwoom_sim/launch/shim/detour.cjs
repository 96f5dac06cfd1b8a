// Run before a Node client that is not isolated: lead the broker's names to the simulator, refuse
// every other place. What leads where is in KIWOOM_SIM_DETOUR, as JSON.
"use strict";

const net = require("net");

const rule = JSON.parse(process.env.KIWOOM_SIM_DETOUR || "null");
const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3})$/i;

function isAllowed(host, port) {
  return rule.allowed.some(([name, number]) => name === host && number === Number(port));
}

function refuse(socket, host, port) {
  const error = new Error(`connect ENETUNREACH ${host}:${port} (kept in by kiwoom-sim)`);
  Object.assign(error, { code: "ENETUNREACH", syscall: "connect", address: host, port });
  process.nextTick(() => socket.destroy(error));
  return socket;
}

if (rule) {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...given) {
    const known = Array.isArray(given[0]) ? given[0] : net._normalizeArgs(given);
    const options = known[0];
    const host = String(options.host || "localhost").toLowerCase();
    if (options.path) return connect.apply(this, given);
    if (rule.names.includes(host)) {
      Object.assign(options, { host: rule.to[0], port: rule.to[1] });
      return connect.call(this, known);
    }
    if (LOOPBACK.test(host) || isAllowed(host, options.port)) return connect.apply(this, given);
    return refuse(this, host, options.port);
  };
}
