// What was bought on this device. A receipt is written before the API is asked: a purchase that
// it did not hear of is paid for all the same, and is sent again.
import { load, save } from "./storage.js";

const KEY = "receipts";
const KEPT = 20;

/** The receipts of one viewer, the latest first; each as `keep` took it. */
export function receiptsOf(viewerId) {
  return load(KEY, []).filter((receipt) => receipt.viewer === viewerId);
}

/**
 * Keeps a receipt, or what became of it:
 * `{id, viewer, store, kind, name, claim, handle, state}`. `state` is paid (the API does not know
 * yet), bought, canceled (VIP that will not renew) or refunded.
 */
export function keep(receipt) {
  const all = load(KEY, []);
  const known = all.findIndex(({ id }) => id === receipt.id);
  if (known >= 0) all[known] = receipt;
  else all.unshift(receipt);
  save(KEY, all.slice(0, KEPT));
}
