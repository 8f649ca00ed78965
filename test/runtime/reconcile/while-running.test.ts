import type { NativeConnection, Worker } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { whileRunning } from '../../../src/runtime/reconcile/while-running.ts'
import type { Store } from '../../../src/store/index.ts'

/** Of what a look would begin with. */
function watchedStore(): { readonly store: Store; readonly looks: () => number } {
  let looks = 0
  const holdingRuns = async () => {
    looks += 1
    return []
  }
  const openRuns = async () => []
  const sweep = async () => {}
  const store = {
    budgets: { holdingRuns, openRuns, sweep },
    admissions: { sweep },
    content: { purgeDue: async () => [] },
    newerVersion: async () => undefined,
  } as unknown as Store
  return { store, looks: () => looks }
}

it.each([
  [0, 0],
  [60_000, 1],
])(
  'a worker that is to look for lost runs every %i ms has looked %i times when it ends soon',
  async (everyMs, times) => {
    const { store, looks } = watchedStore()
    const served = { connection: {} as NativeConnection }
    const worker = { shutdown() {} } as Worker
    await whileRunning(worker, () => new Promise(resolve => setTimeout(resolve, 20)), { store, everyMs, served })
    expect(looks()).toBe(times)
  },
)

it('a worker that ends while content is purged tells the purge so', async () => {
  const { store } = watchedStore()
  let told = false
  const purgeDue = (_: number, signal?: AbortSignal) =>
    new Promise<never[]>(resolve =>
      signal?.addEventListener('abort', () => {
        told = true
        resolve([])
      }),
    )
  const how = { store: { ...store, content: { ...store.content, purgeDue } }, everyMs: 60_000 }
  const served = { connection: {} as NativeConnection }
  const soon = () => new Promise<void>(resolve => setTimeout(resolve, 20))
  await whileRunning({ shutdown() {} } as Worker, soon, { ...how, served })
  expect(told).toBe(true)
})

it('a worker that is shutting down already when a look comes upon a bug ends with that, and only once', async () => {
  const { store } = watchedStore()
  const bug = new TypeError('a bug')
  const budgets = { ...store.budgets, holdingRuns: () => Promise.reject(bug) }
  const worker = {
    getState: () => 'DRAINING',
    // As the SDK's.
    shutdown() {
      throw new Error('Not running. Current state: DRAINING')
    },
  } as unknown as Worker
  const how = { store: { ...store, budgets }, everyMs: 60_000, served: { connection: {} as NativeConnection } }
  await expect(whileRunning(worker, async () => {}, how)).rejects.toBe(bug)
})
