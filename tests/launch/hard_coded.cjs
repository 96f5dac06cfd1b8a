// Be Node clients, none of which is told where the broker is: fetch (undici), ws, a plain upgrade.
// Print as JSON what each found; "missing" for a package that is not installed.
"use strict";

const https = require("https");
const BODY = process.argv[2];
const SOCKET = "wss://api.kiwoom.com:10000/api/dostk/websocket";
const REGISTER = {trnm: "REG", grp_no: "1", refresh: "1", data: [{item: ["005930"], type: ["0B", "0D"]}]};

async function withFetch() {
  const answer = await fetch("https://api.kiwoom.com/oauth2/token", {method: "POST", body: BODY});
  return answer.json();
}

function withUpgrade() {
  const headers = {Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": 13,
                   "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="};
  const asked = {host: "mockapi.kiwoom.com", port: 10000, path: "/api/dostk/websocket", headers};
  return new Promise((resolve, reject) => {
    https.get(asked).on("error", reject).on("upgrade", (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode);
    });
  });
}

function withWs(token) {
  let WebSocket;
  try {
    WebSocket = require("ws");
  } catch {
    return "missing";
  }
  return new Promise((resolve, reject) => {
    const peer = new WebSocket(SOCKET);
    peer.on("error", reject);
    peer.on("open", () => peer.send(JSON.stringify({trnm: "LOGIN", token})));
    peer.on("message", data => {
      const message = JSON.parse(data);
      if (message.trnm === "LOGIN") peer.send(JSON.stringify(REGISTER));
      if (message.trnm === "PING") peer.send(JSON.stringify(message));
      if (message.trnm === "REAL") {
        peer.close();
        resolve("REAL");
      }
    });
  });
}

async function main() {
  const token = await withFetch();
  const found = {fetch: token.return_code, upgrade: await withUpgrade(), ws: await withWs(token.token)};
  found.outside = await fetch("https://1.1.1.1/").catch(error => error.cause.code);
  console.log(JSON.stringify(found));
}

main().catch(error => console.log(JSON.stringify({error: String(error), cause: String(error.cause)})));
