/**
 * Panning the designer at 500 steps, beside the same picture as a bitmap and beside nothing at all, panned by the same hand in the same run.
 *
 *     npm run bench:pan [-- --rounds 4] [--zooms-out 0,4] [--dist folder] [--trace file]
 *
 * The built designer on the fixture (`npm run build -w desktop` first), whole Chromium without a GPU: everything is drawn by the processor,
 * the worst there is. Real pointer events (125 a second, as a mouse sends them): six drags of 650 pixels a round, to the right and back
 * through columns that come into view. Rounds of the three take turns, so that what else the machine does is on all of them.
 *
 *   designer   500 steps, its cards and ways
 *   picture    a screenshot of the same canvas, larger than the view, moved by `transform` in a page of a few lines
 *   nothing    the same page without the picture: what the browser takes to move anything
 *
 * frames: between two animation frames while the pointer drags, ms; late: the share of more than 25 ms (a frame of 60 a second missed). cpu:
 * of all of Chromium's processes, ms a frame. `--zooms-out`: how often "-" is pressed first. `--trace`: one more round of the designer's, told
 * by Chromium's own trace, as time of each kind of work a frame.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { startFixture } from "../desktop/dev/fixture-server.ts";
import { launchChromium } from "./chromium.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "4" }, "zooms-out": { type: "string", default: "0,4" }, dist: { type: "string" }, trace: { type: "string" } } });
const ROUNDS = Number(values.rounds);
const DIST = values.dist ?? join(import.meta.dirname, "..", "desktop", "dist");
const VIEW = { width: 1440, height: 900 };
const DRAGS = 6;
const DRAG_PX = 650;
/** 60 frames of 60 a second: a quick hand, 650 pixels a second. */
const DRAG_MS = 1000;
const MOVE_EVERY_MS = 8;
const LATE_MS = 25;

interface Panned {
  intervals: number[];
  cpuMs: number;
  movedMs: number;
}
type Contender = "designer" | "picture" | "nothing";

/** CPU of every process that descends from this one, and is not this one, ms. */
function cpuOfChildrenMs(): number {
  const parents = new Map<number, { parent: number; ticks: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${name}/stat`, "utf8");
    } catch {
      continue; // ended meanwhile
    }
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    parents.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
  }
  let ticks = 0;
  for (const [pid, own] of parents) {
    let at: number | undefined = pid === process.pid ? undefined : own.parent;
    while (at !== undefined && at !== process.pid) at = parents.get(at)?.parent;
    if (at === process.pid) ticks += own.ticks;
  }
  return ticks * 10;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Three drags to the left (the view goes right), three back, each somewhat up or down. */
async function pan(page: Page): Promise<Panned> {
  const session = await page.context().newCDPSession(page);
  const sum: Panned = { intervals: [], cpuMs: 0, movedMs: 0 };
  for (let drag = 0; drag < DRAGS; drag++) {
    const way = drag < DRAGS / 2 ? -1 : 1;
    const from = { x: way < 0 ? 960 : 310, y: 420 };
    const slope = (drag % 2 === 0 ? 1 : -1) * 0.25;
    const mouse = (type: "mousePressed" | "mouseMoved" | "mouseReleased", x: number, y: number, down: boolean): Promise<unknown> =>
      session.send("Input.dispatchMouseEvent", { type, x, y, button: type === "mouseMoved" && !down ? "none" : "left", buttons: down ? 1 : 0, clickCount: type === "mouseMoved" ? 0 : 1 });
    // On the ground between the cards, or the card would be dragged.
    const at = await page.evaluate(({ x, y }) => {
      for (let by = 0; by < 300; by += 6) for (const sign of [1, -1]) if (document.elementFromPoint(x, y + sign * by)?.closest(".react-flow__node, .react-flow__edge") === null) return { x, y: y + sign * by };
      return { x, y };
    }, from);
    await mouse("mouseMoved", at.x, at.y, false);
    await mouse("mousePressed", at.x, at.y, true);
    await mouse("mouseMoved", at.x + way * 4, at.y, true);
    await pause(150);
    await page.evaluate(() => {
      const kept = globalThis as unknown as { frames: number[]; panning: boolean };
      kept.frames = [];
      kept.panning = true;
      const frame = (now: number): void => {
        kept.frames.push(now);
        if (kept.panning) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
    const cpuBefore = cpuOfChildrenMs();
    const began = performance.now();
    const sent: Promise<unknown>[] = [];
    for (let ms = MOVE_EVERY_MS; ms <= DRAG_MS; ms += MOVE_EVERY_MS) {
      const wait = began + ms - performance.now();
      if (wait > 0) await pause(wait);
      const by = (DRAG_PX * ms) / DRAG_MS;
      sent.push(mouse("mouseMoved", Math.round(at.x + way * by), Math.round(at.y + slope * by), true));
    }
    await Promise.all(sent);
    const frames = await page.evaluate(() => {
      const kept = globalThis as unknown as { frames: number[]; panning: boolean };
      kept.panning = false;
      return kept.frames;
    });
    sum.cpuMs += cpuOfChildrenMs() - cpuBefore;
    sum.movedMs += performance.now() - began;
    for (let i = 1; i < frames.length; i++) sum.intervals.push((frames[i] ?? 0) - (frames[i - 1] ?? 0));
    await mouse("mouseReleased", at.x + way * DRAG_PX, at.y + slope * DRAG_PX, false);
    await pause(100);
  }
  await session.detach();
  return sum;
}

async function designer(browser: Browser, port: number, zoomsOut: number): Promise<Page> {
  const page = await (await browser.newContext({ viewport: VIEW, locale: "fr", reducedMotion: "reduce" })).newPage();
  await page.goto(`http://127.0.0.1:${port}/flows/grand?scene=floor&lang=fr`);
  await page.locator(".react-flow__node").first().waitFor();
  await page.locator('.react-flow__node[data-id="step-0"]').click();
  for (let i = 0; i < zoomsOut; i++) await page.keyboard.press("-");
  await pause(1500);
  return page;
}

/** A few lines that move one element with the pointer. */
async function still(browser: Browser, picture: Buffer | null): Promise<Page> {
  const page = await (await browser.newContext({ viewport: VIEW })).newPage();
  await page.setContent(`<style>body{margin:0;background:#f2f2f0}#host{position:absolute;inset:50px 320px 0 0;overflow:hidden}#moved{will-change:transform;position:absolute}aside{position:absolute;inset:50px 0 0 auto;width:320px;background:#fff}</style>
    <div id="host"><div id="moved">${picture === null ? "" : `<img draggable="false" src="data:image/png;base64,${picture.toString("base64")}">`}</div></div><aside></aside>`);
  await page.evaluate(() => {
    const moved = document.getElementById("moved");
    let [x, y] = [0, 0];
    document.getElementById("host")?.addEventListener("mousedown", (down) => {
      const [fromX, fromY] = [x - down.clientX, y - down.clientY];
      const move = (event: MouseEvent): void => {
        [x, y] = [fromX + event.clientX, fromY + event.clientY];
        if (moved !== null) moved.style.transform = `translate(${x}px, ${y}px)`;
      };
      window.addEventListener("mousemove", move);
      window.addEventListener("mouseup", () => window.removeEventListener("mousemove", move), { once: true });
      down.preventDefault();
    });
  });
  return page;
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

function told(name: Contender, rounds: readonly Panned[]): string {
  const intervals = rounds.flatMap((one) => one.intervals).toSorted((a, b) => a - b);
  const frames = intervals.length;
  const cpu = rounds.map((one) => one.cpuMs / one.intervals.length).toSorted((a, b) => a - b);
  const core = rounds.reduce((sum, one) => sum + one.cpuMs, 0) / rounds.reduce((sum, one) => sum + one.movedMs, 0);
  const late = intervals.filter((ms) => ms > LATE_MS).length / frames;
  return `${name.padEnd(9)} ${String(frames).padStart(6)}  ${[0.5, 0.95, 0.99, 1].map((share) => at(intervals, share).toFixed(1).padStart(6)).join(" ")}  ${(late * 100).toFixed(1).padStart(5)} %  ${at(cpu, 0.5).toFixed(1).padStart(6)} ${at(cpu, 0).toFixed(1).padStart(6)}  ${(core * 100).toFixed(0).padStart(4)} %`;
}

/** What Chromium's threads did, ms a frame by kind of work (whole durations: a kind that holds another holds its time too). */
function kindsOfWork(trace: Buffer, frames: number): void {
  type Event = { name: string; ph: string; dur?: number; pid: number; tid: number; args?: { name?: string } };
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: Event[] };
  const threads = new Map(traceEvents.filter(({ name }) => name === "thread_name").map(({ pid, tid, args }) => [`${pid} ${tid}`, args?.name ?? "?"]));
  const spent = new Map<string, { us: number; times: number }>();
  for (const { name, ph, dur, pid, tid } of traceEvents) {
    if (ph !== "X" || dur === undefined) continue;
    const key = `${(threads.get(`${pid} ${tid}`) ?? "?").padEnd(28)} ${name}`;
    const kept = spent.get(key) ?? { us: 0, times: 0 };
    spent.set(key, { us: kept.us + dur, times: kept.times + 1 });
  }
  for (const [key, { us, times }] of [...spent].toSorted((a, b) => b[1].us - a[1].us).slice(0, 60)) console.log(`  ${(us / 1000 / frames).toFixed(2).padStart(6)} ms a frame, ${(times / frames).toFixed(2).padStart(6)} times  ${key}`);
}

if (!existsSync(join(DIST, "index.html"))) throw new Error("npm run build -w desktop first");
const fixture = await startFixture({ port: 0, dist: DIST });
const browser = await launchChromium();
try {
  for (const zoomsOut of values["zooms-out"].split(",").map(Number)) {
    const ours = await designer(browser, fixture.port, zoomsOut);
    const drawn = { cards: await ours.locator(".react-flow__node").count(), ways: await ours.locator(".react-flow__edge").count() };
    await ours.setViewportSize({ width: 3200, height: 2200 });
    await pause(1500);
    const picture = await ours.locator(".react-flow").screenshot();
    await ours.setViewportSize(VIEW);
    await pause(1000);
    const pages: Record<Contender, Page> = { designer: ours, picture: await still(browser, picture), nothing: await still(browser, null) };
    const rounds: Record<Contender, Panned[]> = { designer: [], picture: [], nothing: [] };
    for (let round = 0; round <= ROUNDS; round++)
      for (const name of ["nothing", "designer", "picture"] as const) {
        await pages[name].bringToFront();
        await pause(300);
        const panned = await pan(pages[name]);
        if (round > 0) rounds[name].push(panned); // the first warms up
      }
    console.log(`\n500 steps, ${drawn.cards} cards and ${drawn.ways} ways drawn, load ${loadavg()[0]?.toFixed(1)}`);
    console.log("          frames   p50    p95    p99    most    late    cpu ms a frame  of a core");
    console.log("                                                        median  least");
    for (const name of ["nothing", "picture", "designer"] as const) console.log(told(name, rounds[name]));
    if (values.trace !== undefined) {
      await ours.bringToFront();
      await browser.startTracing(ours, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "cc", "viz", "blink", "toplevel"] });
      const traced = await pan(ours);
      const trace = await browser.stopTracing();
      writeFileSync(values.trace, trace);
      kindsOfWork(trace, traced.intervals.length);
    }
    for (const page of Object.values(pages)) await page.context().close();
  }
} finally {
  await browser.close();
  await fixture.stop();
}
