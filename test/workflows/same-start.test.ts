import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, type Signalbox } from '../../src/runtime/client.ts'
import { WrongStart } from '../../src/runtime/wrong-start.ts'
import { partsOf } from '../support/reset.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage
let idle: Signalbox

beforeAll(async () => {
  stage = await stageScene()
  const { client } = stage.signalbox
  idle = await connect({ client, store: stage.store, taskQueue: 'served-by-nobody' })
})

afterAll(() => stage?.close())

const SECRET = 'the passengers of Crewe'

it('refuses to give a run for one that was asked for with something else, says what differs, and gives it to whoever wants any', async () => {
  const { client } = stage.signalbox
  const asked = {
    id: 'same-start-1',
    input: { orders: [7], of: 'York' },
    labels: { team: 'press' },
    budget: { usd: '1' },
  }
  const { id } = await idle.start('clerk', asked)
  const sameInOtherWords = {
    ...{ ...asked, input: { of: 'York', orders: [7] }, workspace: 'default', policy: {} },
    budget: { usd: '1.00', onShort: 'refuse' as const },
  }
  expect((await idle.start('clerk', sameInOtherWords)).id).toBe(id)
  const storeless = await connect({ client, store: false, taskQueue: 'served-by-nobody' })
  expect((await storeless.start('clerk', asked)).id).toBe(id)
  for (const [other, differs] of [
    [{ input: SECRET }, 'input'],
    [{ labels: { team: SECRET }, budget: { usd: '2' } }, 'budget and labels'],
    [{ workspace: SECRET, model: 'acme/large', taskClass: 'cheap' }, 'workspace and taskClass and model'],
    [{ policy: { training: 'deny' } }, 'policy'],
  ] as const) {
    const refused = storeless.start('clerk', { ...asked, ...other } as never)
    await expect(refused).rejects.toBeInstanceOf(WrongStart)
    await expect(refused).rejects.toThrow(
      `same-start-1 is already the id of a run of clerk that was started with something else as its ${differs}, so nothing`,
    )
    await expect(refused).rejects.not.toThrow(SECRET)
    await expect(refused).rejects.toThrow(
      "whatever it was started with: `signalbox watch same-start-1`, `signalbox.run('same-start-1')`, or `signalbox.start` with `ifExists: 'any'`",
    )
    expect((await storeless.start('clerk', { ...asked, ...other, ifExists: 'any' } as never)).id).toBe(id)
  }
  const elsewhere = stage.signalbox.start('clerk', asked)
  await expect(elsewhere).rejects.toThrow('started with something else as its taskQueue, so')
  expect((await stage.signalbox.start('clerk', { ...asked, ifExists: 'any' })).id).toBe(id)
  await expect(idle.start('judge', { ...asked, ifExists: 'any' })).rejects.toThrow('a run of clerk, so judge was not')
  const misspelt = idle.start('clerk', { ...asked, ifExists: 'all' as never })
  await expect(misspelt).rejects.toThrow("is all, but takes 'same' or 'any'")
  await storeless.close()
  await client.workflow.getHandle(id).terminate()
})

it('knows an input again that lies in the store', async () => {
  const long = 'How long is a line? '.repeat(60_000)
  const image = { type: 'file', mediaType: 'image/png', data: Buffer.alloc(3_000, 7) }
  for (const [id, input, other] of [
    ['same-start-2', long, `${long}!`],
    ['same-start-3', [image], [{ ...image, data: Buffer.alloc(3_000, 8) }]],
  ] as const) {
    await idle.start('clerk', { id, input })
    expect((await idle.start('clerk', { id, input })).id).toBe(id)
    await expect(idle.start('clerk', { id, input: other })).rejects.toThrow(
      'started with something else as its input, so',
    )
    await stage.signalbox.client.workflow.getHandle(id).terminate()
  }
})

it('knows a file again of which one client has the bytes in hand, and another the digest', async () => {
  const { client } = stage.signalbox
  const storeless = await connect({ client, store: false, taskQueue: 'served-by-nobody' })
  const image = (byte: number) => ({ type: 'file', mediaType: 'image/png', data: Buffer.alloc(3_000, byte) })
  for (const [id, first, second] of [
    ['same-start-6', storeless, idle],
    ['same-start-7', idle, storeless],
  ] as const) {
    await first.start('clerk', { id, input: [image(7)] })
    expect((await second.start('clerk', { id, input: [image(7)] })).id).toBe(id)
    const other = second.start('clerk', { id, input: [image(8)] })
    await expect(other).rejects.toThrow('started with something else as its input, so')
    await client.workflow.getHandle(id).terminate()
  }
  await storeless.close()
})

it('compares with what a run began with once it has continued as new, and with what it has kept once that is forgotten', async () => {
  const { client } = stage.signalbox
  const { namespace } = client.options
  const asked = { id: 'same-start-4', input: 'Trains.', budget: { steps: 3 } }
  const run = await stage.signalbox.start('leaving', asked)
  await run.outcome()
  const again = (other: object) => stage.signalbox.start('leaving', { ...asked, ...other })
  await again({})
  await expect(again({ input: 'Trains and stations.' })).rejects.toThrow('started with something else as its input, so')
  await expect.poll(() => partsOf(client, run.id)).toHaveLength(2)
  const [first] = await partsOf(client, run.id)
  const workflowExecution = { workflowId: run.id, runId: first! }
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution })
  const isForgotten = () =>
    client.workflow
      .getHandle(run.id, first!)
      .describe()
      .then(
        () => false,
        () => true,
      )
  await expect.poll(isForgotten).toBe(true)
  await again({})
  await expect(again({ budget: { steps: 4 } })).rejects.toThrow('started with something else as its budget, so')
})

it('gives a fork again that is made again, whenever that is', async () => {
  const run = await stage.signalbox.start('clerk', { id: 'same-start-5', input: 'What is the sum?' })
  await run.outcome()
  const fork = (atStep: number) => stage.signalbox.fork(run.id, { id: 'same-start-5-fork', atStep })
  await fork(2)
  expect((await fork(2)).id).toBe('same-start-5-fork')
  await expect(fork(1)).rejects.toThrow('started with something else as its forkedFrom, so')
})

it('gives a fork again whose limits were those of its run, also once that has been given more', async () => {
  const run = await stage.signalbox.start('clerk', {
    id: 'same-start-8',
    input: 'What is the sum?',
    budget: { usd: '1' },
  })
  await run.outcome()
  const fork = (options: object = {}) =>
    stage.signalbox.fork(run.id, { id: 'same-start-8-fork', atStep: 2, ...options })
  await fork()
  const { key } = (await stage.store.reports.run(run.id))!
  const raised = { id: run.id, key, workspace: 'default', labels: {} }
  await stage.store.ledger.raiseBudget({ run: raised, raiseId: 'more', usd: '1', atMs: Date.now() })
  expect((await fork()).id).toBe('same-start-8-fork')
  await expect(fork({ budget: { usd: '3' } })).rejects.toThrow('started with something else as its budget, so')
})
