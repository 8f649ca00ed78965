import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import { eventOf } from '../support/following.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { VENDORS, YAML } from '../support/scene.ts'
import { type Stage, setStage } from '../support/stage.ts'

const WORKER = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
const HEDGED = '  hedged: { extends: cheap, hedge: { after: 200ms, share: 1 } }'
const BUDGET = "budgets: { everyone: { scope: { all: true }, per: lifetime, usd: '1' } }"
const yaml = `${YAML.replace('workspaces:', `${HEDGED}\nworkspaces:`)}\n${BUDGET}\n`
const EVERYONE = limitAt({ name: 'everyone', scope: { all: true }, per: 'lifetime', usd: '1', warnAt: [] }, 0)

let stage: Stage
const workers: ChildProcess[] = []

beforeAll(async () => {
  stage = await setStage({ temporalAddress: inject('temporalAddress'), yaml, vendors: VENDORS, workers: 0 })
})

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await stage?.close()
})

describe('a worker that is lost in the middle of a model call', () => {
  it('is taken over after SIGKILL: the run answers, the lost attempt is in the ledger, no step is lost or doubled', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 3, times: 1 }])
    const first = await startWorker()
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    await eventOf(run.events(), 'attempt-start')
    await untilMetered(1)
    first.kill('SIGKILL')
    await once(first, 'exit')
    await startWorker()
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
    const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
    expect(attempts.map(({ step, attempt, outcome, provider }) => [step, attempt, outcome, provider])).toEqual([
      [1, 1, 'abandoned', 'one'],
      [1, 2, 'answered', 'one'],
      [2, 1, 'answered', 'one'],
    ])
    expect(attempts[1]?.reason).toBe('resumed: worker lost')
    expect(BigInt(attempts[0]?.cost?.highPico ?? 0)).toBeGreaterThan(0n)
    await expectWholeTranscript(run.id)
    await expectLedgerMatchesMeter(stage)
  })

  it('leaves both attempts of a hedge in the ledger, each with its bounds and none of its reservation', async () => {
    const [before, spentBefore] = [stage.vendors.meter().length, await standing()]
    for (const vendor of ['one', 'two'])
      await stage.vendors.setFaults(vendor, [{ kind: 'slow-first-token', delayMs: 60_000, times: 1 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum, hedged?', taskClass: 'hedged' })
    await untilMetered(before + 2)
    expect((await standing()).holders).toMatchObject([
      { runId: run.id, endpoint: 'one:acme/small' },
      { runId: run.id, endpoint: 'two:acme/large' },
    ])
    const lost = workers.at(-1)!
    lost.kill('SIGKILL')
    await once(lost, 'exit')
    await startWorker()
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
    const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
    expect(attempts.map(({ step, attempt, outcome, provider }) => [step, attempt, outcome, provider])).toEqual([
      [1, 1, 'abandoned', 'one'],
      [1, 2, 'abandoned', 'two'],
      // The last that was asked: the other one had been slow before the worker was lost.
      [1, 3, 'answered', 'two'],
      [2, 1, 'answered', 'one'],
    ])
    expect(attempts.map(({ reason }) => reason).slice(1, 3)).toEqual([
      'hedge: no first token after 200 ms',
      'resumed: worker lost',
    ])
    for (const { cost } of attempts.slice(0, 2)) {
      expect(cost?.lowPico).toBe('0')
      expect(BigInt(cost?.highPico ?? 0)).toBeGreaterThan(0n)
    }
    expect(stage.vendors.meter()).toHaveLength(before + attempts.length)
    // Unknown is never zero: what is not settled counts with its high bound, once.
    const after = await standing()
    expect(after).toMatchObject({ reservedPico: '0', holders: [] })
    const high = attempts.reduce((sum, { cost }) => sum + BigInt(cost?.highPico ?? 0), 0n)
    expect(BigInt(after.spentPico) - BigInt(spentBefore.spentPico)).toBe(high)
    await expectWholeTranscript(run.id)
    await expectLedgerMatchesMeter(stage)
  })

  it('hands the call over when it is shut down, and the run answers elsewhere', async () => {
    const before = stage.vendors.meter().length
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 3, times: 1 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum, once more?' })
    await untilMetered(before + 1)
    const leaving = workers.at(-1)
    leaving?.kill('SIGTERM')
    await startWorker()
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
    const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
    expect(attempts.map(({ step, attempt, outcome }) => [step, attempt, outcome])).toEqual([
      [1, 1, 'abandoned'],
      [1, 2, 'answered'],
      [2, 1, 'answered'],
    ])
    await expectLedgerMatchesMeter(stage)
  })

  it('ends as cancelled, and says what it may have cost, where the run was cancelled before the loss was noticed', async () => {
    const lost = workers.at(-1) ?? (await startWorker())
    const before = stage.vendors.meter().length
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 3, times: 1 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum, for the last time?' })
    await untilMetered(before + 1)
    // At once it takes the workflow over, and with it the cancellation: long before the lost call's heartbeat is missed.
    await startWorker()
    lost.kill('SIGKILL')
    await run.cancel()
    const { kind, cost } = await run.outcome()
    const [attempt] = await stage.store.reports.attempts({ run: run.id, limit: 20 })
    expect({ kind, cost }).toEqual({ kind: 'cancelled', cost: attempt?.cost })
    expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'cancelled' })
    await expectLedgerMatchesMeter(stage)
  })
})

async function startWorker(): Promise<ChildProcess> {
  const { storePath, taskQueue, env } = stage
  const place = JSON.stringify({ temporalAddress: inject('temporalAddress'), storePath, taskQueue, env, yaml })
  const worker = spawn(process.execPath, [WORKER, place], { stdio: ['ignore', 'pipe', 'inherit'] })
  workers.push(worker)
  await once(worker.stdout!, 'data')
  return worker
}

async function standing() {
  const [found] = await stage.store.budgets.standing([EVERYONE])
  return found!
}

/** The vendors have so many requests in their meters: the call is on the wire. */
async function untilMetered(rows: number): Promise<void> {
  while (stage.vendors.meter().length < rows) await new Promise(resolve => setTimeout(resolve, 20))
}

/** System, question, two tool calls, their results, the answer: each once, in order. */
async function expectWholeTranscript(runId: string): Promise<void> {
  const { key } = (await stage.store.reports.run(runId))!
  const messages = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 5 })
  expect(messages.map(message => message.role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant'])
  await expect(stage.store.transcripts.read({ lineage: `${key}/1`, length: 6 })).rejects.toThrow()
}
