"use strict";

const byId = (id) => document.getElementById(id);
let token = "";

async function post(path, headers, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json;charset=UTF-8", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  let data = text;
  try { data = JSON.parse(text); } catch { /* shown as it came */ }
  return { response, data };
}

async function getToken() {
  const { data } = await post("/oauth2/token", {}, {
    grant_type: "client_credentials",
    appkey: byId("appkey").value,
    secretkey: byId("secretkey").value,
  });
  token = data.token || "";
  byId("token-state").textContent = token ? `token until ${data.expires_dt}` : data.return_msg;
}

function show(box, { response, data }) {
  const head = ["api-id", "cont-yn", "next-key"]
    .map((name) => `${name}: ${response.headers.get(name) ?? ""}`).join("\n");
  const body = typeof data === "string" ? data : JSON.stringify(data, null, 2);
  const answer = box.querySelector(".answer");
  answer.hidden = false;
  answer.textContent = `HTTP ${response.status}\n${head}\n\n${body}`;
  const next = box.querySelector(".next");
  next.hidden = response.headers.get("cont-yn") !== "Y";
  next.dataset.key = response.headers.get("next-key") ?? "";
}

async function call(api, box, nextKey) {
  const body = {};
  for (const input of box.querySelectorAll("tbody input")) body[input.name] = input.value;
  const isTokenCall = api.path.startsWith("/oauth2/");
  if (!isTokenCall && !token) await getToken();
  if (isTokenCall && "token" in body && !body.token) body.token = token;
  const headers = { "api-id": api.id };
  if (!isTokenCall) headers.authorization = `Bearer ${token}`;
  if (nextKey) Object.assign(headers, { "cont-yn": "Y", "next-key": nextKey });
  show(box, await post(api.path, headers, body));
  if (api.path === "/oauth2/revoke") token = "";
}

function row(cells) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    const box = document.createElement("td");
    box.append(cell);
    line.append(box);
  }
  return line;
}

function render(api) {
  const box = byId("api").content.cloneNode(true).firstElementChild;
  box.dataset.text = `${api.id} ${api.name} ${api.path} ${api.menu.join(" ")}`.toLowerCase();
  box.id = api.id;
  box.querySelector(".id").textContent = api.id;
  box.querySelector(".name").textContent = api.name;
  box.querySelector(".fidelity").textContent = api.fidelity;
  box.querySelector(".path").textContent = `POST ${api.path}`;
  box.querySelector(".reason").textContent = api.reason;
  const table = box.querySelector("tbody");
  for (const field of api.request) {
    const input = document.createElement("input");
    input.name = field.name;
    input.value = api.example[field.name] ?? "";
    const line = row([field.name, field.ko, input]);
    if (field.required) line.firstElementChild.className = "required";
    table.append(line);
  }
  const fields = box.querySelector(".fields tbody");
  for (const field of [...api.reply, ...api.row]) fields.append(row([field.name, field.ko, field.unit]));
  box.querySelector(".call").addEventListener("click", () => call(api, box, ""));
  box.querySelector(".next").addEventListener("click", (event) => call(api, box, event.target.dataset.key));
  return box;
}

byId("filter").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const box of byId("apis").children) box.hidden = !box.dataset.text.includes(wanted);
});
byId("keys").addEventListener("input", () => { token = ""; });
fetch("/docs/apis.json").then((response) => response.json())
  .then((apis) => byId("apis").append(...apis.map(render)));
