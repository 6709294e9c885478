import type { SipMessage } from "../message.ts";

/** What a branch ended with: a response, or none (408: silence, 503: not reachable). */
export interface Outcome {
  status: number;
  response: SipMessage | null;
}

/**
 * The response that goes back when none succeeded (RFC 3261 16.7 step 6): a 6xx before all; else of the lowest class, and in it one that
 * tells how the request could be sent again. A real response before a silence of the same class.
 */
export function bestOf(outcomes: readonly Outcome[]): Outcome | null {
  let best: Outcome | null = null;
  for (const outcome of outcomes) if (!best || rank(outcome) < rank(best)) best = outcome;
  return best;
}

/** "the proxy SHOULD give preference to responses that provide information affecting resubmission of this request, such as 401, 407, 415, 420, and 484" */
const TELLING = new Set([401, 407, 415, 420, 484]);

function rank({ status, response }: Outcome): number {
  if (status >= 600) return 0;
  const inClass = TELLING.has(status) ? 0 : status === 503 || status === 408 ? 2 : 1;
  return Math.floor(status / 100) * 10 + inClass * 2 + (response ? 0 : 1);
}

/**
 * Step 7: "If the selected response is a 401 (Unauthorized) or 407 (Proxy Authentication Required), the proxy MUST collect any
 * WWW-Authenticate and Proxy-Authenticate header field values from all other 401 and 407 responses received so far". Whole lines.
 */
export function collectedChallenges(best: Outcome, outcomes: readonly Outcome[]): string {
  if (best.status !== 401 && best.status !== 407) return "";
  let lines = "";
  for (const { status, response } of outcomes) {
    if (!response || response === best.response || (status !== 401 && status !== 407)) continue;
    for (const challenge of response.lines("www-authenticate")) lines += `WWW-Authenticate: ${challenge}\r\n`;
    for (const challenge of response.lines("proxy-authenticate")) lines += `Proxy-Authenticate: ${challenge}\r\n`;
  }
  return lines;
}
