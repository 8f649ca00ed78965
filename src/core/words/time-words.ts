/** A time for people, to the second. */
export function timeWords(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** What a run says of itself while it waits for a time: a number of seconds would be read long after it was written. */
export function waitingUntil(untilMs: number, reason: string): string {
  return `waiting until ${timeWords(untilMs)}: ${reason}`
}
