/** Keys and signatures on secp256k1: the claim key, claims by EIP-712, messages by EIP-191. */

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { addressWord, bare, checksummed, concat, keccak, utf8, word } from "./bytes";

const ORDER = secp256k1.Point.CURVE().n;
const SALT = utf8("cryptostamp/claim-key/v1");

/** The address of a private key. */
export function addressOf(key: Uint8Array): string {
  return checksummed(bare(keccak(secp256k1.getPublicKey(key, false).slice(1)).slice(12)));
}

/** A new private key. */
export function newKey(): Uint8Array {
  return secp256k1.utils.randomSecretKey();
}

/** The claim key of a hidden code, as `cryptostamp.edition.claim_key` derives it (HKDF-SHA256, RFC 5869). */
export function claimKeyOf(secret: Uint8Array): Uint8Array {
  const pseudoRandomKey = hmac(sha256, SALT, secret);
  for (let counter = 0; counter < 256; counter += 1) {
    const key = hmac(sha256, pseudoRandomKey, Uint8Array.of(counter, 1));
    const value = BigInt(`0x${bare(key)}`);
    if (value > 0n && value < ORDER) return key;
  }
  throw new Error("no key");
}

export type Claim = { chainId: number; contract: string; serial: number; to: string; deadline: number };

/** The digest of a claim by EIP-712, in the domain of its contract. */
export function claimDigest(claim: Claim): Uint8Array {
  const domain = keccak(
    concat(
      keccak(utf8("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")),
      keccak(utf8("Cryptostamp")),
      keccak(utf8("1")),
      word(claim.chainId),
      addressWord(claim.contract),
    ),
  );
  const message = keccak(
    concat(
      keccak(utf8("Claim(uint256 serial,address to,uint256 deadline)")),
      word(claim.serial),
      addressWord(claim.to),
      word(claim.deadline),
    ),
  );
  return keccak(concat(Uint8Array.of(0x19, 0x01), domain, message));
}

/** The digest of a message by EIP-191. */
export function messageDigest(text: string): Uint8Array {
  const message = utf8(text);
  return keccak(concat(utf8(`\u0019Ethereum Signed Message:\n${message.length}`), message));
}

/** The 65 bytes r, s, v of a signature, with low s and v 27 or 28. */
export function sign(digest: Uint8Array, key: Uint8Array): Uint8Array {
  const signature = secp256k1.sign(digest, key, { prehash: false, lowS: true, format: "recovered" });
  return concat(signature.slice(1), Uint8Array.of(27 + (signature[0] ?? 0)));
}


