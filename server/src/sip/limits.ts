/** Every bound that the SIP room puts on what comes from outside, with the attack it answers. */
export const limits = {
  /** One message. Attack: one huge message on a stream ties memory; UDP cannot carry more anyway. */
  maxMessageBytes: 65_535,
  /** Start line and headers. Attack: megabytes of headers make every lookup slow. */
  maxHeadBytes: 24_576,
  /** Header lines in a message. Attack: thousands of tiny lines, each scanned again on every lookup. */
  maxHeaderLines: 200,
  /** Values of one list header (Via, Contact, Route). Attack: a Via or Route bomb that we would copy into every answer. */
  maxListValues: 70,
  /** Parameters of one value. Attack: quadratic lookups over thousands of parameters. */
  maxParams: 64,
  /** Contacts of one account. Attack: one stolen password fills memory and makes each call fork a thousand times. */
  maxContactsPerAccount: 10,
  /** Bindings in all. Attack: many accounts, each with many contacts. */
  maxBindings: 200_000,
  /** Contact or Path as written, characters. Attack: a kilobyte each in every binding, kept for an hour. */
  maxContactLength: 1_000,
  /** Path hops of a registration (RFC 3327). Attack: a Route of any length that we would carry to every call. */
  maxPathHops: 8,
  /** Subscriptions of one account; a busy-lamp panel has up to 200 keys. Attack: one stolen password makes each change a thousand NOTIFYs. */
  maxSubscriptionsPerAccount: 250,
  /** Subscriptions in all. Attack: many accounts, each with as many as it may. */
  maxSubscriptions: 100_000,
  /** NOTIFYs a second in all; what is more waits. Attack (or a storm after a power cut): one change with thousands of watchers starves calls. */
  maxNotifiesPerSecond: 1_000,
  /** Documents that an account has published at a time (RFC 3903). Attack: one password, endless entity tags. */
  maxPublicationsPerAccount: 8,
  /** Presence document, bytes. Attack: large XML, read again with each PUBLISH. */
  maxPresenceBytes: 8_192,
  /** Text of one MESSAGE, bytes. Attack: books instead of messages, each a row for ever. */
  maxMessageTextBytes: 8_000,
  /** Texts that wait for `messageAnswer`. Attack: faster than the database writes. */
  maxPendingMessages: 2_000,
  /** Texts a minute from one address without credentials, and from all such. Attack: a stranger fills queues with contacts. */
  maxOutsideMessagesPerMinutePerSource: 20,
  maxOutsideMessagesPerMinute: 600,
  /** Sources of texts that have shown to be there. Attack: a botnet that answers, to make us forget the others; they are asked again. */
  maxProvedSources: 10_000,
  /** Redirections of one call of ours in a row. Attack: two hosts that send us to each other. */
  maxRedirects: 5,
  /** Targets of one proxied request, redirections included. Attack: contacts that redirect to ever more contacts (RFC 5393). */
  maxForkTargets: 30,
  /** Parallel branches of one request over all proxies on its way (RFC 5393 5.3.3, its default). Attack: forks of forks. */
  maxBreadth: 60,
  /**
   * Live transactions, 1 to 2 KB each. Attack: a flood of authenticated or public requests faster than the 32 s life of a transaction; a proxied call
   * makes four, so this is also 3,000 calls/s for as long as one likes.
   */
  maxTransactions: 400_000,
  /** Calls from outside that no ACK has confirmed. Attack: spoofed INVITEs to a public number, each of which costs media. */
  maxPendingOutsideCalls: 1_000,
  /** The same from one address. Attack: one host takes the whole allowance above from everybody else. */
  maxPendingOutsideCallsPerSource: 300,
  /** The same from an address that is known as a trunk's: its busiest second is far below. Attack: who forges that address has this, and no more. */
  maxPendingKnownCallsPerSource: 5_000,
  /** Characters of a claimed account name that are told on. Attack: a name of 20 KB in every log line and list of failures. */
  maxToldAccount: 80,
  /** Values of one Reason header. Attack: a BYE that fills our log. */
  maxReasons: 4,
  /** Entries of History-Info or Diversion, read or written. Attack: a forwarding loop between two systems grows the message until nothing carries it. */
  maxDiversions: 10,
  /** Early dialogs of one INVITE of ours. Attack: a peer that answers 180 with ever new tags, each of which we would remember. */
  maxEarlyDialogs: 20,
  /** Provisional answers that wait for the PRACK of the one before. Attack: a peer that never acknowledges while the call goes on ringing elsewhere. */
  maxReliableWaiting: 10,
  /** REFERs outside any call, at a time. Attack: a stolen password makes subscriptions without end. */
  maxOutOfDialogReferrals: 1_000,
  /** Nonces whose count is remembered (only after a success). Attack: a client asks for a new nonce with each request. */
  maxNonces: 100_000,
  /** Next hops of one name. Attack: a zone with a thousand records makes each request of ours a thousand. */
  maxHops: 12,
  /** Names being looked up. Attack: many Contacts or Routes with names of their own, each a question to a slow name server. */
  maxNameQuestions: 1_000,
  /** Peers remembered as not taking TCP. Attack: many hosts, each remembered for minutes. */
  maxHostsWithoutTcp: 1_000,
  /** Registrations of ours at others, and questions whether a peer is there. Not from outside: a mistake in our own configuration. */
  maxClientRegistrations: 1_000,
} as const;

/** RFC 3261 table 4: the round trip estimate and what is counted from it. */
export const T1 = 500;
export const T2 = 4_000;
export const T4 = 5_000;
/** RFC 3261 16.6 step 11: "timer C MUST be larger than 3 minutes". */
export const timerCMs = 181_000;
/** 64 * T1: how long an unanswered transaction lives (timers B, F, H, J, L, M). */
export const transactionLifeMs = 64 * T1;
