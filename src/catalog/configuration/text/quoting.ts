/**
 * What a message may repeat of a file that holds keys, perhaps in the wrong place.
 *
 * @module
 */
import type { Problem } from './problem.ts'

/** How the keys of many vendors begin. */
const PREFIXED = /\b((sk|pk|rk|ghp|gho|xox[a-z]|gsk|hf)[-_]|AIza|AKIA|eyJ)[A-Za-z0-9_.-]{6,}/

/** A vendor's prefix, or a long run that mixes letters and digits. */
export function looksSecret(text: string): boolean {
  if (PREFIXED.test(text)) return true
  return (text.match(/[A-Za-z0-9]{12,}/g) ?? []).some(run => /\d/.test(run) && /[A-Za-z]/.test(run))
}

/** A name that the user chose, fit for a message. */
export function quotedName(text: string): string {
  return looksSecret(text) || text.length > 80 ? `a text of ${text.length} characters` : `"${text}"`
}

/** A value as a message may show it. A text is repeated only where it is a quantity: anything else may be a key on the wrong line. */
export function describeFound(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return String(value)
  const harmless = /^-?\d+(\.\d+)? ?[a-z]{0,7}$/i.test(value) && value.length <= 12
  if (harmless) return `"${value}"`
  return value === '' ? 'an empty text' : `a text of ${value.length} characters`
}

/** Longer than any word, duration or protocol that belongs where only such are allowed. */
const LONGEST_PLAIN = 40

/** A value where no secret belongs: shown, unless it looks like one all the same. */
export function describePlain(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_PLAIN) return describeFound(value)
  return quotedName(value)
}

/** Shorter values are words such as `none` that a message needs. */
const LEAST_SECRET = 6

/** Replaces every known secret, and what begins like a key, by `[hidden]`, whatever else let it through. */
export function createScrubber(secrets: Iterable<string>): (text: string) => string {
  const known = [...new Set(secrets)]
    .filter(secret => secret.length >= LEAST_SECRET)
    .sort((a, b) => b.length - a.length)
  const prefixed = new RegExp(PREFIXED, 'g')
  return text =>
    known.reduce((clean, secret) => clean.replaceAll(secret, '[hidden]'), text).replaceAll(prefixed, '[hidden]')
}

export function scrubProblem(problem: Problem, scrub: (text: string) => string): Problem {
  const entries = Object.entries(problem).map(([key, value]) => [key, typeof value === 'string' ? scrub(value) : value])
  return Object.fromEntries(entries) as Problem
}
