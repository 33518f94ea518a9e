/**
 * @param {{ price: number, count: number }[]} lines prices in cents
 * @param {{ coupon?: number, delivery?: number }} [extras] in cents
 * @returns {number} cents
 */
export function total(lines, { coupon = 0, delivery = 0 } = {}) {
  const goods = lines.reduce((sum, line) => sum + line.price * line.count, 0);
  return goods - coupon + delivery;
}
