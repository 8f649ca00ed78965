/** A time for people, in seconds. */
export function timeWords(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** What a run shows while it waits until a time. Not a number of seconds, because it may be read much later. */
export function waitingUntil(untilMs: number, reason: string): string {
  return `waiting until ${timeWords(untilMs)}: ${reason}`
}
