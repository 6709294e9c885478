/** What waits in a mailbox. */
export interface MessageCounts {
  fresh: number;
  heard: number;
}

/** RFC 3842 section 3.5, content type application/simple-message-summary. `account` is the URI of the mailbox. */
export function messageSummary(account: string, { fresh, heard }: MessageCounts): string {
  return `Messages-Waiting: ${fresh > 0 ? "yes" : "no"}\r\nMessage-Account: ${account.replace(/[\r\n]+/g, "")}\r\nVoice-Message: ${fresh}/${heard} (0/0)\r\n`;
}
