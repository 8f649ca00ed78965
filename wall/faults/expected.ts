/**
 * What a fault of the wall is, and what has to come of it.
 *
 * @module
 */
import type { FaultKind } from '../../src/core/faults/fault.ts'
import type { FaultRuleInput } from '../../src/providers/simulated/index.ts'
import type { WallProtocol } from '../protocols.ts'
import type { Mode } from '../questions.ts'

/** What a call has to come to. */
export interface Expected {
  /** Who answers, or the fault that the call ends with. */
  readonly end: 'faulty answers' | 'other answers' | 'either answers' | { readonly fault: readonly FaultKind[] }
  /** What each failed attempt at the faulty endpoint may be called. */
  readonly kinds: readonly FaultKind[]
  /** Attempts at the faulty endpoint, inclusive. */
  readonly attempts: readonly [least: number, most: number]
  /** At most so many attempts at the faulty endpoint within any 3 s. */
  readonly within3s?: number
  /** The faulty endpoint is left alone for so long after each 429. */
  readonly pauseMs?: number
  /** From the first attempt to the end, waits included. */
  readonly boundMs: number
  /** The answer ends early, and says so. */
  readonly truncated?: true
}

export interface WallFault {
  readonly name: string
  readonly rules: readonly FaultRuleInput[]
  /** @defaultValue all */
  readonly modes?: readonly Mode[]
  /** @defaultValue all */
  readonly protocols?: readonly WallProtocol[]
  /** Nobody stands by. */
  readonly alone?: true
  /** The class sets an output limit, reroutes refusals, or escalates. @defaultValue a class that does none of it */
  readonly of?: 'limited' | 'rerouting' | 'escalating' | 'escalating_cheaply'
  readonly endsWithAnswer?: true
  /** So many calls of one worker, one after so long, instead of one call. */
  readonly load?: { readonly calls: number; readonly everyMs: number }
  /** Keeps the processor busy, and so is run apart from those that measure time. */
  readonly heavy?: true
  readonly expected: Expected
  /** Where a vendor's own words or a package leave no choice. */
  readonly except?: Partial<Record<WallProtocol, Partial<Expected>>>
}

/** A call that waits for nobody: several times what it takes on a busy machine. */
export const PROMPTLY = 3_000

/** The other endpoint answers, after so many attempts at the faulty one. */
export function rerouted(kind: FaultKind, attempts = 1, boundMs = PROMPTLY): Expected {
  return { end: 'other answers', kinds: [kind], attempts: [attempts, attempts], boundMs }
}

/** The faulty endpoint answers after all, with its last attempt. */
export function survived(kind: FaultKind, attempts = 2, boundMs = PROMPTLY): Expected {
  return { end: 'faulty answers', kinds: [kind], attempts: [attempts, attempts], boundMs }
}

/** The faulty endpoint's only attempt is an answer. */
export function harmless(boundMs = PROMPTLY): Expected {
  return { end: 'faulty answers', kinds: [], attempts: [1, 1], boundMs }
}

/** The call ends with the fault. */
export function fatal(kind: FaultKind, attempts = 1, boundMs = PROMPTLY): Expected {
  return { end: { fault: [kind] }, kinds: [kind], attempts: [attempts, attempts], boundMs }
}
