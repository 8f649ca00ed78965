/**
 * Gives back what runs hold that are no more: a run that is terminated or times out tells nobody, and its worker may be gone.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunRef } from '../core/protocol.ts'
import type { Store } from '../store/index.ts'
import { knownProblem } from './problems.ts'

export interface Reconciling {
  readonly store: Pick<Store, 'budgets' | 'ledger'>
  /** How a run ended, in words; `undefined` while it is open. */
  readonly howEnded: (run: Pick<RunRef, 'id' | 'key'>) => Promise<string | undefined>
  readonly now: () => number
}

/** A run whose open attempts were settled. */
export interface Reconciled {
  readonly run: string
  readonly reason: string
}

/**
 * Settles the open attempts of runs that have ended, and ends those runs in the store. The attempts count as abandoned: they
 * are charged their worst case, for the vendor may have billed it; should one come to its end after all, that corrects it.
 * Runs that are open are left alone. May be done by several workers at once.
 *
 * Contract: all runs of a store are in one namespace; those of another would be taken for lost.
 */
export async function reconcile({ store, howEnded, now }: Reconciling): Promise<readonly Reconciled[]> {
  const reconciled: Reconciled[] = []
  for (const run of await store.budgets.holdingRuns()) {
    const reason = await howEnded(run)
    if (reason === undefined) continue
    await store.ledger.closeRun(run, { outcome: 'failed', message: reason, endedAtMs: now() })
    reconciled.push({ run: run.id, reason })
  }
  return reconciled
}

export interface RegularReconciling extends Reconciling {
  readonly everyMs: number
  /** Ends the content of runs whose retention is over. */
  readonly retire: () => Promise<void>
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Reconciles at once and then regularly. Where server or store are out of reach, the next time will do. */
export async function reconcileRegularly({
  everyMs,
  retire,
  warn,
  signal,
  ...reconciling
}: RegularReconciling): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const { run, reason } of await reconcile(reconciling)) warn('reservations given back', { run, reason })
      await retire()
    } catch (error) {
      const problem = knownProblem(error)
      if (!problem) throw error
      warn('reservations could not be looked through', { problem: problem.message })
    }
    await pause(everyMs, signal)
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
