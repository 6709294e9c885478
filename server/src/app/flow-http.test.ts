/** HTTP of flows against real servers of this machine: what is refused before a packet leaves, and what an answer may be. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { atPointer, createOutsideHttp, isPublicAddress, type OutsideAnswer, type OutsideRequest } from "./flow-http.ts";

let port = 0;
let requests: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
let hung: ServerResponse[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part: Buffer) => (body += part.toString()));
  request.on("end", () => {
    requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
    switch (request.url) {
      case "/redirect":
        return response.writeHead(302, { location: `http://127.0.0.1:${port}/ok` }).end();
      case "/huge":
        return response.end(`"${"x".repeat(300_000)}"`);
      case "/text":
        return response.end("hello");
      case "/fails":
        return response.writeHead(500).end("{}");
      case "/hangs":
        return void hung.push(response);
      case "/empty":
        return response.writeHead(204).end();
      default:
        return response.setHeader("content-type", "application/json").end(JSON.stringify({ tier: "gold", orders: [{ total: 12.5 }] }));
    }
  });
});
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
after(() => {
  for (const response of hung) response.destroy();
  server.close();
  server.closeAllConnections();
});

const GET: Omit<OutsideRequest, "url"> = { method: "GET", headers: {}, body: null, secret: false };
const calls = (options: Partial<Parameters<typeof createOutsideHttp>[0]> = {}): ((url: string, more?: Partial<OutsideRequest>) => Promise<OutsideAnswer>) => {
  const http = createOutsideHttp({ hosts: () => [], ...options });
  return (url, more = {}) => new Promise((resolve) => void http.call({ ...GET, ...more, url }, resolve));
};
const why = async (answer: Promise<OutsideAnswer>): Promise<string> => {
  const got = await answer;
  return got.ok ? "answered" : got.why;
};

test("nothing inside the house is reached: not by an address in any spelling, not by a name that leads there, not by a name with one address inside", async () => {
  requests = [];
  const call = calls();
  for (const host of ["127.0.0.1", "localhost", "0.0.0.0", "0x7f.1", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[64:ff9b::7f00:1]", "10.1.2.3", "192.168.1.1", "172.31.0.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[2002:7f00:1::]"]) {
    assert.match(await why(call(`http://${host}:${port}/ok`)), /not a public address$|^not a URL/, host);
  }
  const named = (...addresses: string[]) => calls({ lookup: (_name, _options, done) => done(null, addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))) });
  assert.match(await why(named("127.0.0.1")(`http://crm.example:${port}/ok`)), /not a public address/);
  assert.match(await why(named("93.184.216.34", "10.0.0.1")(`http://crm.example:${port}/ok`)), /not a public address/);
  assert.match(await why(named()(`http://crm.example:${port}/ok`)), /not a public address/);
  for (const url of ["ftp://crm.example/x", "file:///etc/passwd", "gopher://crm.example", "http://user:pw@crm.example/", "nonsense"]) assert.match(await why(call(url)), /neither http|a password|not a URL/, url);
  assert.deepEqual(requests, [], "no packet left");
});

test("a host that an administrator named is reached, that port only when a port is named", async () => {
  assert.deepEqual(await calls({ hosts: () => ["127.0.0.1"] })(`http://127.0.0.1:${port}/ok`), { ok: true, json: { tier: "gold", orders: [{ total: 12.5 }] } });
  assert.equal(await why(calls({ hosts: () => [`127.0.0.1:${port}`] })(`http://127.0.0.1:${port}/ok`)), "answered");
  assert.match(await why(calls({ hosts: () => ["127.0.0.1:1"] })(`http://127.0.0.1:${port}/ok`)), /not a public address/);
});

test("an answer that is no answer: redirects, errors, other forms, too much, nobody there; giving up ends the request", async () => {
  const call = calls({ hosts: () => ["127.0.0.1"] });
  const host = `127.0.0.1:${port}`;
  assert.equal(await why(call(`http://${host}/redirect`)), `${host}: status 302`);
  assert.equal(await why(call(`http://${host}/fails`)), `${host}: status 500`);
  assert.equal(await why(call(`http://${host}/text`)), `${host}: not JSON`);
  assert.match(await why(call(`http://${host}/huge`)), /more than/);
  assert.equal(await why(call("http://127.0.0.1:1/ok")), "127.0.0.1:1: ECONNREFUSED");
  assert.deepEqual(await call(`http://127.0.0.1:${port}/empty`), { ok: true, json: null });
  const http = createOutsideHttp({ hosts: () => ["127.0.0.1"] });
  const given = new Promise<OutsideAnswer>((resolve) => {
    const cancel = http.call({ ...GET, url: `http://127.0.0.1:${port}/hangs` }, resolve);
    cancel();
  });
  assert.deepEqual(await given, { ok: false, why: `${host}: given up` });
  http.stop();
});

test("why a call failed names the host and what went wrong, nothing else that was in the request", async () => {
  const found = (address: string, error: Error | null = null) => calls({ lookup: (_name, _options, done) => done(error, [{ address, family: 4 }]) });
  const gone = Object.assign(new Error("getaddrinfo ENOTFOUND token-9.crm.example"), { code: "ENOTFOUND" });
  const request = { secret: false, headers: { authorization: "Bearer hush" }, method: "POST", body: '{"pin":"hush"}' };
  const url = "https://crm.example/hush/1?hush=hush#hush";
  assert.deepEqual(
    await Promise.all([
      why(found("10.0.0.1")(url, request)), why(found("", gone)(url, request)), why(calls()("https://u:hush@crm.example/", request)), why(calls()("hush", request)),
      why(found("", gone)("https://token-9.crm.example/hush", { ...request, shownHost: "{secret.t}.crm.example" })),
      why(calls({ hosts: () => ["127.0.0.1"] })(`http://127.0.0.1:${port}/fails`, request)),
    ]),
    ["crm.example: not a public address", "crm.example: ENOTFOUND", "crm.example: a password in the URL", "not a URL", "{secret.t}.crm.example: ENOTFOUND", `127.0.0.1:${port}: status 500`],
  );
});

test("a secret leaves over TLS, or to a host that was named; headers that would change the request are ours", async () => {
  requests = [];
  assert.match(await why(calls({ lookup: (_n, _o, done) => done(null, [{ address: "93.184.216.34", family: 4 }]) })(`http://crm.example:${port}/ok`, { secret: true })), /a secret goes over https/);
  assert.equal(await why(calls({ hosts: () => ["127.0.0.1"] })(`http://127.0.0.1:${port}/ok`, { method: "POST", secret: true, body: '{"a":1}', headers: { authorization: "Bearer x", Host: "evil", "Content-Length": "9999", "Transfer-Encoding": "chunked" } })), "answered");
  assert.deepEqual(requests.map(({ method, headers, body }) => [method, headers.authorization, headers.host, headers["content-type"], body]), [["POST", "Bearer x", `127.0.0.1:${port}`, "application/json", '{"a":1}']]);
  assert.match(await why(calls({ hosts: () => ["127.0.0.1"] })(`http://127.0.0.1:${port}/ok`, { headers: { "x-y": "a\r\nEvil: 1" } })), /[Ii]nvalid character/);
});

test("JSON pointers (RFC 6901): objects, arrays, escapes; nothing of JavaScript's own", () => {
  const json = { "a/b": { "m~n": [1, { x: null }] }, "": 7 };
  assert.deepEqual(["", "/a~1b/m~0n/0", "/a~1b/m~0n/1/x", "/"].map((pointer) => atPointer(json, pointer)), [json, 1, null, 7]);
  assert.deepEqual(["a", "/a~1b/m~0n/01", "/a~1b/m~0n/length", "/constructor", "/__proto__/x", "/a~1b/9"].map((pointer) => atPointer(json, pointer)), Array.from({ length: 6 }, () => undefined));
});

test("public addresses", () => {
  for (const address of ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]) assert.ok(isPublicAddress(address), address);
  for (const address of ["", "crm", "255.255.255.255", "224.0.0.1", "198.18.0.1", "ff02::1", "2001:db8::1", "::127.0.0.1"]) assert.ok(!isPublicAddress(address), address);
});
