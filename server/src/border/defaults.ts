import type { BorderRules, FraudRules } from "@tandem/protocol";

/** What a new centre starts with: open enough for a first day, closed enough for a public address. */
export const defaultBorderRules: BorderRules = {
  access: [],
  requestsPerSecondPerSource: 100,
  requestsPerSecondPerAccount: 50,
  failuresBeforeBan: 20,
  banMinutes: 60,
  maxCalls: 2_000,
  maxCallsPerSource: 500,
  strangersMayCall: true,
};

/** The European Economic Area, Switzerland and the United Kingdom: where most stolen minutes do not go. */
const neighbours = ["AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"];

export const defaultFraudRules: FraudRules = {
  allowedCountries: neighbours,
  blockedPrefixes: [],
  premiumAllowed: false,
  callsPerMinutePerAccount: 20,
  spendPerHour: 0,
  prices: [],
};
