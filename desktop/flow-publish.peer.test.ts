/** A flow in Chromium on the fixture: its proof and the failing path, tests and versions; two people at once. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { World } from "./dev/fixture/world.ts";
import { close, draft, inspector, openSeat, saved, step, way } from "./dev/test-flows.ts";
import { startScreens, violationsInBothThemes } from "./dev/test-screens.ts";

const screens = await startScreens();

describe("proof, tests, versions", () => {
  it("refuses to publish a flow with a way to nowhere, and draws the failing path step by step", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    const trapped = structuredClone(draft(world).document);
    const tracking = trapped.steps["tracking"];
    assert.ok(tracking?.kind === "assistant");
    tracking.failed = "nowhere";
    Object.assign(draft(world), { document: trapped, revision: 50 });
    world.tellFrame({ t: "flowChanged", flowId: "accueil", revision: 50, by: "sofia" });
    await page.getByRole("button", { name: "2 points à corriger" }).waitFor();
    await page.getByRole("button", { name: "Publier…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Un chemin ne mène à personne.").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Publier", exact: true }).count(), 0);
    await dialog.getByRole("button", { name: "Voir le chemin fautif" }).click();
    await dialog.waitFor({ state: "detached" });
    for (const [id, number] of [["hours", "1"], ["recognise", "2"], ["menu", "3"], ["tracking", "4"]] as const) await step(page, id).locator("span", { hasText: new RegExp(`^${number}$`) }).first().waitFor();
    await step(page, "tracking").getByText("Cette suite ne mène nulle part").waitFor();
    for (const id of ["hours open", "recognise next", "menu choice:0"]) assert.match((await way(page, id).locator("path").first().getAttribute("style")) ?? "", /--alert/);
    assert.doesNotMatch((await way(page, "menu choice:1").locator("path").first().getAttribute("style")) ?? "", /--alert/);
    assert.equal(draft(world).versions.length, 2);
    await close(seat);
  });

  it("publishes what is proved, with a note, and shows it in the history", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await page.getByRole("button", { name: "Publier…" }).click();
    await page.getByLabel("Ce qui change").fill("Messagerie plus longue");
    // Published, but its answer never comes: told as published, not as failed (a second press would publish it again).
    await page.route("**/publish", async (route) => {
      await route.fetch();
      await route.fulfill({ status: 503 });
    });
    await page.getByRole("dialog").getByRole("button", { name: "Publier", exact: true }).click();
    await page.getByText("Version 14 publiée.").waitFor();
    assert.equal(draft(world).versions.at(-1)?.note, "Messagerie plus longue");
    await page.getByText(/v14, par Léa/).waitFor();
    await page.getByRole("button", { name: "Historique" }).click();
    const panel = page.getByRole("complementary", { name: "Détail" });
    await panel.getByText("Messagerie plus longue").waitFor();
    await panel.getByRole("button", { name: /^Version 14/ }).click();
    await panel.getByText("Durée au plus").waitFor();
    await panel.getByRole("button", { name: /^Version 12/ }).click();
    await panel.getByRole("button", { name: "Revenir à cette version…" }).click();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    page.on("response", (response) => response.url().endsWith("/rollback") && asked.push("rolled back"));
    await page.getByRole("button", { name: "Revenir", exact: true }).click();
    await page.getByText("Retour à la version 12.").waitFor();
    assert.ok(asked.lastIndexOf("/api/flows") > asked.indexOf("rolled back"), "the list is read again after it, not beside it");
    const back = draft(world).document.steps["message"];
    assert.equal(back?.kind === "voicemail" ? back.maxSeconds : null, 60);
    await close(seat);
  });

  it("tries the draft by keys, draws the way live, keeps the run as a test, and the test turns red when the flow changes", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await page.getByRole("button", { name: "Essayer" }).click();
    await page.getByRole("menuitem", { name: "Essai par écrit" }).click();
    await page.getByRole("button", { name: "3, Conseil et achat" }).press("Enter");
    await page.getByRole("log").getByText("Une personne : Ventes").waitFor();
    await page.getByRole("button", { name: "Garder comme test" }).and(page.locator(":focus")).waitFor();
    assert.match((await way(page, "menu choice:2").locator("path").first().getAttribute("style")) ?? "", /--acc\)/);
    await page.getByRole("button", { name: "Garder comme test" }).click();
    await saved(page);
    assert.deepEqual(draft(world).document.tests[1]?.acts, [{ do: "keys", keys: "3" }]);
    await page.getByRole("button", { name: "Fermer l’essai" }).click();
    await page.getByRole("button", { name: "Tests", exact: true }).click();
    await page.getByRole("button", { name: "Tout lancer" }).click();
    await page.getByText("2 tests réussis").waitFor();
    const menu = draft(world).document.steps["menu"];
    assert.ok(menu?.kind === "menu");
    const changed = structuredClone(draft(world).document);
    changed.steps["menu"] = { ...menu, choices: menu.choices.map((choice) => (choice.key === "3" ? { ...choice, next: "lighting" } : choice)) };
    Object.assign(draft(world), { document: changed, revision: 60 });
    world.tellFrame({ t: "flowChanged", flowId: "accueil", revision: 60, by: "sofia" });
    await page.getByText("2 tests", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Tout lancer" }).click();
    await page.getByText("1 test échoue").waitFor();
    await close(seat);
  });

  it("follows a try-it call on the canvas by the stream", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await page.evaluate(() => undefined);
    world.tellFrame({ t: "flowTried", flowId: "accueil", stepId: "hours", port: "open" });
    // Nobody tries from here: another tab's call draws nothing.
    assert.equal(await page.locator(".react-flow__edge path[style*='--acc)']").count(), 0);
    await close(seat);
  });
});

describe("two people", () => {
  const theirs = (world: World, change: (document: ReturnType<typeof draft>["document"]) => void): void => {
    const kept = draft(world);
    const document = structuredClone(kept.document);
    change(document);
    Object.assign(kept, { document, revision: kept.revision + 1, by: "sofia", byName: "Sofia Laurent" });
  };

  it("sees who else is here, and what they change, at once", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    world.tellFrame({ t: "flowEditing", flowId: "accueil", users: [{ id: world.me.id, name: world.me.name }, { id: "sofia", name: "Sofia Laurent" }] });
    await page.getByRole("list", { name: "Aussi ici : Sofia Laurent" }).waitFor();
    theirs(world, (document) => { document.name = "Accueil d’hiver"; });
    world.tellFrame({ t: "flowChanged", flowId: "accueil", revision: draft(world).revision, by: "sofia" });
    await page.getByRole("heading", { name: "Accueil d’hiver" }).waitFor();
    await page.getByText("Les changements de Sofia Laurent ont été joints aux vôtres.").waitFor();
    await close(seat);
  });

  it("puts changes of different steps together without asking, also when the save met them", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await step(page, "message").click();
    // Sofia saved, and her event has not come yet: the server answers 409.
    theirs(world, (document) => { const bye = document.steps["bye"]; if (bye?.kind === "end") bye.exception = "Changé par Sofia"; });
    await inspector(page).getByLabel("Annonce", { exact: true }).fill("Le mien");
    await page.getByText("Les changements de Sofia Laurent ont été joints aux vôtres.").waitFor();
    await saved(page);
    const { steps } = draft(world).document;
    assert.equal(steps["bye"]?.kind === "end" ? steps["bye"].exception : null, "Changé par Sofia");
    assert.equal(steps["message"]?.kind === "voicemail" ? steps["message"].says.sounds.fr : null, "Le mien");
    // Undo takes back mine, never hers.
    await page.getByRole("button", { name: "Annuler", exact: true }).click();
    await saved(page);
    const after = draft(world).document.steps;
    assert.equal(after["bye"]?.kind === "end" ? after["bye"].exception : null, "Changé par Sofia");
    assert.equal(after["message"]?.kind === "voicemail" ? after["message"].says.sounds.fr : null, "Laissez un message.");
    await close(seat);
  });

  it("asks for a choice where both changed the same step, with both versions in sight", async () => {
    const seat = await openSeat(screens, "/flows/accueil");
    const { page, world } = seat;
    await step(page, "message").click();
    theirs(world, (document) => { const message = document.steps["message"]; if (message?.kind === "voicemail") message.says = { sounds: { fr: "Celui de Sofia", en: "Leave a message." } }; });
    await inspector(page).getByLabel("Annonce", { exact: true }).fill("Le mien");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Sofia Laurent a changé la même chose").waitFor();
    await dialog.getByText("Celui de Sofia").waitFor();
    await dialog.getByText("Le mien").waitFor();
    assert.deepEqual(await violationsInBothThemes(page), []);
    assert.equal(await dialog.getByRole("button", { name: "Continuer" }).isDisabled(), true);
    await dialog.getByRole("button", { name: "Prendre celle de Sofia Laurent" }).click();
    await dialog.getByRole("button", { name: "Continuer" }).click();
    await dialog.waitFor({ state: "detached" });
    await saved(page);
    assert.equal(await inspector(page).getByLabel("Annonce", { exact: true }).inputValue(), "Celui de Sofia");
    await close(seat);
  });
});
