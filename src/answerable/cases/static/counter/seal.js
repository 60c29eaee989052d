// Two seals. `deviceKey` makes a key of the device's password: secrets of receipts lie under it. `sealToOffice` seals a
// matter so that only the office's server opens it (cases/counter/sealing.py is its other half).
const ROUNDS = 600000; // PBKDF2-HMAC-SHA256, OWASP 2023
const COUNTER = "answerable/counter/v1";
const subtle = crypto.subtle;

export const toBase64 = (bytes) => {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text);
};
export const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

export async function deviceKey(word, salt) {
  const raw = await subtle.importKey("raw", new TextEncoder().encode(word.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: fromBase64(salt), iterations: ROUNDS };
  return subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function lock(key, text, bound) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(bound) };
  const sealed = await subtle.encrypt(how, key, new TextEncoder().encode(text));
  return { iv: toBase64(iv), data: toBase64(sealed) };
}

// Throws where the key is another one.
export async function unlock(key, sealed, bound) {
  const how = { name: "AES-GCM", iv: fromBase64(sealed.iv), additionalData: new TextEncoder().encode(bound) };
  return new TextDecoder().decode(await subtle.decrypt(how, key, fromBase64(sealed.data)));
}

// The key of one sealing, and the point that the office needs to make it too.
export async function officeSeal(officeKey, purpose) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const office = await subtle.importKey("raw", fromBase64(officeKey), curve, false, []);
  const mine = await subtle.generateKey(curve, false, ["deriveBits"]);
  const shared = await subtle.deriveBits({ name: "ECDH", public: office }, mine.privateKey, 256);
  const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: new TextEncoder().encode(purpose) };
  const key = await subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  return { key, point: toBase64(await subtle.exportKey("raw", mine.publicKey)) };
}

export async function sealToOffice(officeKey, content, code, purpose = COUNTER) {
  const { key, point } = await officeSeal(officeKey, purpose);
  return { key: point, ...(await lock(key, JSON.stringify(content), code)) };
}

// The same of a file: its bytes stay bytes.
export async function sealFileToOffice(officeKey, bytes, bound, purpose) {
  const { key, point } = await officeSeal(officeKey, purpose);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(bound) };
  return { key: point, iv: toBase64(iv), data: await subtle.encrypt(how, key, bytes) };
}
