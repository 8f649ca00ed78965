/**
 * How much a list of runs or calls shows, and of which time.
 *
 * @module
 */

/** Where nobody says how many. */
export const MOST_LISTED = 50

export function positiveLimit(what: string, limit: number): number {
  if (Number.isSafeInteger(limit) && limit >= 1) return limit
  throw new RangeError(`${what} has limit ${limit}; it must be a whole number of at least 1`)
}

/** `NaN` would choose nothing, and nobody would notice. @throws RangeError */
export function requireTimes(
  what: string,
  { sinceMs, untilMs }: { readonly sinceMs?: number; readonly untilMs?: number },
): void {
  for (const [name, ms] of Object.entries({ sinceMs, untilMs })) {
    if (ms !== undefined && Number.isNaN(new Date(ms).getTime()))
      throw new RangeError(`${what} has ${name} ${ms}; it must be a time in milliseconds, as Date.now() gives it`)
  }
}

/** A label in other words, such as `customer=ann`, would choose nothing, and nobody would notice. @throws TypeError */
export function requireLabel(what: string, label: unknown): void {
  const { key, value } = Object(label)
  if (label === undefined || (typeof key === 'string' && typeof value === 'string')) return
  throw new TypeError(`${what} has a label that is none; write { key: 'customer', value: 'ann' }`)
}

interface PlaceIn {
  readonly option: string
  /** What is given, in words. */
  readonly given: string
  readonly id: string
}

/** Runs are listed newest first: a page goes on after the last one … */
export const RUN: PlaceIn = { option: 'after', given: 'the last run', id: 'key' }

/** … and calls oldest first: what is further back in time lies before the first one. */
export const CALL: PlaceIn = { option: 'before', given: 'the first call', id: 'callId' }

/** Anything else than a run or a call of a list, such as an id, would choose arbitrary ones, and nobody would notice. @throws TypeError */
export function requirePlace(what: string, found: unknown, { option, given, id }: PlaceIn): void {
  const place = Object(found)
  if (found === undefined || (Number.isInteger(place.startedAtMs) && typeof place[id] === 'string')) return
  throw new TypeError(`${what} has a wrong '${option}'; give ${given} of the page that you have, as the list had it`)
}
