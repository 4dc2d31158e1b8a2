/** What the scripts of all pages share: elements, words in the reader's language, and calls of our own API. */

/** The element of the page with this id, which the template has. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found as T;
}

let words: Record<string, string> = { ...listed("address-words"), ...listed("words") };

function listed(id: string): Record<string, string> {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}") as Record<string, string>;
}

/** Take the words of another language. */
export function speak(catalogue: Record<string, string>): void {
  words = catalogue;
}

/** A word of the page's catalogue, with values in their places. */
export function word(name: string, values: Record<string, string | number> = {}): string {
  return (words[name] ?? name).replaceAll(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
}

export function show(id: string, shown = true): void {
  element(id).hidden = !shown;
}

/** Say something in a line of the page; nothing hides the line. */
export function say(id: string, text: string): void {
  const line = element(id);
  line.textContent = text;
  line.hidden = text === "";
}

export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; what: string };

/** Ask the API; a site that cannot be reached is an answer with status 0. */
export async function ask<T>(path: string, body?: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      ...(body === undefined
        ? {}
        : { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      credentials: "same-origin",
      cache: "no-store",
    });
    const value: unknown = await response.json();
    if (response.ok) return { ok: true, value: value as T };
    return { ok: false, status: response.status, what: (value as { what?: string }).what ?? "" };
  } catch {
    return { ok: false, status: 0, what: "" };
  }
}
