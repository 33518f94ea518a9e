// Amounts as the services send them ("12.50 EUR"), shown the way the visitor's country writes them.

/** Split "12.50 EUR" into a number and a currency; throws a RangeError for anything else. */
export function parseAmount(text) {
  const match = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/.exec(text);
  if (!match) throw new RangeError(`not an amount: ${text}`);
  return { value: Number(match[1]), currency: match[2] };
}

/** "12.50 EUR" becomes "€12.50" in English and "12,50 €" in German. */
export function showAmount(text, locale = "en") {
  const { value, currency } = parseAmount(text);
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(value);
}
