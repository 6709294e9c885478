import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { describe, it } from "node:test";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import type { CompiledMessage } from "@lingui/message-utils/compileMessage";
import { en, flatten, fr, frenchSpaces } from "./catalogue.ts";
import { formatters } from "./format.ts";
import { setLanguage, t, onLanguage, keyIfKnown } from "./i18n.ts";
import { richParts } from "./rich.ts";

/** Names of the ICU arguments of a compiled message, plural and select branches included. */
function argumentsOf(message: CompiledMessage, into = new Set<string>()): Set<string> {
  for (const token of message) {
    if (typeof token === "string") continue;
    const [name, , format] = token;
    into.add(name);
    if (typeof format === "object" && format !== null)
      for (const branch of Object.values(format)) if (Array.isArray(branch)) argumentsOf(branch as CompiledMessage, into);
  }
  return into;
}

describe("catalogues", () => {
  const french = flatten(fr, frenchSpaces);
  const english = flatten(en, (m) => m);

  it("have the same keys", () => {
    assert.deepEqual(Object.keys(english).toSorted(), Object.keys(french).toSorted());
  });

  it("say each word once: an area of several files has no key twice, of which the last would win unseen", async () => {
    for (const language of ["fr", "en"] as const) {
      const files = globSync(`${language}/admin*.ts`, { cwd: import.meta.dirname });
      const parts = await Promise.all(files.map(async (file) => Object.values((await import(`./${file}`)) as Record<string, Record<string, string>>).flatMap((words) => Object.keys(words))));
      const keys = parts.flat();
      assert.deepEqual(keys.filter((key, i) => keys.indexOf(key) !== i), [], language);
    }
  });

  it("have the same ICU arguments, and every message compiles", () => {
    for (const [key, message] of Object.entries(french)) {
      const inFrench = [...argumentsOf(compileMessageOrThrow(message))].toSorted();
      const inEnglish = [...argumentsOf(compileMessageOrThrow(english[key] ?? ""))].toSorted();
      assert.deepEqual(inEnglish, inFrench, key);
    }
  });

  it("keep to the typography: no straight apostrophe (ICU reads it as a quote), no three dots, no empty message", () => {
    for (const [key, message] of [...Object.entries(french), ...Object.entries(english)]) {
      assert.ok(!message.includes("'"), `${key}: straight apostrophe in ${message}`);
      assert.ok(!message.includes("..."), `${key}: three dots in ${message}`);
      assert.ok(message.trim() !== "", `${key}: empty`);
    }
  });

  it("put narrow no-break spaces where French wants them", () => {
    assert.equal(frenchSpaces("« Oui » : 20 % ? {n, number, ::percent}"), "«\u202fOui\u202f»\u00a0: 20\u202f%\u202f? {n, number, ::percent}");
  });
});

describe("language", () => {
  it("switches at once and tells listeners", () => {
    setLanguage("fr");
    let told = 0;
    const off = onLanguage(() => told++);
    assert.equal(t("everywhere.wish.available"), "Disponible");
    setLanguage("en");
    assert.equal(t("everywhere.wish.available"), "Available");
    setLanguage("en");
    assert.equal(told, 1);
    off();
  });

  it("knows which wire words it has", () => {
    assert.equal(keyIfKnown("everywhere.state.ringing"), "everywhere.state.ringing");
    assert.equal(keyIfKnown("everywhere.state.levitating"), null);
  });
});

describe("formats", () => {
  const english = formatters("en", t);

  it("writes timers m:ss and h:mm:ss", () => {
    assert.deepEqual([0, 5_999, 65_000, 3_600_000, 5_314_000, -4].map(english.timer), ["0:00", "0:05", "1:05", "1:00:00", "1:28:34", "0:00"]);
  });

  it("writes French numbers with narrow spaces", () => {
    setLanguage("fr");
    const french = formatters("fr", t);
    assert.equal(french.percent(0.76), "76\u202f%");
    assert.equal(french.percent(0.038, 1), "3,8\u202f%");
    assert.equal(french.number(24_800), "24\u202f800");
    assert.equal(french.money(123_450, "EUR"), "1\u202f234,50\u202f€");
    assert.equal(french.duration(80 * 60_000), "1 h 20");
    assert.equal(french.duration(38 * 60_000 + 5000), "38 min");
    assert.equal(french.duration(20 * 3_600_000 + 60_000), "20 h");
    assert.equal(french.phone("+33612849047"), "+33 6 12 84 90 47");
  });

  it("names days by distance", () => {
    setLanguage("fr");
    const french = formatters("fr", t);
    const now = new Date(2026, 10, 24, 14, 32).getTime();
    assert.equal(french.when(new Date(2026, 10, 24, 9, 5).getTime(), now), "09:05");
    assert.equal(french.when(new Date(2026, 10, 23, 18, 4).getTime(), now), "hier 18:04");
    assert.equal(french.when(new Date(2026, 10, 21, 14, 10).getTime(), now), "sam. 14:10");
    assert.equal(french.when(new Date(2026, 9, 2, 8, 0).getTime(), now), "2 oct.");
  });
});

describe("rich messages", () => {
  const say = ((_key: string, values: Record<string, string | number>) => `<b>${values["queue"]}</b> has ${values["n"]}`) as unknown as typeof t;
  it("splits emphasis and never takes tags from values", () => {
    assert.deepEqual(richParts(say, "everywhere.save", { queue: "<b>x</b>", n: 3 }), [
      { text: "<b>x</b>", strong: true },
      { text: " has 3", strong: false },
    ]);
  });
});
