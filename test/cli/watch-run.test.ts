import { ServiceError } from '@temporalio/client'
import { afterEach, expect, it, vi } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { watchRun } from '../../src/cli/watch/watch-run.ts'
import type { RunEvent } from '../../src/core/events.ts'
import type { Signalbox } from '../../src/runtime/client.ts'
import type { TreeEvent } from '../../src/runtime/events/tree-events.ts'
import type { EventsOptions, TreeEventsOptions } from '../../src/runtime/runs/recorded-run.ts'
import { StoreProblem } from '../../src/store/index.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('ends by how the run has ended, not by the end from which it was reset', async () => {
  const events = async function* (): AsyncGenerator<RunEvent> {
    yield { kind: 'run-end', outcome: 'answered', offset: 1, atMs: 1_000 }
    yield { kind: 'run-reset', offset: 2, atMs: 2_000 }
  }
  // It was terminated then, which no event tells.
  const outcome = async () => ({ kind: 'failed' })
  const signalbox = { run: () => ({ id: 'run-1', events, outcome }) } as unknown as Signalbox
  const ends: number[] = []
  const noted: string[] = []
  const terminal = {
    print: () => {},
    note: (line: string) => noted.push(line),
    end: (code: number) => ends.push(code),
  } as unknown as Terminal
  await watchRun(signalbox, 'run-1', terminal, { json: true })
  expect(ends).toEqual([EXIT.runFailed])
  expect(noted).toEqual(['run run-1: failed'])
})

it('says that the server is away also where it waits for the end alone', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const cause = Object.assign(new Error('away'), { code: 14, details: 'away', metadata: {} })
  const getHandle = () => {
    throw new ServiceError('Failed to describe workflow', { cause })
  }
  let ask = () => {}
  const asked = new Promise<void>(resolve => (ask = resolve))
  let note = (_words: string) => {}
  const noted = new Promise<string>(resolve => (note = resolve))
  // It was terminated, and the server is back once somebody has heard that it is away.
  const outcome = async () => {
    ask()
    await noted
    return { kind: 'failed' }
  }
  const events = async function* (): AsyncGenerator<RunEvent> {}
  const client = { workflow: { getHandle } }
  const signalbox = { client, run: () => ({ id: 'run-1', events, outcome }) } as unknown as Signalbox
  const terminal = { note: (words: string) => note(words), end: () => {} } as unknown as Terminal
  const watched = watchRun(signalbox, 'run-1', terminal, { json: true })
  await asked
  vi.advanceTimersByTime(5_000)
  expect(await noted).toMatch(/^note: the Temporal server: it cannot be reached/)
  await watched
})

const AWAY = new StoreProblem('unreachable', 'PostgreSQL database db cannot be reached.')

/** Events of a store that goes away once, after the first, and of which the first question then fails as well. */
function interrupted(problem: StoreProblem) {
  const asked: unknown[] = []
  const read = async function* (after: unknown): AsyncGenerator<RunEvent> {
    asked.push(after)
    if (asked.length === 1) {
      yield { kind: 'run-start', workflow: 'clerk', offset: 1, atMs: 1_000 } as RunEvent
      throw problem
    }
    yield { kind: 'run-end', outcome: 'answered', offset: 2, atMs: 2_000 }
  }
  const treeOf = async function* (after: unknown): AsyncGenerator<TreeEvent> {
    for await (const event of read(structuredClone(after))) yield { run: 'run-1', key: 'key-1', event }
  }
  let looks = 0
  const reports = {
    run: async () => {
      looks += 1
      if (looks === 1) throw problem
    },
  }
  const run = {
    id: 'run-1',
    events: ({ after }: EventsOptions) => read(after),
    treeEvents: ({ after }: TreeEventsOptions) => treeOf(after),
  }
  const signalbox = { run: () => run, store: async () => ({ reports }) } as unknown as Signalbox
  const [printed, noted]: [string[], string[]] = [[], []]
  const print = (line: string) => void printed.push(JSON.parse(line).offset ?? JSON.parse(line).event.offset)
  const terminal = { print, note: (line: string) => void noted.push(line), end: () => {} } as unknown as Terminal
  const watch = (below: boolean) => watchRun(signalbox, 'run-1', terminal, { json: true, below })
  return { watch, asked, printed, noted }
}

it.each([
  ['one run', false, [undefined, 1]],
  ['a tree', true, [{}, { 'key-1': 1 }]],
])('waits for a store that is away, says so once, and goes on where it was: %s', async (_what, below, positions) => {
  const { watch, asked, printed, noted } = interrupted(AWAY)
  await watch(below)
  expect(printed).toEqual([1, 2])
  expect(asked).toEqual(positions)
  expect(noted).toEqual([`note: ${AWAY.message} Waiting for it, for a minute at most; the events then go on`])
})

it('waits for no store that nobody will find where it is', async () => {
  const { watch, printed } = interrupted(new StoreProblem('newer-version', 'a newer Signalbox has migrated the store.'))
  await expect(watch(false)).rejects.toMatchObject({ kind: 'newer-version' })
  expect(printed).toEqual([1])
})
