/**
 * Which options of a fault rule say anything of its kind. One that says nothing is a mistake of whoever wrote it: the rehearsal would
 * run, and show something else than was meant.
 *
 * @module
 */
import type { FaultRule, FaultScriptKind } from './fault-rule.ts'

const REFUSED_FOR_NOW: readonly FaultScriptKind[] = ['rate-limit', 'overloaded']
const MIDWAY: readonly FaultScriptKind[] = ['cut', 'stall', 'malformed-chunk', 'in-band-error']

const KINDS_OF = {
  retryAfterMs: REFUSED_FOR_NOW,
  retryAfterIn: REFUSED_FOR_NOW,
  afterTokens: [...MIDWAY, 'length'],
  at: MIDWAY,
  delayMs: ['slow-first-token', 'slow-drip', 'stall'],
  bytes: ['long-line'],
  as: ['content-filter'],
} as const satisfies Partial<Record<keyof FaultRule, readonly FaultScriptKind[]>>

/** What there is before anybody says something. */
const DEFAULTS: Partial<FaultRule> = { at: 'tokens', as: 'error' }

/** Conditions that an outage does not know: it strikes a port and no request. */
const NOT_OF_OUTAGES = ['requests', 'match', 'models', 'times', 'after', 'flaps'] as const

/** What is wrong with a rule as a whole: the key that it is about, and what is allowed there. Nothing for most. */
export function flawOf(rule: FaultRule): { readonly key: keyof FaultRule; readonly message: string } | undefined {
  return uselessOption(rule) ?? outageFlaw(rule) ?? emptyCondition(rule)
}

function uselessOption(rule: FaultRule) {
  for (const [option, kinds] of Object.entries(KINDS_OF)) {
    const key = option as keyof typeof KINDS_OF
    const isSaid = rule[key] !== undefined && rule[key] !== DEFAULTS[key]
    if (isSaid && !(kinds as readonly FaultScriptKind[]).includes(rule.kind))
      return { key, message: `with ${kinds.join(', ')} only, and not with ${rule.kind}` }
  }
  if (rule.retryAfterIn !== undefined && rule.retryAfterMs === undefined)
    return {
      key: 'retryAfterIn',
      message: 'only together with `retryAfterMs`, because it says how that is told',
    } as const
  if (rule.at !== 'tokens' && rule.afterTokens !== undefined)
    return { key: 'at', message: '`at` or `afterTokens`, not both' } as const
  return undefined
}

function outageFlaw(rule: FaultRule) {
  const key = rule.kind === 'down' ? NOT_OF_OUTAGES.find(condition => rule[condition] !== undefined) : undefined
  return key && { key, message: 'for `down` a time window only (fromMs, untilMs)' }
}

function emptyCondition({ fromMs = 0, untilMs, requests, models }: FaultRule) {
  if (models?.length === 0) return { key: 'models', message: 'at least one' } as const
  if (Array.isArray(requests) && requests.length === 0) return { key: 'requests', message: 'at least one' } as const
  if (untilMs !== undefined && untilMs <= fromMs)
    return { key: 'untilMs', message: `above fromMs, which is ${fromMs}` } as const
  if (requests && 'from' in requests && requests.to !== undefined && requests.to < requests.from)
    return { key: 'requests', message: '`to` not below `from`' } as const
  return undefined
}
