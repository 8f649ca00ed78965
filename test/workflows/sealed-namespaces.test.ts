import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { z } from 'zod'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { connect, type Signalbox } from '../../src/runtime/client.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { createWorker, type SignalboxWorker } from '../../src/runtime/worker.ts'
import { newMasterKey } from '../../src/store/index.ts'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { eventOf } from '../support/following.ts'
import { VENDORS, YAML } from '../support/scene.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'

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
  defineAgent({ name: 'helper', instructions: 'You help.', taskClass: 'cheap' }),
  defineAgent({ name: 'keeper', instructions: 'You keep.', tools: [publish], taskClass: 'cheap' }),
]

let folder: string
let vendors: RunningVendors
const clients: Signalbox[] = []
const workers: { readonly own: SignalboxWorker; readonly done: Promise<void> }[] = []

/** One store behind the workers and clients of two namespaces. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-namespaces-'))
  const behaviours = [
    { match: 'be of help', turns: [{ text: `I helped with ${CANARY}.` }] },
    { match: 'keep', turns: [{ tools: [{ name: 'publish', arguments: { text: CANARY } }] }, { text: 'It is kept.' }] },
  ]
  vendors = await startVendors({ vendors: VENDORS.vendors.map(vendor => ({ ...vendor, behaviours })) })
  const env: Record<string, string> = { SIGNALBOX_MASTER_KEY: newMasterKey() }
  for (const { name, baseUrl } of vendors.vendors) env[`${name.toUpperCase()}_URL`] = baseUrl
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
      worker: sharedBundle(),
      shutdownGraceMs: 100,
    })
    workers.push({ own, done: own.run() })
    clients.push(await connect(common))
  }
})

afterAll(async () => {
  for (const client of clients) await client.close()
  for (const { own } of workers) own.shutdown()
  await Promise.allSettled(workers.map(({ done }) => done))
  await vendors?.close()
  await rm(folder, { recursive: true, force: true })
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

it('gives the messages of the run of its own namespace, whichever began last', async () => {
  const id = 'told-twice'
  const said: string[] = []
  for (const at of [0, 1]) await (await of(at).start('helper', { input: `be of help at ${at}`, id })).outcome()
  for (const at of [0, 1]) said.push(JSON.stringify(await of(at).run(id).messages()))
  expect(said).toEqual([expect.stringContaining('help at 0'), expect.stringContaining('help at 1')])
  // What no server has the store is asked for all the same.
  await expect(of(1).run('nobody-here').messages()).rejects.toMatchObject({ name: 'StoreProblem', kind: 'unknown-run' })
})

async function register(namespace: string): Promise<void> {
  const connection = await Connection.connect({ address: inject('temporalAddress') })
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never }
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  // The server's own parts learn of it within seconds.
  await vi.waitFor(() => connection.workflowService.describeNamespace({ namespace }), {
    timeout: 20_000,
    interval: 200,
  })
  await connection.close()
}

/** As bytes on the wire, in which payloads lie as they are. */
async function historyOf(at: number, workflowId: string): Promise<string> {
  const history = await of(at).client.workflow.getHandle(workflowId).fetchHistory()
  return Buffer.from(History.encode(history).finish()).toString('latin1')
}
