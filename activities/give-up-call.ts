/**
 * Gives back what a call holds that was cancelled alone: its places in line, and what it has reserved.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { LedgerPort } from '../src/core/ports.ts'
import type { GiveUpCallInput } from '../src/core/protocol.ts'
import { partOf } from './part.ts'

export interface GiveUpCallPorts {
  readonly ledger: LedgerPort
  readonly now: () => number
}

/** Ends the call without an answer, however often it is tried. No activity is at work on it, unless its worker was believed lost. */
export function createGiveUpCall({ ledger, now }: GiveUpCallPorts): (input: GiveUpCallInput) => Promise<void> {
  return ({ run, step }) => ledger.endCalls({ run, step, ...partOf(Context.current()), endedAtMs: now() })
}
