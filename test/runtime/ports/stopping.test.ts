import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { createStopping } from '../../../src/runtime/ports/stopping.ts'

type State = ReturnType<Worker['getState']>

function startedIn({ during }: ReturnType<typeof createStopping>) {
  let state: State = 'RUNNING'
  const end = new AbortController()
  const done = during({ getState: () => state }, async () => void (await once(end.signal, 'abort')))
  return {
    tell: () => {
      state = 'STOPPING'
    },
    end: () => {
      end.abort()
      return done
    },
  }
}

it('fires when the last worker that runs is told to end, and begins anew with the next one', async () => {
  const stopping = createStopping()
  const [one, two] = [startedIn(stopping), startedIn(stopping)]
  const first = stopping.signal()
  one.tell()
  await one.end()
  await delay(150)
  expect(first.aborted).toBe(false)
  two.tell()
  await expect.poll(() => first.aborted).toBe(true)
  const three = startedIn(stopping)
  expect(stopping.signal().aborted).toBe(false)
  await Promise.all([two.end(), three.end()])
  await expect.poll(() => stopping.signal().aborted).toBe(true)
  expect(first.aborted).toBe(true)
})
