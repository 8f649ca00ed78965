import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NEW_AGENT } from '../../src/core/agent/state.ts'
import { NO_TOTALS } from '../../src/core/agent/totals.ts'
import { type RunningVendors, startVendors, type VendorScript } from '../../src/providers/simulated/index.ts'
import { type ConnectOptions, connect, type Signalbox, type StartOptions } from '../../src/runtime/client.ts'
import { createClosers } from '../../src/runtime/closers.ts'
import { type DevServer, startDevServer } from '../../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../../src/runtime/dev-server/find-cli.ts'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { RunEnded } from '../../src/runtime/runs/run-ended.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { planFork } from '../../src/runtime/starting/fork-run.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { newMasterKey } from '../../src/store/index.ts'
import { newRun, RUN } from '../store/records.ts'
import { userMessage } from '../support/call-scene.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { VENDORS } from '../support/scene.ts'
import { toldToEnd } from '../support/told-to-end.ts'
import { vendorUrls } from '../support/vendor-urls.ts'

const { History } = proto.temporal.api.history.v1

const WORKER = fileURLToPath(new URL('./fixtures/sealing-worker.ts', import.meta.url))

/** Long enough to be nowhere by chance, and the same in JSON. */
const CANARY = 'canary-5e8f0b7d93'

const tool = (name: string, args: object = { text: CANARY }) => ({ name, arguments: { ...args } })

const behaviours: VendorScript['vendors'][number]['behaviours'] = [
  { match: 'be of help', turns: [{ text: `I helped with ${CANARY}.` }] },
  {
    match: 'keep',
    turns: [
      {
        text: `First ${CANARY}`,
        tools: [tool('look'), tool('stumble'), tool('far'), tool('publish'), tool(`tell_${CANARY}`)],
      },
      { tools: [tool('helper', { input: `be of help with ${CANARY}` })] },
      { text: `It is kept: ${CANARY}.` },
    ],
  },
]

let folder: string
let server: DevServer
let vendors: RunningVendors
let signalbox: Signalbox
let worker: ChildProcess
let logs = ''
const env: Record<string, string> = {}
const closers = createClosers()
afterAll(() => closers.close())

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-sealed-'))
  closers.add(() => rm(folder, { recursive: true, force: true }))
  const report = () => {}
  const found = await findTemporalCli({ env: { ...process.env, TEMPORAL_ADDRESS: '' }, report })
  if (found.kind !== 'cli') throw new Error('the test needs a Temporal server whose files it can read')
  const databasePath = join(folder, 'temporal.db')
  const logPath = join(folder, 'temporal.log')
  server = await startDevServer({
    cli: found.cli,
    headless: true,
    forTests: true,
    databasePath,
    logPath,
    report,
  })
  closers.add(() => server.stop())
  vendors = await startVendors({ vendors: VENDORS.vendors.map(vendor => ({ ...vendor, behaviours })) })
  closers.add(() => vendors.close())
  Object.assign(env, vendorUrls(vendors))
  env.SIGNALBOX_MASTER_KEY = newMasterKey()
  worker = await startWorker(env)
  signalbox = await connectWith(env)
  closers.add(() => signalbox.close())
  closers.add(async () => expectLedgerMatchesMeter({ store: await signalbox.store(), vendors }))
  closers.add(() => toldToEnd(worker))
})

describe('a run under zero data retention', () => {
  let run: RunHandle

  it('works with all that a run has', async () => {
    run = await signalbox.start('keeper', { input: `keep ${CANARY}`, policy: { zdr: true } })
    const ask = await eventOf(run.events(), 'approval-ask')
    await expect.poll(() => run.pending()).toMatchObject([{ toolName: 'publish', input: { text: CANARY } }])
    const keyless = await connectWith({ ...env, SIGNALBOX_MASTER_KEY: newMasterKey() })
    await expect(keyless.run(run.id).pending()).rejects.toMatchObject({ name: 'SealProblem' })
    await keyless.close()
    await run.say(`and mind ${CANARY}`)
    await run.deny(ask.toolCallId, { by: 'ada', note: `not ${CANARY}` })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining(CANARY), calls: 4 })
    const events = await allEvents(run.events())
    expect(events.find(event => event.kind === 'said')).toMatchObject({ text: `and mind ${CANARY}` })
    const previews = events.flatMap(event => (event.kind === 'tool-end' ? event.preview : []))
    expect(previews).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`cannot do ${CANARY}`),
        expect.stringMatching(/far was not called: this run is sealed.*'elsewhere'/),
      ]),
    )
  })

  it('fails without saying why to anyone who has no key', async () => {
    const failed = await signalbox.start('quoting', { input: CANARY, policy: { zdr: true } })
    expect(await failed.outcome()).toMatchObject({ kind: 'failed', message: CANARY })
    const stuck = await signalbox.start('buggy', { input: CANARY, policy: { zdr: true } })
    await expect.poll(() => historyText(stuck.id)).toContain('a bug in the workflow')
    await signalbox.client.workflow.getHandle(stuck.id).terminate('seen')
  })

  it('shows nothing of its input, also to who has the key', async () => {
    const { report, inputPreview } = await inspectRun(signalbox, run.id)
    expect(report).toMatchObject({ sealed: true })
    expect(inputPreview).toBeUndefined()
  })

  it('lets nothing out where no key is', async () => {
    const leaking = await signalbox.start('leaking', { input: CANARY, policy: { zdr: true } })
    expect(await leaking.outcome()).toMatchObject({
      output: [
        expect.stringContaining('task queue elsewhere: its workers have no key'),
        expect.stringContaining('child stranger-1 was not started'),
        expect.stringContaining('signal hear was not sent to stranger-2'),
      ],
    })
  })

  it('leaves no word of it in histories, logs and databases', async () => {
    const listed = async () => {
      const ids: string[] = []
      for await (const { workflowId } of signalbox.client.workflow.list()) ids.push(workflowId)
      return ids
    }
    await expect.poll(listed).toHaveLength(5)
    for (const workflowId of await listed())
      expect((await historyText(workflowId)).includes(CANARY), workflowId).toBe(false)
    expect(logs.length).toBeGreaterThan(1_000)
    expect(logs).not.toContain(CANARY)
    const names = await readdir(folder)
    expect(names).toEqual(expect.arrayContaining(['store.db', 'store.db-wal', 'temporal.db']))
    for (const name of names) expect((await bytesOf(name)).includes(CANARY), name).toBe(false)
  })

  it('is neither started nor talked to by a client without the store', async () => {
    const without = await connectWith(env, false)
    await expect(without.start('keeper', { input: CANARY, policy: { zdr: true } })).rejects.toThrow(
      /connected without one; connect it with `store`.*Nothing was sent/,
    )
    await without.close()
  })

  it.each<[what: string, terms: Pick<StartOptions<string>, 'policy' | 'workspace'>]>([
    ['a run under zero data retention', { policy: { zdr: true } }],
    ['a run of a workspace whose payloads are encrypted', { workspace: 'paper' }],
  ])('is not talked to by a client whose store has no key of it: %s', async (_, terms) => {
    const open = await signalbox.start('keeper', { input: `keep ${CANARY}`, ...terms })
    await eventOf(open.events(), 'approval-ask')
    const others = { path: join(folder, 'others.db') }
    for (const keyless of [await connectWith(env, false), await connectWith(env, others)]) {
      const told = keyless.run(open.id)
      const refused = { name: 'SealProblem', message: expect.stringMatching(/is sealed.*Nothing was sent/) }
      await expect(told.say(CANARY)).rejects.toMatchObject(refused)
      await expect(told.raiseBudget({ usd: '1', note: CANARY })).rejects.toMatchObject(refused)
      const unread = { name: 'SealProblem', message: expect.stringContaining('set DATABASE_URL') }
      await expect(told.state()).rejects.toMatchObject(unread)
      await keyless.close()
    }
    expect(await historyText(open.id)).not.toContain(CANARY)
    await open.cancel()
    await open.outcome()
  })

  it('gives no key to a run that is there already, and finds its own again', async () => {
    const plain = await signalbox.start('keeper', { input: 'keep nothing', id: 'taken-1' })
    await eventOf(plain.events(), 'approval-ask')
    const sealed = signalbox.start('keeper', { input: CANARY, id: 'taken-1', policy: { zdr: true } })
    await expect(sealed).rejects.toThrow('started with something else as its input and policy, so nothing was started')
    await plain.say('hurry')
    await plain.cancel()
    expect(await plain.outcome()).toMatchObject({ kind: 'cancelled' })
    const asked = { input: `keep ${CANARY}`, id: run.id, policy: { zdr: true } }
    const again = await signalbox.start('keeper', asked)
    expect(await again.outcome()).toMatchObject({ kind: 'answered', calls: 4 })
    const other = signalbox.start('keeper', { ...asked, input: 'keep nothing' })
    await expect(other).rejects.toThrow('started with something else as its input, so')
    const keyless = await connectWith(env, false)
    await expect(keyless.start('keeper', { input: `keep ${CANARY}`, id: run.id })).rejects.toThrow('cannot be compared')
    await keyless.close()
  })

  it('keeps its key where another start, of the same, had made it and came too late', async () => {
    const asked = { input: `be of help with ${CANARY}`, id: 'at-once-1', policy: { zdr: true } }
    const late = await connectWith(env)
    const { workflow } = late.client
    const send = workflow.start.bind(workflow)
    workflow.start = async (name: string, options: object) => {
      await signalbox.start('keeper', asked)
      return send(name, options as never)
    }
    const run = await late.start('keeper', asked)
    expect(await run.outcome()).toMatchObject({
      kind: 'answered',
      text: expect.stringContaining(`I helped with ${CANARY}.`),
    })
    await late.close()
  })

  it('is refused by a worker where it was started without a key', async () => {
    const connection = await Connection.connect({ address: server.address })
    const plain = new Client({ connection })
    const result = await plain.workflow.execute('keeper', {
      taskQueue: 'signalbox',
      workflowId: 'bare-1',
      args: [{ input: 'keep nothing', terms: { workspace: 'acme' } }],
    })
    expect(result).toMatchObject({ kind: 'refused', message: expect.stringContaining('without a key') })
    await connection.close()
    const run = await signalbox.start('helper', { input: 'be of help', workspace: 'acme' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    expect(await (await signalbox.store()).seals.of(`default/${run.id}`)).toMatchObject({ content: true })
  })

  it('may hand its conversation to another of its agents', async () => {
    const secret = 'be of help with canary-1c9e27'
    const turns = [
      { agent: 'helper', text: secret },
      { agent: 'keeper', text: 'Go on.' },
    ]
    const run = await signalbox.start('inTurns', { input: { turns }, workspace: 'acme' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2 })
    expect((await run.messages()).slice(0, 3).map(({ content }) => content)).toMatchObject([
      'You keep secrets.',
      [{ text: secret }],
      [{ text: expect.stringContaining('I helped with') }],
    ])
    for (const name of ['store.db', 'store.db-wal']) expect((await bytesOf(name)).includes(secret), name).toBe(false)
  })

  it('has forks that are sealed too, whatever its workspace asks by then, and no other run goes on from it', async () => {
    const run = await signalbox.start('helper', { input: `be of help with ${CANARY}`, workspace: 'acme' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    const { terms } = await planFork(await signalbox.store(), run.id, { atStep: 1 })
    expect(terms.policy).toEqual({ zdr: true })
    const connection = await Connection.connect({ address: server.address })
    const plain = new Client({ connection })
    const { policy: _, ...bare } = terms
    const result = await plain.workflow.execute('helper', {
      taskQueue: 'signalbox',
      workflowId: 'forged-1',
      args: [{ input: null, terms: { ...bare, workspace: 'default' } }],
    })
    expect(result).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining(`continues from ${run.id}, which is sealed`),
    })
    const carried = {
      ...{ parts: 1, startedAtMs: Date.now(), draw: 0.5, step: 1, ownTools: 0, totals: NO_TOTALS, decided: [] },
      agent: { state: NEW_AGENT, additions: [userMessage('be of help')], transcript: terms.forkedFrom!.transcript },
    }
    const carrying = await plain.workflow.execute('helper', {
      taskQueue: 'signalbox',
      workflowId: 'forged-2',
      args: [{ input: 'Hello.', terms: { carried } }],
    })
    expect(carrying.calls).toBe(1)
    expect(JSON.stringify(await prompts('forged-2'))).not.toContain(CANARY)
    await connection.close()
    const fork = await signalbox.fork(run.id, { atStep: 1 })
    expect(await fork.outcome()).toMatchObject({ kind: 'answered' })
  })

  it('is more than encrypting the payloads of a workspace: its history is shut, its key outlives a purge', async () => {
    const paper = await signalbox.start('helper', { input: `be of help with ${CANARY}`, workspace: 'paper' })
    expect(await paper.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining(CANARY) })
    expect(await historyText(paper.id)).not.toContain(CANARY)
    expect(await (await signalbox.store()).seals.of(`default/${paper.id}`)).toMatchObject({ content: false })
    await (await signalbox.store()).content.purge(paper.id, Date.now())
    expect(await (await connectWith(env)).run(paper.id).outcome()).toMatchObject({ kind: 'answered' })
  })

  it('can be read by nobody once its key was destroyed, and says so', async () => {
    const store = await signalbox.store()
    expect(await store.content.purge(run.id, Date.now())).toMatchObject({ how: 'destroyed-key', runs: 2 })
    const late = await connectWith(env)
    const destroyed = { kind: 'destroyed', message: expect.stringContaining(run.id) }
    await expect(allEvents(late.run(run.id).events())).rejects.toMatchObject(destroyed)
    await expect(late.run(run.id).outcome()).rejects.toMatchObject(destroyed)
    await expect(late.run(run.id).say('hello')).rejects.toThrow(RunEnded)
    await expect(late.run(run.id).deny('call')).rejects.toThrow(RunEnded)
    expect(await (await late.store()).reports.run(run.id)).toMatchObject({ outcome: 'answered', calls: 3 })
    await late.close()
  })

  it('is gone when its retention is over: workers look', async () => {
    const { seals, ledger } = await signalbox.store()
    const old = { ...RUN, id: 'old-1', key: 'first-old-1', sealed: true }
    await seals.ensure(old.id, { content: true, workspace: 'acme' })
    await ledger.openRun(newRun({ run: old, retentionMs: 1 }))
    await ledger.closeRun(old, { outcome: 'answered', endedAtMs: 2_000 })
    const destroyed = async () => (await seals.keys()).find(key => key.rootId === old.id)?.destroyedAtMs
    await expect.poll(destroyed).toBeGreaterThan(0)
  })

  it('of no retention is gone when its outcome was read', async () => {
    const brief = await signalbox.start('helper', { input: 'be of help', policy: { zdr: true, retentionMs: 0 } })
    expect(await brief.outcome()).toMatchObject({ kind: 'answered' })
    await expect((await signalbox.store()).events.read(brief.id, 0, 10)).rejects.toMatchObject({ kind: 'destroyed' })
  })

  // The last: no worker has the key any more.
  it('is begun by no worker without its master key, while other runs go on', async () => {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
    const { SIGNALBOX_MASTER_KEY: _, ...bare } = env
    worker = await startWorker({ ...bare, SIGNALBOX_MASTER_KEY: newMasterKey() })
    const asked = vendors.meter().length
    const sealed = await signalbox.start('helper', { input: 'be of help', policy: { zdr: true } })
    await expect.poll(() => historyText(sealed.id)).toContain('SIGNALBOX_MASTER_KEY')
    const told = new RegExp(
      `a worker cannot continue it: The key .* process ${worker.pid}@.* key file\\. Once a worker can`,
    )
    await expect.poll(async () => (await inspectRun(signalbox, sealed.id)).note).toMatch(told)
    expect(vendors.meter().length).toBe(asked)
    const other = await signalbox.start('helper', { input: 'be of help' })
    expect(await other.outcome()).toMatchObject({ kind: 'answered' })
    // Whoever has the key takes it over, once the server gives up on the worker that has not: ten seconds a try.
    const keyless = await connectWith(bare)
    expect(await keyless.run(sealed.id).terminate()).toEqual({ runs: [sealed.id], recorded: true })
    await keyless.close()
  })
})

/**
 * Read by another process: closing a file of its own would take SQLite's locks from this one, and whoever closes the store
 * next would take itself for the last and remove the log under it.
 */
async function bytesOf(name: string): Promise<Buffer> {
  const options = { encoding: 'buffer', maxBuffer: 1 << 30 } as const
  return (await promisify(execFile)('cat', [join(folder, name)], options)).stdout
}

function connectWith(settings: Record<string, string>, store?: ConnectOptions['store']): Promise<Signalbox> {
  const temporal = localConnection(server.address)
  return connect({ temporal, store: store ?? { path: join(folder, 'store.db') }, env: settings })
}

async function startWorker(settings: Record<string, string>): Promise<ChildProcess> {
  const place = { temporalAddress: server.address, storePath: join(folder, 'store.db'), env: settings }
  const { SIGNALBOX_MASTER_KEY } = settings
  const started = spawn(process.execPath, [WORKER, JSON.stringify(place)], {
    env: { ...process.env, SIGNALBOX_MASTER_KEY },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.stderr!.on('data', chunk => {
    logs += chunk
  })
  await once(started.stdout!, 'data')
  return started
}

/** What the models of a run were shown. */
async function prompts(runId: string): Promise<unknown> {
  const { reports, transcripts } = await signalbox.store()
  const { key } = (await reports.run(runId))!
  const steps = await reports.steps(key)
  return Promise.all(steps.map(({ transcript }) => transcripts.read(transcript)))
}

/** The history as bytes on the wire: payloads lie in them as they are. Their JSON has them in base64, where no word is found. */
async function historyText(workflowId: string): Promise<string> {
  const history = await signalbox.client.workflow.getHandle(workflowId).fetchHistory()
  return Buffer.from(History.encode(history).finish()).toString('latin1')
}
