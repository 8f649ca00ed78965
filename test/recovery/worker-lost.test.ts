import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import type { AttemptRecord } from '../../src/core/ports.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { eventOf } from '../support/following.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const WORKER = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
/** So late that no busy machine hedges what nobody slows down. */
const HEDGED = '  hedged: { extends: cheap, hedge: { after: 3s, share: 1 } }'
const BUDGET = "budgets: { everyone: { scope: { all: true }, per: lifetime, usd: '1' } }"
const yaml = `${YAML.replace('workspaces:', `${HEDGED}\nworkspaces:`)}\n${BUDGET}\n`
const EVERYONE = limitAt({ name: 'everyone', scope: { all: true }, per: 'lifetime', usd: '1', warnAt: [] }, 0)

// Each waits twenty seconds and more until the loss is noticed.
describe.concurrent('a worker that is lost in the middle of a model call', () => {
  it(
    'is taken over after SIGKILL: the run answers, the lost attempt is in the ledger, no step is lost or doubled',
    losing(async ({ stage, takenOver, startStalled }) => {
      const run = await startStalled()
      await eventOf(run.events(), 'attempt-start')
      const attempts = await takenOver(run)
      expect(attempts.map(({ step, attempt, outcome, provider }) => [step, attempt, outcome, provider])).toEqual([
        [1, 1, 'abandoned', 'one'],
        [1, 2, 'answered', 'one'],
        [2, 1, 'answered', 'one'],
      ])
      expect(attempts[1]?.reason).toBe('resumed: worker lost')
      expect(BigInt(attempts[0]?.cost?.highPico ?? 0)).toBeGreaterThan(0n)
      await expectWholeTranscript(stage, run.id)
      await expectLedgerMatchesMeter(stage)
    }),
  )

  it(
    'leaves both attempts of a hedge in the ledger, each with its bounds and none of its reservation',
    losing(async ({ stage, takenOver, untilMetered }) => {
      const standing = async () => (await stage.store.budgets.standing([EVERYONE]))[0]!
      for (const vendor of ['one', 'two'])
        await stage.vendors.setFaults(vendor, [{ kind: 'slow-first-token', delayMs: 60_000, times: 1 }])
      const run = await stage.signalbox.start('clerk', { input: 'What is the sum, hedged?', taskClass: 'hedged' })
      await untilMetered(2)
      expect((await standing()).holders).toMatchObject([
        { runId: run.id, endpoint: 'one:acme/small' },
        { runId: run.id, endpoint: 'two:acme/large' },
      ])
      const attempts = await takenOver(run)
      expect(attempts.map(({ step, attempt, outcome, provider }) => [step, attempt, outcome, provider])).toEqual([
        [1, 1, 'abandoned', 'one'],
        [1, 2, 'abandoned', 'two'],
        // The last that was asked: the other one had been slow before the worker was lost.
        [1, 3, 'answered', 'two'],
        [2, 1, 'answered', 'one'],
      ])
      expect(attempts.map(({ reason }) => reason).slice(1, 3)).toEqual([
        'hedge: no first token after 3.0 s',
        'resumed: worker lost',
      ])
      for (const { cost } of attempts.slice(0, 2)) {
        expect(cost?.lowPico).toBe('0')
        expect(BigInt(cost?.highPico ?? 0)).toBeGreaterThan(0n)
      }
      expect(stage.vendors.meter()).toHaveLength(attempts.length)
      // Unknown is never zero: what is not settled counts with its high bound, once.
      const after = await standing()
      expect(after).toMatchObject({ reservedPico: '0', holders: [] })
      const high = attempts.reduce((sum, { cost }) => sum + BigInt(cost?.highPico ?? 0), 0n)
      expect(BigInt(after.spentPico)).toBe(high)
      await expectWholeTranscript(stage, run.id)
      await expectLedgerMatchesMeter(stage)
    }),
  )

  it(
    'hands the call over when it is shut down, and the run answers elsewhere',
    losing(async ({ stage, first, startStalled }) => {
      const run = await startStalled()
      first.kill('SIGTERM')
      await stage.startWorker()
      expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
      const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
      expect(attempts.map(({ step, attempt, outcome }) => [step, attempt, outcome])).toEqual([
        [1, 1, 'abandoned'],
        [1, 2, 'answered'],
        [2, 1, 'answered'],
      ])
      expect(attempts[1]?.reason).toBe('resumed: handed over')
      await expectLedgerMatchesMeter(stage)
    }),
  )

  it(
    'ends as cancelled, and says what it may have cost, where the run was cancelled before the loss was noticed',
    losing(async ({ stage, first, startStalled }) => {
      const run = await startStalled()
      // At once it takes the workflow over, and with it the cancellation: long before the lost call's heartbeat is missed.
      await stage.startWorker()
      first.kill('SIGKILL')
      await run.cancel()
      const { kind, cost } = await run.outcome()
      const [attempt] = await stage.store.reports.attempts({ run: run.id, limit: 20 })
      expect({ kind, cost }).toEqual({ kind: 'cancelled', cost: attempt?.cost })
      expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'cancelled' })
      await expectLedgerMatchesMeter(stage)
    }),
  )

  it(
    'leaves the conversation whose turn was interrupted before the loss was noticed: the run goes on with it',
    losing(async ({ stage, first, untilMetered }) => {
      await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 3, times: 1 }])
      const run = await stage.signalbox.start('talking', { input: {} })
      await run.say('Tell me a story.', { id: 'one' })
      await untilMetered(1)
      await stage.startWorker()
      first.kill('SIGKILL')
      await stage.signalbox.client.workflow.getHandle(run.id).signal('interrupt')
      await run.say('What is the sum?', { id: 'two' })
      await eventOf(run.events(), 'answer')
      const messages = await run.messages({ step: 2 })
      expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'user', 'user', 'assistant'])
      // Nothing is held for the lost call while the run goes on.
      expect((await stage.store.budgets.standing([EVERYONE]))[0]).toMatchObject({ reservedPico: '0', holders: [] })
      await run.stop()
      expect(await run.outcome()).toMatchObject({ kind: 'stopped' })
      await expectLedgerMatchesMeter(stage)
    }),
  )
})

interface Losing {
  readonly stage: Stage
  /** The process of the worker that serves from the start. Workers that take over are in this process. */
  readonly first: ChildProcess
  /** The vendors have so many requests in their meters: the call is on the wire. */
  readonly untilMetered: (rows: number) => Promise<void>
  /** A run whose first answer has begun and stands still. */
  readonly startStalled: () => Promise<RunHandle>
  /** Kills the first worker and starts another, with which the run answers; gives its attempts. */
  readonly takenOver: (run: RunHandle) => Promise<readonly AttemptRecord[]>
}

/** A test on a stage of its own, whose first worker is a process. */
function losing(test: (scene: Losing) => Promise<void>): () => Promise<void> {
  return async () => {
    const stage = await stageScene({ yaml, workers: 0 })
    const first = spawnWorker(stage)
    const untilMetered = async (rows: number) => {
      while (stage.vendors.meter().length < rows) await new Promise(resolve => setTimeout(resolve, 20))
    }
    const startStalled = async () => {
      await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 3, times: 1 }])
      const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
      await untilMetered(1)
      return run
    }
    const takenOver = async (run: RunHandle) => {
      first.kill('SIGKILL')
      await once(first, 'exit')
      await stage.startWorker()
      expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
      return stage.store.reports.attempts({ run: run.id, limit: 20 })
    }
    try {
      await once(first.stdout!, 'data')
      await test({ stage, first, untilMetered, startStalled, takenOver })
    } finally {
      first.kill('SIGKILL')
      await stage.close()
    }
  }
}

function spawnWorker({ storePath, taskQueue, env }: Stage): ChildProcess {
  const place = JSON.stringify({ temporalAddress: inject('temporalAddress'), storePath, taskQueue, env, yaml })
  return spawn(process.execPath, [WORKER, place], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** System, question, two tool calls, their results, the answer: each once, in order. */
async function expectWholeTranscript(stage: Stage, runId: string): Promise<void> {
  const { key } = (await stage.store.reports.run(runId))!
  const messages = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 5 })
  expect(messages.map(message => message.role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant'])
  await expect(stage.store.transcripts.read({ lineage: `${key}/1`, length: 6 })).rejects.toThrow()
}
