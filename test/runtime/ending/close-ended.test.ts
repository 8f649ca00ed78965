import { expect, it } from 'vitest'
import type { RunSeen } from '../../../src/core/ports.ts'
import { type Closing, closeEnded } from '../../../src/runtime/ending/close-ended.ts'

const IDS = Array.from({ length: 20 }, (_, at) => `run-${at}`)
const RUNS = IDS.map(id => ({ id, key: id }) as RunSeen)

it('waits for the vendors of several runs together, and closes the runs in their order', async () => {
  let most = 0
  const done: string[] = []
  const closing = {
    store: {
      ledger: { closeRun: async ({ id }: RunSeen) => done.push(`closed ${id}`) > 0 },
      admissions: { leaveRun: async () => {} },
    },
    namespaceId: async () => undefined,
    howEnded: async ({ id }: RunSeen) => (id === 'run-7' ? undefined : { reason: 'the run was terminated' }),
    foreign: true,
    async withdraw(runs: readonly RunSeen[]) {
      most = Math.max(most, runs.length)
      done.push(...runs.map(({ id }) => `withdrawn ${id}`))
    },
    now: () => 0,
  } as unknown as Closing
  const { closed } = await closeEnded(closing, RUNS)
  const ended = IDS.filter(id => id !== 'run-7')
  expect(closed.map(({ run }) => run)).toEqual(ended)
  expect(most).toBe(15)
  for (const id of ended) expect(done.indexOf(`withdrawn ${id}`)).toBeLessThan(done.indexOf(`closed ${id}`))
})
