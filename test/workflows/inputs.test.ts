/** What workflows may be started with, where their app says so. */
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { connect, type Signalbox } from '../../src/runtime/client.ts'
import { createBundlePlugin } from '../../src/runtime/joining/join-bundle.ts'
import { unbundled } from '../../src/runtime/joining/try-bundle.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { historyOf } from '../support/history.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const inputs = {
  ticket: z.object({ customer: z.object({ id: z.string() }), at: z.iso.datetime().optional() }),
  shift: z.object({ hours: z.number() }),
  desk: z.object({ open: z.literal(true) }),
}

const workflowsPath = fileURLToPath(new URL('./fixtures/ticketing.ts', import.meta.url))
const logger = new DefaultLogger('ERROR')

let stage: Stage
let signalbox: Signalbox

beforeAll(async () => {
  stage = await stageScene({ app: { ...APP, inputs }, workflowsPath })
  signalbox = stage.signalbox
})

afterAll(() => stage?.close())

const WRONG = 'ticket cannot be started with this input: customer.id: Invalid input: expected string, received number'

describe('a worker whose app has a schema for the input of a workflow', () => {
  /** One that knows nothing of the schemas, and one that does. */
  let bundled: Awaited<ReturnType<typeof bundleWorkflowCode>>
  let knowing: typeof bundled
  beforeAll(async () => {
    bundled = await bundleWorkflowCode({ workflowsPath, logger, plugins: [createBundlePlugin()] })
    knowing = await bundleWorkflowCode({ workflowsPath, logger, plugins: [createBundlePlugin({ inputs })] })
  })

  it('refuses another input by name, path and what was expected, before the workflow’s own code', async () => {
    const run = await signalbox.start('ticket', { id: 'wrong-ticket', input: { customer: { id: 7 } } })
    expect(await run.outcome()).toMatchObject({ kind: 'refused', calls: 0, message: WRONG })
    expect(await stage.store.reports.run('wrong-ticket')).toMatchObject({ outcome: 'refused', message: WRONG })
  })

  it('takes one that fits', async () => {
    const run = await signalbox.start('ticket', { input: { customer: { id: 'eve' } } })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: 'EVE' })
    const events = await historyOf(stage.signalbox.client, run.id)
    expect(events).toContainEqual({ type: 'markerRecorded', summary: 'check the input' })
  })

  it('refuses that of a child, and what is started by Temporal’s own means', async () => {
    const above = await signalbox.start('office', { input: null })
    expect(await above.outcome()).toMatchObject({ output: { kind: 'refused', message: WRONG } })
    await signalbox.client.workflow.start('ticket', { taskQueue: stage.taskQueue, workflowId: 'bare-ticket', args: [] })
    expect(await signalbox.run('bare-ticket').outcome()).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^ticket cannot be started with this input: Invalid input: expected object/),
    })
  })

  it('keeps a signal that comes with the start until the workflow hears it', async () => {
    await signalbox.client.workflow.signalWithStart('desk', {
      taskQueue: stage.taskQueue,
      workflowId: 'ticket-desk',
      args: [{ input: { open: true }, terms: {} }],
      signal: 'word',
      signalArgs: ['hello'],
    })
    expect(await signalbox.run('ticket-desk').outcome()).toMatchObject({ kind: 'answered', output: 'hello' })
  })

  it('has a run that is cancelled before its first task in the ledger, as without a schema', async () => {
    const handle = await signalbox.client.workflow.start('ticket', {
      taskQueue: stage.taskQueue,
      workflowId: 'cancelled-ticket',
      args: [{ input: { customer: { id: 'eve' } }, terms: {} }],
      startDelay: '2s',
    })
    await handle.cancel()
    expect(await signalbox.run('cancelled-ticket').outcome()).toMatchObject({ kind: 'cancelled' })
    expect(await stage.store.reports.run('cancelled-ticket')).toMatchObject({ outcome: 'cancelled' })
  })

  it('leaves to a later part what the workflow itself continues with', async () => {
    const run = await signalbox.start('shift', { input: { hours: 8 } })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: 'a later part' })
  })

  it('and another whose app has none replay each other’s runs', async () => {
    const run = await signalbox.start('ticket', { input: 'not json' })
    await run.outcome()
    const query = `TaskQueue = '${stage.taskQueue}'`
    const failed: unknown[] = []
    for (const options of [
      { workflowBundle: bundled },
      { workflowBundle: knowing, plugins: [stage.workers[0]!.plugin] },
    ])
      for await (const { error } of Worker.runReplayHistories(
        options,
        signalbox.client.workflow.list({ query }).intoHistories(),
      ))
        failed.push(error?.message)
    expect(failed.length).toBeGreaterThan(8)
    expect(failed.filter(message => message !== undefined)).toEqual([])
  })

  it('does not serve a bundle that knows nothing of it', async () => {
    const { plugin } = stage.workers[0]!
    const serving = (workflowBundle: typeof bundled) => () => plugin.configureWorker({ taskQueue: 'x', workflowBundle })
    expect(serving(knowing)).not.toThrow()
    expect(serving(bundled)).toThrow(/has a schema for 'ticket'; make it with `createBundlePlugin\(\{ inputs \}\)`/)
  })
})

it('a misspelt schema is found also where the path of the workflows is a link', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-inputs-'))
  await symlink(fileURLToPath(new URL('./fixtures', import.meta.url)), join(folder, 'linked'))
  const problem = await unbundled(join(folder, 'linked/ticketing.ts'), { inputs: { tikcet: z.string() } })
  await rm(folder, { recursive: true })
  expect(problem).toContain("no workflow is called that; did you mean 'ticket'?")
})

describe('a client that is given the schemas', () => {
  it('does not start what does not fit', async () => {
    const temporal = localConnection(inject('temporalAddress'))
    const knowing = await connect({ temporal, store: stage.store, taskQueue: stage.taskQueue, inputs })
    const start = (input: object) => knowing.start('ticket', { id: 'known-wrong', input })
    await expect(start({ customer: { id: 7 } })).rejects.toMatchObject({
      name: 'WrongStart',
      message: `${WRONG}. Nothing was started`,
    })
    expect(await knowing.run('known-wrong').exists()).toBe(false)
    const run = await start({ customer: { id: 'eve' }, at: new Date() })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    await knowing.close()
  })

  it('is refused one by which nothing can be judged', async () => {
    await expect(connect({ inputs: { ticket: { parse: () => 1 } as never } })).rejects.toThrow(
      "connect: the input of 'ticket' was given something that is not a zod schema",
    )
  })
})
