/**
 * Which rule strikes a request, of those that a vendor was told.
 *
 * @module
 */
import { type FaultRule, type FaultScriptKind, patternOf } from './fault-rule.ts'

/** What a rule is held against. */
export interface StrikeAt {
  /** The number of the request at this vendor, from 1. */
  readonly request: number
  /** Since the rules were set. */
  readonly elapsedMs: number
  readonly model: string
  readonly matchText: string
  readonly offersTools: boolean
  /** What the request says of the answer's shape. */
  readonly asksFor: 'text' | 'json' | 'schema'
  /** The conversation's last message is an answer. */
  readonly endsWithAnswer: boolean
}

/** Rules with the number of times that each has struck. */
export function createFaultPicker(rules: readonly FaultRule[]): { pick(at: StrikeAt): FaultRule | undefined } {
  const armed = rules.map(rule => ({
    rule,
    pattern: rule.match === undefined ? undefined : patternOf(rule.match),
    passing: rule.after ?? 0,
    left: rule.times,
  }))
  return {
    pick(at) {
      const struck = armed.find(arm => {
        if (arm.left === 0 || !holds(arm.rule, at) || (arm.pattern && !arm.pattern.test(at.matchText))) return false
        if (arm.passing === 0) return true
        arm.passing -= 1
        return false
      })
      if (struck?.left !== undefined) struck.left -= 1
      return struck?.rule
    },
  }
}

function holds(rule: FaultRule, at: StrikeAt): boolean {
  if (!canStrike(rule.kind, at)) return false
  if (rule.models && !rule.models.includes(at.model)) return false
  if (at.elapsedMs < (rule.fromMs ?? 0) || at.elapsedMs >= (rule.untilMs ?? Number.POSITIVE_INFINITY)) return false
  if (rule.flaps && at.elapsedMs % (rule.flaps.failMs + rule.flaps.serveMs) >= rule.flaps.failMs) return false
  return holdsForRequest(rule.requests, at.request)
}

function canStrike(kind: FaultScriptKind, { offersTools, asksFor, endsWithAnswer }: StrikeAt): boolean {
  switch (kind) {
    case 'down':
      return false
    case 'broken-tool-json':
      return offersTools
    case 'prefill-rejected':
      return endsWithAnswer
    case 'schema-rejected':
      return asksFor === 'schema'
    case 'json-rejected':
    case 'wrong-value':
    case 'broken-value':
      return asksFor !== 'text'
    default:
      return true
  }
}

function holdsForRequest(requests: FaultRule['requests'], request: number): boolean {
  if (requests === undefined) return true
  if (Array.isArray(requests)) return requests.includes(request)
  return request >= requests.from && request <= (requests.to ?? request)
}
