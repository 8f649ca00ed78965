/** A bound for times that are whole milliseconds: they are before or from a fraction as they are of the next whole one. PostgreSQL takes no fraction. */
export function wholeMs(ms: number): number {
  return Math.ceil(ms)
}
