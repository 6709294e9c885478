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
