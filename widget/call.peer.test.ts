/** A call from the built widget in Chromium, and what the device says with chat and call. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { newOffer } from "./dev/fixture-offer.ts";
import { axe, startShop, until } from "./dev/test-shop.ts";

const { backToUsual, browser, fixture, shop, visit } = await startShop();

test("a call from the page: both directions of sound, keys heard, mute, duration, hang up", async () => {
  const context = await visit();
  const page = await shop(context);
  const ended = fixture.callsEnded;
  fixture.keysHeard.length = 0;
  assert.match(await page.locator(".launcher").getAttribute("aria-label").then(String), /Ouvrir/);
  await page.evaluate(() => {
    // Watches the browser's own peer connection: what came in, measured at the end.
    const Real = RTCPeerConnection;
    const watched: RTCPeerConnection[] = [];
    Object.assign(window, { watched });
    window.RTCPeerConnection = new Proxy(Real, {
      construct(target, args: [RTCConfiguration?]) {
        const made = new target(...args);
        watched.push(made);
        return made;
      },
    });
  });
  await page.locator(".launcher").click();
  await page.locator(".call-card").click();
  await page.locator(".keypad").waitFor();
  await page.getByText("0:01").waitFor();
  await page.locator(".keypad button", { hasText: "5" }).click();
  await until("the first key is heard", () => fixture.keysHeard.length === 1);
  await page.locator(".keypad button", { hasText: "#" }).click();
  await until("the second", () => fixture.keysHeard.length === 2);
  assert.deepEqual(fixture.keysHeard, ["5", "#"]);
  const level = await page.evaluate(async () => {
    const { watched } = window as unknown as { watched: RTCPeerConnection[] };
    for (const report of (await watched[0]!.getStats()).values() as Iterable<{ type: string; audioLevel?: number }>) if (report.type === "inbound-rtp") return report.audioLevel ?? 0;
    return 0;
  });
  assert.ok(level > 0.05, `the tone is heard: ${level}`);
  await page.locator(".control", { hasText: "Muet" }).click();
  await page.getByText("Micro coupé").waitFor();
  await page.locator(".control", { hasText: "Messages" }).click();
  await page.locator(".call-bar").waitFor();
  await page.locator(".call-bar .stop").click();
  await page.getByText(/^Appel terminé\. Durée\s: 0:0\d/).waitFor();
  await until("the other side is told", () => fixture.callsEnded > ended);
  assert.equal(fixture.callsEnded, ended + 1);
  await context.close();
});

test("a refused microphone is said clearly, and nothing was called", async () => {
  const context = await visit();
  const page = await shop(context);
  const before = fixture.calls.length;
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
  });
  await page.locator(".launcher").click();
  await page.locator(".call-card").click();
  await page.getByText("Le micro est bloqué pour ce site.").waitFor();
  await page.getByRole("button", { name: "Revenir aux messages" }).click();
  await page.locator(".greeting").waitFor();
  assert.equal(fixture.calls.length, before);
  await context.close();
});

test("CTX-01 CTX-02 the device says its kind, application and terminal with chat and call; the position only once the visitor agreed, and no more once taken back", async () => {
  fixture.offer = newOffer(Date.now());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "fr-FR", permissions: ["microphone", "geolocation"], geolocation: { latitude: 47.2184, longitude: -1.5536, accuracy: 25 }, userAgent: "Mozilla/5.0 (SMART-TV; Tizen 8.0) AppleWebKit/537.36" });
  const page = await shop(context);
  await page.evaluate(() => Object.assign(document.querySelector<HTMLScriptElement>("script[data-tandem]")!.dataset, { app: "Halo TV 4.2.1", terminal: "Vitrine 12", position: "Pour trouver le magasin le plus proche." }));
  await page.locator(".launcher").click();
  await page.getByText("Pour trouver le magasin le plus proche.").waitFor();
  await axe(page, "position");
  await page.getByText("Conseillers en ligne").waitFor();
  const hello = fixture.received.findLast((f) => f.t === "hello");
  assert.ok(hello?.t === "hello" && hello.page.device !== undefined);
  const { kind, app, terminal, position, chosen, screen } = hello.page.device;
  assert.deepEqual({ kind, app, terminal, position, chosen }, { kind: "tv", app: { name: "Halo TV", version: "4.2.1" }, terminal: "Vitrine 12", position: undefined, chosen: undefined });
  assert.ok((screen?.width ?? 0) > 0);
  await page.getByRole("button", { name: "Partager ma position" }).click();
  await page.getByText("Position partagée").waitFor();
  const said = (): { latitude: number; longitude: number } | undefined => {
    const frame = fixture.received.findLast((f) => f.t === "page");
    return frame?.t === "page" ? frame.page.device?.position : undefined;
  };
  await until("the position is told", () => said()?.latitude === 47.2184);
  await page.locator(".call-card").click();
  await page.locator(".keypad").waitFor();
  assert.equal(fixture.calls.at(-1)?.page.device?.position?.longitude, -1.5536, "with the call, too");
  await page.locator(".control.end").click();
  await page.getByRole("button", { name: "Revenir aux messages" }).click();
  await page.getByRole("button", { name: "Ne plus partager" }).click();
  await until("it is taken back", () => fixture.received.findLast((f) => f.t === "page") !== undefined && said() === undefined);
  await context.clearPermissions();
  await backToUsual(context);
});
