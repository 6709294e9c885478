/** The table of prompts: the sounds of an entry. Its texts are administered like every kind (admin-api.ts). */
import { PromptView } from "@tandem/protocol/prompt";
import type { PromptLanguage } from "@tandem/protocol/prompt";
import { useMutation } from "@tanstack/react-query";
import type { UseMutationResult } from "@tanstack/react-query";
import { request } from "./api.ts";
import { adminChanged } from "./query-client.ts";

const at = (id: string, language: PromptLanguage): string => `/admin/prompts/${encodeURIComponent(id)}/recordings/${language}`;

/** As callers hear it (WAV). `version` changes with the sound, so that no browser plays an old one. */
export const promptSoundUrl = (id: string, language: PromptLanguage, version: string): string => `/api/admin/prompts/${encodeURIComponent(id)}/audio/${language}?v=${encodeURIComponent(version)}`;

export type PromptOrder = { do: "upload"; file: File } | { do: "drop" } | { do: "restore"; hash: string };

/** Done at once, outside the form's save: the answer is the entry as it is now. */
export function usePromptSound(id: string, language: PromptLanguage): UseMutationResult<PromptView, Error, PromptOrder> {
  return useMutation({
    mutationFn: (order) =>
      order.do === "upload"
        ? request("PUT", `${at(id, language)}?name=${encodeURIComponent(order.file.name.slice(0, 200))}`, PromptView, order.file)
        : order.do === "drop"
          ? request("DELETE", at(id, language), PromptView)
          : request("POST", `${at(id, language)}/restore`, PromptView, { hash: order.hash }),
    onSuccess: adminChanged,
  });
}
