import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { z } from 'zod'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { connect, type Signalbox } from '../../src/runtime/client.ts'
import { createClosers } from '../../src/runtime/closers.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { howEnded } from '../../src/runtime/temporal/how-ended.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { newMasterKey } from '../../src/store/index.ts'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { signalbox as command } from '../cli/captured.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { VENDORS, YAML } from '../support/scene.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'
import { vendorUrls } from '../support/vendor-urls.ts'

const { History } = proto.temporal.api.history.v1

const NAMESPACES = ['default', 'sealed-elsewhere'] as const
const CANARY = 'canary-71c0ffee52'
const QUEUE = 'sealed-namespaces'
const sealed = { policy: { zdr: true } } as const

const publish = defineTool({
  name: 'publish',
  description: 'publishes',
  input: z.object({ text: z.string() }),
  needsApproval: true,
  run: async ({ text }) => text,
})
const agents = [
  defineAgent({ name: 'helper', instructions: 'You help.', description: 'Helps.', taskClass: 'cheap' }),
  defineAgent({ name: 'keeper', instructions: 'You keep.', tools: [publish], taskClass: 'cheap' }),
  defineAgent({ name: 'leader', instructions: 'You lead.', agents: ['helper'], taskClass: 'cheap' }),
]

const closers = createClosers()
afterAll(() => closers.close())
let folder: string
const masterKey = newMasterKey()
let vendors: RunningVendors
const clients: Signalbox[] = []

/** One store behind the workers and clients of two namespaces. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-namespaces-'))
  closers.add(() => rm(folder, { recursive: true, force: true }))
  const behaviours = [
    { match: 'lead', turns: [{ tools: [{ name: 'helper', arguments: { input: 'be of help' } }] }, { text: 'Led.' }] },
    { match: 'be of help', turns: [{ text: `I helped with ${CANARY}.` }] },
    { match: 'keep', turns: [{ tools: [{ name: 'publish', arguments: { text: CANARY } }] }, { text: 'It is kept.' }] },
  ]
  vendors = await startVendors({ vendors: VENDORS.vendors.map(vendor => ({ ...vendor, behaviours })) })
  closers.add(() => vendors.close())
  const env = { SIGNALBOX_MASTER_KEY: masterKey, ...vendorUrls(vendors) }
  await register(NAMESPACES[1])
  const store = { path: join(folder, 'store.db') }
  for (const namespace of NAMESPACES) {
    const temporal = { ...localConnection(inject('temporalAddress')), namespace }
    const config = soundConfiguration(YAML, env)
    const common = { temporal, taskQueue: QUEUE, store, env }
    const own = await createWorker({
      ...common,
      config,
      agents,
      tools: [publish],
      worker: { ...FRUGAL, ...sharedBundle() },
      shutdownGraceMs: 100,
    })
    const done = own.run()
    const client = await connect(common)
    clients.push(client)
    closers.add(() => client.close())
    closers.add(() => done)
    closers.add(() => own.shutdown())
  }
  closers.add(async () => expectLedgerMatchesMeter({ store: await of(0).store(), vendors }))
})

const of = (at: number) => clients[at]!

it('sealed runs of one id in two namespaces of a store have a key each, and a purge of one leaves the other', async () => {
  const id = 'twice-sealed'
  const mine = await of(0).start('keeper', { input: `keep ${CANARY}`, id, ...sealed })
  const ask = await eventOf(mine.events(), 'approval-ask')
  const theirs = await of(1).start('helper', { input: `be of help with ${CANARY}`, id, ...sealed })
  expect(await theirs.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining(CANARY) })
  const store = await of(0).store()
  const keys = (await store.seals.keys()).filter(({ rootId }) => rootId === id)
  expect(keys).toHaveLength(2)
  expect(await store.content.purge(id, Date.now())).toMatchObject({ how: 'destroyed-key' })
  await mine.approve(ask.toolCallId)
  expect(await mine.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining('It is kept.') })
  expect(await historyOf(0, id)).not.toContain(CANARY)
})

it('a run that is not sealed stays readable when one of its id in another namespace was sealed and purged', async () => {
  const id = 'once-sealed'
  const mine = await of(0).start('keeper', { input: `keep ${CANARY}`, id })
  const ask = await eventOf(mine.events(), 'approval-ask')
  const theirs = await of(1).start('helper', { input: 'be of help', id, ...sealed })
  expect(await theirs.outcome()).toMatchObject({ kind: 'answered' })
  // What is said meanwhile is not sealed with the other's key.
  await mine.say('and mind this')
  expect(await historyOf(0, id)).toContain('and mind this')
  await (await of(0).store()).content.purge(id, Date.now())
  await mine.approve(ask.toolCallId)
  expect(await mine.outcome()).toMatchObject({ kind: 'answered' })
})

it('a run that is not sealed begins while one of its id in another namespace is', async () => {
  const id = 'sealed-before'
  const theirs = await of(1).start('keeper', { input: `keep ${CANARY}`, id, ...sealed })
  const ask = await eventOf(theirs.events(), 'approval-ask')
  const mine = await of(0).start('helper', { input: 'be of help', id })
  expect(await mine.outcome()).toMatchObject({ kind: 'answered' })
  await theirs.approve(ask.toolCallId)
  expect(await theirs.outcome()).toMatchObject({ kind: 'answered' })
  expect(await historyOf(1, id)).not.toContain(CANARY)
})

it('tells how a run ended where the namespace lacks the search attributes, unless what it gave is sealed', async () => {
  const { client } = of(1)
  const start = (id: string, terms: object) => of(1).start('helper', { input: 'be of help', id, ...terms })
  const endOf = async ({ id }: { readonly id: string }) => {
    const { key } = (await (await of(1).store()).reports.run(id))!
    return howEnded({ connection: client.connection, options: { namespace: NAMESPACES[1] } }, { id, key })
  }
  const answered = await start('ended-plain', {})
  const closed = await start('ended-sealed', sealed)
  const cancelled = await of(1).start('keeper', { input: 'keep this', id: 'ended-cancelled' })
  await eventOf(cancelled.events(), 'approval-ask')
  await cancelled.cancel()
  await Promise.all([answered, closed, cancelled].map(run => run.outcome()))
  expect(await endOf(answered)).toMatchObject({ reason: 'the run completed', outcome: 'answered' })
  expect(await endOf(cancelled)).toMatchObject({ reason: 'the run was cancelled', outcome: 'cancelled' })
  const untold = await endOf(closed)
  expect(untold).toMatchObject({ reason: expect.stringMatching(/^the run completed, but how is not known: .*setup/) })
  expect(untold).not.toHaveProperty('outcome')
})

it('gives the messages of the run of its own namespace, whichever began last', async () => {
  const id = 'told-twice'
  const said: string[] = []
  for (const at of [0, 1]) await (await of(at).start('helper', { input: `be of help at ${at}`, id })).outcome()
  for (const at of [0, 1]) said.push(JSON.stringify(await of(at).run(id).messages()))
  expect(said).toEqual([expect.stringContaining('help at 0'), expect.stringContaining('help at 1')])
  // What no server has the store is asked for all the same.
  await expect(of(1).run('nobody-here').messages()).rejects.toMatchObject({ name: 'StoreProblem', kind: 'unknown-run' })
})

it('gives the events and messages of a child of its own namespace, whichever began last', async () => {
  const id = 'led-twice'
  for (const at of [0, 1]) await (await of(at).start('leader', { input: `lead at ${at}`, id })).outcome()
  const reports = await (await of(0).store()).reports.runs({ sinceMs: 0 })
  const children = reports.filter(run => run.id.startsWith(`${id}/`)).toReversed()
  expect(new Set(children.map(child => child.id)).size).toBe(1)
  for (const at of [0, 1]) {
    const child = of(at).run(children[at]!.id)
    const [first] = await allEvents(child.events())
    expect(first).toMatchObject({ kind: 'run-start', atMs: children[at]!.startedAtMs })
    expect(JSON.stringify(await child.messages())).toContain('be of help')
  }
})

/** What a command reads of an id of which each namespace has a run. */
const READS: readonly (readonly [command: string, words: (id: string) => readonly string[]])[] = [
  ['show', id => ['show', id, '--json']],
  ['cost', id => ['cost', id, '--json']],
  ['calls', id => ['calls', '--run', id, '--json']],
  ['explain', id => ['explain', id, '--step', '1', '--json']],
]

it('reads of the run of its own namespace by command, whichever began last', async () => {
  const id = 'read-twice'
  const keys = await startedInBoth(id)
  for (const at of [0, 1])
    for (const [name, words] of READS) {
      const read = await command(words(id), { env: envOf(at) })
      expect([name, read.exitCode, read.err]).toEqual([name, 0, ''])
      expect([name, JSON.stringify(read.json())]).toEqual([name, expect.stringContaining(`place${at}`)])
      expect([name, JSON.stringify(read.json())]).not.toEqual([name, expect.stringContaining(`place${1 - at}`)])
      const byKey = await command(words(keys[1 - at]!), { env: envOf(at) })
      expect([name, JSON.stringify(byKey.json())]).toEqual([name, expect.stringContaining(`place${1 - at}`)])
    }
})

it('forks the run of its own namespace, whichever began last', async () => {
  const id = 'forked-twice'
  await startedInBoth(id)
  for (const at of [0, 1]) {
    const fork = await of(at).fork(id, { atStep: 1 })
    const forked = await command(['fork', id, '--at-step', '1', '--task-queue', QUEUE, '--json'], { env: envOf(at) })
    for (const its of [fork.id, forked.json().id]) {
      await of(at).run(its).outcome()
      expect(await (await of(at).store()).reports.run(its)).toMatchObject({ labels: { place: `place${at}` } })
    }
  }
})

it('says where no server tells which run of an id is meant, and purges none then', async () => {
  const id = 'meant-twice'
  const keys = await startedInBoth(id)
  const env = { ...envOf(0), TEMPORAL_ADDRESS: '127.0.0.1:1' }
  const told = expect.stringMatching(new RegExp(`2 namespaces.*${id}.*${keys[1]}.*${keys[0]}`, 's'))
  const purging = command(['purge', '--run', id], { env })
  await Promise.all(
    READS.map(async ([name, words]) => {
      const read = await command(words(id), { env })
      expect([name, read.err]).toEqual([name, told])
      expect([name, JSON.stringify(read.json())]).toEqual([name, expect.stringContaining('place1')])
    }),
  )
  expect(await purging).toMatchObject({ exitCode: 2, err: told })
  expect(await command(['cost', keys[0]!, '--json'], { env })).toMatchObject({ exitCode: 0, err: '' })
  expect(await command(['purge', '--run', id, '--json'], { env: envOf(0) })).toMatchObject({ exitCode: 0 })
  const { reports } = await of(0).store()
  expect(await reports.run(keys[0]!)).toHaveProperty('purgedAtMs')
  expect(await reports.run(keys[1]!)).not.toHaveProperty('purgedAtMs')
})

it('shows a run that only another namespace has as what it is, and none of it for a run that is its own', async () => {
  const id = 'elsewhere-only'
  const theirs = await of(1).start('keeper', { input: 'keep it', id, labels: { place: 'place1' } })
  const ask = await eventOf(theirs.events(), 'approval-ask')
  const shown = await command(['show', id, '--json'], { env: envOf(0) })
  expect(shown.json()).toMatchObject({ run: { id }, note: expect.stringContaining('another namespace') })
  const waiting = await command(['runs', '--waiting', '--json'], { env: envOf(0) })
  expect(waiting.json().unasked).toContainEqual({
    id,
    why: expect.stringContaining('another namespace'),
    elsewhere: true,
  })
  // Nobody serves this queue: the store does not have the run.
  await of(0).client.workflow.start('agent', { workflowId: id, taskQueue: 'nobody-serves', args: [] })
  await of(0).client.workflow.getHandle(id).terminate()
  const own = (await command(['show', id, '--json'], { env: envOf(0) })).json()
  expect(own).not.toHaveProperty('run')
  await theirs.approve(ask.toolCallId)
  await theirs.outcome()
})

/** A run of that id in each namespace, one after the other, and their keys. */
async function startedInBoth(id: string): Promise<readonly string[]> {
  const keys: string[] = []
  for (const at of [0, 1]) {
    await (await of(at).start('helper', { input: 'be of help', id, labels: { place: `place${at}` } })).outcome()
    const { raw } = await of(at).client.workflow.getHandle(id).describe()
    keys.push(raw.workflowExecutionInfo!.firstRunId!)
  }
  return keys
}

function envOf(at: number): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: NAMESPACES[at]!,
    DATABASE_URL: join(folder, 'store.db'),
    SIGNALBOX_MASTER_KEY: masterKey,
  }
}

async function register(namespace: string): Promise<void> {
  const connection = await Connection.connect({ address: inject('temporalAddress') })
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never }
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  // The server's own parts learn of it within seconds.
  await vi.waitFor(() => connection.workflowService.describeNamespace({ namespace }), {
    timeout: 100_000,
    interval: 200,
  })
  await connection.close()
}

/** As bytes on the wire, in which payloads lie as they are. */
async function historyOf(at: number, workflowId: string): Promise<string> {
  const history = await of(at).client.workflow.getHandle(workflowId).fetchHistory()
  return Buffer.from(History.encode(history).finish()).toString('latin1')
}
