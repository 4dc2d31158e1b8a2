/**
 * A private key in a file that any wallet opens: the Web3 Secret Storage, version 3.
 *
 * Its key is derived with scrypt from the passphrase; AES-128 in counter mode encrypts, a Keccak-256 checks.
 */

import { scryptAsync } from "@noble/hashes/scrypt.js";
import { bare, concat, keccak, unhex, utf8 } from "./bytes";
import { addressOf } from "./signing";

const COST = 2 ** 17;

type Keystore = {
  crypto: {
    cipher: string;
    cipherparams: { iv: string };
    ciphertext: string;
    kdf: string;
    kdfparams: { n: number; r: number; p: number; dklen: number; salt: string };
    mac: string;
  };
};

async function aes(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key as BufferSource, "AES-CTR", false, ["encrypt"]);
  const counter = { name: "AES-CTR", counter: iv as BufferSource, length: 128 };
  return new Uint8Array(await crypto.subtle.encrypt(counter, imported, data as BufferSource));
}

/** Seal a private key with a passphrase; takes some seconds, on purpose. */
export async function seal(key: Uint8Array, passphrase: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(16));
  const derived = await scryptAsync(utf8(passphrase.normalize("NFKC")), salt, { N: COST, r: 8, p: 1, dkLen: 32 });
  const ciphertext = await aes(derived.slice(0, 16), iv, key);
  return JSON.stringify(
    {
      version: 3,
      id: crypto.randomUUID(),
      address: addressOf(key).slice(2).toLowerCase(),
      crypto: {
        cipher: "aes-128-ctr",
        cipherparams: { iv: bare(iv) },
        ciphertext: bare(ciphertext),
        kdf: "scrypt",
        kdfparams: { n: COST, r: 8, p: 1, dklen: 32, salt: bare(salt) },
        mac: bare(keccak(concat(derived.slice(16, 32), ciphertext))),
      },
    },
    null,
    2,
  );
}

/** Open a file that `seal` or another wallet made with scrypt; `undefined` for another file or a wrong passphrase. */
export async function open(text: string, passphrase: string): Promise<Uint8Array | undefined> {
  try {
    const { crypto: sealed } = JSON.parse(text) as Keystore;
    const { n, r, p, dklen, salt } = sealed.kdfparams;
    if (sealed.kdf !== "scrypt" || sealed.cipher !== "aes-128-ctr" || n > 2 ** 20 || n * r * p > 2 ** 24) return undefined;
    const options = { N: n, r, p, dkLen: dklen, maxmem: 2 ** 31 };
    const derived = await scryptAsync(utf8(passphrase.normalize("NFKC")), unhex(salt), options);
    const ciphertext = unhex(sealed.ciphertext);
    if (bare(keccak(concat(derived.slice(16, 32), ciphertext))) !== sealed.mac.toLowerCase()) return undefined;
    return await aes(derived.slice(0, 16), unhex(sealed.cipherparams.iv), ciphertext);
  } catch {
    return undefined;
  }
}
