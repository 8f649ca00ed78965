import { expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { watchRun } from '../../src/cli/watch/watch-run.ts'
import type { RunEvent } from '../../src/core/events.ts'
import type { Signalbox } from '../../src/runtime/client.ts'

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
