/**
 * What all runs of a store together have spent, as clients and the command line ask for it.
 *
 * @module
 */
import { WEEK_MS } from '../../core/durations.ts'
import { costUsd } from '../../core/money/cost.ts'
import type { ReportPort, SpendKey, SpendRow, SpendSum } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { requireLabel, requireTimes } from './list-bounds.ts'

/** Which attempts and calls of tools with a price, and how to group them; all optional. */
export interface SpendOptions {
  /** `class`, `workspace`, `model`, `provider`, `tool`, `run` (the one at the top) or `label:<key>`. @defaultValue `class` */
  readonly by?: readonly SpendKey[]
  /** What was sent or called at or after this time. @defaultValue a week before the end */
  readonly sinceMs?: number
  /** What was sent or called before this time. @defaultValue now */
  readonly untilMs?: number
  /** Only what has this label, its call's or its run's. @defaultValue all */
  readonly label?: { readonly key: string; readonly value: string } | undefined
}

/** The upper bound as a decimal string in USD. */
interface InUsd {
  readonly costUsd: string
}

/** Sums over all attempts and calls of tools with a price in a period. */
export interface Spendings {
  readonly sinceMs: number
  readonly untilMs: number
  /** Highest cost first. */
  readonly rows: readonly (SpendRow & InUsd)[]
  readonly total: SpendSum & InUsd
}

const SPEND_KEYS: KeysOf<SpendOptions> = {
  by: true,
  sinceMs: true,
  untilMs: true,
  label: true,
}

/** What spendings are told apart by, beside labels. */
export const NAMED_KEYS = ['class', 'workspace', 'model', 'provider', 'tool', 'run'] as const

export const WITHOUT_KEYS: readonly SpendKey[] = ['class']

export function isSpendKey(text: string): text is SpendKey {
  return NAMED_KEYS.some(key => key === text) || /^label:.+$/.test(text)
}

/** @throws TypeError or RangeError for what cannot be asked. */
export async function spendings(
  reports: Pick<ReportPort, 'spend'>,
  options: SpendOptions,
  nowMs: number,
): Promise<Spendings> {
  refuseUnknown('the spendings', options, SPEND_KEYS)
  const { by = WITHOUT_KEYS, untilMs = nowMs + 1, sinceMs = Math.max(0, untilMs - WEEK_MS) } = options
  const unknown = by.find(key => !isSpendKey(key))
  if (unknown !== undefined)
    throw new TypeError(`spendings can be grouped by ${NAMED_KEYS.join(', ')} or label:<key>, not by '${unknown}'`)
  requireLabel('the list of spendings', options.label)
  requireTimes('the list of spendings', options)
  if (!(sinceMs < untilMs))
    throw new RangeError(`spendings cover a time: untilMs (${untilMs}) must be later than sinceMs (${sinceMs})`)
  const { rows, total } = await reports.spend({ by, fromMs: sinceMs, untilMs, label: options.label })
  return { sinceMs, untilMs, rows: rows.map(inUsd), total: inUsd(total) }
}

function inUsd<Sum extends SpendSum>(sum: Sum): Sum & InUsd {
  return { ...sum, costUsd: costUsd(sum) }
}
