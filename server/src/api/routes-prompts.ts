/** The table of prompts: what customers hear, by whom it is used, what is missing; recordings in, sound out. */
import { z } from "zod";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { FastifyReply, FastifyRequest } from "fastify";
import { PromptBody, PromptLanguage, PromptPreview, PromptView } from "@tandem/protocol/prompt";
import { MAX_UPLOAD_BYTES, type PromptWritten, type SoundRefusal } from "../prompt/prompt.ts";
import type { ApiApp } from "./api.ts";
import { refuse } from "./guard.ts";

/** What the routes ask: views and writes of the table, files in and out. */
export interface PromptDesk {
  list(): Promise<PromptView[]>;
  view(id: string): Promise<PromptView | null>;
  put(id: string | null, body: PromptBody): Promise<PromptWritten>;
  remove(id: string): Promise<PromptWritten>;
  upload(id: string, language: PromptLanguage, bytes: Uint8Array, of: { fileName: string; byName: string }): Promise<PromptWritten | { ok: false; code: SoundRefusal | "too-many" }>;
  dropRecording(id: string, language: PromptLanguage): Promise<PromptWritten>;
  restoreRecording(id: string, language: PromptLanguage, hash: string): Promise<PromptWritten>;
  /** WAV of what is heard; null = nothing. */
  sound(id: string, language: PromptLanguage): Promise<Uint8Array | null>;
  preview(text: string, language: PromptLanguage): Promise<Uint8Array>;
}

const WRITE = ["administrator"] as const;
const READ = ["administrator", "supervisor"] as const;
const Id = z.object({ id: z.string().max(64) });
const Of = Id.extend({ language: PromptLanguage });
const FileName = z.object({ name: z.string().max(200).default("") });
const Hash = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/) });

export function promptRoutes(app: ApiApp, { prompts }: { prompts: PromptDesk }): void {
  const written = async (request: FastifyRequest, reply: FastifyReply, done: Awaited<ReturnType<PromptDesk["upload"]>>): Promise<FastifyReply> => {
    if (!done.ok) return refuse(request, reply, done.code, "field" in done ? done.field : undefined);
    const view = await prompts.view(done.id);
    return view ? reply.send(view) : refuse(request, reply, "not-found");
  };
  const wav = (reply: FastifyReply, bytes: Uint8Array): FastifyReply => reply.type("audio/wav").header("cache-control", "no-store").send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

  app.get("/api/admin/prompts", { config: { who: READ }, schema: { response: { 200: z.array(PromptView) }, summary: "Prompts: texts, recordings, what is missing, where each is used" } }, () => prompts.list());
  app.post("/api/admin/prompts", { config: { who: WRITE }, schema: { body: PromptBody, response: { 200: PromptView }, summary: "Create a prompt" } }, async (request, reply) => written(request, reply, await prompts.put(null, request.body)));
  app.post("/api/admin/prompts/preview", { config: { who: WRITE }, schema: { body: PromptPreview, summary: "How a text sounds (WAV)" } }, async (request, reply) => wav(reply, await prompts.preview(request.body.text, request.body.language)));
  app.get("/api/admin/prompts/:id", { config: { who: READ }, schema: { params: Id, response: { 200: PromptView }, summary: "One prompt" } }, async (request, reply) => {
    const view = await prompts.view(request.params.id);
    return view ? reply.send(view) : refuse(request, reply, "not-found");
  });
  app.put("/api/admin/prompts/:id", { config: { who: WRITE }, schema: { params: Id, body: PromptBody, response: { 200: PromptView }, summary: "Change a prompt's name and texts" } }, async (request, reply) => written(request, reply, await prompts.put(request.params.id, request.body)));
  app.delete("/api/admin/prompts/:id", { config: { who: WRITE }, schema: { params: Id, summary: "Delete a prompt that nothing uses" } }, async (request, reply) => {
    const done = await prompts.remove(request.params.id);
    return done.ok ? reply.code(204).send() : refuse(request, reply, done.code);
  });
  app.get("/api/admin/prompts/:id/audio/:language", { config: { who: READ }, schema: { params: Of, summary: "A prompt as callers hear it (WAV)" } }, async (request, reply) => {
    const sound = await prompts.sound(request.params.id, request.params.language);
    return sound ? wav(reply, sound) : refuse(request, reply, "no-recording");
  });
  app.delete("/api/admin/prompts/:id/recordings/:language", { config: { who: WRITE }, schema: { params: Of, response: { 200: PromptView }, summary: "Speak the text again in the place of the recording" } }, async (request, reply) =>
    written(request, reply, await prompts.dropRecording(request.params.id, request.params.language)),
  );
  app.post("/api/admin/prompts/:id/recordings/:language/restore", { config: { who: WRITE }, schema: { params: Of, body: Hash, response: { 200: PromptView }, summary: "Take an earlier recording back" } }, async (request, reply) =>
    written(request, reply, await prompts.restoreRecording(request.params.id, request.params.language, request.body.hash)),
  );

  // The bytes of a file, whatever a browser calls their type: what they are is read from them. Other routes take none of this.
  void app.register((scope, _options, done) => {
    const files = scope.withTypeProvider<ZodTypeProvider>();
    files.removeAllContentTypeParsers();
    files.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: MAX_UPLOAD_BYTES + 1 }, (_request, body, parsed) => parsed(null, body));
    files.put(
      "/api/admin/prompts/:id/recordings/:language",
      { bodyLimit: MAX_UPLOAD_BYTES + 1, config: { who: WRITE }, schema: { params: Of, querystring: FileName, response: { 200: PromptView }, summary: "Upload a recording (the bytes of a WAV or MP3 file)" } },
      async (request, reply) => {
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        return written(request, reply, await prompts.upload(request.params.id, request.params.language, bytes, { fileName: request.query.name, byName: request.user?.name ?? "" }));
      },
    );
    done();
  });
}
