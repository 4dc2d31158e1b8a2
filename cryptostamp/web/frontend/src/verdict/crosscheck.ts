/**
 * Several nodes of one chain, asked at once and compared, as `cryptostamp.scan.crosscheck` does: none is believed alone.
 *
 * Nodes that are down, or of another chain, are left out and named. A node that is only behind is no contradiction: the
 * others are asked again as of its block. Whatever else differs leaves everything open.
 */

import { Problem, isProblem } from "./problem";
import type { ChainSource, Look, Question, Sight } from "./sources";

const PATIENCE_MS = 15_000;

type Answers = Map<string, Look | Problem>;

/** Nodes by the names under which they are spoken of (hosts). */
export class ComparedNodes implements ChainSource {
  constructor(
    private readonly nodes: ReadonlyMap<string, ChainSource>,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  async look(questions: readonly Question[], at?: bigint): Promise<Look> {
    const until = Date.now() + this.patienceMs;
    const answers = await this.ask(new Map([...this.nodes.keys()].map((name) => [name, at])), questions, until);
    const remarks = [...answers.values()].flatMap((each) => (isProblem(each) ? [each.what] : []));
    const all = [...answers].flatMap(([name, each]): [string, Look][] => (isProblem(each) ? [] : [[name, each]]));
    const [first] = all;
    if (!first) throw new Problem("node", remarks.join(" "));
    const chainId = mostCommon(questions.map((question) => question.chainId)) ?? first[1].chainId;
    const strangers = all.filter(([, each]) => each.chainId !== chainId);
    const looks = all.filter(([, each]) => each.chainId === chainId);
    remarks.push(...strangers.map(([name, each]) => `The node ${name} is of chain ${each.chainId}.`));
    if (looks.length === 0) return { ...(strangers[0] as [string, Look])[1], compared: { agreed: 1, remarks } };
    await this.agree(looks, questions, until);
    const newest = looks.map(([, look]) => look).reduce((best, look) => (look.block.number > best.block.number ? look : best));
    for (const [name, look] of looks) {
      const behind = newest.block.number - look.block.number;
      if (behind > 0n) remarks.push(`The node ${name} is ${behind} blocks behind.`);
    }
    return { ...newest, compared: { agreed: looks.length, remarks } };
  }

  /** Compare all as of the lowest block; throw at the first contradiction. */
  private async agree(looks: [string, Look][], questions: readonly Question[], until: number): Promise<void> {
    const lowest = looks.map(([, look]) => look.block.number).reduce((least, number) => (number < least ? number : least));
    const ahead = new Map(looks.filter(([, look]) => look.block.number !== lowest).map(([name]) => [name, lowest]));
    const earlier: Answers = ahead.size > 0 ? await this.ask(ahead, questions, until) : new Map();
    const then = looks.map(([name, look]): [string, Look] => {
      const answer = earlier.get(name) ?? look;
      if (!isProblem(answer)) return [name, answer];
      const silent = `${name} does not tell what was true as of block ${lowest}. ${answer.what}`;
      throw new Problem("disagreement", `The nodes cannot be compared: one is behind, and ${silent}`);
    });
    const [[firstName, first], ...others] = then as [[string, Look], ...[string, Look][]];
    for (const [name, other] of others) {
      const nodes = `The nodes ${firstName} and ${name}`;
      if (first.block.number !== other.block.number || first.block.hash !== other.block.hash) {
        throw new Problem("disagreement", `${nodes} are on different branches of the chain.`);
      }
      if (told(first.sights) !== told(other.sights)) {
        throw new Problem("disagreement", `${nodes} contradict each other: one of them is wrong.`);
      }
    }
  }

  /** Ask nodes at once, each as of its block; a problem stands for one that did not answer in time. */
  private async ask(whom: Map<string, bigint | undefined>, questions: readonly Question[], until: number): Promise<Answers> {
    const answers = [...whom].map(async ([name, at]): Promise<[string, Look | Problem]> => {
      const late = new Problem("node", `The node at ${name} does not answer in time.`);
      const asked = (this.nodes.get(name) as ChainSource).look(questions, at).catch((error: unknown) => {
        if (isProblem(error)) return error;
        throw error;
      });
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<Problem>((resolve) => {
        timer = setTimeout(() => resolve(late), Math.max(0, until - Date.now()));
      });
      try {
        return [name, await Promise.race([asked, patience])];
      } finally {
        clearTimeout(timer);
      }
    });
    return new Map(await Promise.all(answers));
  }
}

function mostCommon(chainIds: readonly bigint[]): bigint | undefined {
  const counts = new Map<bigint, number>();
  for (const each of chainIds) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].reduce<[bigint, number] | undefined>((best, each) => (best && best[1] >= each[1] ? best : each), undefined)?.[0];
}

/** What is compared: the facts, and of an answer that was not given only of which kind the problem is. */
function told(sights: readonly Sight[]): string {
  return JSON.stringify(sights, (_, value: unknown) => {
    if (isProblem(value)) return { problem: value.kind };
    return typeof value === "bigint" ? String(value) : value;
  });
}
