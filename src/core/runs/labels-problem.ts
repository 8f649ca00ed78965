/**
 * Checks labels. The ledger groups runs and calls by them, and accepts only texts.
 *
 * @module
 */
import { kindOf } from '../words/kind-of.ts'
import { shorten } from '../words/shorten.ts'

/** What is wrong with labels, in words; `undefined` if nothing is. Accepts anything, because it comes over the wire. */
export function labelsProblem(labels: unknown): string | undefined {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels))
    return `the labels are ${kindOf(labels)}; write { team: 'press' }`
  const wrong = Object.entries(labels).find(([, value]) => value !== undefined && typeof value !== 'string')
  if (wrong === undefined) return undefined
  const [key, value] = wrong
  if (typeof value !== 'number' && typeof value !== 'boolean')
    return `the label ${key} is ${kindOf(value)}; write it as text`
  return `the label ${key} is ${value}; write it as text, like '${value}'`
}

/** The most characters of a label or its value. Each row of the ledger and the scopes of budgets contain them. */
const MOST_CHARACTERS = 1_000

/** Why labels are too long, in words; `undefined` if they are not, or if they are not labels, which {@link labelsProblem} reports. */
export function boundProblem(labels: unknown): string | undefined {
  const long = Object.entries(Object(labels)).find(label => charactersOf(label) > MOST_CHARACTERS)
  if (long === undefined) return undefined
  return `the label ${shorten(long[0], KEY_SHOWN)} has ${charactersOf(long)} characters, and its name and its text may have ${MOST_CHARACTERS} each; say the rest in the input`
}

/** The length of the key or the value, whichever is longer. */
function charactersOf([key, value]: readonly [string, unknown]): number {
  return Math.max(key.length, typeof value === 'string' ? value.length : 0)
}

const KEY_SHOWN = 40
