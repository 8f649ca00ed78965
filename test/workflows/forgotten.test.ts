import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import type { RunRef } from '../../src/core/protocol.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { uiMessageChunks } from '../../src/runtime/runs/ui-message-chunks.ts'
import { describeKnown } from '../../src/runtime/temporal/describe-known.ts'
import { signalbox as command } from '../cli/captured.ts'
import { newRun, RUN } from '../store/records.ts'
import { CHIEF, DELEGATES } from '../support/delegating.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ app: { ...APP, agents: [...APP.agents!, CHIEF] }, behaviours: [DELEGATES] })
})

afterAll(() => stage?.close())

/** As the server does when the retention of its namespace is over. */
async function forget(...ids: readonly string[]) {
  const { client } = stage.signalbox
  const { namespace } = client.options
  for (const workflowId of ids) {
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } })
    while (await describeKnown(client, workflowId)) await delay(20)
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const told: Item[] = []
  for await (const item of items) told.push(item)
  return told
}

const readings = {
  events: (run: RunHandle) => all(run.events()),
  treeEvents: (run: RunHandle) => all(run.treeEvents()),
  message: (run: RunHandle) => all(uiMessageChunks(run)),
  messages: async (run: RunHandle) => [...(await run.messages())],
}

const readAll = (run: RunHandle) =>
  Promise.all(Object.entries(readings).map(async ([name, read]) => [name, await read(run)]))

describe('a run that the server has forgotten', () => {
  let run: RunHandle
  let before: Awaited<ReturnType<typeof readAll>>
  let child: string

  beforeAll(async () => {
    run = await stage.signalbox.start('chief', { input: 'Please delegate.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining('Delegated.') })
    before = await readAll(run)
    child = (await eventOf(run.events(), 'child-start')).run
    await forget(run.id, child)
  })

  it('is read from the store as before, to its end, and so is one below it', async () => {
    expect(await readAll(run)).toEqual(before)
    expect((await allEvents(stage.signalbox.run(child).events())).at(-1)).toMatchObject({ kind: 'run-end' })
    const { offset } = (await allEvents(run.events())).at(-1)!
    const rest = await all(uiMessageChunks(run, { after: offset }))
    expect(rest.at(-1)).toMatchObject({ type: 'finish', messageMetadata: { outcome: 'answered' } })
  })

  it('exists, asks nobody anything, and has ended for all who tell it something; what it gave is gone', async () => {
    expect(await run.exists()).toBe(true)
    expect(await run.pending()).toEqual([])
    const tellings = [run.say('hello'), run.approve('c'), run.raiseBudget({ usd: '1' }), run.stop(), run.cancel()]
    for (const told of await Promise.allSettled(tellings))
      expect(told).toMatchObject({ reason: { name: 'RunEnded', message: expect.stringContaining('(answered)') } })
    await expect(run.outcome()).rejects.toMatchObject({
      name: 'WorkflowNotFoundError',
      message: expect.stringMatching(
        /^run \S+ has ended \(answered\), and the Temporal server .* what it gave; .*messages\(\)/,
      ),
    })
    expect(await run.url()).toBeUndefined()
  })

  it('is known to every command that reads', async () => {
    const { commandEnv: env } = stage
    const told = async (...words: string[]) => {
      const { exitCode, out, err } = await command(words, { env })
      const below = words[0] === 'calls' ? expect.stringContaining('1 run below it') : ''
      expect({ words, exitCode, err }).toEqual({ words, exitCode: EXIT.done, err: below })
      return out
    }
    expect(await told('watch', run.id)).toMatch(/│ Delegated\..*\nrun \S+: answered · 2 calls/s)
    expect(await told('watch', run.id, '--below')).toContain(`${child}: step 2 │ The sums are 3 and 7.`)
    const lines = (await told('watch', run.id, '--json')).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line))).toEqual(await allEvents(run.events()))
    expect(await told('show', run.id)).toMatch(/^outcome +answered$/m)
    expect(await told('cost', run.id)).toContain(`run ${run.id}: `)
    expect(await told('calls', '--run', run.id)).toMatch(/^ *1 +cheap/m)
    expect(await told('explain', run.id, '--step', '1')).toContain('acme/small')
    expect(await told('runs')).toContain(run.id)
    const fork = await told('fork', run.id, '--at-step', '2', '--task-queue', stage.taskQueue)
    const id = /^run +(\S+)$/m.exec(fork)![1]!
    expect(await stage.signalbox.run(id).outcome()).toMatchObject({
      kind: 'answered',
      text: expect.stringContaining('Delegated.'),
    })
  })
})

it('is another run than a later one with its id, which the id means from then on; its key still names it', async () => {
  const first = await stage.signalbox.start('clerk', { id: 'desk-1', input: 'What is the sum?' })
  await first.outcome()
  const { key } = (await stage.store.reports.run('desk-1'))!
  const before = await allEvents(first.events())
  await forget('desk-1')
  const again = await command(
    ['start', 'clerk', '--id', 'desk-1', '--input', 'Publish', '--task-queue', stage.taskQueue],
    {
      env: stage.commandEnv,
    },
  )
  expect(again.err).not.toContain('already exists')
  const ask = await eventOf(stage.signalbox.run('desk-1').events(), 'approval-ask')
  expect(await allEvents(stage.signalbox.run(key).events())).toEqual(before)
  const shown = async (run: string) => (await command(['show', run, '--json'], { env: stage.commandEnv })).json()
  // The page that is there is the later one's.
  const earlier = await shown(key)
  expect([earlier.run.key, earlier.url]).toEqual([key, undefined])
  expect((await shown('desk-1')).url).toContain('/desk-1/')
  await stage.signalbox.run('desk-1').approve(ask.toolCallId)
  expect(await first.outcome()).toMatchObject({ text: expect.stringContaining('It is out.') })
})

it('has children whose keys name them where a later run has children of the same ids', async () => {
  const lead = async () => {
    const run = await stage.signalbox.start('chief', { id: 'desk-2', input: 'Please delegate.' })
    await run.outcome()
    return `${(await stage.store.reports.run('desk-2'))!.key}/clerk-1-1`
  }
  const earlier = await lead()
  await forget('desk-2', 'desk-2/clerk-1-1')
  const later = await lead()
  const shown = async (run: string) => (await command(['show', run, '--json'], { env: stage.commandEnv })).json()
  expect(await shown(later)).toMatchObject({ run: { key: later }, text: expect.anything(), url: expect.anything() })
  const { run, text, url } = await shown(earlier)
  expect([run.key, text, url]).toEqual([earlier, undefined, undefined])
})

it('ends for its readers, and as a message, where it was deleted while it was open', async () => {
  const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
  const read = Promise.all([all(run.events()), all(uiMessageChunks(run))])
  await eventOf(run.events(), 'approval-ask')
  await forget(run.id)
  const [events, chunks] = await read
  expect(events.map(({ kind }) => kind)).not.toContain('run-end')
  expect(chunks.slice(-2)).toMatchObject([
    { type: 'message-metadata', messageMetadata: { outcome: 'failed' } },
    { type: 'error', errorText: 'the Temporal server no longer has the run' },
  ])
})

it('of which the store never had the end, or which was of another namespace, is not there', async () => {
  const { ledger } = stage.store
  const lost: RunRef = { ...RUN, id: 'never-ended-1', key: 'key-of-never-ended-1' }
  await ledger.openRun(newRun({ run: lost }))
  const elsewhere: RunRef = { ...RUN, id: 'of-elsewhere-1', key: 'key-of-elsewhere-1' }
  await ledger.openRun(newRun({ run: elsewhere, namespaceId: 'of-another-server' }))
  await ledger.closeRun(elsewhere, { outcome: 'answered', endedAtMs: 2_000 })
  for (const { id } of [lost, elsewhere]) {
    const run = stage.signalbox.run(id)
    expect(await run.exists()).toBe(false)
    await expect(run.events().next()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' })
    await expect(uiMessageChunks(run).next()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' })
    await expect(run.stop()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' })
  }
})

it('and is sealed is read while its key is there, and says so once it was destroyed', async () => {
  const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', policy: { zdr: true } })
  await run.outcome()
  const before = await allEvents(run.events())
  await forget(run.id)
  expect(await allEvents(run.events())).toEqual(before)
  await stage.store.content.purge(run.id, Date.now())
  await expect(allEvents(run.events())).rejects.toMatchObject({ name: 'SealProblem' })
  expect(await run.exists()).toBe(true)
})
