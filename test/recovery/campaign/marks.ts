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

type At = (point: Point, run: string, step?: number) => Promise<void>

export function withMarks(store: Store, reach: Reach): Store {
  const at: At = (point, run, step = 0) => reach({ run, point, step })
  return {
    ...store,
    ledger: { ...store.ledger, ...markedRuns(store, at), ...markedCalls(store, at) },
    tools: markedTools(store, at),
    events: markedEvents(store, at),
    budgets: markedBudgets(store, at),
  }
}

function markedRuns({ ledger }: Store, at: At): Partial<Store['ledger']> {
  return {
    async openRun(opened) {
      await at('run-opening', opened.run.id)
      await ledger.openRun(opened)
      await at('run-opened', opened.run.id)
    },
    async keepDecision(decision) {
      await at('decision-keeping', decision.run.id)
      await ledger.keepDecision(decision)
      await at('decision-kept', decision.run.id)
    },
    async closeRun(run, end) {
      const { id = run.key } = run as Partial<RunRef>
      await at('run-closing', id)
      const isClosed = await ledger.closeRun(run, end)
      await at('run-closed', id)
      return isClosed
    },
  }
}

function markedCalls({ ledger }: Store, at: At): Partial<Store['ledger']> {
  const runOf = new Map<string, string>()
  return {
    async beginCall(call) {
      const soFar = await ledger.beginCall(call)
      await at('call-begun', call.run.id)
      return soFar
    },
    async beginAttempt(attempt) {
      const { attemptId, call } = attempt
      const reserved = await ledger.beginAttempt(attempt)
      runOf.set(attemptId, call.run.id)
      if (reserved.kind === 'reserved') await at('attempt-begun', call.run.id, call.step)
      return reserved
    },
    async endAttempt(attemptId, end) {
      const run = runOf.get(attemptId) ?? ''
      await at('attempt-ending', run)
      await ledger.endAttempt(attemptId, end)
      await at('attempt-ended', run)
    },
    async noteBatch(attemptId, batch) {
      const run = runOf.get(attemptId) ?? ''
      await at('batch-noting', run)
      const noted = await ledger.noteBatch(attemptId, batch)
      await at('batch-noted', run)
      return noted
    },
    async commitAnswer(commit) {
      const { run, step } = commit.call
      await at('answer-received', run.id, step)
      const committed = await ledger.commitAnswer(commit)
      await at('answer-stored', run.id, step)
      return committed
    },
  }
}

function markedTools({ tools }: Store, at: At): Store['tools'] {
  return {
    ...tools,
    async begin(key, atMs, charge) {
      const begun = await tools.begin(key, atMs, charge)
      await at('tool-begun', key.run.id, key.step)
      return begun
    },
    async finish(key, end) {
      await at('tool-run', key.run.id, key.step)
      const kept = await tools.finish(key, end)
      await at('tool-stored', key.run.id, key.step)
      return kept
    },
  }
}

function markedEvents({ events }: Store, at: At): Store['events'] {
  return {
    ...events,
    async write(run, bodies, atMs) {
      await events.write(run, bodies, atMs)
      if (bodies.some(({ kind }) => kind === 'text-delta')) await at('answer-begun', run.id)
    },
    async writeOnce(run, once, event, atMs) {
      const isSaid = event.kind === 'said'
      if (isSaid) await at('said-keeping', run.id)
      await events.writeOnce(run, once, event, atMs)
      if (isSaid) await at('said-kept', run.id)
    },
  }
}

function markedBudgets({ budgets }: Store, at: At): Store['budgets'] {
  return {
    ...budgets,
    async beginWait(wait) {
      await budgets.beginWait(wait)
      await at('wait-begun', wait.run.id)
    },
  }
}
