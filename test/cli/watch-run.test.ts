import { ServiceError } from '@temporalio/client'
import { afterEach, expect, it, vi } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { watchRun } from '../../src/cli/watch/watch-run.ts'
import type { RunEvent } from '../../src/core/events.ts'
import type { Signalbox } from '../../src/runtime/client.ts'

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
  const signalbox = { run: () => ({ events, outcome }) } as unknown as Signalbox
  const ends: number[] = []
  const terminal = { print: () => {}, write: () => {}, end: (code: number) => ends.push(code) } as unknown as Terminal
  await watchRun(signalbox, 'run-1', terminal, { json: true })
  expect(ends).toEqual([EXIT.runFailed])
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
  const signalbox = { client, run: () => ({ events, outcome }) } as unknown as Signalbox
  const terminal = { note: (words: string) => note(words), end: () => {} } as unknown as Terminal
  const watched = watchRun(signalbox, 'run-1', terminal, { json: true })
  await asked
  vi.advanceTimersByTime(5_000)
  expect(await noted).toMatch(/^note: the Temporal server: it cannot be reached/)
  await watched
})
