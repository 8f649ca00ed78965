/**
 * Asks an endpoint within what the budget admits: where the worst case is too much, with less output.
 *
 * @module
 */
import type { Blocked } from '../../../src/core/content/screen.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { reasonBelow } from '../../../src/core/faults/attempt-reason.ts'
import { triesOf } from '../../../src/core/faults/call-state.ts'
import type { Message } from '../../../src/core/messages.ts'
import type { Permit } from '../../../src/core/ports.ts'
import type { TranscriptRef } from '../../../src/core/protocol.ts'
import { type Attempted, type Attempting, askOnce } from '../attempt/attempt.ts'
import { fittingOutput, leastOf } from '../money/fitting-output.ts'
import { blockedFault, screenFor } from '../prepare/content.ts'
import { asksInBatch } from '../walk/batch-time.ts'
import { routeToKeep } from '../walk/records.ts'
import { begin, recordPlan } from '../walk/steps.ts'
import type { Walk } from '../walk/walk.ts'
import { leaveLine } from './line.ts'

/** How an attempt is made beside another one of the same call, or is listened to. */
export interface Beside {
  /** Attempts of this call that are out and not yet counted. @defaultValue 0 */
  readonly ahead?: number
  /** @defaultValue the activity's */
  readonly signal?: AbortSignal
  /** Under which it counts at its endpoint. */
  readonly permit?: Permit
  readonly onLeft?: () => void
  readonly onContent?: () => void
}

/** The headroom may shrink from try to try. */
const TRIES = 3

/** Asks, with less output where only that fits. */
export async function askWithinBudget(
  walk: Walk,
  endpoint: Endpoint,
  reason: string,
  beside: Beside,
): Promise<Attempted> {
  const { ports, prepared, plan } = walk
  const whole = walk.repair.length === 0 ? walk.prompt : [...walk.prompt, ...walk.repair]
  const screened = screenFor(ports, prepared, whole, endpoint.provider)
  if (screened.kind === 'blocked') return withheld(screened.blocked)
  const { minOutputTokens } = prepared.taskClass
  const attempting = attemptingOf(walk, { ...beside, endpoint, reason, prompt: screened.messages })
  const { mostOutputTokens = walk.maxOutputTokens } = triesOf(walk.state, endpoint.id)
  let maxOutputTokens = plan.outputAt(endpoint, Math.min(walk.maxOutputTokens, mostOutputTokens))
  for (let left = TRIES; ; left -= 1) {
    const attempted = await askOnce(ports, prepared, { ...attempting, maxOutputTokens })
    if (attempted.kind !== 'short' || left === 1) return attempted
    const { reserved, asked, percent } = attempted
    const sharers = walk.inLine.place?.length ?? 1
    const output = { asked, maxOutputTokens, minOutputTokens, price: endpoint.price, percent, sharers }
    const fitting = fittingOutput(reserved, output)
    if (fitting === undefined) return { ...attempted, least: leastOf(output) }
    maxOutputTokens = fitting
  }
}

interface Asking extends Beside {
  readonly endpoint: Endpoint
  readonly reason: string
  readonly prompt: readonly Message[]
}

/** The plan goes with its first attempt, and counts as kept once that has left. */
function attemptingOf(walk: Walk, asking: Asking): Omit<Attempting, 'maxOutputTokens'> {
  const { endpoint, reason, prompt, ahead = 0, signal = walk.activity.cancellationSignal } = asking
  const { permit, onLeft, onContent } = asking
  const route = routeToKeep(walk)
  return definedOnly({
    endpoint,
    attempt: walk.attempts + 1 + ahead,
    planned: walk.plan.planned,
    reason: reasonBelow(walk.steppedDownFrom, reason),
    prompt,
    signal,
    route,
    permit,
    inBatch: asksInBatch(walk) ? (true as const) : undefined,
    onContent,
    onReserved(transcript: TranscriptRef | undefined) {
      begin(walk, transcript)
      recordPlan(walk, route)
      onLeft?.()
      return leaveLine(walk)
    },
  })
}

/** The plan has let the prompt through, so what blocks it here stands in the answer that a repair gives back. */
function withheld(blocked: Blocked): Attempted {
  const fault = blockedFault(blocked)
  return { kind: 'replied', reply: { kind: 'fault', fault, billable: 'no', timings: { totalMs: 0 } } }
}
