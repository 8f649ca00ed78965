/** Rounds a bound for times up. They are whole milliseconds, so the same ones are before it. PostgreSQL takes no fraction for them. */
export function wholeMs(ms: number): number {
  return Math.ceil(ms)
}
