/** Prove: sign the challenge with a wallet of this browser or with a key file; neither key nor passphrase is sent. */

import { hex, readAddress } from "../keys/bytes";
import { open } from "../keys/keystore";
import { addressOf, messageDigest, sign } from "../keys/signing";
import { element, say, show, word } from "../page";
import { accountsOf, findWallets, walletButton } from "../wallets";

const challenge = document.getElementById("challenge");
if (challenge) answer(challenge.textContent ?? "", element("sign-with-wallet").dataset["address"] ?? "");
else {
  const field = element<HTMLInputElement>("code");
  const path = location.hash.slice(1);
  if (/^\/S\/[0-9A-Z/.]+$/.test(path)) {
    field.value = `https://${document.body.dataset["site"] ?? location.hostname}${path}`;
    history.replaceState(null, "", location.pathname);
  }
}

function answer(text: string, address: string): void {
  const send = (signature: string): void => {
    element<HTMLTextAreaElement>("signature").value = signature;
    element<HTMLFormElement>("answer-form").submit();
  };
  findWallets((wallet) => {
    show("sign-with-wallet");
    element("wallets").append(
      walletButton(wallet, async () => {
        try {
          const accounts = await accountsOf(wallet.provider);
          const mine = accounts.find((each) => {
            const read = readAddress(each);
            return read.kind === "address" && read.address === address;
          });
          if (!mine) {
            say("wallet-says", word("wrong-account", { address }));
            return;
          }
          const asked = { method: "personal_sign", params: [hex(new TextEncoder().encode(text)), mine] };
          send(String(await wallet.provider.request(asked)));
        } catch {
          say("wallet-says", word("wallet-refused"));
        }
      }),
    );
  });
  show("sign-with-file");
  element("sign-file").addEventListener("click", async () => {
    say("file-says", word("opening"));
    const file = element<HTMLInputElement>("keystore").files?.[0];
    const key = file && (await open(await file.text(), element<HTMLInputElement>("passphrase").value));
    if (!key) say("file-says", word("bad-file"));
    else if (addressOf(key) !== address) say("file-says", word("wrong-account", { address }));
    else {
      say("file-says", word("signed"));
      send(hex(sign(messageDigest(text), key)));
    }
  });
}
