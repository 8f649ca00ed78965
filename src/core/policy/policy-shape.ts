/**
 * Checks the shape of a policy that came with a run or a call as JSON. A misspelt key would silently forbid nothing.
 *
 * @module
 */
import { ABILITIES } from '../endpoints.ts'
import { isRecord } from '../json/is-record.ts'
import { TOKEN_KINDS } from '../money/price-of.ts'
import { kindOf, written } from '../words/kind-of.ts'
import type { Policy } from './policy.ts'

/** A kind of value: what it must be, in words, and a check. */
interface Kind {
  readonly words: string
  readonly fits: (value: unknown) => boolean
}

const RULE = ['name', 'pattern', 'ignoreCase', 'replace', 'timeLimitMs']

const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isAmount = (value: unknown) => typeof value === 'number' && value >= 0
const isNone = (value: unknown) => value === undefined

const names: Kind = { words: 'a list of names', fits: value => isListOf(value, isText) }
const time: Kind = {
  words: 'a whole number of milliseconds',
  fits: value => isAmount(value) && Number.isInteger(value),
}

const KINDS: Readonly<Record<keyof Policy, Kind>> = {
  zdr: {
    words: 'true, false, or a list of model authors',
    fits: value => typeof value === 'boolean' || names.fits(value),
  },
  maxRetentionMs: time,
  training: { words: "'allow' or 'deny'", fits: value => value === 'allow' || value === 'deny' },
  regions: names,
  denyProviders: names,
  allowProviders: names,
  denyModels: names,
  allowModels: names,
  denyAuthors: names,
  allowAuthors: names,
  abilities: {
    words: `a list of some of ${ABILITIES.join(', ')}`,
    fits: value => isListOf(value, one => ABILITIES.some(ability => ability === one)),
  },
  maxPrice: {
    words: `prices in USD per million tokens, each a number, of some of ${TOKEN_KINDS.join(', ')}`,
    fits: value =>
      isRecord(value) &&
      Object.entries(value).every(([kind, usd]) => TOKEN_KINDS.some(known => known === kind) && isAmount(usd)),
  },
  content: {
    words: `a list of rules, each with a name and a pattern as texts, and no other keys than ${RULE.join(', ')}`,
    fits: value => isListOf(value, isRule),
  },
  retentionMs: time,
}

/** Keys as in configuration files, where times have units, and what they are called here. */
const IN_FILES: Readonly<Record<string, keyof Policy>> = { maxRetention: 'maxRetentionMs', retention: 'retentionMs' }

/** The first problem in words, to follow `the …'s policy`; `undefined` if there is none. Accepts any JSON. */
export function policyShapeProblem(policy: unknown): string | undefined {
  if (!isRecord(policy)) return `is ${kindOf(policy)}; write { zdr: true }, or any of ${keys()}`
  const unknown = Object.keys(policy).find(key => !Object.hasOwn(KINDS, key))
  if (unknown !== undefined) return `has the key '${unknown}', which would have no effect${adviceFor(unknown)}`
  const wrong = (Object.keys(KINDS) as (keyof Policy)[]).find(
    key => policy[key] !== undefined && !KINDS[key].fits(policy[key]),
  )
  if (wrong === undefined) return undefined
  // Messages never contain patterns.
  const found = wrong === 'content' ? 'something else' : written(policy[wrong])
  return `has ${found} for ${wrong}, which must be ${KINDS[wrong].words}`
}

function adviceFor(unknown: string): string {
  const meant = Object.hasOwn(IN_FILES, unknown) ? IN_FILES[unknown] : undefined
  return meant === undefined ? `; there are ${keys()}` : `; here it is ${meant}, in milliseconds`
}

function keys(): string {
  return Object.keys(KINDS).join(', ')
}

function isRule(value: unknown): boolean {
  if (!isRecord(value) || !Object.keys(value).every(key => RULE.includes(key))) return false
  const { name, pattern, ignoreCase, replace, timeLimitMs } = value
  return (
    isText(name) &&
    isText(pattern) &&
    (isNone(ignoreCase) || typeof ignoreCase === 'boolean') &&
    (isNone(replace) || typeof replace === 'string') &&
    (isNone(timeLimitMs) || isAmount(timeLimitMs))
  )
}

function isListOf(value: unknown, is: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is)
}
