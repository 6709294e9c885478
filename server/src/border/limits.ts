/** Bounds of the border itself, with the attack each answers. What administrators set is BorderRules (protocol/telephony.ts). */
export const limits = {
  /** Sources that are counted at a time. Attack: a datagram from each of four billion forged addresses; the one seen longest ago makes room. */
  sources: 131_072,
  /** A stranger's burst, in seconds of its rate: a phone that starts asks several things at once. */
  burstS: 2,
  /** Who has authenticated (or an address that the rules allow by name) may ask this many times as much: an office behind one address. */
  knownFactor: 20,
  /** How long an authenticated request or a call that was set up makes its address known, beyond any registration. */
  knownMs: 3_600_000,
  /** Requests a second that count as quiet, and their burst: what one honest newcomer sends. */
  quietPerSecond: 4,
  quietBurst: 16,
  /**
   * All strangers together, a second: those that are quiet and the rest. Attack: many sources, each within its own rate. A challenge costs
   * about 25 µs: both together take less than a seventh of a core, and the loud cannot crowd out the quiet.
   */
  quietStrangersPerSecond: 3_000,
  loudStrangersPerSecond: 2_000,
  /** Failed passwords are counted over this long. */
  failureWindowMs: 600_000,
  /** Addresses whose failures are counted. Attack: guesses from a botnet of more addresses than we can remember; the oldest goes. */
  failureSources: 20_000,
  /** Live bans. Attack: the same botnet fills the list that administrators read; the one that ends first goes. */
  bans: 50_000,
  /** Accounts whose requests are counted; they all have authenticated, so this only bounds old ones. */
  accounts: 200_000,
  /** Notices kept for administrators in memory until they are stored. Attack: each refused call is a notice. */
  noticesPerMinute: 60,
  /** Outside calls that the fraud rules follow at a time. Attack: calls that never end. */
  fraudCalls: 100_000,
  /** Accounts whose outside calls are counted. */
  fraudAccounts: 50_000,
} as const;
