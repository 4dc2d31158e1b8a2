/** The stamp: tell the site once that its code was scanned, so that whoever comes next can see how often it was. */

const path = document.querySelector<HTMLElement>("[data-seen]")?.dataset["seen"];
if (path) {
  const key = `seen ${path}`;
  if (!sessionStorage.getItem(key)) {
    sessionStorage.setItem(key, "1");
    void fetch(path.replace(/^\/S\//, "/seen/"), { method: "POST" }).catch(() => undefined);
  }
}
export {};
