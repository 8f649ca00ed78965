/**
 * The calls that a reset run has left.
 *
 * @module
 */
import { groupBy } from '../../core/group-by.ts'
import type { CallTable } from '../schema.ts'

export type CallOfParts = Pick<CallTable, 'step' | 'started_at_ms' | 'first_part' | 'begun_part' | 'begun_at_ms'>

/**
 * Of one run's calls those that a reset has left: a later part has asked something new at their step or before, and has not come
 * upon them again. Continue-as-new leaves none, for its steps only go up.
 */
export function leftCalls<Call extends CallOfParts>(calls: readonly Call[]): readonly Call[] {
  if (new Set(calls.map(call => call.begun_part)).size < 2) return []
  const latest = new Map<string | null, readonly Call[]>()
  const left: Call[] = []
  for (const ofStep of byStep(calls)) {
    for (const call of ofStep) latest.set(call.first_part, latestTwo([...(latest.get(call.first_part) ?? []), call]))
    left.push(...ofStep.filter(call => isLeft(call, latest)))
  }
  return left
}

function byStep<Call extends CallOfParts>(calls: readonly Call[]): readonly (readonly Call[])[] {
  return [...groupBy(calls, call => String(call.step)).values()].sort(([a], [b]) => a!.step - b!.step)
}

/** The one that began last, and one beside it: no call leaves itself. */
function latestTwo<Call extends CallOfParts>(calls: readonly Call[]): readonly Call[] {
  return calls.toSorted((a, b) => b.started_at_ms - a.started_at_ms).slice(0, 2)
}

/** @param latest - By the part in which they began first, the latest calls of its step and of those before. */
function isLeft<Call extends CallOfParts>(call: Call, latest: ReadonlyMap<string | null, readonly Call[]>): boolean {
  for (const [part, calls] of latest) {
    const other = part === call.begun_part ? undefined : calls.find(one => one !== call)
    if (other && other.started_at_ms >= (call.begun_at_ms ?? call.started_at_ms)) return true
  }
  return false
}
