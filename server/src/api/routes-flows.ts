/** Flows as their designer and the command line read and write them (protocol/src/flow-studio.ts). */
import { BadFlow, CheckFile, DraftConflict, DraftSaved, FileChecked, FlowChange, FlowExists, FlowImported, FlowProofs, FlowRow, FlowRun, FlowStudio, FlowTemplate, FlowTraffic, ImportFlow, NewFlow, Proof, Publish, Published, Rollback, SaveDraft, TestResults, TryFlow, Unproved } from "@tandem/protocol/flow-studio";
import { FlowDocument } from "@tandem/protocol/flow/flow";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Author, FileProblem, FlowFormat, FlowRefusal } from "../directory/directory.ts";
import { flowJsonSchema } from "../flow/flow.ts";
import type { ApiApp } from "./api.ts";
import type { Feed } from "./feed.ts";
import { refuse } from "./guard.ts";
import { inWords, languageOf } from "./words.ts";

type Language = "fr" | "en";
type Conflict = { ok: false; code: "conflict"; document: FlowDocument; revision: number; by: string; byName: string };
type NotProved = { ok: false; code: "unproved"; proof: Proof; tests: z.infer<typeof TestResults> };
type Unreadable = { ok: false; code: "bad-flow"; problems: FileProblem[] };
type Exists = { ok: false; code: "exists"; id: string; name: string };
export type FlowDone<T> = ({ ok: true } & T) | FlowRefusal | Conflict | NotProved | Unreadable | Exists;

/** What the routes ask. A flow of the name or id given that is not there answers null, or "not-found". */
export interface FlowDesk {
  list(): Promise<FlowRow[]>;
  templates(): FlowTemplate[];
  create(body: NewFlow, by: Author): Promise<FlowDone<{ id: string }>>;
  studio(id: string): Promise<FlowStudio | null>;
  save(id: string, document: FlowDocument, baseRevision: number, by: Author): Promise<FlowDone<{ revision: number }>>;
  check(id: string): Promise<Proof | null>;
  tests(id: string): Promise<z.infer<typeof TestResults> | null>;
  publish(id: string, body: z.infer<typeof Publish>, by: Author): Promise<FlowDone<{ version: number; revision: number }>>;
  rollback(id: string, body: z.infer<typeof Rollback>, by: Author): Promise<FlowDone<{ version?: number; revision: number }>>;
  version(id: string, version: number): Promise<FlowDocument | null>;
  diff(id: string, from: FlowAt, to: FlowAt): Promise<FlowChange[] | null>;
  print(id: string, of: FlowAt | "published", format: FlowFormat): Promise<string | null>;
  import(text: string, as: ImportFlow["as"], by: Author, language: Language): Promise<FlowDone<{ id: string; revision: number; changed: boolean }>>;
  checkFile(text: string, language: Language): Promise<FlowDone<FileChecked>>;
  remove(id: string): Promise<{ ok: true } | FlowRefusal>;
  /** Of what is published, with the centre as it is. */
  proofs(): Promise<FlowProofs>;
  traffic(id: string): Promise<FlowTraffic | null>;
  run(id: string, acts: z.output<typeof TryFlow>): Promise<FlowRun | null>;
}
export type FlowAt = number | "draft";

const WRITE = ["administrator"] as const;
/** Supervisors look, check and try; they change nothing. */
const READ = ["administrator", "supervisor"] as const;
const Id = z.object({ id: z.string().min(1).max(60) });
const At = z.union([z.literal("draft"), z.coerce.number().int().min(1)]);
const Created = z.object({ id: z.string() });
/** Attack: a body of any size. A flow of 1,000 steps in two languages is 1 MB as JSON. */
const MAX_DOCUMENT_BYTES = 3 * 1024 * 1024;
const TYPE: Record<FlowFormat, string> = { yaml: "application/yaml; charset=utf-8", json: "application/json; charset=utf-8" };

export function flowRoutes(app: ApiApp, { flows, feed }: { flows: FlowDesk; feed: Feed }): void {
  const by = (request: FastifyRequest): Author => ({ id: request.user!.id, name: request.user!.name });
  const orNotFound = (request: FastifyRequest, reply: FastifyReply, found: object | string | null): FastifyReply => (found === null ? refuse(request, reply, "not-found") : reply.send(found));
  const refused = (request: FastifyRequest, reply: FastifyReply, done: Exclude<FlowDone<object>, { ok: true }>): FastifyReply => {
    const why = <C extends "conflict" | "unproved" | "bad-flow" | "exists">(code: C): { code: C; why: string } => ({ code, why: inWords(code, languageOf(request.headers["accept-language"])) });
    switch (done.code) {
      case "conflict":
        return reply.code(409).send({ ...why(done.code), document: done.document, revision: done.revision, by: done.by, byName: done.byName } satisfies DraftConflict);
      case "unproved":
        return reply.code(422).send({ ...why(done.code), proof: done.proof, tests: done.tests } satisfies Unproved);
      case "bad-flow":
        return reply.code(422).send({ ...why(done.code), problems: done.problems } satisfies BadFlow);
      case "exists":
        return reply.code(409).send({ ...why(done.code), id: done.id, name: done.name } satisfies z.infer<typeof FlowExists>);
      case "not-found":
      case "taken":
      case "in-use":
      case "unknown-reference":
        return refuse(request, reply, done.code, done.field);
    }
  };
  /** Who has it open sees it come. */
  const told = (request: FastifyRequest, id: string, revision: number): void => feed.flowChanged(id, revision, request.user!.id);

  app.get("/api/flows", { config: { who: READ }, schema: { response: { 200: z.array(FlowRow) }, summary: "Flows, published or not, with their numbers" } }, () => flows.list());
  app.post("/api/flows", { config: { who: WRITE }, schema: { body: NewFlow, response: { 200: Created }, summary: "Create a flow: a draft, from a template or from the shortest that is proved" } }, async (request, reply) => {
    const done = await flows.create(request.body, by(request));
    return done.ok ? reply.send({ id: done.id }) : refused(request, reply, done);
  });
  app.get("/api/flow-proofs", { config: { who: READ }, schema: { response: { 200: FlowProofs }, summary: "Published flows that hold no more, because hours, queues, people or settings changed" } }, () => flows.proofs());
  app.get("/api/flows/templates", { config: { who: READ }, schema: { response: { 200: z.array(FlowTemplate) }, summary: "Templates to begin with" } }, async () => flows.templates());
  app.get("/api/flows/schema.json", { config: { who: "signed-in" }, schema: { summary: "JSON Schema (2020-12) of a flow's file" } }, async (_request, reply) => reply.type("application/schema+json").send(JSON.stringify(flowJsonSchema(), null, 1)));
  app.post("/api/flows/import", { bodyLimit: MAX_DOCUMENT_BYTES, config: { who: WRITE }, schema: { body: ImportFlow, response: { 200: FlowImported }, summary: "A flow from a file (YAML or JSON), as a draft" } }, async (request, reply) => {
    const done = await flows.import(request.body.text, request.body.as, by(request), languageOf(request.headers["accept-language"]));
    if (!done.ok) return refused(request, reply, done);
    if (done.changed) told(request, done.id, done.revision);
    return reply.send({ id: done.id, revision: done.revision, changed: done.changed });
  });
  app.post("/api/flows/check", { bodyLimit: MAX_DOCUMENT_BYTES, config: { who: READ }, schema: { body: CheckFile, response: { 200: FileChecked }, summary: "Prove and test a file as if it were a flow of this centre" } }, async (request, reply) => {
    const done = await flows.checkFile(request.body.text, languageOf(request.headers["accept-language"]));
    return done.ok ? reply.send({ id: done.id, name: done.name, proof: done.proof, tests: done.tests }) : refused(request, reply, done);
  });
  app.get("/api/flows/:id", { config: { who: READ }, schema: { params: Id, response: { 200: FlowStudio }, summary: "A flow as its designer opens it: published, draft, versions" } }, async (request, reply) => orNotFound(request, reply, await flows.studio(request.params.id)));
  app.delete("/api/flows/:id", { config: { who: WRITE }, schema: { params: Id, summary: "Delete a flow that no number and no other flow uses; contacts under way finish on it" } }, async (request, reply) => {
    const done = await flows.remove(request.params.id);
    return done.ok ? reply.code(204).send() : refuse(request, reply, done.code, done.field);
  });
  app.put("/api/flows/:id/draft", { bodyLimit: MAX_DOCUMENT_BYTES, config: { who: WRITE }, schema: { params: Id, body: SaveDraft, response: { 200: DraftSaved }, summary: "Save the draft over the revision that was seen" } }, async (request, reply) => {
    const { id } = request.params;
    const done = await flows.save(id, request.body.document, request.body.baseRevision, by(request));
    if (!done.ok) return refused(request, reply, done);
    told(request, id, done.revision);
    return reply.send({ revision: done.revision });
  });
  app.post("/api/flows/:id/check", { config: { who: READ }, schema: { params: Id, response: { 200: Proof }, summary: "Prove the draft: does everybody reach a person?" } }, async (request, reply) => orNotFound(request, reply, await flows.check(request.params.id)));
  app.post("/api/flows/:id/tests", { config: { who: READ }, schema: { params: Id, response: { 200: TestResults }, summary: "Run the draft's test cases" } }, async (request, reply) => orNotFound(request, reply, await flows.tests(request.params.id)));
  app.post("/api/flows/:id/publish", { config: { who: WRITE }, schema: { params: Id, body: Publish, response: { 200: Published }, summary: "Publish the draft, when it is proved and its tests pass" } }, async (request, reply) => {
    const { id } = request.params;
    const done = await flows.publish(id, request.body, by(request));
    if (!done.ok) return refused(request, reply, done);
    told(request, id, done.revision);
    return reply.send({ version: done.version });
  });
  app.post("/api/flows/:id/rollback", { config: { who: WRITE }, schema: { params: Id, body: Rollback, response: { 200: z.union([Published, DraftSaved]) }, summary: "An old version live again (proved again), or as the draft" } }, async (request, reply) => {
    const { id } = request.params;
    const done = await flows.rollback(id, request.body, by(request));
    if (!done.ok) return refused(request, reply, done);
    told(request, id, done.revision);
    return reply.send(done.version === undefined ? { revision: done.revision } : { version: done.version });
  });
  app.get("/api/flows/:id/versions/:version", { config: { who: READ }, schema: { params: Id.extend({ version: z.coerce.number().int().min(1) }), response: { 200: FlowDocument }, summary: "A version as it was published" } }, async (request, reply) =>
    orNotFound(request, reply, await flows.version(request.params.id, request.params.version)),
  );
  app.get("/api/flows/:id/diff", { config: { who: READ }, schema: { params: Id, querystring: z.object({ from: At, to: At }), response: { 200: z.array(FlowChange) }, summary: "What differs between two versions, or a version and the draft, step by step" } }, async (request, reply) =>
    orNotFound(request, reply, await flows.diff(request.params.id, request.query.from, request.query.to)),
  );
  app.get("/api/flows/:id/export", { config: { who: READ }, schema: { params: Id, querystring: z.object({ format: z.enum(["yaml", "json"]).default("yaml"), of: z.union([z.literal("published"), At]).default("draft") }), summary: "A flow as one file" } }, async (request, reply) => {
    const { format, of } = request.query;
    const text = await flows.print(request.params.id, of, format);
    if (text === null) return refuse(request, reply, "not-found");
    const name = request.params.id.replaceAll(/[^\w.-]/g, "_");
    return reply.type(TYPE[format]).header("content-disposition", `attachment; filename="${name}.${format}"`).send(text);
  });
  app.get("/api/flows/:id/traffic", { config: { who: READ }, schema: { params: Id, response: { 200: FlowTraffic }, summary: "How contacts went through the flow in the last 24 hours" } }, async (request, reply) => orNotFound(request, reply, await flows.traffic(request.params.id)));
  app.post("/api/flows/:id/try", { config: { who: READ }, schema: { params: Id, body: TryFlow, response: { 200: FlowRun }, summary: "Play the draft with these acts; nothing is carried out" } }, async (request, reply) => orNotFound(request, reply, await flows.run(request.params.id, request.body)));
}
