/** `2026-11-23 09:14:02`, in UTC like every period of a budget. */
export function formatTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')
}

/** A time for people, in seconds. */
export function timeWords(atMs: number): string {
  return `${formatTime(atMs)} UTC`
}

/** What a run shows while it waits until a time. Not a number of seconds, because it may be read much later. */
export function waitingUntil(untilMs: number, reason: string): string {
  return `waiting until ${timeWords(untilMs)}: ${reason}`
}
