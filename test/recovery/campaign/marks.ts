/**
 * Holds a worker at marks of a run's life: the real store, and before or after some of its writes a pause in which the
 * campaign strikes.
 *
 * @module
 */
import type { RunRef } from '../../../src/core/protocol.ts'
import type { Store } from '../../../src/store/index.ts'
import type { Mark, Point } from './plan/plan.ts'

/** Resolves when the worker may go on; never where it is killed. */
export type Reach = (mark: Mark) => Promise<void>

export function withMarks(store: Store, reach: Reach): Store {
  return { ...store, ledger: markedLedger(store, reach), tools: markedTools(store, reach) }
}

function markedLedger({ ledger }: Store, reach: Reach): Store['ledger'] {
  const at = (point: Point, run: string, step: number) => reach({ run, point, step })
  return {
    ...ledger,
    async beginAttempt(attempt) {
      const reserved = await ledger.beginAttempt(attempt)
      if (reserved.kind === 'reserved') await at('attempt-begun', attempt.call.run.id, attempt.call.step)
      return reserved
    },
    async commitAnswer(commit) {
      await at('answer-received', commit.call.run.id, commit.call.step)
      const committed = await ledger.commitAnswer(commit)
      await at('answer-stored', commit.call.run.id, commit.call.step)
      return committed
    },
    async closeRun(run, end) {
      const { id = run.key } = run as Partial<RunRef>
      await at('run-closing', id, 0)
      const isClosed = await ledger.closeRun(run, end)
      await at('run-closed', id, 0)
      return isClosed
    },
  }
}

function markedTools({ tools }: Store, reach: Reach): Store['tools'] {
  return {
    ...tools,
    async begin(key, atMs) {
      const begun = await tools.begin(key, atMs)
      await reach({ run: key.run.id, point: 'tool-begun', step: key.step })
      return begun
    },
    async finish(key, end) {
      await reach({ run: key.run.id, point: 'tool-run', step: key.step })
      await tools.finish(key, end)
      await reach({ run: key.run.id, point: 'tool-stored', step: key.step })
    },
  }
}
