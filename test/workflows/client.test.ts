import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import type { Payload } from '@temporalio/common'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { z } from 'zod'
import { connect } from '../../src/runtime/client.ts'
import { ConfigurationProblem } from '../../src/runtime/configuration/configuration-problem.ts'
import { askState } from '../../src/runtime/hearing/asked-state.ts'
import { RunUnheard } from '../../src/runtime/hearing/run-unheard.ts'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { createPlugin } from '../../src/runtime/plugin.ts'
import { knownProblem } from '../../src/runtime/problems.ts'
import { uiMessageChunks } from '../../src/runtime/runs/ui-message-chunks.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { describeKnown } from '../../src/runtime/temporal/describe-known.ts'
import { namespaceIdOf } from '../../src/runtime/temporal/namespace-id.ts'
import { TemporalUnreachable } from '../../src/runtime/temporal/unreachable.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { WrongStart } from '../../src/runtime/wrong-start.ts'
import { openStore, StoreProblem } from '../../src/store/index.ts'
import { signalbox as command } from '../cli/captured.ts'
import { newAttempt, newCall, newRun, RUN } from '../store/records.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { refusingProxy } from '../support/refusing-proxy.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'
import { toldUnheard } from '../support/unheard.ts'

const DEADLINE_EXCEEDED = 4
const PERMISSION_DENIED = 7
const UNAVAILABLE = 14
const UNAUTHENTICATED = 16

let stage: Stage

beforeAll(async () => {
  stage = await stageScene()
})

afterAll(() => stage?.close())

it('says of a run that no worker answers for who serves it, also where it is only asked', async () => {
  const { client } = stage.signalbox
  const signalbox = await connect({ client, store: stage.store, taskQueue: 'served-by-nobody' })
  const run = await signalbox.start('clerk', { input: 'hello' })
  const error = await toldUnheard(client, () => run.state())
  expect((error as Error).message).toMatch(
    /^no worker has answered for run clerk-\S+ in time: none serves .*served-by-nobody/,
  )
  await client.workflow.getHandle(run.id).terminate()
})

it('waits for an answer of an unserved run no longer than its caller does', async () => {
  const { client } = stage.signalbox
  const signalbox = await connect({ client, store: stage.store, taskQueue: 'served-by-nobody' })
  const run = await signalbox.start('clerk', { input: 'hello' })
  const verbs: readonly (() => Promise<unknown>)[] = [
    () => run.say('hello'),
    () => run.approve('call-1'),
    () => run.deny('call-1'),
    () => run.answer('print', 'hold'),
    () => run.raiseBudget({ usd: '1' }),
    () => run.pending(),
  ]
  for (const error of await Promise.all(verbs.map(verb => toldUnheard(client, verb)))) {
    expect(error).toBeInstanceOf(RunUnheard)
    expect((error as Error).message).toMatch(/ in time: none serves its task queue served-by-nobody/)
  }
  await client.workflow.getHandle(run.id).terminate()
})

it('waits for events and the outcome no longer than its caller does, and then takes no server for away', async () => {
  const { client } = stage.signalbox
  const signalbox = await connect({ client, store: stage.store, taskQueue: 'served-by-nobody' })
  const run = await signalbox.start('clerk', { input: 'hello' })
  const reading = client.withDeadline(Date.now() + 500, () => run.events().next())
  await expect(reading).rejects.toMatchObject({ code: DEADLINE_EXCEEDED })
  const ending = client.withDeadline(Date.now() + 500, () => run.outcome())
  await expect(ending).rejects.toMatchObject({ name: 'ServiceError', cause: { code: DEADLINE_EXCEEDED } })
  await client.workflow.getHandle(run.id).terminate()
})

it.each([0, 30, 150, 600])('tells who still reads a run that its client is closed (after %i ms)', async ms => {
  const temporal = localConnection(inject('temporalAddress'))
  const signalbox = await connect({ temporal, store: { path: stage.storePath }, taskQueue: 'served-by-nobody' })
  const run = await signalbox.start('clerk', { input: 'hello' })
  const reading = [run.events(), run.treeEvents(), uiMessageChunks(run)].map(async items => {
    for await (const _ of items);
  })
  const ends = Promise.allSettled(reading)
  await delay(ms)
  await signalbox.close()
  const closed = {
    reason: {
      name: expect.stringMatching(/^(StoreProblem|TemporalUnreachable)$/),
      message: expect.stringMatching(/ is closed: this process has called `close\(\)` of /),
    },
  }
  expect(await ends).toMatchObject([closed, closed, closed])
  await stage.signalbox.client.workflow.getHandle(run.id).terminate()
})

it('waits for no outcome and no event from an address where no server has ever answered, and names it', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] })
  const signalbox = await connect({ client: new Client({ connection }), store: stage.store })
  await expect(signalbox.run('ticket-7').events().next()).rejects.toBeInstanceOf(TemporalUnreachable)
  const waiting = signalbox.run('ticket-7').outcome()
  await expect(waiting).rejects.toThrow(
    'no Temporal server answers at 127.0.0.1:1, where the client that `connect` was given looks for one',
  )
  await expect(waiting).rejects.toBeInstanceOf(TemporalUnreachable)
  await connection.close()
})

it('names the server that is away, by whichever verb it was asked', async () => {
  const proxy = await refusingProxy(inject('temporalAddress'), 'none of them')
  const connection = await Connection.connect({ address: proxy.address, interceptors: [] })
  const signalbox = await connect({ client: new Client({ connection }), store: stage.store, uiUrl: 'http://ui' })
  const run = await signalbox.start('clerk', { id: 'ticket-9', input: 'hello' })
  proxy.close()
  const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
    exists: () => run.exists(),
    url: () => run.url(),
    state: () => run.state(),
    pending: () => run.pending(),
    say: () => run.say('hello'),
    approve: () => run.approve('call-1'),
    deny: () => run.deny('call-1'),
    answer: () => run.answer('print', 'hold'),
    raiseBudget: () => run.raiseBudget({ usd: '1' }),
    stop: () => run.stop(),
    cancel: () => run.cancel(),
    start: () => signalbox.start('clerk', { input: 'hello' }),
    unopened: () => signalbox.unopened(),
  }
  const told = {
    name: 'TemporalUnreachable',
    message: expect.stringContaining(`the Temporal server at ${proxy.address} cannot be used now (No connection`),
    cause: expect.objectContaining({ code: UNAVAILABLE }),
  }
  const thrown = Object.entries(verbs).map(async ([name, verb]) => [name, await verb().catch(error => error)])
  expect(Object.fromEntries(await Promise.all(thrown))).toEqual(
    Object.fromEntries(Object.keys(verbs).map(name => [name, expect.objectContaining(told)])),
  )
  await connection.close()
  await stage.signalbox.client.workflow.getHandle(run.id).terminate()
})

it.each([PERMISSION_DENIED, UNAUTHENTICATED])(
  'says of a server that refuses the caller that it does: %i',
  async code => {
    const proxy = await refusingProxy(inject('temporalAddress'), 'GetSystemInfo', code)
    const temporal = localConnection(proxy.address)
    const told = {
      name: 'TemporalUnreachable',
      message: `the Temporal server at ${proxy.address} does not accept this caller; check the API key in TEMPORAL_API_KEY`,
    }
    await expect(connect({ temporal, store: false })).rejects.toMatchObject(told)
    const { store } = stage
    const config = soundConfiguration(YAML, stage.env)
    await expect(createWorker({ temporal, store, config, worker: sharedBundle() })).rejects.toMatchObject(told)
    proxy.close()
  },
)

it('gives the run that is there under an id, and refuses to take it for one of another agent', async () => {
  const { client } = stage.signalbox
  const signalbox = await connect({ client, store: stage.store, taskQueue: 'served-by-nobody' })
  const { id } = await signalbox.start('clerk', { id: 'ticket-7', input: 'hello' })
  expect((await signalbox.start('clerk', { id, input: 'hello' })).id).toBe(id)
  const other = signalbox.start('judge', { id, input: 'hello' })
  await expect(other).rejects.toThrow('ticket-7 is already the id of a run of clerk, so judge was not started')
  await expect(other).rejects.toBeInstanceOf(WrongStart)
  await client.workflow.getHandle(id).terminate()
})

it('gives the run that it has begun under an id, also where the server cannot be asked about it any more', async () => {
  const proxy = await refusingProxy(inject('temporalAddress'), 'DescribeWorkflowExecution')
  const temporal = localConnection(proxy.address)
  const signalbox = await connect({ temporal, store: stage.store, taskQueue: 'served-by-nobody' })
  const { id } = await signalbox.start('clerk', { id: 'ticket-8', input: 'hello' })
  expect(id).toBe('ticket-8')
  await expect(signalbox.start('clerk', { id, input: 'hello' })).rejects.toThrow('shard closed')
  await signalbox.close()
  proxy.close()
  await stage.signalbox.client.workflow.getHandle(id).terminate()
})

it('reads of a workflow whose memo another program has encrypted what does not lie in it', async () => {
  const { client } = stage.signalbox
  const encode = async (payloads: Payload[]) =>
    payloads.map(payload => ({ ...payload, metadata: { encoding: Buffer.from('binary/encrypted') } }))
  const dataConverter = { payloadCodecs: [{ encode, decode: async (payloads: Payload[]) => payloads }] }
  const theirs = new Client({ connection: client.connection, namespace: client.options.namespace, dataConverter })
  const at = { workflowId: `${stage.taskQueue}-theirs`, taskQueue: 'served-by-nobody', memo: { of: 'them' } }
  const foreign = await theirs.workflow.start('their-own', at)
  const signalbox = await connect({ client, store: stage.store, uiUrl: 'http://ui' })
  const run = signalbox.run(at.workflowId)
  expect([await run.exists(), await run.url()]).toEqual([true, expect.stringContaining(at.workflowId)])
  const started = signalbox.start('clerk', { id: at.workflowId, input: 'hello' })
  await expect(started).rejects.toThrow(`${at.workflowId} is already the id of a run of their-own`)
  await expect(started).rejects.toBeInstanceOf(WrongStart)
  await foreign.terminate()
  const storeless = await connect({ temporal: localConnection(inject('temporalAddress')), store: false })
  await expect(storeless.run(at.workflowId).say('hello')).rejects.toThrow('has ended')
  await storeless.close()
  for (const reading of ['show', 'watch'])
    expect((await command([reading, at.workflowId], { env: stage.commandEnv })).out).toContain('was terminated')
})

it('takes a namespace that is not there for no run that is not there', async () => {
  const { connection } = stage.signalbox.client
  const missing = new Client({ connection, namespace: 'elsewhere' })
  await expect(describeKnown(missing, 'ticket-7')).rejects.toThrow('Namespace elsewhere is not found')
  const run = (await connect({ client: missing, store: false })).run('ticket-7')
  await expect(run.exists()).rejects.toThrow('Namespace elsewhere is not found')
})

it('what a request has left undefined counts as left out', async () => {
  const input = 'Please publish this.'
  const left = { id: undefined, workspace: undefined, policy: undefined, taskClass: undefined, priority: undefined }
  const budget = { usd: '1', tokens: undefined, onShort: undefined }
  const run = await stage.signalbox.start('clerk', { input, ...left, budget, labels: { team: undefined, of: 'rail' } })
  const all = { after: undefined, signal: undefined }
  const { toolCallId } = (await eventOf(run.events(all), 'approval-ask')) as { readonly toolCallId: string }
  await run.raiseBudget({ usd: '1', tokens: undefined, by: undefined, note: undefined })
  await run.say('thank you', { id: undefined, by: undefined })
  await run.approve(toolCallId, { by: 'ann', note: undefined })
  expect(await eventOf(run.events(all), 'approval-decision')).toMatchObject({ by: 'ann' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  expect((await stage.store.reports.run(run.id))?.labels).toEqual({ of: 'rail' })
  expect(await run.messages({ step: undefined })).toEqual(await run.messages())
  expect((await run.treeEvents(all).next()).value?.event.kind).toBe('run-start')
  const chunks = uiMessageChunks(run, { ...all, untilAnswer: undefined, answerTo: undefined })
  expect((await chunks.next()).value?.type).toBe('start')
  await chunks.return(undefined)
})

describe('a client without the store', () => {
  it('starts, approves, says, waits for the outcome and knows the page; events need the store and say so', async () => {
    const { taskQueue } = stage
    const temporal = localConnection(inject('temporalAddress'))
    const signalbox = await connect({ temporal, taskQueue, store: false })
    const run = await signalbox.start('clerk', { input: 'Please publish this.' })
    const [host, port] = inject('temporalAddress').split(':')
    expect(await run.url()).toContain(`http://${host}:${Number(port) + 1_000}/namespaces/default/workflows/${run.id}/`)
    await expect(run.events().next()).rejects.toThrow(/without the store.*DATABASE_URL/)
    await expect.poll(async () => (await run.state()).pending).toHaveLength(1)
    const [pending] = (await run.state()).pending
    await run.say('thank you')
    await run.approve(pending?.toolCallId ?? '')
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    await signalbox.close()
  })
})

describe('a look at a run that ended without a word to the store', () => {
  it('says so of one that was terminated, and does not tell what it was waiting for', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await eventOf(run.events(), 'approval-ask')
    await stage.signalbox.client.workflow.getHandle(run.id).terminate()
    const inspection = await inspectRun(stage.signalbox, run.id)
    expect(inspection.note).toMatch(/^the run was terminated, .*`signalbox budget reconcile`/)
    expect(inspection).not.toHaveProperty('state')
    expect(inspection.report).toMatchObject({ id: run.id })
  })

  it('says so of one that was terminated before a worker had opened it, and lists it nowhere', async () => {
    const { elsewhere, run, handle, label } = await startUnserved('terminated')
    await handle.terminate()
    const inspection = await inspectRun(elsewhere, run.id)
    expect(inspection.note).toMatch(/^the run was terminated, .*not in the store/)
    expect(inspection).not.toHaveProperty('state')
    expect(inspection).not.toHaveProperty('report')
    expect(await elsewhere.runs({ label })).toEqual([])
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: 'the run was terminated', calls: 0 })
    await expect(run.state()).rejects.toThrow(/has ended before a worker picked it up, so it has no state/)
    await elsewhere.close()
  })

  it('has one like any other that was cancelled before a worker had opened it, once a worker has come to it', async () => {
    const { elsewhere, run, handle, label, taskQueue, temporal } = await startUnserved('cancelled')
    await handle.cancel()
    const config = soundConfiguration(YAML, stage.env)
    const store = { path: stage.storePath }
    const late = await createWorker({
      config,
      store,
      temporal,
      taskQueue,
      worker: { ...FRUGAL, ...sharedBundle() },
      ...APP,
    })
    const done = late.run()
    await handle.result().catch(() => {})
    late.shutdown()
    await done
    const recorded = { id: run.id, outcome: 'cancelled', budget: { usd: '0.50' } }
    const { report, note, state } = await inspectRun(elsewhere, run.id)
    expect(report).toMatchObject(recorded)
    expect([note, state]).toEqual([undefined, undefined])
    expect(await elsewhere.runs({ label })).toMatchObject([recorded])
    await elsewhere.close()
  })

  /** On a queue that nobody serves. */
  async function startUnserved(ends: string) {
    const temporal = localConnection(inject('temporalAddress'))
    const taskQueue = `unserved-${ends}`
    const elsewhere = await connect({ temporal, taskQueue, store: stage.store })
    const label = { key: 'ends', value: ends }
    const terms = { budget: { usd: '0.50' }, labels: { [label.key]: label.value } }
    const run = await elsewhere.start('clerk', { input: 'What is the sum?', ...terms })
    const handle = elsewhere.client.workflow.getHandle(run.id)
    return { elsewhere, run, handle, label, taskQueue, temporal }
  }
})

describe('an outcome', () => {
  it('is one also where no worker has taken the run up before it was terminated', async () => {
    const temporal = localConnection(inject('temporalAddress'))
    const signalbox = await connect({ temporal, taskQueue: 'nobody-serves-it', store: stage.store })
    const run = await signalbox.start('clerk', { input: 'What is the sum?' })
    await signalbox.client.workflow.getHandle(run.id).terminate()
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: 'the run was terminated', costUsd: '0' })
    await signalbox.close()
  })

  it('has the cost of a call that was under way when the run was terminated, which no worker can tell', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 3, times: 1 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum, for now?' })
    await eventOf(run.events(), 'attempt-start')
    await stage.signalbox.client.workflow.getHandle(run.id).terminate()
    const { cost } = await run.outcome()
    expect(cost.highPico).not.toBe('0')
  })

  it('has the cost that a worker tells where the store of the client is not that of the run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-elsewhere-'))
    const run = await stage.signalbox.start('clerk', { input: 'Try the slow tool.' })
    await eventOf(run.events(), 'tool-start')
    await run.cancel()
    const { cost } = await run.outcome()
    expect(cost.highPico).not.toBe('0')
    const temporal = localConnection(inject('temporalAddress'))
    const elsewhere = await connect({ temporal, store: { path: join(folder, 'store.db') } })
    expect((await elsewhere.run(run.id).outcome()).cost).toEqual(cost)
    await elsewhere.close()
    await rm(folder, { recursive: true })
  })

  it('is put off where a worker cannot tell what the run has cost, as without its store, and then whole', async () => {
    let away = false
    const read = async (payloads: Payload[]) => {
      if (away) throw new StoreProblem('unreachable', 'the store is away')
      return payloads
    }
    const codec = { encode: async (payloads: Payload[]) => payloads, decode: read }
    const worker = { dataConverter: { payloadCodecs: [codec] } }
    const temporalAddress = inject('temporalAddress')
    const own = await stageScene({ worker })
    const run = await own.signalbox.start('clerk', { input: 'Try the slow tool.' })
    await eventOf(run.events(), 'tool-start')
    await run.cancel()
    await eventOf(run.events(), 'run-end')
    const { client } = own.signalbox
    const status = async () => (await client.workflow.getHandle(run.id).describe()).status.name
    await expect.poll(status).toBe('CANCELLED')
    const elsewhere = await connect({ temporal: localConnection(temporalAddress), store: false })
    const asked = elsewhere.run(run.id)
    away = true
    const error = await asked.outcome().catch((thrown: unknown) => thrown)
    expect(knownProblem(error)).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('is away') })
    expect(await askState(elsewhere.client, run.id, { isRecorded: true })).toMatchObject({
      note: expect.stringContaining('is away'),
    })
    away = false
    const outcome = await asked.outcome()
    expect(outcome).toMatchObject({ kind: 'cancelled', calls: 1, cost: { highPico: expect.not.stringMatching(/^0$/) } })
    expect(await run.outcome()).toEqual(outcome)
    await elsewhere.close()
    await own.close()
  })
})

describe('the store', () => {
  it('is read by a client: the runs, and what they have spent, as the commands have it', async () => {
    const { signalbox, taskQueue } = stage
    const customer = { key: 'customer', value: 'ann' }
    const run = await signalbox.start('clerk', { input: 'What is the sum?', labels: { customer: 'ann' } })
    const { costUsd, calls } = await run.outcome()
    expect(costUsd).not.toBe('0')
    const ends: number[] = []
    for await (const event of run.events()) if (event.kind === 'attempt-end') ends.push(Number(event.costUsd))
    expect(ends.reduce((sum, usd) => sum + usd)).toBeCloseTo(Number(costUsd), 12)
    const [listed, ...others] = await signalbox.runs({ label: customer, outcomes: ['answered'] })
    expect(others).toEqual([])
    expect(listed).toMatchObject({ id: run.id, workflow: 'clerk', outcome: 'answered', calls, costUsd })
    expect(await signalbox.runs({ label: customer, outcomes: ['open'] })).toEqual([])
    expect(await signalbox.runs({ label: customer, after: listed })).toEqual([])
    await expect(signalbox.runs({ after: run.id } as object)).rejects.toThrow('give the last run of the page')
    const { rows, total } = await signalbox.spend({ by: ['label:customer', 'class'] })
    expect(rows.find(({ keys }) => keys[0] === 'ann')).toMatchObject({ keys: ['ann', 'cheap'], costUsd })
    expect(rows.reduce((sum, row) => sum + row.attempts, 0)).toBe(total.attempts)
    expect((await signalbox.spend({ untilMs: 5, sinceMs: 1 })).rows).toEqual([])
    await expect(signalbox.spend({ sinceMs: 5, untilMs: 5 })).rejects.toThrow('must be later than sinceMs')
    await expect(signalbox.spend({ by: ['team' as 'class'] })).rejects.toThrow(/by class, .*label:<key>, not by 'team'/)
    await expect(signalbox.spend({ label: { customer: 'ann' } as never })).rejects.toThrow(/a label that is none/)
    await expect(signalbox.runs({ outcome: 'open' } as object)).rejects.toThrow("did you mean 'outcomes'")
    const without = await connect({ temporal: localConnection(inject('temporalAddress')), taskQueue, store: false })
    await expect(without.runs()).rejects.toThrow(/without the store.*DATABASE_URL/)
    await expect(without.spend()).rejects.toThrow(/without the store/)
    await without.close()
  })
})

describe('messages', () => {
  it('are what the model was told and has said until a step’s answer, long results whole', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Read the big one.' })
    await run.outcome()
    const messages = await run.messages()
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant'])
    expect(JSON.stringify(messages[3])).toContain('lorem '.repeat(5_000))
    expect(await run.messages({ step: 1 })).toEqual(messages.slice(0, 3))
    await expect(run.messages({ step: 7 })).rejects.toThrow(/no answered step 7; it has 1 to 2/)
    await expect(stage.signalbox.run('nobody').messages()).rejects.toThrow(/has no run nobody/)
  })
})

describe('events', () => {
  it('are resumed by offset from any process, and a late reader gets the whole text instead of deltas', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    const early = await eventOf(run.events(), 'step-start')
    await run.outcome()
    const elsewhere = await openStore({ path: stage.storePath })
    const other = await connect({
      temporal: localConnection(inject('temporalAddress')),
      store: elsewhere,
      taskQueue: stage.taskQueue,
    })
    const [first] = await allEvents(other.run(run.id).events())
    expect(first).toMatchObject({ kind: 'run-start', workflow: 'clerk' })
    const rest = await allEvents(other.run(run.id).events({ after: early.offset }))
    expect(rest.every(event => event.offset > early.offset)).toBe(true)
    expect(rest.some(event => event.kind === 'text-delta')).toBe(false)
    const answers = rest.filter(event => event.kind === 'answer')
    expect(answers.at(-1)?.text).toContain('The sums are 3 and 7.')
    expect(rest.at(-1)).toMatchObject({ kind: 'run-end', outcome: 'answered' })
    await other.close()
    await elsewhere.close()
  })

  it('carry the text as it comes', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 30, times: 1 }])
    const run = await stage.signalbox.start('clerk', { input: 'Tell me a long story.', taskClass: 'only-one' })
    const delta = await eventOf(run.events(), 'text-delta')
    expect(delta.text.length).toBeGreaterThan(0)
    await run.cancel()
    await run.outcome()
  })
})

it('refuses an option that does not exist, of a client, its verbs, a worker and a plug-in', async () => {
  const start = { input: 'hi', ...({ label: { team: 'rail' } } as object) }
  await expect(stage.signalbox.start('clerk', start)).rejects.toThrow("did you mean 'labels'")
  const { signalbox } = stage
  const fork = { atStep: 1, modle: 'acme/large' }
  await expect(signalbox.fork('clerk-1', fork)).rejects.toThrow("'modle', which does not exist; did you mean 'model'")
  await expect(signalbox.run('clerk-1').messages({ steps: 1 } as object)).rejects.toThrow("did you mean 'step'")
  expect(() => signalbox.run('clerk-1').events({ from: 3 } as object)).toThrow("'from', which does not exist")
  await expect(signalbox.run('clerk-1').approve('c', { By: 'x' } as object)).rejects.toThrow("did you mean 'by'")
  await expect(connect({ taskQueu: 'press' } as object)).rejects.toThrow("did you mean 'taskQueue'")
  await expect(signalbox.start('clerk', { prompt: 'x' } as never)).rejects.toThrow("did you mean 'input'")
  await expect(createWorker({ ...({ tool: [] } as object) })).rejects.toThrow("did you mean 'tools'")
  await expect(createPlugin({ ...({ app: APP } as object) })).rejects.toThrow("createPlugin has 'app'")
})

it('may be told twice to shut a worker down, as by two signals', async () => {
  const { worker, shutdown, done } = await stage.startWorker()
  await expect.poll(() => worker.getState()).toBe('RUNNING')
  shutdown()
  shutdown()
  await done
  shutdown()
  expect(worker.getState()).toBe('STOPPED')
})

describe('a client that is closed while a call waits to be retried', () => {
  it.each([
    ['while the time of that is still to come', () => {}],
    ['while this process is so busy that the time of that passes', () => block(300)],
  ])('has that call fail, and its process go on, %s', async (_, meanwhile) => {
    const proxy = await refusingProxy(inject('temporalAddress'), 'DescribeWorkflowExecution', UNAVAILABLE)
    const client = await connect({ temporal: localConnection(proxy.address), store: { path: ':memory:' } })
    const asked = client.run('nobody').exists()
    const refused = expect(asked).rejects.toThrow('shard closed')
    await proxy.refused
    // By now it has heard, and waits for its second try, which is due after 136 ms at the earliest.
    await delay(50)
    meanwhile()
    await client.close()
    await refused
    proxy.close()
  })
})

it('has no connection left once it is closed, also where its store could not be', async () => {
  const client = await connect({ temporal: localConnection(inject('temporalAddress')), store: { path: ':memory:' } })
  const store = await client.store()
  vi.spyOn(store, 'close').mockRejectedValueOnce(new Error('the disk is full'))
  await expect(client.close()).rejects.toThrow('the disk is full')
  await expect(client.run('nobody').exists()).rejects.toThrow('this client is closed')
  await store.close()
})

/** As a store file does that is locked. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

describe('an input over the limit', () => {
  it('of tokens fails with the window that is too small', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'word '.repeat(150_000) })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'no-route' } })
    expect(outcome.message).toMatch(/context window of 100,000 tokens is below the 1\d\d,\d{3} tokens needed/)
  })

  it('of bytes lies in the store, and is shown as it was written', async () => {
    const run = await stage.signalbox.start('clerk', { input: `Say "sums"? ${'word '.repeat(210_000)}` })
    expect((await run.outcome()).kind).toBe('failed')
    expect((await inspectRun(stage.signalbox, run.id)).inputPreview).toMatch(/^Say "sums"\? word word .*…$/)
  })
})

describe('a store that cannot be opened', () => {
  it('keeps no outcome from whoever waits for it, and is opened once that is mended', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-client-'))
    const path = join(folder, 'store.db')
    await writeFile(path, 'no database at all, and long enough to be looked at '.repeat(100))
    const { client } = stage.signalbox
    const signalbox = await connect({ client, taskQueue: stage.taskQueue, store: { path } })
    expect(await signalbox.run(run.id).outcome()).toMatchObject({ kind: 'answered' })
    await expect(signalbox.store()).rejects.toThrow(StoreProblem)
    await rm(path)
    expect((await signalbox.store()).place).toContain(path)
    await signalbox.close()
    await rm(folder, { recursive: true })
  })
})

describe('the Temporal plug-in', () => {
  it('joins a Worker and a Client that a user already has, and gives back what lost runs hold', async () => {
    const address = inject('temporalAddress')
    const taskQueue = 'their-own-queue'
    const config = soundConfiguration(YAML, stage.env)
    const connection = await NativeConnection.connect({ address })
    const plugin = await createPlugin({ config, store: stage.store, connection, ...APP })
    const lost = newAttempt(newCall(1), 1)
    const namespaceId = await namespaceIdOf(connection, 'default')
    await stage.store.ledger.openRun(newRun({ namespaceId: namespaceId! }))
    await stage.store.ledger.beginCall(lost.call)
    await stage.store.ledger.beginAttempt(lost)
    const worker = await Worker.create({ connection, taskQueue, plugins: [plugin] })
    const client = new Client({ connection: await Connection.connect({ address }) })
    const signalbox = await connect({ client, taskQueue, store: stage.store })
    await worker.runUntil(async () => {
      const run = await signalbox.start('clerk', { input: 'What is the sum?' })
      expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 2 })
      await expect.poll(() => stage.store.budgets.holdingRuns()).not.toContainEqual({ id: RUN.id, key: RUN.key })
    })
    await signalbox.close()
    await plugin.close()
    await client.connection.close()
    await connection.close()
  })
  it('lets a client seal what it sends to a run of whose id it has heard before it was sealed', async () => {
    const config = soundConfiguration(YAML, stage.env)
    const plugin = await createPlugin({ config, store: stage.store, ...APP })
    const codec = plugin.configureClient({}).dataConverter!.payloadCodecs!.at(-1)!
    const payload = { metadata: {}, data: Buffer.from('"and hurry"') }
    const sent = async () =>
      (await codec.encode([payload], { type: 'workflow', namespace: 'default', workflowId: 'told-early' }))[0]
    expect(await sent()).toEqual(payload)
    await stage.store.seals.ensure('told-early', { content: true, workspace: 'default' })
    expect(Buffer.from((await sent())!.data!).includes('hurry')).toBe(false)
    await plugin.close()
  })

  it('cancels a call as soon as a worker of ours does', async () => {
    const taskQueue = 'their-cancelled-queue'
    const connection = await NativeConnection.connect({ address: inject('temporalAddress') })
    const config = soundConfiguration(YAML, stage.env)
    const plugin = await createPlugin({ config, store: stage.store, connection, ...APP })
    const worker = await Worker.create({ connection, taskQueue, plugins: [plugin], ...FRUGAL, ...sharedBundle() })
    const temporal = localConnection(inject('temporalAddress'))
    const signalbox = await connect({ temporal, taskQueue, store: stage.store })
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5 }])
    await worker.runUntil(async () => {
      const run = await signalbox.start('clerk', { input: 'Tell me a long story.', taskClass: 'only-one' })
      await eventOf(run.events(), 'attempt-start')
      // Its first heartbeat is sent at once; those that follow are what the SDK by default sends every 16 s.
      await delay(3_000)
      const cancelledAtMs = Date.now()
      await run.cancel()
      expect(await run.outcome()).toMatchObject({ kind: 'cancelled', calls: 1 })
      await expect.poll(() => stage.vendors.meter().at(-1)?.outcome).toBe('aborted')
      expect((stage.vendors.meter().at(-1)?.endedAtMs ?? Number.POSITIVE_INFINITY) - cancelledAtMs).toBeLessThan(14_000)
    })
    await stage.vendors.setFaults('one', [])
    await signalbox.close()
    await plugin.close()
    await connection.close()
  })
})

it('what no run can be started with is told before anything is sent', async () => {
  const { start } = stage.signalbox
  const input = 'What is the sum?'
  const ring: { self?: unknown } = {}
  ring.self = ring
  const wrong = async (options: unknown) => start('clerk', options as never).catch((error: unknown) => error)
  for (const [options, words] of [
    ['What is the sum?', /^the start of clerk was given a text where its options belong; write \{ input/],
    [undefined, /was given nothing where its options belong/],
    [
      { input, policy: { zdrr: true } },
      /^the policy of the run of clerk has the key 'zdrr', which would have no effect/,
    ],
    [{ input, policy: { maxRetention: '1d' } }, /here it is maxRetentionMs, in milliseconds/],
    [{ input, labels: { year: 2026 } }, /^the label year is 2026; write it as text, like '2026'/],
    [{ input, labels: { customer: 'x'.repeat(1_001) } }, /^the label customer has 1001 characters, and its name/],
    [{ labels: {} }, /^the run of clerk has no input; give it one, or `input: null` to a workflow that takes none/],
    [{ input: undefined }, /has no input/],
    [{ input, budget: { usd: 0.5 } }, /^the budget's usd is 0.5; write it as text, like '0.50': clerk was not started/],
    [{ input, budget: { usdd: '1' } }, /^the budget's usdd is not a unit that is counted; the units are usd, tokens/],
    [{ input, budget: 1 }, /^the budget is 1; write/],
    [{ input, budget: { usd: () => '1' } }, /^the budget of the run of clerk is not JSON: \$\.usd is a function/],
    [
      { input: { seen: new Set() } },
      /^the input of clerk is not JSON: \$\.seen is a Set, which JSON cannot hold; give/,
    ],
    [
      { input: { orders: [{ id: 5n }] } },
      /^the input of clerk is not JSON: \$\.orders\[0\]\.id is a bigint, which JSON/,
    ],
    [{ input: { ...ring, orders: [1] } }, /^the input of clerk is not JSON: \$\.self\.self refers back to an object/],
    [{ input, labels: ['press'] }, /^the labels are a list; write \{ team: 'press' \}/],
  ] as const) {
    const error = await wrong(options)
    expect(error).toBeInstanceOf(WrongStart)
    expect((error as Error).message).toMatch(words)
  }
  const tooLong = await wrong({ input, id: 'x'.repeat(2_000) })
  expect(tooLong).toBeInstanceOf(WrongStart)
  expect((tooLong as Error).message).toMatch(/^the Temporal server refuses to start clerk: WorkflowId exceeds/)
  for (const id of ['', undefined as never]) expect(() => stage.signalbox.run(id)).toThrow(/instead of its id/)
})

it('a run that others have started so is refused by its worker', async () => {
  const { client } = stage.signalbox
  const begin = (workflowId: string, terms: object) =>
    client.workflow.execute('clerk', {
      workflowId,
      taskQueue: stage.taskQueue,
      args: [{ input: 'What is the sum?', terms }],
    })
  const paid = stage.vendors.meter().length
  expect(await begin('by-hand-1', { policy: { denyProvider: ['one'] } })).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining("the run's policy has the key 'denyProvider', which would have no effect"),
  })
  expect(await begin('by-hand-3', { budget: { usd: 0.5 } })).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining("the budget's usd is 0.5; write it as text"),
  })
  expect(await begin('by-hand-2', { labels: { year: 2026 } })).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('the label year is 2026'),
  })
  expect(stage.vendors.meter()).toHaveLength(paid)
})

it('is given an address alone, and a namespace where it is another', async () => {
  const address = inject('temporalAddress')
  const signalbox = await connect({ temporal: { address }, store: stage.store, taskQueue: stage.taskQueue })
  const run = await signalbox.start('clerk', { input: 'What is the sum?' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  expect(signalbox.client.options.namespace).toBe('default')
  await signalbox.close()
  const press = await connect({ temporal: { address, namespace: 'press' }, store: false })
  expect(press.client.options.namespace).toBe('press')
  await press.close()
  await expect(connect({ temporal: address as never })).rejects.toThrow('`temporal` has no address; write { address:')
})

it.each([
  [{ agents: { clerk: APP.agents![0] } }, /^create\w+ was given agents that are not a list; write `agents: \[ … \]`$/],
  [{ agents: [{ name: 'clerk', instructions: 'x', taskClass: 'cheap' }] }, /index 0 was not made by defineAgent$/],
  [
    { tools: [{ description: 'x', execute: () => 1 }] },
    /tools of which the one at index 0 was not made by defineTool$/,
  ],
  [{ tools: [undefined] }, /was not made by defineTool$/],
  [{ schemas: [...APP.schemas!, z.object({})] }, /schemas of which the one at index 1 was not made by defineSchema$/],
  [{ classes: 'cheap' }, /classes that are not a list; write `classes: \[ … \]`$/],
  [{ classes: ['cheap', { strong: {} }] }, /classes of which the one at index 1 is no text$/],
  [{ config: { providers: {} } }, /was given an object as its `config`; give it the path of a file, or what `loadConf/],
])('a worker or a plug-in is made of what ours have made: %#', async (options, words) => {
  // Before anything is connected or opened.
  const temporal = { address: '127.0.0.1:1' }
  const wrong = async (make: Promise<unknown>) => make.catch((error: unknown) => error)
  for (const error of [
    await wrong(createWorker({ temporal, ...(options as object) })),
    await wrong(createPlugin(options as object)),
  ]) {
    expect(error).toBeInstanceOf(ConfigurationProblem)
    expect((error as Error).message).toMatch(words)
  }
})

it('a store is a place or an open one', async () => {
  const store = 'sqlite:signalbox.db' as never
  await expect(connect({ temporal: { address: inject('temporalAddress') }, store })).rejects.toThrow(
    /given as a text; write \{ url/,
  )
  await expect(createPlugin({ config: soundConfiguration(YAML, stage.env), store })).rejects.toThrow(/given as a text/)
})
