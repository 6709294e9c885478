/** A telephone that reads these answers by itself. Nobody standardised it; these two are what telephones obey. */
export const AUTO_ANSWER: Readonly<Record<string, string>> = { "Alert-Info": "<http://127.0.0.1>;info=alert-autoanswer;delay=0", "Call-Info": "<sip:intercom>;answer-after=0" };
