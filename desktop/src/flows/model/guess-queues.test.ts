import assert from "node:assert/strict";
import { it } from "node:test";
import { guessQueues } from "./guess-queues.ts";

const wanted = [
  { key: "support", name: { fr: "Assistance et commandes", en: "Support and orders" } },
  { key: "sales", name: { fr: "Ventes", en: "Sales" } },
];

it("guesses a queue by its id, else by its name in either language, each once; what is like nothing becomes the first", () => {
  assert.deepEqual(guessQueues(wanted, [{ id: "q_1", name: "Conseil et vente" }, { id: "q_2", name: "Équipe support" }]), { support: "q_2", sales: "q_1" });
  assert.deepEqual(guessQueues(wanted, [{ id: "sales", name: "X" }, { id: "q_2", name: "Ventes" }]), { support: "sales", sales: "sales" });
  assert.deepEqual(guessQueues(wanted, [{ id: "q_a", name: "Accueil" }, { id: "q_b", name: "Comptoir" }]), { support: "q_a", sales: "q_a" });
  assert.deepEqual(guessQueues(wanted, [{ id: "a", name: "Sales support" }, { id: "b", name: "Sales" }]), { support: "a", sales: "b" }, "the likest takes it");
  assert.deepEqual(guessQueues(wanted, [{ id: "a", name: "Service des files" }]), { support: "a", sales: "a" });
  assert.deepEqual(guessQueues(wanted, [{ id: "a", name: "Support" }, { id: "b", name: "Support et commandes" }, { id: "c", name: "Vente" }]), { support: "b", sales: "c" }, "the likest, not the first");
  assert.deepEqual(guessQueues([{ key: "x", name: { fr: "Service client", en: "Customer service" } }], [{ id: "a", name: "Accueil" }, { id: "b", name: "Service facturation" }]), { x: "a" }, "what every queue is called says nothing");
  assert.deepEqual(guessQueues(wanted, []), {});
});
