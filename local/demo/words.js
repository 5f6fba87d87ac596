// Amounts, prices and days, as people read them.

const SPACE = "\u00a0"; // an amount stays with its unit
const PERIODS = { P1W: "week", P1M: "month", P1Y: "year" };

/** An amount of coins: "1 coin", "60 coins". */
export const coins = (amount) =>
  `${amount.toLocaleString()}${SPACE}${amount === 1 ? "coin" : "coins"}`;

/** The price of a product where this viewer is, as {amount_micros, currency, market}; or null. */
export function priceOf(product) {
  const market = new Intl.Locale(navigator.language).region;
  const [first] = Object.keys(product.prices);
  const found = [market, "US", first].find((each) => each in product.prices);
  return found ? { ...product.prices[found], market: found } : null;
}

/** A price as text; of VIP by its period. */
export function price(product) {
  const found = priceOf(product);
  if (!found) return "Buy";
  const style = { style: "currency", currency: found.currency };
  const amount = new Intl.NumberFormat(undefined, style).format(found.amount_micros / 1e6);
  return product.period ? `${amount}${SPACE}/${SPACE}${PERIODS[product.period]}` : amount;
}

/** What a product is called: the API has ids and amounts, no names. */
export function nameOf(product) {
  if (product.kind === "coins") return coins(product.coins + product.bonus_coins);
  return `VIP by the ${PERIODS[product.period]}`;
}

/** A day of this year, such as "Dec 2". */
export const day = (time) =>
  new Date(time).toLocaleDateString(undefined, { month: "short", day: "numeric" });
