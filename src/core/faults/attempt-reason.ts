/**
 * Why an attempt is made, in the ledger's words. The ledger has no columns for how a call came to an attempt, so that a call which another
 * worker continues knows it from these words alone. They are written and read here.
 *
 * @module
 */
import { formatDuration } from '../words/format-duration.ts'
import { type AttemptLoss, type CallState, triesOf } from './call-state.ts'
import type { Evidence } from './fault.ts'

/** What a reason says of how the call came to the attempt. */
export interface ReadReason {
  /** The class that it had left for its budget. */
  readonly steppedDownFrom?: string
  /**
   * `repair`: an answer of the wrong shape is given back. `escalated`: after such an answer, a better class is asked. `hedge`: another
   * attempt is under way. Absent: the next candidate is asked, or the same one again.
   */
  readonly special?: Special
}

type Special = (typeof SPECIAL)[number]

const SPECIAL = ['repair', 'escalated', 'hedge'] as const

/** Reads a reason. */
export function readReason(reason: string): ReadReason {
  const [, steppedDownFrom, why] = /^stepped down from (.+?): (.*)$/s.exec(reason) ?? [undefined, undefined, reason]
  const special = SPECIAL.find(each => why!.startsWith(`${each}: `))
  return { ...(steppedDownFrom !== undefined && { steppedDownFrom }), ...(special && { special }) }
}

/** The reason of an attempt in a class to which the call has stepped down. */
export function reasonBelow(from: string | undefined, reason: string): string {
  return from === undefined ? reason : `stepped down from ${from}: ${reason}`
}

/** The reason of an attempt beside another one. */
export function hedgeReason(afterMs: number): string {
  return special('hedge', `no first token after ${formatDuration(afterMs)}`)
}

function special(kind: Special, why: string): string {
  return `${kind}: ${why}`
}

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
  if (escalated) return special('escalated', shapeOf(lastLoss))
  if (lastLoss.endpoint !== endpoint) return `rerouted: ${why}`
  if (again === 'repair') return special('repair', shapeOf(lastLoss))
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
