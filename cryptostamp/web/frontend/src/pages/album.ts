/** The album: the address of an account from the code that its wallet shows. */

import { element } from "../page";
import { addressScanner } from "../receiver";

addressScanner((_, account) => {
  element<HTMLInputElement>("address").value = account;
  element<HTMLFormElement>("album-form").requestSubmit();
});
