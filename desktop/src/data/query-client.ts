/** The cache of what is asked rather than streamed: customers, routing reasons, administration lists. */
import { QueryClient } from "@tanstack/react-query";
import { ApiFailure } from "./api.ts";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      // Worth another try only when the server was not reached; a refusal stays one.
      retry: (count, error) => count < 3 && error instanceof ApiFailure && error.unreachable,
    },
    mutations: { retry: false },
  },
});

/** Proofs of what is published: seconds for a large centre, so nobody who saves waits for them. */
export const PROOFS = ["flow-proofs"];
/** An administrator changed something: all of theirs is asked again, for it hangs together. Resolves when it is there. */
export function adminChanged(): Promise<void> {
  void queryClient.invalidateQueries({ queryKey: PROOFS });
  return queryClient.invalidateQueries({ queryKey: ["admin"] });
}
