// SHA-2 and Ed25519 verification for browsers whose own cryptography is missing or too old for them; where it
// is there it is asked first. Slow and plain on purpose: it hashes a few kilobytes and checks a few signatures.

const concat = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

// The constants of SHA-2 are the first bits behind the point of roots of primes, so no table is needed.
const PRIMES = [];
for (let n = 2; PRIMES.length < 80; n += 1) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
function fraction(prime, root) {
  const shifted = BigInt(prime) << BigInt(64 * root);
  let low = 0n;
  for (let bit = 1n << 72n; bit; bit >>= 1n) if ((low + bit) ** BigInt(root) <= shifted) low += bit;
  return low & ((1n << 64n) - 1n);
}
const CUBES = PRIMES.map((prime) => fraction(prime, 3));
const SQUARES = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2));
const SHA = {
  256: { bits: 32n, rounds: 64, big: [[2n, 13n, 22n], [6n, 11n, 25n]], small: [[7n, 18n, 3n], [17n, 19n, 10n]] },
  512: { bits: 64n, rounds: 80, big: [[28n, 34n, 39n], [14n, 18n, 41n]], small: [[1n, 8n, 7n], [19n, 61n, 6n]] },
};

function plainSha(kind, data) {
  const { bits, rounds, big, small } = SHA[kind];
  const mask = (1n << bits) - 1n, bytes = Number(bits) / 8, block = bytes * 16;
  const turn = (x, by) => (x >> by) | ((x << (bits - by)) & mask);
  const mix = (x, [a, b, c]) => turn(x, a) ^ turn(x, b) ^ turn(x, c);
  const thin = (x, [a, b, c]) => turn(x, a) ^ turn(x, b) ^ (x >> c);
  const padded = new Uint8Array(Math.ceil((data.length + 1 + bytes * 2) / block) * block);
  padded.set(data);
  padded[data.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(data.length) * 8n);
  const key = CUBES.map((cube) => cube >> (64n - bits));
  let state = SQUARES.map((square) => square >> (64n - bits));
  for (let start = 0; start < padded.length; start += block) {
    const w = [];
    for (let t = 0; t < rounds; t += 1) {
      if (t < 16) w.push(number(padded.subarray(start + t * bytes, start + (t + 1) * bytes)));
      else w.push((thin(w[t - 2], small[1]) + w[t - 7] + thin(w[t - 15], small[0]) + w[t - 16]) & mask);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < rounds; t += 1) {
      const one = h + mix(e, big[1]) + ((e & f) ^ (~e & mask & g)) + key[t] + w[t];
      const two = mix(a, big[0]) + ((a & b) ^ (a & c) ^ (b & c));
      [a, b, c, d, e, f, g, h] = [(one + two) & mask, a, b, c, (d + one) & mask, e, f, g];
    }
    state = [a, b, c, d, e, f, g, h].map((value, at) => (value + state[at]) & mask);
  }
  return concat(...state.map((value) => toBytes(value, bytes)));
}

function number(bytes) { // big-endian
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
function toBytes(value, length) {
  const out = new Uint8Array(length);
  for (let at = length - 1; at >= 0; at -= 1, value >>= 8n) out[at] = Number(value & 255n);
  return out;
}
const littleEndian = (bytes) => number(Uint8Array.from(bytes).reverse());

// Ed25519 (RFC 8032): points as X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z.
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (x, by = P) => ((x % by) + by) % by;
function power(base, exponent) {
  let result = 1n;
  for (base = mod(base); exponent; exponent >>= 1n, base = mod(base * base)) {
    if (exponent & 1n) result = mod(result * base);
  }
  return result;
}
const inverse = (x) => power(x, P - 2n);
const D = mod(-121665n * inverse(121666n));
const BASE = decodePoint(toBytes(mod(4n * inverse(5n)), 32).reverse());

function decodePoint(bytes) {
  const coded = littleEndian(bytes), y = coded & ((1n << 255n) - 1n), sign = coded >> 255n;
  if (y >= P) return null;
  const u = mod(y * y - 1n), v = mod(D * y * y + 1n);
  let x = mod(u * v ** 3n * power(u * v ** 7n, (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(v * x * x) !== u || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = mod(-x);
  return [x, y, 1n, mod(x * y)];
}
function encodePoint([X, Y, Z]) {
  const by = inverse(Z), x = mod(X * by), y = mod(Y * by);
  return toBytes(y | ((x & 1n) << 255n), 32).reverse();
}
function add([X1, Y1, Z1, T1], [X2, Y2, Z2, T2]) {
  const a = mod((Y1 - X1) * (Y2 - X2)), b = mod((Y1 + X1) * (Y2 + X2));
  const c = mod(2n * T1 * D * T2), d = mod(2n * Z1 * Z2);
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}
function times(point, factor) {
  let result = [0n, 1n, 1n, 0n];
  for (; factor; factor >>= 1n, point = add(point, point)) if (factor & 1n) result = add(result, point);
  return result;
}
function plainVerify(publicKey, message, signature) {
  const s = littleEndian(signature.subarray(32)), point = decodePoint(publicKey);
  if (s >= ORDER || !point) return false;
  const [X, Y, Z, T] = point;
  const hash = plainSha(512, concat(signature.subarray(0, 32), publicKey, message));
  const sum = add(times(BASE, s), times([mod(-X), Y, Z, mod(-T)], mod(littleEndian(hash), ORDER)));
  return equal(encodePoint(sum), signature.subarray(0, 32));
}

async function sha256(data) {
  const subtle = globalThis.crypto && crypto.subtle;
  return subtle ? new Uint8Array(await subtle.digest("SHA-256", data)) : plainSha(256, data);
}
async function isSignedBy(publicKey, message, signature) {
  if (signature.length !== 64) return false;
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch { // not there, or it does not know Ed25519
    return plainVerify(publicKey, message, signature);
  }
}
