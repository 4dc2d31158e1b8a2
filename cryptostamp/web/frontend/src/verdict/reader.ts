/**
 * What a verifier asks a chain, through one node: all of it in one batch of JSON-RPC, as of one block, as
 * `cryptostamp.chain.reader` asks it.
 *
 * The batch asks for the newest block first and last. If both are the same, everything in between rests on it; if not,
 * it is asked again as of that block's number. The path of a node's URL may hold an access key: only its host is shown.
 */

import { addressWord, bare, hex, unhex, word } from "../keys/bytes";
import { type ContractCode, EDITION_ROOT, STAMP_OF, STATUS_OF, isOurCode, refusalFrom, rootFrom, stampFrom, statusFrom } from "./facts";
import { Problem, isProblem } from "./problem";
import type { Block, ChainSource, Look, Question, SeriesStatus, Sight, StampFacts } from "./sources";
import { plain } from "./words";

const TIMEOUT_MS = 10_000;
const LARGEST_ANSWER = 32 * 1024 * 1024;
const CALLS_A_BATCH = 400;
const ATTEMPTS = 3;
const LARGEST = 1n << 63n;

type Call = [method: string, ...parameters: unknown[]];

/** What a node said against a question. */
class Failure {
  constructor(
    readonly message: string,
    /** The data of a reverted call. */
    readonly data: Uint8Array,
  ) {}
}

type ContractFacts = Pick<Sight, "isOurCode" | "status" | "editionRoot">;

/** One node, read only. Throws a `Problem` for what is no URL of one. */
export class ChainReader implements ChainSource {
  readonly host: string;
  private readonly url: string;

  constructor(
    url: string,
    private readonly ours: ContractCode,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    let parsed: URL | undefined;
    try {
      parsed = new URL(url);
    } catch {
      parsed = undefined;
    }
    if (!parsed || !/^https?:$/.test(parsed.protocol) || !parsed.hostname || parsed.username || parsed.password) {
      throw new Problem("input", "The URL of the node is not one.");
    }
    this.url = parsed.href;
    this.host = parsed.host;
  }

  async look(questions: readonly Question[], at?: bigint): Promise<Look> {
    let place = at;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = await this.attempt(questions, place);
      if (found.look) return found.look;
      place = found.again;
    }
    throw new Problem("cannot-tell", `The chain of the node at ${this.host} changes faster than it answers.`);
  }

  /** Ask once; without a look, the number of the block as of which to ask again. */
  private async attempt(questions: readonly Question[], at?: bigint): Promise<{ look?: Look; again?: bigint }> {
    const tag = at === undefined ? "latest" : `0x${at.toString(16)}`;
    const places = new Map(questions.map((each) => [placeKey(each), each]));
    const contractCalls = [...places.values()].flatMap((each) => callsOf(each, tag));
    const first = questions.slice(0, CALLS_A_BATCH);
    const head: Call = ["eth_getBlockByNumber", tag, false];
    const [chain, begun, final, ...answers] = await this.ask([
      ["eth_chainId"],
      head,
      ["eth_getBlockByNumber", "finalized", false],
      ...contractCalls,
      ...first.map((each) => stampCall(each, tag)),
      head,
    ]);
    const block = this.read(blockFrom, begun);
    if (this.read(blockFrom, answers.pop()).hash !== block.hash) return { again: block.number };
    const contracts = new Map([...places].map(([key, each]) => [key, this.contractFrom(each, answers)]));
    const stamps = answers.map(readStamp);
    for (let begin = CALLS_A_BATCH; begin < questions.length; begin += CALLS_A_BATCH) {
      const number = `0x${block.number.toString(16)}`;
      const more = questions.slice(begin, begin + CALLS_A_BATCH).map((each) => stampCall(each, number));
      const further = await this.ask([...more, ["eth_getBlockByNumber", number, false]]);
      if (this.read(blockFrom, further.pop()).hash !== block.hash) return {};
      stamps.push(...further.map(readStamp));
    }
    const sights = questions.map((each, index): Sight => {
      const stamp = stamps[index] as StampFacts | Problem | null;
      return { ...(contracts.get(placeKey(each)) as ContractFacts), stamp };
    });
    const settled = answerOf(blockFrom, final);
    const look = { chainId: this.read(chainIdFrom, chain), block, final: isProblem(settled) ? null : settled, sights };
    return { look };
  }

  /** Read the answers to `callsOf` a place, which are taken from the front. */
  private contractFrom(place: Question, answers: unknown[]): ContractFacts {
    const [code, root] = [answers.shift(), answers.shift()];
    const status = place.registry === null ? null : answerOf<SeriesStatus | null>((data) => statusFrom(bytesOf(data)), answers.shift());
    return {
      isOurCode: answerOf<boolean | null>((data) => isOurCode(bytesOf(data), this.ours), code),
      editionRoot: answerOf((data) => rootFrom(bytesOf(data)), root),
      status,
    };
  }

  /** The results of calls, in their order, with a `Failure` in the place of each that the node did not answer. */
  private async ask(calls: readonly Call[]): Promise<unknown[]> {
    const batch = calls.map(([method, ...params], id) => ({ jsonrpc: "2.0", id, method, params }));
    const text = await this.post(JSON.stringify(batch));
    let entries: unknown;
    try {
      entries = JSON.parse(text);
    } catch {
      throw this.unreachable("does not speak JSON-RPC");
    }
    if (!Array.isArray(entries)) {
      const refused = isObject(entries) && "error" in entries;
      throw this.unreachable(refused ? "refuses to answer several questions at once" : "does not speak JSON-RPC");
    }
    const given = new Map(entries.filter(isObject).map((entry) => [entry["id"], entry]));
    return calls.map((_, id) => {
      const entry = given.get(id);
      if (!entry) return new Failure("no answer", new Uint8Array());
      return entry["error"] === undefined || entry["error"] === null ? entry["result"] : failureOf(entry["error"]);
    });
  }

  private async post(body: string): Promise<string> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), this.timeoutMs);
    try {
      const response = await fetch(this.url, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: stop.signal,
      });
      if (response.status !== 200) throw this.unreachable(`answers with HTTP ${response.status}`);
      return await this.bounded(response);
    } catch (error) {
      if (isProblem(error)) throw error;
      throw this.unreachable(stop.signal.aborted ? "does not answer in time" : "cannot be reached");
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  }

  /** The text of an answer, of which no more is read than a verdict can need. */
  private async bounded(response: Response): Promise<string> {
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    let length = 0;
    for (let piece = await reader?.read(); reader && piece && !piece.done; piece = await reader.read()) {
      length += piece.value.length;
      if (length > LARGEST_ANSWER) throw this.unreachable("sends more than any answer has");
      text += decoder.decode(piece.value, { stream: true });
    }
    return text + decoder.decode();
  }

  private unreachable(reason: string): Problem {
    return new Problem("node", `The node at ${this.host} ${reason}.`);
  }

  /** What `read` makes of an answer without which the others are worth nothing. */
  private read<T>(read: (answer: unknown) => T, answer: unknown): T {
    try {
      return read(answer);
    } catch {
      throw this.unreachable("gives an answer that makes no sense");
    }
  }
}

const placeKey = (each: Question): string => `${each.registry}/${each.contract}`;

function callsOf({ contract, registry }: Question, tag: string): Call[] {
  const calls: Call[] = [["eth_getCode", contract, tag], view(contract, `0x${EDITION_ROOT}`, tag)];
  if (registry !== null) calls.push(view(registry, `0x${STATUS_OF}${bare(addressWord(contract))}`, tag));
  return calls;
}

const stampCall = (each: Question, tag: string): Call => view(each.contract, `0x${STAMP_OF}${bare(word(each.serial))}`, tag);
const view = (to: string, data: string, tag: string): Call => ["eth_call", { to, data }, tag];

function readStamp(answer: unknown): StampFacts | Problem | null {
  const found = answerOf((data) => stampFrom(bytesOf(data)), answer);
  return isProblem(found) && found.refusal === "NotInEdition" ? null : found;
}

/** What `read` makes of an answer; a problem for a refusal, and for what it can make nothing of. */
function answerOf<T>(read: (answer: unknown) => T, answer: unknown): T | Problem {
  if (answer instanceof Failure) {
    if (answer.data.length > 0) return refusalFrom(answer.data);
    return new Problem("cannot-tell", `The node refuses the question: ${answer.message}`);
  }
  try {
    return read(answer);
  } catch (error) {
    return isProblem(error) ? error : new Problem("cannot-tell", "The node gives an answer that makes no sense.");
  }
}

function blockFrom(answer: unknown): Block {
  if (!isObject(answer)) throw new TypeError("no block");
  const [number, timestamp] = [quantity(answer["number"]), quantity(answer["timestamp"])];
  const hash = bytesOf(answer["hash"]);
  if (hash.length !== 32 || number >= LARGEST || timestamp >= LARGEST) throw new RangeError("no chain has such a block");
  return { number, hash: hex(hash), timestamp };
}

function chainIdFrom(answer: unknown): bigint {
  const id = quantity(answer);
  if (id <= 0n || id >= LARGEST) throw new RangeError("no chain has such an id");
  return id;
}

function quantity(value: unknown): bigint {
  if (typeof value !== "string" || !/^(0x)?[0-9a-f]+$/i.test(value)) throw new TypeError("no quantity");
  return BigInt(value.replace(/^(0x)?/i, "0x"));
}

function bytesOf(value: unknown): Uint8Array {
  const digits = typeof value === "string" && value.startsWith("0x") ? value.slice(2) : "odd";
  if (digits.length % 2 || /[^0-9a-f]/i.test(digits)) throw new TypeError("no data");
  return unhex(digits);
}

function failureOf(error: unknown): Failure {
  if (!isObject(error)) return new Failure(plain(String(error), 500), new Uint8Array());
  return new Failure(plain(String(error["message"] ?? ""), 500), revertData(error["data"]));
}

/** The data of a revert: nodes send them as hex, or wrapped in an object, or with a word before them. */
function revertData(value: unknown): Uint8Array {
  const text = isObject(value) ? value["data"] : value;
  const at = typeof text === "string" ? text.lastIndexOf("0x") : -1;
  const digits = at < 0 ? "" : (text as string).slice(at + 2);
  return digits.length % 2 || /[^0-9a-f]/i.test(digits) ? new Uint8Array() : unhex(digits);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
