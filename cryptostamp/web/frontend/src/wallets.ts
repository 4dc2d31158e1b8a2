/** The wallets of this browser, as they announce themselves (EIP-6963), and what they are asked (EIP-1193). */

export type Provider = { request(asked: { method: string; params?: unknown[] }): Promise<unknown> };
export type Wallet = { name: string; icon: string; provider: Provider };

type Announcement = { info: { uuid: string; name: string; icon: string }; provider: Provider };

/** Call `found` with every wallet that announces itself. */
export function findWallets(found: (wallet: Wallet) => void): void {
  const seen = new Set<string>();
  globalThis.addEventListener("eip6963:announceProvider", (event) => {
    const { info, provider } = (event as CustomEvent<Announcement>).detail;
    if (seen.has(info.uuid)) return;
    seen.add(info.uuid);
    // An icon is a picture in the announcement itself; an address would be a request to somebody else.
    const icon = info.icon.startsWith("data:image/") ? info.icon : "";
    found({ name: String(info.name).slice(0, 40), icon, provider });
  });
  globalThis.dispatchEvent(new Event("eip6963:requestProvider"));
}

/** Make a button for a wallet. */
export function walletButton(wallet: Wallet, pressed: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  if (wallet.icon) {
    const icon = document.createElement("img");
    icon.src = wallet.icon;
    icon.alt = "";
    icon.width = icon.height = 22;
    icon.className = "icon";
    button.append(icon);
  }
  button.append(wallet.name);
  button.addEventListener("click", pressed);
  return button;
}

/** The accounts that the wallet tells, its first choice first. */
export async function accountsOf(provider: Provider): Promise<string[]> {
  const accounts = await provider.request({ method: "eth_requestAccounts" });
  return Array.isArray(accounts) ? accounts.filter((each): each is string => typeof each === "string") : [];
}

export async function chainOf(provider: Provider): Promise<number> {
  return Number(await provider.request({ method: "eth_chainId" }));
}
