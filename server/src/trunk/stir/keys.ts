import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

/** A P-256 private key that belongs to the first certificate of that chain; null when it does not, or is none. */
export function readPrivateKey(pem: string, certificatePem: string): KeyObject | null {
  const [leaf] = readCertificates(certificatePem);
  try {
    const key = createPrivateKey(pem);
    return isP256(key) && leaf?.checkPrivateKey(key) ? key : null;
  } catch {
    return null; // no PEM, or another kind of key: what the administrator is told
  }
}

/** Most certificates read of one chain. Attack: a server that answers megabytes of them, each costing a signature check. */
const maxCertificates = 6;

/** The certificates of a PEM text, in order; what is none is left out. */
export function readCertificates(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []).slice(0, maxCertificates).flatMap((one) => {
    try {
      return [new X509Certificate(one)];
    } catch {
      return []; // the chain then ends here, and is not believed
    }
  });
}

/** RFC 8225 section 8: ES256 is the one algorithm. */
export function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
}
