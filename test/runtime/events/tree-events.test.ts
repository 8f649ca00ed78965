import { WorkflowNotFoundError } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { RunRef } from '../../../src/core/protocol.ts'
import { followTree } from '../../../src/runtime/events/follow-tree.ts'
import { createTreeReader, type TreeEvent, type TreePosition } from '../../../src/runtime/events/tree-events.ts'
import { newRun, RUN } from '../../store/records.ts'
import { COMPLETED, describingClient, RUNNING, TERMINATED } from '../../support/described.ts'
import { storeWithRun } from './store-with-run.ts'

const store = storeWithRun()

const below = (name: string): RunRef => ({ ...RUN, id: `${RUN.id}/${name}`, key: `${RUN.key}/${name}`, scope: RUN.key })

const [A, B, DEEP] = [below('a-1-1'), below('b-2-1'), below('a-1-1/c-1-1')]

/** Times are of no account where a test does not say so. */
async function open(run: RunRef, startedAtMs = 1_000, part?: string) {
  await store().ledger.openRun(newRun({ run, workflow: 'w', startedAtMs, ...(part && { part, begins: true }) }))
}

const end = (run: RunRef, endedAtMs = 9_000, part?: string) =>
  store().ledger.closeRun(run, { outcome: 'answered', endedAtMs, ...(part !== undefined && { part }) })

const say = (run: RunRef, atMs = 2_000, times = 1) =>
  store().events.write(
    run,
    Array.from({ length: times }, (_, step) => ({ kind: 'wait' as const, step, ms: 1, reason: 'so' })),
    atMs,
  )

/** As `a-1-1 run-start`, the run at the top as `top`. */
const words = ({ run, event }: TreeEvent) => `${run === RUN.id ? 'top' : run.slice(RUN.id.length + 1)} ${event.kind}`

async function all(events: AsyncIterable<TreeEvent>): Promise<readonly TreeEvent[]> {
  const told: TreeEvent[] = []
  for await (const event of events) told.push(event)
  return told
}

const reader = (after?: TreePosition, key = RUN.key) => createTreeReader(store(), key, after)

const look = async (at = reader()) => (await all(at.look())).map(words)

/** The order of each run, and children behind what tells of them. */
function expectInOrder(told: readonly TreeEvent[]) {
  const last = new Map<string, number>()
  const begun = new Set<string>([RUN.id])
  for (const { run, event } of told) {
    expect(begun).toContain(run)
    expect(event.offset).toBeGreaterThan(last.get(run) ?? 0)
    last.set(run, event.offset)
    if (event.kind === 'child-start') begun.add(event.run)
  }
}

describe('a look at a run and those below it', () => {
  it('tells all that happened by its time, a child between its beginning and its end', async () => {
    await open(A, 1_100)
    await say(RUN, 1_200)
    await open(DEEP, 1_300)
    await say(DEEP, 1_400)
    await say(RUN, 1_500)
    await end(DEEP, 1_600)
    await end(A, 1_700)
    const told = await all(reader().look())
    expect(told.map(words)).toEqual([
      'top run-start',
      'top child-start',
      'a-1-1 run-start',
      'top wait',
      'a-1-1 child-start',
      'a-1-1/c-1-1 run-start',
      'a-1-1/c-1-1 wait',
      'top wait',
      'a-1-1/c-1-1 run-end',
      'a-1-1 child-end',
      'a-1-1 run-end',
      'top child-end',
    ])
    expect(told[5]).toEqual({
      ...{ run: DEEP.id, key: DEEP.key, parent: A.id },
      event: { kind: 'run-start', workflow: 'w', offset: 1, atMs: 1_300 },
    })
    expect(told[0]).not.toHaveProperty('parent')
    expect(await look(reader({}, A.key))).toHaveLength(7)
  })

  it('keeps the order of each run whatever the clocks of its workers say, and reads on where there is much', async () => {
    await say(RUN, 50_000, 150)
    await open(A, 10)
    await say(A, 5, 250)
    await open(DEEP, 1)
    await say(DEEP, 70_000, 120)
    await end(A, 2)
    await say(RUN, 7, 130)
    const told = await all(reader().look())
    expect(told).toHaveLength(1 + 150 + 1 + 1 + 250 + 1 + 1 + 120 + 2 + 130)
    expectInOrder(told)
  })

  it('passes over what is gone', async () => {
    await open(A)
    const pieces = { kind: 'text-delta', step: 1, attempt: 1, text: 'Dear' } as const
    for (const run of [RUN, A]) await store().events.write(run, Array(300).fill(pieces), 2_000)
    await end(A, 3_000)
    const at = reader()
    expect((await look(at)).filter(told => !told.includes('delta'))).toEqual([
      'top run-start',
      'top child-start',
      'a-1-1 run-start',
      'a-1-1 run-end',
      'top child-end',
    ])
    await end(RUN)
    expect(await look(at)).toEqual(['top run-end'])
    await store().content.purge(RUN.id, 20_000)
    expect(await look()).toEqual([])
  })

  it('tells next what came since, of runs that are new and of those that were reset, too', async () => {
    const at = reader()
    await look(at)
    expect(await look(at)).toEqual([])
    await open(A, 2_000, 'first')
    expect(await look(at)).toEqual(['top child-start', 'a-1-1 run-start'])
    await end(A, 3_000, 'first')
    await end(RUN, 4_000)
    expect(await look(at)).toEqual(['a-1-1 run-end', 'top child-end', 'top run-end'])
    expect(at.runs().every(({ hasEnded }) => hasEnded)).toBe(true)
    await store().events.writeOnce(RUN, { id: 'x', part: 'new' }, { kind: 'budget-ask', step: 1, message: 'm' }, 5_000)
    await open(A, 5_000, 'second')
    expect(await look(at)).toEqual(['top run-reset', 'top budget-ask', 'top child-start', 'a-1-1 run-reset'])
    expect(at.runs().some(({ hasEnded }) => hasEnded)).toBe(false)
  })

  it('tells of a child that began when the run above it had ended', async () => {
    await end(RUN)
    await open(A)
    expect(await look()).toEqual(['top run-start', 'top run-end', 'a-1-1 run-start'])
  })
})

describe('a position', () => {
  it('gives the rest from every place, in any process, also of runs that had begun and said nothing', async () => {
    await open(A, 1_100)
    await open(B, 1_100)
    await open(DEEP, 1_200)
    for (const run of [DEEP, A, B, RUN]) await say(run)
    for (const run of [DEEP, B, A, RUN]) await end(run)
    const told = await all(reader().look())
    const position: TreePosition = {}
    for (const [at, { key, event }] of told.entries()) {
      position[key] = event.offset
      const rest = await all(reader(JSON.parse(JSON.stringify(position))).look())
      const sorted = (events: readonly TreeEvent[]) => events.map(one => JSON.stringify(one)).toSorted()
      expect(sorted(rest)).toEqual(sorted(told.slice(at + 1)))
      expectInOrder([...told.slice(0, at + 1), ...rest])
    }
  })
})

describe('asking the store', () => {
  it('is once for hundreds of children, and once for a look without news', async () => {
    const children = Array.from({ length: 300 }, (_, number) => below(`a-1-${number}`))
    for (const [number, run] of children.entries()) await open(run, 1_000 + number)
    let asked = 0
    const { events, reports } = store()
    const counting = {
      events: { readSpans: (...of: Parameters<typeof events.readSpans>) => [asked++, events.readSpans(...of)][1] },
      reports: { tree: (key: string) => [asked++, reports.tree(key)][1] },
    } as Parameters<typeof createTreeReader>[0]
    const at = createTreeReader(counting, RUN.key)
    expect(await look(at)).toHaveLength(601)
    expect(asked).toBeLessThan(20)
    asked = 0
    expect(await look(at)).toEqual([])
    expect(asked).toBe(1)
    for (const run of children.slice(0, 40)) await say(run)
    expect(await look(at)).toHaveLength(40)
    expect(asked).toBe(3)
  })
})

describe('what lies in memory', () => {
  it('is not more the more children work at once', async () => {
    const children = Array.from({ length: 150 }, (_, number) => below(`a-1-${number}`))
    for (const run of children) await open(run)
    for (const run of children) await say(run, 2_000, 100)
    let inHand = 0
    let most = 0
    const { events, reports } = store()
    const readSpans = async (...of: Parameters<typeof events.readSpans>) => {
      const read = await events.readSpans(...of)
      inHand += read.length
      most = Math.max(most, inHand)
      return read
    }
    for await (const _ of createTreeReader({ events: { readSpans }, reports }, RUN.key).look()) inHand -= 1
    expect(inHand).toBe(0)
    expect(most).toBeLessThan(11_000)
  })
})

describe('following a run and those below it', () => {
  /** A server that tells of each workflow its status, or that it has none. */
  function follow(
    status: (id: string) => typeof RUNNING | typeof COMPLETED | typeof TERMINATED | undefined,
    signal?: AbortSignal,
  ) {
    const asked: string[] = []
    const client = describingClient(async workflowId => {
      asked.push(workflowId)
      const its = status(workflowId)
      if (its === undefined) throw new WorkflowNotFoundError('no such workflow', workflowId, undefined)
      return { workflowExecutionInfo: { firstRunId: RUN.key, status: its } }
    })
    const workflow = client.getHandle(RUN.id)
    return { asked, events: followTree({ workflow, store: async () => store(), after: {}, signal }) }
  }

  it('goes on behind the end of the run at the top until all below it have ended', async () => {
    await open(A)
    await end(RUN)
    const { events } = follow(() => (isOver ? COMPLETED : RUNNING))
    let isOver = false
    const told: string[] = []
    for await (const event of events) {
      told.push(words(event))
      if (words(event) !== 'top run-end') continue
      await open(DEEP)
      await end(DEEP)
      await end(A)
      isOver = true
    }
    expect(told.slice(-2)).toEqual(['a-1-1 child-end', 'a-1-1 run-end'])
  })

  it('ends where what the store has as open was terminated, and asks the server of no more than that, and of what is open first', async () => {
    const last = below('c-3-1')
    for (const run of [A, B, last]) await open(run)
    await end(B)
    const { events, asked } = follow(id => {
      if (id === A.id) return undefined
      return id === last.id && asked.indexOf(id) === asked.length - 1 ? RUNNING : TERMINATED
    })
    expect((await all(events)).map(words)).toHaveLength(9)
    expect(asked).toEqual([RUN.id, ...[RUN.id, A.id, last.id], ...[RUN.id, last.id, A.id]])
  })

  it('ends where a lost child is open in the store whose id a run of a later tree has', async () => {
    await open(A)
    await end(RUN)
    await open({ ...A, key: 'later-run-1/a-1-1', scope: 'later-run-1' }, 2_000)
    const { events } = follow(id => (id === A.id ? RUNNING : COMPLETED))
    expect((await all(events)).map(words)).toHaveLength(4)
  })
})
