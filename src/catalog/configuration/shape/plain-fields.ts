/**
 * Fields that hold no secret, by what their shapes say is allowed there: what stands in one is shown as it is, with what was
 * probably meant. Of all others (keys, headers, addresses, patterns, free text) nothing is repeated.
 *
 * @module
 */
import { nearest } from '../../../core/words/nearest.ts'
import { TIME_LIMIT } from './content-shape.ts'
import { DURATION_ALLOWED, durationMeant, HELD_ALLOWED, heldMeant } from './durations.ts'
import { KEPT, MAX_RETENTION } from './policy-shape.ts'
import { COMPARISON, DAYS, daysMeant, HOURS } from './rule-shape.ts'
import { AFTER, OUTLAST, PROTOCOL, PROTOCOLS, RETENTION, SECONDS_WORTH } from './shape.ts'
import { REGION } from './shape-parts.ts'

/** What somebody probably meant who wrote this; `undefined` where nothing is near. */
type Meant = (found: string) => string | undefined

const nothing: Meant = () => undefined

const PLAIN: ReadonlyMap<string, Meant> = new Map([
  [PROTOCOL, found => nearest(found, PROTOCOLS)],
  [DAYS, daysMeant],
  [DURATION_ALLOWED, durationMeant],
  [OUTLAST, durationMeant],
  [HELD_ALLOWED, heldMeant],
  [TIME_LIMIT, durationMeant],
  [AFTER, found => nearest(found, ['p95', 'never']) ?? durationMeant(found)],
  [RETENTION, found => nearest(found, ['none', 'unlimited'])],
  [MAX_RETENTION, found => nearest(found, ['none'])],
  ...[KEPT, REGION, HOURS, COMPARISON, SECONDS_WORTH].map((allowed): [string, Meant] => [allowed, nothing]),
])

/** @returns whether what stands there may be shown, and what was meant */
export function plainField(allowed: string, words: readonly string[]): Meant | undefined {
  return words.length > 0 ? found => nearest(found, words) : PLAIN.get(allowed)
}
