/**
 * What is wrong with labels: the ledger tells runs and calls apart by them, and takes texts alone.
 *
 * @module
 */
import { kindOf } from './kind-of.ts'

/** The problem in words; `undefined`: there is none. Takes whatever came over the wire. */
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
