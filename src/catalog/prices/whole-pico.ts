/**
 * A listed price without what dividing and multiplying left in it, such as 0.049999999999999996: six decimals of USD per million
 * tokens are one pico-dollar a token.
 */
export function wholePico(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e6) / 1e6
}
