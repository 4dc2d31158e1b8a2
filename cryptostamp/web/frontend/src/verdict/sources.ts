/** What a verdict must ask, and whom it may believe, as `cryptostamp.scan.sources` has it. */

import type { Problem } from "./problem";

/** The block an answer rests on. Seconds are since 1970, UTC. */
export type Block = { number: bigint; hash: string; timestamp: bigint };

export type State = "unclaimed" | "claimed" | "delivered" | "void";
export type Postmark = { office: string | null; day: string; kind: string };

/** What the contract says of one stamp. */
export type StampFacts = {
  owner: string;
  state: string;
  since: number | null;
  voidReason: string | null;
  variant: number | null;
  postmarks: number;
  firstPostmark: Postmark | null;
};

/** How a post or a series stands in a registry. What is neither active nor suspended is revoked. */
export type Standing = { active: boolean; suspended: boolean; since: number; reason: string };
export type Post = Standing & { name: string; domain: string; account: string };
export type SeriesStatus = Standing & { post: Post; byAuthority: boolean; codeUnchanged: boolean };

/** What is asked about one code. Without a registry, who stands behind the contract is not asked. */
export type Question = { chainId: bigint; contract: string; serial: number; registry: string | null };

/** What one node answered to one question. A problem stands for an answer that it did not give, or that is none. */
export type Sight = {
  /** `null` if there is no code at all. */
  isOurCode: boolean | Problem | null;
  /** `null` if nobody has registered the contract, or nobody was asked. */
  status: SeriesStatus | Problem | null;
  editionRoot: string | Problem;
  /** `null` if the edition has no such serial. */
  stamp: StampFacts | Problem | null;
};

/** What a node answered to several questions, all as of one block. */
export type Look = {
  chainId: bigint;
  block: Block;
  /** The newest block that the chain promises never to undo; `null` if the node does not say. */
  final: Block | null;
  sights: readonly Sight[];
  /** Of several nodes: how many agree, and a sentence on each that was left out or is behind. */
  compared?: { agreed: number; remarks: readonly string[] };
};

/** A node, or several that are compared. Throws a `Problem` if there is no answer. */
export type ChainSource = { look(questions: readonly Question[], at?: bigint): Promise<Look> };

/** The public side of an edition: what its dossier says. */
export type PublishedEdition = {
  title: string;
  size: number;
  /** 0x and 64 digits in lower case. */
  root: string;
  variantNames: readonly string[];
  /** The tag that the post has committed to, from the claim key of this serial, 1 to `size`. */
  tag(serial: number): string;
};

/** A post whose signatures are believed without a network. */
export type Issuer = { name: string; domain: string; accounts: readonly string[] };

/** What the person who verifies believes: nothing and nobody, unless it is stated here. Keys of places: see `placeOf`. */
export type Trust = {
  registries: ReadonlyMap<bigint, string>;
  editions: ReadonlyMap<string, PublishedEdition>;
  issuers: readonly Issuer[];
  contracts: ReadonlyMap<string, string>;
  /** How old, in seconds, the block that an answer rests on may be; `null` for no limit. An hour, where nothing stands. */
  staleAfter: ReadonlyMap<bigint, number | null>;
};

/** A contract on a chain, as a key. */
export const placeOf = (chainId: bigint, contract: string): string => `${chainId}/${contract}`;
