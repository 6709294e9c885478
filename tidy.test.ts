/**
 * The rules of the house, as tests. The floors come from the table in ARCHITECTURE.md, so the map cannot rot: a room
 * imports lower floors only, from floor 2 up only through the door file, and nobody imports a test aid but tests.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const rooms = join(root, "server/src");
const SKIPPED = new Set(["node_modules", "dist", ".git", ".cache", "data", "shots"]);

function filesUnder(folder: string, keep: (path: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(path, keep);
    return keep(path) ? [path] : [];
  });
}

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || basename(path).startsWith("test-");
const isCode = (path: string): boolean => /\.(ts|tsx|mts|mjs)$/.test(path) && !path.endsWith(".d.ts");
const show = (path: string): string => relative(root, path);

interface Import {
  from: string;
  target: string;
  /** Vanishes at run time, or names a program that is started, not imported. */
  notLoaded: boolean;
}

/** The relative imports of a file, comments apart. */
function importsOf(path: string): Import[] {
  const text = readFileSync(path, "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  const found: Import[] = [];
  for (const match of text.matchAll(/(?:^|[\s;}])(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s*)?"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"|new URL\(\s*"(\.[^"]+\.ts)"/g)) {
    const name = match[2] ?? match[3] ?? match[4];
    if (name !== undefined) found.push({ from: path, target: resolve(dirname(path), name), notLoaded: match[1] !== undefined || match[4] !== undefined });
  }
  return found;
}

function readFloors(): Map<string, number> {
  const map = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const section = /^## Rooms$([\s\S]*?)(?=^## )/m.exec(map)?.[1] ?? "";
  return new Map([...section.matchAll(/^\|\s*(\d+)\s*\|\s*`([a-z-]+)`\s*\|/gm)].map(([, floor, room]) => [room!, Number(floor)]));
}

/** `- exception: \`from/file.ts\` -> \`to/file.ts\`` in ARCHITECTURE.md, for the day when there is one. */
function readExceptions(): Set<string> {
  const map = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  return new Set([...map.matchAll(/^- exception: `([^`]+)` -> `([^`]+)`/gm)].map(([, from, to]) => `${from} -> ${to}`));
}

const roomOf = (path: string): string | undefined => {
  const [room, ...rest] = relative(rooms, path).split("/");
  return room === ".." || rest.length === 0 ? undefined : room;
};

const floors = readFloors();
const serverFiles = filesUnder(rooms, isCode);

test("every room is on the map, and every room of the map is there", () => {
  assert.ok(floors.size >= 10, "the table under ## Rooms of ARCHITECTURE.md was read");
  const there = readdirSync(rooms).filter((name) => statSync(join(rooms, name)).isDirectory() && filesUnder(join(rooms, name), isCode).length > 0);
  assert.deepEqual(there.sort(), [...floors.keys()].sort());
});

test("imports go down, and through the door from floor 2 up", () => {
  const exceptions = readExceptions();
  const wrong: string[] = [];
  let checked = 0;
  for (const file of serverFiles.filter((path) => !isTest(path))) {
    const room = roomOf(file)!;
    for (const { target } of importsOf(file)) {
      const other = roomOf(target);
      if (other === undefined) {
        if (relative(root, target).split("/")[0] !== "package.json") wrong.push(`${show(file)} leaves the server by a path: ${show(target)}`);
        continue;
      }
      if (other === room) continue;
      checked++;
      const [from, to] = [floors.get(room), floors.get(other)];
      if (from === undefined || to === undefined) continue; // the test above names it
      if (exceptions.has(`${relative(rooms, file)} -> ${relative(rooms, target)}`)) continue;
      if (to >= from) wrong.push(`${show(file)} (floor ${from}) imports ${show(target)} (floor ${to})`);
      // `channels` holds a folder a channel, each with its own door.
      const isDoor = basename(target) === `${basename(dirname(target))}.ts`;
      if (to >= 2 && !isDoor) wrong.push(`${show(file)} imports ${show(target)} past the door ${other}/${other}.ts`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(checked > 20, "imports between rooms were found");
});

test("each room from floor 1 up has a door that starts with what it is", () => {
  const wrong: string[] = [];
  for (const [room, floor] of floors) {
    if (floor === 0 || room === "app" || room === "sim") continue;
    const door = join(rooms, room, `${room}.ts`);
    const doors = existsSync(door) ? [door] : filesUnder(join(rooms, room), (path) => basename(path) === `${basename(dirname(path))}.ts`);
    if (doors.length === 0) wrong.push(`${room} has no door`);
    for (const path of doors) if (!readFileSync(path, "utf8").startsWith("/**")) wrong.push(`${show(path)} does not start with what the room is`);
  }
  assert.deepEqual(wrong, []);
});

test("time, chance and sockets come from app and sim only", () => {
  const forbidden: [RegExp, string][] = [
    [/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, "reads the clock"],
    [/(?<![.\w])(setTimeout|setInterval|setImmediate)\(/, "sets a real timer"],
    [/\bMath\.random\(|\brandomBytes\(|\brandomUUID\(|\bgetRandomValues\(/, "draws chance"],
    [/^import (?!type|\{ (isIP(v[46])?(, )?)+ \}).* from "(node:)?(dgram|net|tls|http|https)"/m, "opens sockets"],
  ];
  const wrong: string[] = [];
  for (const file of serverFiles) {
    const room = roomOf(file)!;
    if (room === "app" || room === "sim" || isTest(file)) continue;
    const text = readFileSync(file, "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    for (const [pattern, what] of forbidden) {
      // The api room speaks HTTP by fastify and ws; the types of node:http are what it hears.
      if (what === "opens sockets" && room === "api") continue;
      if (pattern.test(text)) wrong.push(`${show(file)} ${what}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("test aids are imported by tests only", () => {
  const wrong = filesUnder(root, isCode)
    .filter((path) => !isTest(path))
    .flatMap(importsOf)
    .filter(({ target }) => isTest(target) && !target.startsWith(join(root, "lab")))
    .map(({ from, target }) => `${show(from)} imports ${show(target)}`)
    .filter((line) => !line.startsWith("lab/"));
  assert.deepEqual(wrong, []);
});

test("no cycle of imports between files of the server", () => {
  const graph = new Map(serverFiles.map((file) => [file, importsOf(file).filter((i) => !i.notLoaded).map((i) => i.target)]));
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      cycles.push([...path.slice(path.indexOf(file)), file].map(show).join(" -> "));
      return;
    }
    state.set(file, "open");
    for (const next of graph.get(file) ?? []) if (graph.has(next)) visit(next, [...path, file]);
    state.set(file, "done");
  };
  for (const file of graph.keys()) visit(file, []);
  assert.deepEqual(cycles, []);
});

test("files are named in kebab-case, by what they hold", () => {
  const vague = new Set(["utils", "util", "helpers", "helper", "manager", "common", "misc", "shared", "index"]);
  const wrong: string[] = [];
  for (const place of ["server", "protocol", "widget", "desktop", "lab", "scripts"].map((name) => join(root, name)).filter(existsSync)) {
    for (const file of filesUnder(place, isCode)) {
      const stem = basename(file).replace(/\..*$/, "");
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) wrong.push(`${show(file)} is not kebab-case`);
      if (vague.has(stem) || show(file).split("/").slice(0, -1).some((folder) => vague.has(folder))) wrong.push(`${show(file)} says nothing by its name`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("no file grows without a question", () => {
  const MAX_LINES = 600;
  const wrong = ["server", "protocol", "widget", "desktop", "lab", "scripts"]
    .map((name) => join(root, name))
    .filter(existsSync)
    .flatMap((place) => filesUnder(place, isCode))
    .filter((file) => !isTest(file))
    .map((file) => ({ file, lines: readFileSync(file, "utf8").split("\n").length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ file, lines }) => `${show(file)}: ${lines} lines`);
  assert.deepEqual(wrong, []);
});

test("no test is switched off, no mark is left behind", () => {
  const marks = new RegExp(["TODO", "FIXME", "XXX", "HACK"].map((word) => `\\b${word}\\b`).join("|"));
  const off = /\b(test|it|describe|suite)\.(skip|todo|only)\(|\{\s*(skip|todo|only):/;
  const silenced = new RegExp(`@ts-${"(ignore|nocheck|expect-error)"}`);
  const wrong = filesUnder(root, isCode)
    .filter((file) => basename(file) !== "tidy.test.ts")
    .flatMap((file) => {
      const text = readFileSync(file, "utf8");
      return [
        ...(marks.test(text) ? [`${show(file)}: a mark of unfinished work`] : []),
        ...(isTest(file) && off.test(text) ? [`${show(file)}: a test that is switched off`] : []),
        ...(silenced.test(text) ? [`${show(file)}: silences the type checker`] : []),
      ];
    });
  assert.deepEqual(wrong, []);
});

test("package-lock.json names no registry host", () => {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  assert.doesNotMatch(lock, /"resolved": "https?:/);
});

test("migrations are numbered, without a hole in their order", () => {
  const names = readdirSync(join(rooms, "db/migrations")).sort();
  assert.ok(names.length > 0);
  for (const name of names) assert.match(name, /^\d{4}-[a-z0-9-]+\.sql$/);
  assert.equal(new Set(names.map((name) => name.slice(0, 4))).size, names.length);
});
