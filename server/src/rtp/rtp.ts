/**
 * rtp: the media engine. Takes and makes SDP, carries G.711 over RTP, SRTP (keys in the SDP, RFC 4568) or WebRTC between endpoints,
 * passes video and real-time text through, plays, mixes, records, hears keys. `MediaEngine` is `MediaPort` (media-contract.ts) over the ports of media-ports.ts, so a test gives it a false network
 * and a virtual clock.
 *
 * Invariants:
 * - one socket an endpoint, one unbroken outgoing stream (SSRC, sequence, timestamp) for its life;
 * - a peer is heard from one address only: latched (latched-link.ts) or checked by ICE (WebRTC); a third one is never relayed nor recorded;
 * - an endpoint with keys hears and says nothing without them, and never uses an index of a key twice;
 * - media to and from a browser flows only after its certificate matched the signalled fingerprint;
 * - a recording keeps the time line of the call, whatever was lost, and is playable at every moment;
 * - parsers return values, never throw; every list fed from outside has a limit.
 *
 * Deliberately absent: calls and agents (voice), SIP (sip), sockets and threads (app), codecs other than G.711, understanding
 * or recording video, video of browsers (bundled on one port), streams added in the middle of a call, fax, TURN, trickle ICE (an SDP is
 * complete in one go), DTLS without ICE.
 */
export type { EndpointKind, EndpointStats, MediaEvent, MediaOptions, MediaPort, MixMember, PlaySource } from "./media-contract.ts";
export type { DtlsPort, DtlsSession, FilePort, GrowingFile, NetPort, SrtpKeys, UdpSocket } from "./media-ports.ts";
export { MediaEngine, type EngineOptions } from "./engine.ts";
export { createDtlsPort } from "./dtls-server.ts";
export { kindOfOffer } from "./negotiate.ts";
export { readWav, wavHeader, writeWav, type Wav } from "./wav.ts";
export { timeStretch } from "./time-stretch.ts";
export { goertzelPower, meanPower, SAMPLE_RATE, tone, tones } from "./tones.ts";
export { decodeG711, encodeG711, SILENCE, type G711Codec } from "./g711.ts";
