/** The published vectors of verdicts (docs/verdict.md), run through this implementation: whoever doubts a page can. */

import { tagOf } from "../codes/publicCode";
import { checksummed } from "../keys/bytes";
import type { CheckCode, Conclusion, Outcome } from "./checks";
import { ComparedNodes } from "./crosscheck";
import { Problem } from "./problem";
import { type Block, type ChainSource, type Look, type Question, type SeriesStatus, type Sight, type StampFacts, type Trust, placeOf } from "./sources";
import { verifyCode } from "./verdict";

type BlockJson = { number: number; hash: string; timestamp: number };
type StampJson = Omit<StampFacts, "voidReason" | "firstPostmark"> & {
  void_reason: string | null;
  first_postmark: StampFacts["firstPostmark"];
};
type StatusJson = Omit<SeriesStatus, "byAuthority" | "codeUnchanged"> & { by_authority: boolean; code_unchanged: boolean };
type ContractJson = { code_is_ours: boolean; edition_root: string; stamps: Record<string, StampJson> };
type View = {
  block: BlockJson;
  final?: BlockJson | null;
  registries: Record<string, Record<string, StatusJson>>;
  contracts: Record<string, ContractJson>;
  silent?: string[];
};
type NodeJson = { fault: string } | { chain_id: number; views: View[] };
type TrustJson = {
  registries: { chain_id: number; registry: string }[];
  editions: {
    chain_id: number;
    contract: string;
    title: string;
    size: number;
    root: string;
    variants: string[];
    claim_keys: Record<string, string>;
  }[];
  issuers: { name: string; domain: string; accounts: string[] }[];
  contracts: { chain_id: number; contract: string; post: string }[];
  chains: { chain_id: number; stale_after_s: number | null }[];
};

export type Vectors = {
  now: number;
  trusts: Record<string, TrustJson>;
  nodes: Record<string, NodeJson>;
  cases: { name: string; text: string; typed: boolean; trust: string; nodes: string[] }[];
};

/** What came of one case. */
export type Result = {
  name: string;
  conclusion: Conclusion;
  state: string | null;
  checks: Record<CheckCode, Outcome>;
  /** The verdict's, then those of its checks. */
  sentences: string[];
};

export async function runVectors(content: Vectors): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, text, typed, trust, nodes } of content.cases) {
    const source = sourceOf(nodes.map((each) => content.nodes[each] as NodeJson));
    const asked = { trust: trustOf(content.trusts[trust] as TrustJson), source, typed, now: content.now };
    const verdict = await verifyCode(text, asked);
    results.push({
      name,
      conclusion: verdict.conclusion,
      state: verdict.stamp?.state ?? null,
      checks: Object.fromEntries(verdict.checks.map((each) => [each.code, each.outcome])) as Result["checks"],
      sentences: [verdict.sentence, ...verdict.checks.map((each) => each.sentence)],
    });
  }
  return results;
}

function trustOf(json: TrustJson): Trust {
  const at = (each: { chain_id: number; contract: string }): string => placeOf(BigInt(each.chain_id), checksummed(each.contract));
  return {
    registries: new Map(json.registries.map((each) => [BigInt(each.chain_id), checksummed(each.registry)])),
    editions: new Map(
      json.editions.map((each) => {
        const { title, size, root, variants: variantNames, claim_keys: keys } = each;
        const tag = (serial: number): string =>
          tagOf(BigInt(each.chain_id), each.contract, serial, keys[serial] as string);
        return [at(each), { title, size, root, variantNames, tag }];
      }),
    ),
    issuers: json.issuers.map((each) => ({ ...each, accounts: each.accounts.map(checksummed) })),
    contracts: new Map(json.contracts.map((each) => [at(each), each.post])),
    staleAfter: new Map(json.chains.map((each) => [BigInt(each.chain_id), each.stale_after_s])),
  };
}

function sourceOf(nodes: readonly NodeJson[]): ChainSource {
  const sources = nodes.map((facts) => new FactNode(facts));
  const [only] = sources;
  if (only && sources.length === 1) return only;
  return new ComparedNodes(new Map(sources.map((source, index) => [`node-${index + 1}.example`, source])));
}

/** A node that tells what the file says. */
class FactNode implements ChainSource {
  constructor(private readonly facts: NodeJson) {}

  async look(questions: readonly Question[], at?: bigint): Promise<Look> {
    const facts = this.facts;
    if ("fault" in facts) throw new Problem("node", facts.fault);
    const view = at === undefined ? facts.views.at(-1) : facts.views.find((each) => BigInt(each.block.number) === at);
    if (!view) throw new Problem("node", "The node does not have the block.");
    return {
      chainId: BigInt(facts.chain_id),
      block: blockOf(view.block),
      final: view.final ? blockOf(view.final) : null,
      sights: questions.map((question) => sightOf(view, question)),
    };
  }
}

function sightOf(view: View, question: Question): Sight {
  const lost = new Problem("cannot-tell", "The node is silent about this.");
  const silent = (about: string): boolean => view.silent?.includes(about) ?? false;
  const contract = view.contracts[question.contract];
  const status = view.registries[question.registry ?? ""]?.[question.contract];
  const stamp = contract?.stamps[question.serial];
  return {
    isOurCode: silent("code") ? lost : (contract?.code_is_ours ?? null),
    status: silent("status") ? lost : status ? statusOf(status) : null,
    editionRoot: silent("edition_root") || !contract ? lost : contract.edition_root,
    stamp: silent("stamp") ? lost : stamp ? stampOf(stamp) : null,
  };
}

function statusOf({ by_authority: byAuthority, code_unchanged: codeUnchanged, ...facts }: StatusJson): SeriesStatus {
  return { ...facts, byAuthority, codeUnchanged, post: { ...facts.post, account: checksummed(facts.post.account) } };
}

function stampOf({ void_reason: voidReason, first_postmark: firstPostmark, ...facts }: StampJson): StampFacts {
  return { ...facts, voidReason, firstPostmark };
}

function blockOf(json: BlockJson): Block {
  return { number: BigInt(json.number), hash: json.hash, timestamp: BigInt(json.timestamp) };
}
