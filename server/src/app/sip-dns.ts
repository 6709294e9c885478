import { lookup, Resolver } from "node:dns/promises";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { SipHop } from "../sip/sip.ts";

/** A record is believed this long when its own life is longer or unknown (node:dns tells it for addresses only): a failover by DNS must reach us. */
const keptMs = 60_000;
/** And at least so long: a zone with TTL 0 must not make each call of ours a question. */
const leastKeptMs = 5_000;
/** Attack: many names, each remembered. */
const maxKept = 1_000;
/** Attack: a zone with thousands of records behind one name. */
const maxRecords = 12;
/** One question, and how often it is asked again. */
const questionMs = 2_000;
const tries = 2;

type Transport = SipHop["transport"];
/** RFC 3263 4.1, in the order in which we like them when nobody says. */
const SERVICES: readonly { naptr: string; srv: string; transport: Transport }[] = [
  { naptr: "sip+d2u", srv: "_sip._udp", transport: "udp" },
  { naptr: "sip+d2t", srv: "_sip._tcp", transport: "tcp" },
  { naptr: "sips+d2t", srv: "_sips._tcp", transport: "tls" },
];

export interface SipDns {
  /** Next hops of a SIP URI whose host is a name (RFC 3263), in the order in which to try them; none when it leads nowhere. Never rejects. */
  find(uri: string): Promise<readonly SipHop[]>;
}

export interface SipDnsOptions {
  clock: Clock;
  chance: Chance;
  log: Log;
  /** "address:port"; absent = the system's. */
  servers?: readonly string[];
}

export function createSipDns({ clock, chance, log, servers }: SipDnsOptions): SipDns {
  const resolver = new Resolver({ timeout: questionMs, tries });
  if (servers) resolver.setServers([...servers]);
  const kept = new Map<string, { value: unknown; untilMs: number }>();
  const asking = new Map<string, Promise<unknown>>();

  /** What a question led to, kept; nothing found is kept too. */
  async function once<T>(question: string, ask: () => Promise<{ value: T; lifeMs?: number }>, none: T): Promise<T> {
    const known = kept.get(question);
    if (known && known.untilMs > clock.now()) return known.value as T;
    const running = asking.get(question);
    if (running) return running as Promise<T>;
    const work = ask().then(
      ({ value, lifeMs = keptMs }) => ({ value, lifeMs }),
      (error: NodeJS.ErrnoException) => {
        // no such name or record is an answer; anything else is asked again soon
        const absent = isAbsence(error);
        if (!absent) log.warn({ question, why: error.code ?? error.message }, "a name server did not answer");
        return { value: none, lifeMs: absent ? keptMs : 0 };
      },
    ).then(({ value, lifeMs }) => {
      asking.delete(question);
      if (kept.size >= maxKept) kept.clear();
      kept.set(question, { value, untilMs: clock.now() + Math.min(keptMs, Math.max(leastKeptMs, lifeMs)) });
      return value;
    });
    asking.set(question, work);
    return work;
  }

  const addressesOf = (name: string): Promise<string[]> =>
    once(`A ${name}`, async () => {
      const [v4, v6] = await Promise.allSettled([resolver.resolve4(name, { ttl: true }), resolver.resolve6(name, { ttl: true })]);
      const found = [v4, v6].flatMap((one) => (one.status === "fulfilled" ? one.value : [])).slice(0, maxRecords);
      if (found.length > 0) return { value: found.map(({ address }) => address), lifeMs: Math.min(...found.map(({ ttl }) => ttl)) * 1000 };
      const broken = [v4, v6].map((one) => (one.status === "rejected" ? (one.reason as NodeJS.ErrnoException) : null)).find((error) => error !== null && !isAbsence(error));
      if (servers && broken) throw broken;
      // names of this machine's own file (localhost) are in no name server
      if (servers) return { value: [] };
      return { value: (await lookup(name, { all: true })).map(({ address }) => address).slice(0, maxRecords) };
    }, []);

  const srvOf = (name: string): Promise<{ name: string; port: number; priority: number; weight: number }[]> =>
    once(`SRV ${name}`, async () => ({ value: (await resolver.resolveSrv(name)).slice(0, maxRecords) }), []);

  const naptrOf = (name: string): Promise<{ service: string; order: number; preference: number; replacement: string }[]> =>
    once(`NAPTR ${name}`, async () => ({ value: (await resolver.resolveNaptr(name)).filter(({ flags }) => flags.toLowerCase() === "s").slice(0, maxRecords) }), []);

  async function bySrv(name: string, transport: Transport): Promise<SipHop[]> {
    const hops: SipHop[] = [];
    for (const record of inSrvOrder(await srvOf(name), chance)) {
      // RFC 2782: a target of "." means that the service is decidedly not there
      if (record.name === "" || record.name === ".") continue;
      for (const host of await addressesOf(record.name)) hops.push({ transport, host, port: record.port });
    }
    return hops;
  }

  async function byAddress(name: string, transport: Transport, port: number | null): Promise<SipHop[]> {
    return (await addressesOf(name)).map((host) => ({ transport, host, port: port ?? (transport === "tls" ? 5061 : 5060) }));
  }

  async function hopsOf(secure: boolean, name: string, port: number | null, asked: string | null): Promise<SipHop[]> {
    const given = secure ? "tls" : asked === "udp" || asked === "tcp" || asked === "tls" ? asked : null;
    // 4.2: "If the TARGET was not a numeric IP address, but a port is present in the URI, the client performs an A or AAAA record lookup"
    if (port !== null) return byAddress(name, given ?? "udp", port);
    const wanted = SERVICES.filter(({ transport }) => given === null || transport === given);
    if (given === null || secure) {
      const records = (await naptrOf(name)).toSorted((a, b) => a.order - b.order || a.preference - b.preference);
      const hops: SipHop[] = [];
      for (const record of records) {
        const service = wanted.find(({ naptr }) => naptr === record.service.toLowerCase());
        if (service) hops.push(...(await bySrv(record.replacement, service.transport)));
      }
      if (hops.length > 0) return hops;
    }
    // no NAPTR: "the client constructs an SRV query for those transport protocols it supports"
    for (const { srv, transport } of wanted) {
      const hops = await bySrv(`${srv}.${name}`, transport);
      if (hops.length > 0) return hops;
    }
    return byAddress(name, given ?? "udp", null);
  }

  return {
    async find(uri) {
      const match = /^(sips?):([^;:]+)(?::(\d+))?(?:;transport=(\w+))?$/.exec(uri);
      if (!match) return [];
      const [, scheme, name = "", port, transport] = match;
      try {
        return (await hopsOf(scheme === "sips", name, port === undefined ? null : Number(port), transport ?? null)).slice(0, maxRecords);
      } catch (error) {
        log.error({ uri, why: error instanceof Error ? error.message : String(error) }, "a name could not be looked up");
        return [];
      }
    },
  };
}

/** The name server knows: there is no such name, or nothing of that kind. */
function isAbsence(error: NodeJS.ErrnoException): boolean {
  return error.code === "ENOTFOUND" || error.code === "ENODATA";
}

/** RFC 2782: by priority; within one, each next place is drawn in proportion to the weights, weight 0 last but possible. */
export function inSrvOrder<R extends { priority: number; weight: number }>(records: readonly R[], chance: Chance): R[] {
  const out: R[] = [];
  for (const [, group] of [...Map.groupBy(records, ({ priority }) => priority)].toSorted(([a], [b]) => a - b)) {
    const left = group.toSorted((a, b) => a.weight - b.weight);
    while (left.length > 0) {
      let at = Math.floor(chance.next() * (left.reduce((sum, { weight }) => sum + weight, 0) + 1));
      const index = left.findIndex(({ weight }) => (at -= weight) <= 0);
      out.push(left.splice(Math.max(index, 0), 1)[0]!);
    }
  }
  return out;
}
