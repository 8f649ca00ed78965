import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import type { RunName } from '../../src/core/protocol.ts'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { reconcile } from '../../src/runtime/reconcile/reconcile.ts'
import { howEnded } from '../../src/runtime/temporal/how-ended.ts'
import { namespaceIdOf } from '../../src/runtime/temporal/namespace-id.ts'
import { openStore } from '../../src/store/index.ts'
import { signalbox as command } from '../cli/captured.ts'
import { newAttempt, newCall, newRun, RUN } from '../store/records.ts'
import { eventOf } from '../support/following.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { resetPoints, resetTo } from '../support/reset.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const WORKER = fileURLToPath(new URL('./worker-process.ts', import.meta.url))
const BUDGETED = `${YAML}\nbudgets: { everyone: { scope: { all: true }, per: lifetime, usd: '1' } }\n`
const EVERYONE = limitAt({ name: 'everyone', scope: { all: true }, per: 'lifetime', usd: '1', warnAt: [] }, 0)

/** For a worker that leaves it to the command: its own look, which comes when it comes, may be the first to close a run. */
const BY_HAND = { reconcileEveryMs: 0 }

let stage: Stage
let worker: ChildProcess | undefined

beforeAll(async () => {
  stage = await stageScene({ yaml: BUDGETED, workers: 0 })
})

afterAll(async () => {
  worker?.kill('SIGKILL')
  await stage?.close()
})

it('gives back what terminated runs hold whose worker is gone, and leaves open runs alone', async () => {
  await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 3, times: 3 }])
  worker = await startWorkerProcess()
  const runs = []
  for (const at of [1, 2, 3]) runs.push(await startInCall(at))
  const [byHand, byWorker, open] = runs
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  const before = await standing()
  expect(before.holders.map(({ runId }) => runId)).toEqual(runs.map(({ id }) => id))

  await terminate(byHand!.id)
  expect(await commandRuns()).toEqual([{ run: byHand!.id, reason: 'the run was terminated' }])
  expect(await commandRuns()).toEqual([])
  expect((await standing()).holders.map(({ runId }) => runId)).toEqual([byWorker!.id, open!.id])
  expect(await stage.store.reports.run(byHand!.id)).toMatchObject({
    outcome: 'failed',
    message: 'the run was terminated',
  })

  await terminate(byWorker!.id)
  await stage.startWorker()
  await expect.poll(async () => (await standing()).holders.map(({ runId }) => runId)).toEqual([open!.id])
  const after = await standing()
  // The worst cases: nobody knows what was billed. Nothing of them is lost or counted twice.
  expect(BigInt(after.spentPico) + BigInt(after.reservedPico)).toBe(BigInt(before.reservedPico))
  expect(BigInt(after.reservedPico) * 3n).toBe(BigInt(before.reservedPico))
  await expectLedgerMatchesMeter(stage)
})

it('closes a terminated run that held nothing, and leaves one alone that still waits for a person', async () => {
  await stage.startWorker(BY_HAND)
  const start = async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await eventOf(run.events(), 'approval-ask')
    return run
  }
  const [ended, open] = [await start(), await start()]
  await terminate(ended.id)
  expect(await commandRuns()).toEqual([{ run: ended.id, reason: 'the run was terminated' }])
  expect(await stage.store.reports.run(ended.id)).toMatchObject({ outcome: 'failed' })
  expect(await stage.store.reports.run(open.id)).not.toHaveProperty('outcome')
  await terminate(open.id)
  expect(await commandRuns()).toEqual([{ run: open.id, reason: 'the run was terminated' }])
})

it('forgets a call of a terminated run that was put off for room, and shows one of an open run', async () => {
  const start = async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await eventOf(run.events(), 'approval-ask')
    const key = (await stage.store.reports.run(run.id))!.key
    const what = { step: 2, taskClass: 'strong', endpoint: 'one:small', reason: 'calls in flight hold the rest' }
    const needed = { pico: '1', tokens: 1 }
    const call = { callId: `${key}/2/x`, run: { id: run.id, key }, ...what, needed, sinceMs: 1 }
    await stage.store.budgets.beginWait({ ...call, scopeId: EVERYONE.scopeId })
    return run
  }
  await stage.startWorker(BY_HAND)
  const [ended, open] = [await start(), await start()]
  await terminate(ended.id)
  expect(await commandRuns()).toEqual([{ run: ended.id, reason: 'the run was terminated' }])
  expect((await standing()).waiters.map(({ runId }) => runId)).toEqual([open.id])
  await terminate(open.id)
  await commandRuns()
  expect((await standing()).waiters).toEqual([])
})

it.each(['by hand', 'by a worker'])('gives back %s what a run holds that the server does not know', async way => {
  const run = { ...RUN, id: `nobody ${way}`, key: `nobody ${way}` }
  const namespaceId = await ownNamespace()
  await stage.store.ledger.openRun(newRun({ run, ...(namespaceId !== undefined && { namespaceId }) }))
  const call = newCall(1, { run })
  await stage.store.ledger.beginCall(call)
  await stage.store.ledger.beginAttempt(newAttempt(call, 1, { shared: [EVERYONE] }))
  const reason = 'the Temporal server no longer has the run'
  if (way === 'by hand') expect(await commandRuns()).toEqual([{ run: run.id, reason }])
  else await stage.startWorker()
  await expect.poll(async () => (await standing()).holders.map(({ runId }) => runId)).not.toContain(run.id)
  expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'failed', message: reason })
})

it.each([
  ['another namespace', { namespaceId: 'of another server' }],
  ['a namespace that nobody has named', {}],
])('leaves a run of %s alone until it is told that its server is gone', async (whose, namespace) => {
  const run = { ...RUN, id: `run of ${whose}`, key: `run of ${whose}` }
  await stage.store.ledger.openRun(newRun({ run, ...namespace }))
  const call = newCall(1, { run })
  await stage.store.ledger.beginCall(call)
  await stage.store.ledger.beginAttempt(newAttempt(call, 1, { shared: [EVERYONE] }))
  await stage.startWorker(BY_HAND)
  expect(await commandReconciles()).toMatchObject({ runs: [], foreign: 1 })
  expect(await stage.store.reports.run(run.id)).not.toHaveProperty('outcome')
  const reason = 'the Temporal server no longer has the run'
  expect(await commandReconciles('--foreign')).toEqual({ runs: [{ run: run.id, reason }], foreign: 0 })
  expect((await standing()).holders.map(({ runId }) => runId)).not.toContain(run.id)
})

it('ends a child whose id a run of a later tree has', async () => {
  await stage.startWorker(BY_HAND)
  const id = 'desk-1/clerk-1-1'
  const lost = { ...RUN, id, key: 'first-run-of-desk-1/clerk-1-1' }
  await stage.store.ledger.openRun(newRun({ run: lost, namespaceId: (await ownNamespace())! }))
  const later = await startAsking(id)
  expect(await commandRuns()).toContainEqual({ run: id, reason: 'the run ended, and its id was used again' })
  expect(await stage.store.reports.run(lost.key)).toMatchObject({ outcome: 'failed' })
  expect(await stage.store.reports.run(id)).not.toHaveProperty('outcome')
  await later.cancel()
})

it('leaves a run alone that is reset while the server says that it was terminated', async () => {
  await stage.startWorker(BY_HAND)
  const { store, signalbox } = stage
  const { client } = signalbox
  const run = await signalbox.start('clerk', { input: 'Please publish this.' })
  const asked = await eventOf(run.events(), 'approval-ask')
  const [first] = await resetPoints(client, run.id)
  await terminate(run.id)
  const latest = async () => (await store.budgets.openRuns('', 1_000)).find(({ id }) => id === run.id)?.latestPart
  const resetMeanwhile = async (seen: RunName) => {
    if (seen.id !== run.id) return undefined
    const found = await howEnded(client, seen)
    expect(found).toEqual({ reason: 'the run was terminated', part: first!.part })
    await resetTo(client, run.id, first!)
    await expect.poll(latest).not.toBe(first!.part)
    return found
  }
  const reconciled = await reconcile({ store, namespaceId: ownNamespace, howEnded: resetMeanwhile, now: Date.now })
  expect(reconciled.closed).toEqual([])
  expect(await store.reports.run(run.id)).not.toHaveProperty('outcome')
  const pending = async () => (await run.state().catch(() => undefined))?.pending
  await expect.poll(pending).toHaveLength(1)
  await run.approve(asked.toolCallId)
  expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  expect(await store.reports.run(run.id)).toMatchObject({ outcome: 'answered' })
})

it('ends a run in a store that is older than its end as it has ended', async () => {
  await stage.startWorker(BY_HAND)
  const ended = await Promise.all([stage.signalbox.start('clerk', { input: 'What is the sum?' }), startAsking()])
  await ended[1].cancel()
  expect(await Promise.all(ended.map(async run => (await run.outcome()).kind))).toEqual(['answered', 'cancelled'])
  const older = await openStore({ path: ':memory:' })
  const namespaceId = (await ownNamespace())!
  for (const { id } of ended) {
    const { key } = (await stage.store.reports.run(id))!
    await older.ledger.openRun(newRun({ run: { ...RUN, id, key }, namespaceId }))
  }
  const looks = { ...stage.signalbox, store: async () => older }
  expect((await inspectRun(looks, ended[0].id)).note).toMatch(/^the run completed, and the store does not have its end/)
  const { client } = stage.signalbox
  const ask = (run: RunName) => howEnded(client, run)
  await reconcile({ store: older, namespaceId: ownNamespace, howEnded: ask, now: Date.now })
  expect(await Promise.all(ended.map(async ({ id }) => (await older.reports.run(id))?.outcome))).toEqual([
    'answered',
    'cancelled',
  ])
  await older.close()
})

it('ends a run that an older worker has left unclosed as answered, as it is for whoever waits for it', async () => {
  await stage.startWorker(BY_HAND)
  const { client } = stage.signalbox
  const workspace = defineSearchAttributeKey('SignalboxWorkspace', SearchAttributeType.KEYWORD)
  const typedSearchAttributes = new TypedSearchAttributes([{ key: workspace, value: 'default' }])
  const unclosed = async (workflowId: string, more: object = {}) => {
    const started = await client.workflow.start('foundling', { workflowId, taskQueue: stage.taskQueue, ...more })
    await started.result()
    const run = { ...RUN, id: workflowId, key: started.firstExecutionRunId }
    await stage.store.ledger.openRun(newRun({ run, namespaceId: (await ownNamespace())! }))
  }
  await unclosed('unclosed', { typedSearchAttributes })
  await unclosed('unclosed-without-attributes')
  await commandRuns()
  for (const id of ['unclosed', 'unclosed-without-attributes']) {
    expect(await stage.store.reports.run(id)).toMatchObject({
      outcome: 'answered',
      message: 'the run completed without `return run.close(…)`',
    })
    expect((await stage.signalbox.run(id).outcome()).kind).toBe('answered')
  }
})

async function startAsking(id?: string) {
  const run = await stage.signalbox.start('clerk', { input: 'Please publish this.', ...(id !== undefined && { id }) })
  await eventOf(run.events(), 'approval-ask')
  return run
}

async function startInCall(at: number) {
  const run = await stage.signalbox.start('clerk', { input: `What is the sum of ${at}?`, taskClass: 'only-one' })
  await expect.poll(() => stage.vendors.meter().length).toBe(at)
  return run
}

async function terminate(id: string): Promise<void> {
  await stage.signalbox.client.workflow.getHandle(id).terminate('a test')
}

async function standing() {
  const [found] = await stage.store.budgets.standing([EVERYONE])
  return found!
}

function ownNamespace(): Promise<string | undefined> {
  const { client } = stage.signalbox
  return namespaceIdOf(client.connection, client.options.namespace)
}

async function commandRuns(): Promise<unknown> {
  return (await commandReconciles()).runs
}

async function commandReconciles(...flags: readonly string[]) {
  const env = stage.commandEnv
  return (await command(['budget', 'reconcile', '--json', ...flags], { env })).json()
}

async function startWorkerProcess(): Promise<ChildProcess> {
  const { storePath, taskQueue, env } = stage
  const temporalAddress = inject('temporalAddress')
  const place = JSON.stringify({ temporalAddress, storePath, taskQueue, env, yaml: BUDGETED })
  const started = spawn(process.execPath, [WORKER, place], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(started.stdout!, 'data')
  return started
}
