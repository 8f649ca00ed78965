import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from '@temporalio/client'
import type { Payload } from '@temporalio/common'
import proto from '@temporalio/proto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { connect } from '../../src/runtime/client.ts'
import { listWorkflows } from '../../src/runtime/temporal/list-workflows.ts'
import { unrecordedIds } from '../../src/runtime/unopened/unrecorded.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { captured, signalbox } from './captured.ts'

const THROWS = /its workflow's code throws at \S+fixtures\/throwing\.ts:7:\d+: Cannot read properties of null/

let stage: Stage
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await stageScene()
  env = stage.commandEnv
})

afterAll(() => stage?.close())

const OPEN = { outcomes: ['open'] } as const

/** As one where `signalbox setup` never ran. */
async function namespaceWithoutAttributes({ workflowService }: Client): Promise<string> {
  const namespace = `bare-${stage.taskQueue}`
  const workflowExecutionRetentionPeriod = proto.google.protobuf.Duration.fromObject({ seconds: 86_400 })
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  return namespace
}

const open = async (words: readonly string[] = ['--outcome', 'open']) =>
  (await signalbox(['runs', ...words, '--json'], { env })).json()

const unopenedOf = async (id: string, words?: readonly string[]) =>
  (await open(words)).unopened.find((run: { readonly id: string }) => run.id === id)

async function running(): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const { execution } of listWorkflows(stage.signalbox.client, `ExecutionStatus = 'Running'`))
    ids.push(execution?.workflowId ?? '')
  return ids
}

/** As soon as it is listed. A look takes at most three seconds, and others have runs at this server too. */
async function foundOf(id: string) {
  for (;;) {
    const found = await unopenedOf(id)
    if (found) return found
    await delay(50)
  }
}

interface Started {
  readonly startedAtMs: number
}

describe('a run that no worker has opened', () => {
  it('is listed with the open ones and with those that wait, with the line where its code throws, until it ends', async () => {
    const run = await stage.signalbox.start('careless', { input: null })
    const look = async (words?: readonly string[]) => (await unopenedOf(run.id, words))?.why
    await expect.poll(() => look()).toMatch(THROWS)
    await expect.poll(() => look(['--waiting'])).toMatch(THROWS)
    const { out, exitCode } = await signalbox(['runs', '--outcome', 'open'], { env })
    expect(exitCode).toBe(EXIT.done)
    expect(out).toMatch(new RegExp(`^${run.id} +careless +\\d{4}-.* its workflow's code throws at`, 'm'))
    expect((await signalbox(['runs', '--waiting'], { env })).out).toContain(run.id)
    expect((await stage.signalbox.unopened()).unopened).toContainEqual(await unopenedOf(run.id))
    await stage.signalbox.client.workflow.getHandle(run.id).terminate()
    await expect.poll(() => look()).toBeUndefined()
  })

  it('is listed with the task queue that nobody serves, chosen by its start, and the newest of more', async () => {
    const queue = `${stage.taskQueue}-unserved`
    const startedAtMs = Date.now()
    const words = ['start', 'clerk', '--id', queue, '--input', 'A sum.', '--task-queue', queue]
    await signalbox(words, { env })
    const why = `no worker has picked it up yet: none serves its task queue ${queue}; start one with \`signalbox worker --task-queue ${queue}\``
    const first = await foundOf(queue)
    expect(first).toMatchObject({ workflow: 'clerk', why })
    const begun = first.startedAtMs
    expect(Math.abs(begun - startedAtMs)).toBeLessThan(60_000)
    const { unopened } = stage.signalbox
    const ids = async (query: Parameters<typeof unopened>[0]) => (await unopened(query)).unopened.map(({ id }) => id)
    await expect.poll(() => ids({ sinceMs: begun, untilMs: begun + 1 })).toContain(queue)
    expect(await ids({ sinceMs: begun + 1 })).not.toContain(queue)
    expect(await ids({ untilMs: begun })).not.toContain(queue)
    for (const list of [ids, stage.signalbox.waiting, stage.signalbox.runs])
      await expect(list({ sinceMs: Number.NaN })).rejects.toThrow(' has sinceMs NaN; it must be a time in milliseconds')
    const second = await stage.signalbox.client.workflow.start('clerk', {
      workflowId: `${queue}-2`,
      taskQueue: queue,
      staticSummary: '**clerk**',
    })
    const later = await foundOf(second.workflowId)
    expect(later.startedAtMs).toBeGreaterThan(begun)
    const cut = await signalbox(['runs', '--outcome', 'open', '--limit', '1', '--json'], { env })
    // Other tests have runs at the same server that may be newer still.
    expect(cut.json().unopened).toHaveLength(1)
    expect(cut.json().unopened[0].startedAtMs).toBeGreaterThanOrEqual(later.startedAtMs)
    expect(cut.json().note).toMatch(/^not all runs that no worker has opened are listed: choose by --since/)
    expect(cut.err).toContain(cut.json().note)
    const { terminal, written } = captured({ env })
    const saying = runCli(['say', second.workflowId, 'Hello.'], terminal)
    await expect
      .poll(() => written.err)
      .toContain(`note: no worker has answered for run ${second.workflowId} yet: none serves its task queue ${queue};`)
    await second.terminate()
    expect(await saying).not.toBe(EXIT.done)
    const cancelled = await signalbox(['cancel', queue, '--json'], { env })
    const untaken = `no worker has received that yet: none serves its task queue ${queue};`
    expect(cancelled.err).toContain(`note: ${untaken}`)
    expect(cancelled.json()).toMatchObject({ done: 'cancelling', note: expect.stringContaining(untaken) })
    await stage.signalbox.client.workflow.getHandle(queue).terminate()
  })

  it('is listed where it has ended, with how, and as open where its id was that of another run before', async () => {
    const declined = await stage.signalbox.start('declining', { input: null })
    expect(await declined.outcome()).toMatchObject({ kind: 'failed', message: 'there is nothing to read' })
    const failed = ['--outcome', 'failed']
    const listed = { outcome: 'failed', why: 'the run failed: there is nothing to read' }
    await expect.poll(() => unopenedOf(declined.id, failed)).toMatchObject(listed)
    expect(await unopenedOf(declined.id)).toBeUndefined()
    const { out } = await signalbox(['runs', ...failed], { env })
    expect(out).toContain('ended, and not in the store because no worker had opened them:')
    const shown = await signalbox(['show', declined.id], { env })
    expect(shown.out).toMatch(/^outcome +failed\nmessage +there is nothing to read$/m)
    expect((await signalbox(['show', declined.id, '--json'], { env })).json()).toMatchObject({
      outcome: 'failed',
      message: 'there is nothing to read',
    })
    const watched = await signalbox(['watch', declined.id, '--json'], { env })
    expect(watched).toMatchObject({
      exitCode: EXIT.runFailed,
      out: '',
      err: `run ${declined.id}: failed · there is nothing to read\n`,
    })
    const { client } = stage.signalbox
    const before = await client.workflow.start('clerk', {
      workflowId: `${stage.taskQueue}-before`,
      taskQueue: `${stage.taskQueue}-unserved`,
      staticSummary: '**clerk**',
    })
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    await run.outcome()
    const again = { workflowId: run.id, taskQueue: `${stage.taskQueue}-unserved`, staticSummary: '**clerk**' }
    const second = await client.workflow.start('clerk', again)
    await expect.poll(() => unopenedOf(run.id)).toMatchObject({ workflow: 'clerk' })
    await second.terminate()
    await before.terminate()
    const terminated = { outcome: 'failed', why: 'the run was terminated' }
    for (const id of [run.id, before.workflowId])
      await expect.poll(() => unopenedOf(id, failed)).toMatchObject(terminated)
    const { unopened } = await open(failed)
    expect(unopened).toEqual(unopened.toSorted((a: Started, b: Started) => b.startedAtMs - a.startedAtMs))
    expect(await unopenedOf(run.id, ['--outcome', 'cancelled'])).toBeUndefined()
  })

  it('is listed below the run that waits for it', async () => {
    const run = await stage.signalbox.start('adopting', { input: 'careless' })
    const look = async () => (await unopenedOf(`${run.id}/careless-0-1`))?.why
    await expect.poll(look).toMatch(THROWS)
    expect(await unopenedOf(run.id)).toBeUndefined()
    for (const id of [`${run.id}/careless-0-1`, run.id]) await stage.signalbox.client.workflow.getHandle(id).terminate()
  })

  it('is listed also where it is sealed and its key is not here', async () => {
    const taskQueue = `${stage.taskQueue}-sealed`
    const elsewhere = await connect({ client: stage.signalbox.client, store: stage.store, taskQueue })
    await stage.store.seals.publish([{ workspace: 'paper', zdr: false, encryptPayloads: true }])
    const runs = [
      await elsewhere.start('clerk', { input: 'A sum.', policy: { zdr: true } }),
      await elsewhere.start('clerk', { input: 'A sum.', workspace: 'paper' }),
    ]
    const { SIGNALBOX_MASTER_KEY: _, ...without } = env
    const look = async () => (await signalbox(['runs', '--outcome', 'open', '--json'], { env: without })).json()
    const why = expect.stringContaining(`none serves its task queue ${taskQueue}`)
    for (const { id } of runs) {
      await expect.poll(async () => (await look()).unopened).toContainEqual(expect.objectContaining({ id, why }))
      await stage.signalbox.client.workflow.getHandle(id).terminate()
    }
    await stage.store.seals.publish([])
    await elsewhere.close()
  })

  it('is none that a worker with another store has opened', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await expect.poll(async () => (await run.state()).pending.length).toBe(1)
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-'))
    const { client } = stage.signalbox
    const elsewhere = await connect({ client, store: { path: join(folder, 'store.db') }, taskQueue: stage.taskQueue })
    await expect.poll(running).toContain(run.id)
    expect((await elsewhere.unopened()).unopened.map(({ id }) => id)).not.toContain(run.id)
    // Not even looked at: the other store may have more than can be.
    const { reports } = await elsewhere.store()
    const ids = async (where: typeof client) => (await unrecordedIds({ client: where, reports }, OPEN)).ids
    await expect.poll(() => ids(client)).not.toContain(run.id)
    const bare = new Client({ connection: client.connection, namespace: await namespaceWithoutAttributes(client) })
    await expect.poll(() => ids(bare).catch(String)).toEqual([])
    await run.cancel()
    await elsewhere.close()
    await rm(folder, { recursive: true })
  })

  it('is none of somebody else that waits on the same task queue, once a worker has had it', async () => {
    const { client } = stage.signalbox
    const taskQueue = `${stage.taskQueue}-shared`
    const here = await connect({ client, store: stage.store, taskQueue })
    const listed = async () => (await here.unopened()).unopened.map(({ id }) => id)
    const theirs = await client.workflow.start('theirs', { workflowId: taskQueue, taskQueue })
    await expect.poll(listed).toContain(theirs.workflowId)
    for (const which of [['--outcome', 'open'], ['--waiting']]) {
      expect(await unopenedOf(taskQueue, [...which, '--task-queue', taskQueue])).toMatchObject({ taskQueue })
      expect(await unopenedOf(taskQueue, which)).toBeUndefined()
    }
    const at = { namespace: client.options.namespace, identity: 'their worker' }
    const { taskToken } = await client.withDeadline(Date.now() + 10_000, () =>
      client.workflowService.pollWorkflowTaskQueue({ ...at, taskQueue: { name: taskQueue } }),
    )
    await client.workflowService.respondWorkflowTaskCompleted({ ...at, taskToken, commands: [] })
    await theirs.signal('more')
    expect(await listed()).not.toContain(theirs.workflowId)
    await theirs.terminate()
    await here.close()
  })

  it('is found beside workflows of others that are encrypted for them alone', async () => {
    const { client } = stage.signalbox
    const encode = async (payloads: Payload[]) =>
      payloads.map(payload => ({ ...payload, metadata: { encoding: Buffer.from('binary/encrypted') } }))
    const dataConverter = { payloadCodecs: [{ encode, decode: async (payloads: Payload[]) => payloads }] }
    const theirs = new Client({ connection: client.connection, namespace: client.options.namespace, dataConverter })
    const taskQueue = `${stage.taskQueue}-encrypted`
    const own = await client.workflow.start('clerk', { workflowId: taskQueue, taskQueue, staticSummary: '**clerk**' })
    const at = { workflowId: `${taskQueue}-2`, taskQueue, memo: { of: 'them' }, staticSummary: 'theirs' }
    const foreign = await theirs.workflow.start('clerk', at)
    await expect.poll(() => unopenedOf(own.workflowId)).toBeDefined()
    await expect.poll(() => unopenedOf(own.workflowId, ['--waiting'])).toBeDefined()
    expect(await unopenedOf(foreign.workflowId)).toBeUndefined()
    await foreign.terminate()
    await own.terminate()
  })

  it('is none that the store has, none of somebody else, and none where only the store can choose', async () => {
    const { client } = stage.signalbox
    const foreign = { workflowId: `${stage.taskQueue}-foreign`, taskQueue: `${stage.taskQueue}-theirs` }
    await client.workflow.start('clerk', foreign)
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    await expect.poll(async () => (await run.state()).pending.length).toBe(1)
    await expect.poll(running).toEqual(expect.arrayContaining([run.id, foreign.workflowId]))
    expect((await open()).runs.map(({ id }: { readonly id: string }) => id)).toContain(run.id)
    expect([await unopenedOf(run.id), await unopenedOf(foreign.workflowId)]).toEqual([undefined, undefined])
    expect(await open(['--outcome', 'open', '--workspace', 'default'])).not.toHaveProperty('unopened')
    expect(await open(['--outcome', 'open', '--label', 'a=b'])).not.toHaveProperty('unopened')
    expect(await open([])).not.toHaveProperty('unopened')
    await run.cancel()
    await client.workflow.getHandle(foreign.workflowId).terminate()
  })
})

it.each(['away', 'silent'])(
  'lists what the store has within a moment where the server is %s, and says so',
  async how => {
    const server = createServer()
    await onFreePort(server)
    const { port } = server.address() as AddressInfo
    if (how === 'away') await new Promise(resolve => server.close(resolve))
    const sockets: Socket[] = []
    server.on('connection', socket => sockets.push(socket))
    const begunMs = Date.now()
    const away = { ...env, TEMPORAL_ADDRESS: `127.0.0.1:${port}` }
    const { exitCode, err, json } = await signalbox(['runs', '--outcome', 'open', '--json'], { env: away })
    expect(Date.now() - begunMs).toBeLessThan(20_000)
    expect(exitCode).toBe(EXIT.done)
    const note = expect.stringMatching(
      /^runs that no worker has opened are not listed: no Temporal server answers at 127/,
    )
    expect(json()).toMatchObject({ runs: expect.any(Array), more: false, note })
    expect(err).toMatch(/^note: runs that no worker has opened are not listed: no Temporal server answers/)
    for (const socket of sockets) socket.destroy()
    server.close()
  },
)
