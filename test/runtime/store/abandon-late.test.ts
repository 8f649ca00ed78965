import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from '@temporalio/worker'
import { expect, it, vi } from 'vitest'
import { abandoningLate } from '../../../src/runtime/store/abandon-late.ts'
import type { ReportPort } from '../../../src/store/index.ts'

/** The longest that a timer can wait. */
const NEVER_MS = 2_147_483_647

function workerWith(shutdownGraceTimeMs: number, ...states: readonly string[]) {
  const left = [...states]
  const getState = () => (left.length > 1 ? left.shift() : left[0])
  return { getState, options: { shutdownGraceTimeMs } } as Pick<Worker, 'getState' | 'options'>
}

/** What it is asked has no answer before it is abandoned. */
function silentStore() {
  const abandoned = new AbortController()
  const resume = vi.fn()
  const abandon = vi.fn(() => {
    abandoned.abort()
    return resume
  })
  const runs = vi.fn(() => sleep(NEVER_MS, [], { signal: abandoned.signal, ref: false }))
  return { abandon, resume, reports: { runs } as Partial<ReportPort> as ReportPort }
}

it.each([
  ['that has ended, without its whole grace', workerWith(NEVER_MS, 'INITIALIZED', 'RUNNING', 'DRAINING', 'STOPPED')],
  ['that calls hold up after its grace', workerWith(1, 'RUNNING', 'DRAINING')],
  ['that had ended before', undefined],
])('abandons the silent store of a worker %s, until nothing is asked of it any more', async (_, worker) => {
  const store = silentStore()
  const asked = async () => {
    await expect(store.reports.runs()).rejects.toThrow('aborted')
    expect(store.resume).not.toHaveBeenCalled()
  }
  await abandoningLate(store, worker, asked, { answeredWithinMs: 1 })
  expect(store.abandon).toHaveBeenCalledOnce()
  expect(store.resume).toHaveBeenCalledOnce()
})

it.each([['RUNNING'], ['DRAINING'], ['STOPPED']])(
  'leaves the store alone where all is answered, and waits no longer: %s',
  async state => {
    const store = silentStore()
    const worker = workerWith(NEVER_MS, state)
    expect(await abandoningLate(store, worker, async () => 'done', { answeredWithinMs: NEVER_MS })).toBe('done')
    expect(store.abandon).not.toHaveBeenCalled()
  },
)

it('leaves a store alone that answers, however long something else holds the worker up', async () => {
  const { abandon, reports } = silentStore()
  const held = new AbortController()
  const runs = vi.fn(async () => {
    if (runs.mock.calls.length > 3) held.abort()
    return []
  })
  const store = { abandon, reports: { ...reports, runs } }
  await abandoningLate(store, undefined, () => once(held.signal, 'abort'), { answeredWithinMs: 1 })
  expect(abandon).not.toHaveBeenCalled()
})
