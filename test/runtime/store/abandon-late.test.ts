import type { Worker } from '@temporalio/worker'
import { expect, it, vi } from 'vitest'
import { abandonLate } from '../../../src/runtime/store/abandon-late.ts'

const NEVER_MS = 1_000_000_000

function workerWith(shutdownGraceTimeMs: number, ...states: readonly string[]) {
  const left = [...states]
  const getState = () => (left.length > 1 ? left.shift() : left[0])
  return { getState, options: { shutdownGraceTimeMs } } as Pick<Worker, 'getState' | 'options'>
}

it('abandons the store of a worker that has ended, without its whole grace', async () => {
  const abandon = vi.fn()
  const worker = workerWith(NEVER_MS, 'INITIALIZED', 'RUNNING', 'DRAINING', 'STOPPED')
  await abandonLate(worker, { abandon }, new AbortController().signal, { answeredWithinMs: 1 })
  expect(abandon).toHaveBeenCalledOnce()
})

it('abandons the store of a worker that calls hold up after its grace', async () => {
  const abandon = vi.fn()
  const worker = workerWith(1, 'RUNNING', 'DRAINING')
  await abandonLate(worker, { abandon }, new AbortController().signal, { answeredWithinMs: 1 })
  expect(abandon).toHaveBeenCalledOnce()
})

it.each([['RUNNING'], ['DRAINING'], ['STOPPED']])(
  'leaves the store alone where all is answered, and waits no longer: %s',
  async state => {
    const abandon = vi.fn()
    const ended = new AbortController()
    const waited = abandonLate(workerWith(NEVER_MS, state), { abandon }, ended.signal, { answeredWithinMs: NEVER_MS })
    ended.abort()
    await waited
    expect(abandon).not.toHaveBeenCalled()
  },
)
