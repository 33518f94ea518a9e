/**
 * @param {string} text such as `?a=1&b=2`
 * @returns {Record<string, string>}
 */
export function parse(text) {
  const pairs = text.replace(/^\?/, '').split('&').filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => pair.split('=').map(decodeURIComponent)));
}
