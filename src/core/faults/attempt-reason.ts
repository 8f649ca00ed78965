/**
 * Why an attempt is made, in the ledger's words.
 *
 * @module
 */
import { type AttemptLoss, type CallState, REASONS, triesOf } from './call-state.ts'
import type { Evidence } from './fault.ts'

/** `planned`, `rerouted: rate-limited`, `retried: overloaded`, `without topP: unsupported`, `rerouted: overloaded, less output`, … */
export function reasonFor(state: CallState, endpoint: string): string {
  const reason = whyAsked(state, endpoint)
  const isForLess = triesOf(state, endpoint).mostOutputTokens !== undefined
  return isForLess && !reason.startsWith(LESS_OUTPUT) ? `${reason}, ${LESS_OUTPUT}` : reason
}

const LESS_OUTPUT = 'less output'

function whyAsked({ lastLoss, again, escalated }: CallState, endpoint: string): string {
  if (!lastLoss) return 'planned'
  const why = wordsOf(lastLoss)
  if (escalated) return REASONS.escalated + shapeOf(lastLoss)
  if (lastLoss.endpoint !== endpoint) return `rerouted: ${why}`
  if (again === 'repair') return REASONS.repair + shapeOf(lastLoss)
  if (again === 'other-way' && lastLoss.kind === 'fault') return `${wayOf(lastLoss.fault.evidence)}: ${why}`
  if (again === 'resume') return `resumed: ${why}`
  if (again === 'more-output') return `more output: ${why}`
  if (lastLoss.kind === 'fault' && lastLoss.fault.evidence.mostOutputTokens !== undefined)
    return `${LESS_OUTPUT}: ${why}`
  return why === 'rate-limited' ? `waited: ${why}` : `retried: ${why}`
}

/**
 * The reason, with the settings that the endpoint has rejected before and is asked without: `planned, without topP`. The attempt
 * right after a rejection already says so.
 */
export function withLeftOut(reason: string, without: readonly string[] = []): string {
  return without.length === 0 || reason.includes(WITHOUT) ? reason : `${reason}, ${WITHOUT}${without.join(', ')}`
}

const WITHOUT = 'without '

/** The form in which the rejected part is sent next. */
function wayOf({ schemaWay, choiceWay, without = [] }: Evidence): string {
  if (without.length > 0) return WITHOUT + without.join(', ')
  return schemaWay ? `schema as ${schemaWay}` : `tool choice as ${choiceWay}`
}

/** Which part of the answer had the wrong shape. */
function shapeOf(loss: AttemptLoss): string {
  return (loss.kind === 'fault' && loss.fault.evidence.code) || wordsOf(loss)
}

function wordsOf(loss: AttemptLoss): string {
  if (loss.kind === 'fault') return loss.fault.kind
  return loss.kind === 'handed-over' ? 'handed over' : 'worker lost'
}
