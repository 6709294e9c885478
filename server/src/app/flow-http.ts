/**
 * HTTP calls of flows: to the company's own interfaces. Names are resolved by us and every address is judged before it is connected
 * to, so that neither a definition nor a name server turns the telephone system into a way into the house (SSRF).
 */
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { lookup as systemLookup, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Attack: an endless answer. */
const MAX_BODY_BYTES = 256 * 1024;
/** Attack: many callers at a step whose service hangs; and the service's own protection. */
const MAX_AT_ONCE = 200;
/** Set by us alone: they would change what the request is. */
const OUR_HEADERS = new Set(["host", "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer", "keep-alive", "proxy-authorization"]);

/** RFC 6890 and its registry: what is not the public internet. */
const NOT_PUBLIC: readonly (readonly [string, number, "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"], ["10.0.0.0", 8, "ipv4"], ["100.64.0.0", 10, "ipv4"], ["127.0.0.0", 8, "ipv4"], ["169.254.0.0", 16, "ipv4"], ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"], ["192.0.2.0", 24, "ipv4"], ["192.88.99.0", 24, "ipv4"], ["192.168.0.0", 16, "ipv4"], ["198.18.0.0", 15, "ipv4"], ["198.51.100.0", 24, "ipv4"], ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 4, "ipv4"], ["240.0.0.0", 4, "ipv4"],
  // unspecified, loopback, IPv4 within IPv6 (mapped, NAT64, 6to4, Teredo), discard, unique local, link local, site local, multicast, documentation
  ["::", 96, "ipv6"], ["::ffff:0:0", 96, "ipv6"], ["64:ff9b::", 96, "ipv6"], ["64:ff9b:1::", 48, "ipv6"], ["2002::", 16, "ipv6"], ["2001::", 23, "ipv6"], ["100::", 64, "ipv6"],
  ["fc00::", 7, "ipv6"], ["fe80::", 10, "ipv6"], ["fec0::", 10, "ipv6"], ["ff00::", 8, "ipv6"], ["2001:db8::", 32, "ipv6"],
];
const NOT_PUBLIC_WHY = "not a public address";
// one list a family: node:net finds IPv4 addresses within rules for mapped ones
const notPublic = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [address, prefix, family] of NOT_PUBLIC) notPublic[family].addSubnet(address, prefix, family);

export function isPublicAddress(address: string): boolean {
  const number = isIP(address);
  const family = number === 6 ? "ipv6" : "ipv4";
  return number !== 0 && !notPublic[family].check(address, family);
}

export interface OutsideRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  /** A secret is in it: only over TLS, or to a host that the administrator named. */
  secret: boolean;
  /** Of a host that a secret is a part of: how it is told to operators. Absent = as it is. */
  shownHost?: string;
}
/** `why` goes to the log: it names the host and what went wrong there, never the path, the query, a header or a value of the customer's. */
export type OutsideAnswer = { ok: true; json: unknown } | { ok: false; why: string };

export interface OutsideHttpOptions {
  /** Hosts that an administrator allows although they are not public: "name", "name:port", an address. */
  hosts(): readonly string[];
  /** As node:dns; its own in tests. */
  lookup?: (hostname: string, options: { all: true }, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;
}

export interface OutsideHttp {
  /** Never throws; `answer` once. The function returned gives up. */
  call(request: OutsideRequest, answer: (answer: OutsideAnswer) => void): () => void;
  stop(): void;
}

export function createOutsideHttp({ hosts, lookup = systemLookup }: OutsideHttpOptions): OutsideHttp {
  let open = 0;
  const allowed = (hostname: string, port: string): boolean => {
    const list = hosts();
    return list.includes(hostname) || list.includes(`${hostname}:${port}`);
  };
  /** All addresses must be public: one that is not shows a name made to lead inside. */
  const publicOnly: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      const refused = error ?? (addresses.length > 0 && addresses.every(({ address }) => isPublicAddress(address)) ? null : new Error(NOT_PUBLIC_WHY));
      const [first] = addresses ?? [];
      if (refused || !first) done(refused ?? new Error("no address"), "", 0);
      else if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
  // a kept connection was judged when it was made; the agents of both ways never share one
  const agents = { public: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }, inside: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) } };

  return {
    call(request, answer) {
      let over = false;
      let where = "";
      const finish = (result: OutsideAnswer): void => {
        if (over) return;
        over = true;
        open--;
        answer(result);
      };
      const fail = (why: string): void => finish({ ok: false, why: `${where}${why}` });
      open++;
      const refuse = (why: string): (() => void) => {
        fail(why);
        return () => {};
      };
      if (open > MAX_AT_ONCE) return refuse("too many calls at once");
      let url: URL;
      try {
        url = new URL(request.url);
      } catch {
        return refuse("not a URL"); // a definition's text: an answer, not a failure of ours
      }
      const { protocol, hostname } = url;
      where = `${request.shownHost ?? url.host}: `;
      if (protocol !== "http:" && protocol !== "https:") return refuse("neither http nor https");
      if (url.username !== "" || url.password !== "") return refuse("a password in the URL");
      const inside = allowed(hostname, url.port || (protocol === "https:" ? "443" : "80"));
      if (request.secret && protocol === "http:" && !inside) return refuse("a secret goes over https, or to a host that is named in the settings");
      const literal = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
      if (!inside && isIP(literal) !== 0 && !isPublicAddress(literal)) return refuse(NOT_PUBLIC_WHY);
      const headers: Record<string, string> = { accept: "application/json", "user-agent": "Tandem", ...(request.body === null ? {} : { "content-type": "application/json" }) };
      for (const [name, value] of Object.entries(request.headers)) if (!OUR_HEADERS.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
      const secure = protocol === "https:";
      try {
        const outgoing = (secure ? httpsRequest : httpRequest)(url, { method: request.method, headers, agent: (inside ? agents.inside : agents.public)[secure ? "https" : "http"], ...(inside ? {} : { lookup: publicOnly }) }, (response) => {
          const status = response.statusCode ?? 0;
          if (status < 200 || status >= 300) {
            // a redirect is not followed: it could lead anywhere
            response.resume();
            outgoing.destroy();
            return fail(`status ${status}`);
          }
          const parts: Buffer[] = [];
          let bytes = 0;
          response.on("data", (part: Buffer) => {
            bytes += part.length;
            if (bytes > MAX_BODY_BYTES) {
              fail(`an answer of more than ${MAX_BODY_BYTES} bytes`);
              outgoing.destroy();
            } else parts.push(part);
          });
          response.on("end", () => {
            const json = readJson(Buffer.concat(parts).toString("utf8"));
            if (json === undefined) fail("not JSON");
            else finish({ ok: true, json });
          });
          response.on("aborted", () => fail("cut off"));
          response.on("error", (error) => fail(reasonOf(error)));
        });
        outgoing.on("error", (error) => fail(reasonOf(error)));
        outgoing.end(request.body ?? undefined);
        return () => {
          fail("given up");
          outgoing.destroy();
        };
      } catch (error) {
        return refuse((error as Error).message); // a header that cannot be one
      }
    },
    stop() {
      for (const pair of Object.values(agents)) for (const agent of Object.values(pair)) agent.destroy();
    },
  };
}

/** Node's own words name addresses, and a host that is a secret; its codes do not. */
function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}

/** Undefined = it is none. */
function readJson(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // an answer of theirs in another form
  }
}

/** RFC 6901: undefined when nothing is there. */
export function atPointer(json: unknown, pointer: string): unknown {
  if (pointer === "") return json;
  if (!pointer.startsWith("/")) return undefined;
  let value = json;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = /^(?:0|[1-9]\d{0,8})$/.test(key) ? (value as unknown[])[Number(key)] : undefined;
    else if (typeof value === "object" && value !== null && Object.hasOwn(value, key)) value = (value as Record<string, unknown>)[key];
    else return undefined;
  }
  return value;
}
