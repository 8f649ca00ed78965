import type { Client, WorkflowHandle } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import type { RunEventBody } from '../../../src/core/events.ts'
import { followEvents } from '../../../src/runtime/events/follow-events.ts'
import { followTree } from '../../../src/runtime/events/follow-tree.ts'
import type { TreePosition } from '../../../src/runtime/events/tree-events.ts'
import { recordedRun } from '../../../src/runtime/runs/recorded-run.ts'
import { uiMessageChunks } from '../../../src/runtime/runs/ui-message-chunks.ts'
import type { Store } from '../../../src/store/index.ts'
import { newRun, RUN } from '../../store/records.ts'
import { COMPLETED, describingClient, RUNNING, TERMINATED } from '../../support/described.ts'
import { storeWithRun } from './store-with-run.ts'

const UNAVAILABLE = 14
const DEADLINE_EXCEEDED = 4
const PERMISSION_DENIED = 7
const RESOURCE_EXHAUSTED = 8

const END: RunEventBody = { kind: 'run-end', outcome: 'answered' }

const store = storeWithRun()

/** What a worker has written down at the server once it has opened a run. */
const OPENED = { indexedFields: { SignalboxWorkspace: {} } }

/** What is read of a run whose server answers the first question only, and every other with this. */
function readFrom(code: number, told: () => void = () => {}) {
  let asked = 0
  const client = describingClient(async () => {
    asked += 1
    if (asked === 1) return { workflowExecutionInfo: { firstRunId: RUN.key } }
    if (asked === 2) told()
    throw Object.assign(new Error('it says no'), { code, details: 'it says no', metadata: {} })
  })
  return followEvents({ workflow: client.getHandle(RUN.id), store: async () => store(), after: 0 })
}

/** What is read of another run, which ends as its server is asked whether it has. */
async function* readWhileItEnds() {
  const run = { ...RUN, id: 'letter-2', key: 'first-run-2' }
  await store().ledger.openRun(newRun({ run }))
  let asked = 0
  const client = describingClient(async () => {
    asked += 1
    if (asked === 2) await store().events.write(run, [END], 1)
    return { workflowExecutionInfo: { firstRunId: run.key, status: asked === 1 ? RUNNING : COMPLETED } }
  })
  yield* followEvents({ workflow: client.getHandle(run.id), store: async () => store(), after: 0 })
}

async function kindsOf(events: ReturnType<typeof followEvents> | ReturnType<typeof followTree>) {
  const kinds: string[] = []
  for await (const event of events) kinds.push('kind' in event ? event.kind : event.event.kind)
  return kinds
}

describe('reading what happens in a run while its Temporal server is out of reach', () => {
  it('goes on, and gives what comes later', async () => {
    const later = () => void store().events.write(RUN, [END], 1)
    const [away, ended] = await Promise.all([kindsOf(readFrom(UNAVAILABLE, later)), kindsOf(readWhileItEnds())])
    expect(away).toEqual(['run-start', 'run-end'])
    // What is written between a look and the server's word that the run is over.
    expect(ended).toEqual(['run-start', 'run-end'])
  })

  it.each([UNAVAILABLE, RESOURCE_EXHAUSTED])('ends where the store has the end: %i', async code => {
    await store().events.write(RUN, [END], 0)
    expect(await kindsOf(readFrom(code))).toEqual(['run-start', 'run-end'])
  })

  it('begins once it is back', async () => {
    await store().events.write(RUN, [END], 0)
    const left = [UNAVAILABLE, DEADLINE_EXCEEDED]
    const client = describingClient(async () => {
      const code = left.shift()
      if (code !== undefined) throw Object.assign(new Error('away'), { code, details: 'away', metadata: {} })
      return { workflowExecutionInfo: { firstRunId: RUN.key, status: COMPLETED } }
    })
    const following = { workflow: client.getHandle(RUN.id), store: async () => store() }
    expect(await kindsOf(followEvents({ ...following, after: 0 }))).toEqual(['run-start', 'run-end'])
    left.push(UNAVAILABLE)
    expect(await kindsOf(followTree({ ...following, after: {} }))).toEqual(['run-start', 'run-end'])
    left.push(UNAVAILABLE)
    expect(await kindsOf(followEvents({ ...following, after: 0, signal: AbortSignal.abort() }))).toEqual([])
  })

  it('throws what only people can mend', async () => {
    await store().events.write(RUN, [END], 0)
    await expect(kindsOf(readFrom(PERMISSION_DENIED))).rejects.toThrow('it says no')
  })
})

it('ends at once for a reader who has seen all of a run that is over', async () => {
  await store().events.write(RUN, [END], 0)
  const client = describingClient(async () => ({
    workflowExecutionInfo: { firstRunId: RUN.key, status: COMPLETED },
  }))
  let looks = 0
  const { events, reports, place } = store()
  const read = (...of: Parameters<typeof events.read>) => [looks++, events.read(...of)][1]
  const counting = { events: { read }, reports, place } as unknown as Store
  expect(
    await kindsOf(followEvents({ workflow: client.getHandle(RUN.id), store: async () => counting, after: 2 })),
  ).toEqual([])
  expect(looks).toBe(2)
})

describe('reading what happens in a run that the store does not have', () => {
  const goneBy = (status: typeof COMPLETED | typeof TERMINATED) => {
    const client = describingClient(async () => ({
      workflowExecutionInfo: { firstRunId: 'of-another-store', status },
    }))
    return followEvents({ workflow: client.getHandle('gone'), store: async () => store(), after: 0 })
  }

  it('says so once it has completed, and ends where it may have ended before a worker had opened it', async () => {
    const [completed, terminated] = await Promise.allSettled([kindsOf(goneBy(COMPLETED)), kindsOf(goneBy(TERMINATED))])
    expect(completed).toMatchObject({ reason: { name: 'StoreProblem', kind: 'unknown-run' } })
    expect(completed).toMatchObject({
      reason: { message: expect.stringMatching(/has nothing of run gone, which has completed.*DATABASE_URL/) },
    })
    expect(terminated).toMatchObject({ value: [] })
  })

  it('waits for what a standby of its database gets a little later', async () => {
    const run = { ...RUN, id: 'late', key: 'first-run-late' }
    const client = describingClient(async () => ({
      workflowExecutionInfo: { firstRunId: run.key, status: COMPLETED },
    }))
    const { ledger, events, reports, place } = store()
    const find: typeof reports.run = async key => {
      const found = await reports.run(key)
      if (!found) await ledger.openRun(newRun({ run }))
      if (!found) await events.write(run, [END], 1)
      return found
    }
    const behind = { events, reports: { ...reports, run: find }, place } as unknown as Store
    const following = { workflow: client.getHandle(run.id), store: async () => behind, after: 0 }
    expect(await kindsOf(followEvents(following))).toEqual(['run-start', 'run-end'])
  })

  it('says so of an open one that a worker has opened, for which a reader would wait for ever', async () => {
    const unopened = new AbortController()
    let asked = 0
    const client = describingClient(async () => {
      asked += 1
      if (asked === 2) unopened.abort()
      const info = { firstRunId: 'of-another-store', status: RUNNING }
      return { workflowExecutionInfo: asked > 2 ? { ...info, searchAttributes: OPENED } : info }
    })
    const read = (signal?: AbortSignal) =>
      kindsOf(followEvents({ workflow: client.getHandle('gone'), store: async () => store(), after: 0, signal }))
    // No worker has opened it yet, so it may still come.
    expect(await read(unopened.signal)).toEqual([])
    await expect(read()).rejects.toMatchObject({
      kind: 'unknown-run',
      message: expect.stringMatching(
        /^the store \/.* has nothing of run gone, which a worker has opened.*DATABASE_URL/,
      ),
    })
  })
})

/** `Number(…)` of what a page has sent: no event comes after that, so a reader would take the run for one that has said nothing. */
describe('reading on behind what is no offset', () => {
  const never = async () => expect.unreachable('nothing is read')
  const workflow = { workflowId: RUN.id } as unknown as WorkflowHandle
  const run = {
    ...recordedRun({ client: {} as Client, workflow, server: { require: never }, store: never, state: never }),
    id: RUN.id,
  }

  it.each([Number.NaN, -1, 1.5])('is refused, as events and as a message: %s', async after => {
    const refused = `the events of run letter-1 were asked for after ${after};`
    expect(() => run.events({ after })).toThrow(refused)
    await expect(
      uiMessageChunks({ ...run, exists: never, outcome: never, state: never }, { after }).next(),
    ).rejects.toThrow(refused)
  })

  it('is refused of a tree, also where a page had kept no position', () => {
    const kept = JSON.parse('null') as TreePosition
    expect(() => run.treeEvents({ after: kept })).toThrow('were asked for after nothing; a position has the last')
  })
})
