import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { tellRoom } from '../../../src/runtime/logging/tell-room.ts'
import { StoreProblem } from '../../../src/store/index.ts'

it('says once that the store has room again, when what had failed for lack of it is done', async () => {
  const lines: unknown[] = []
  const logger = new DefaultLogger('INFO', ({ level, message }) => level === 'INFO' && lines.push(message))
  const interceptors = [tellRoom()]
  const run = (activityId: string, ends: () => unknown) =>
    new MockActivityEnvironment({ activityId }, { logger, interceptors }).run(async () => ends())
  const done = () => 'done'
  const fails = (kind: 'full' | 'unreachable') => () => {
    throw new StoreProblem(kind, 'The disk is full.')
  }
  for (const id of ['answer', 'answer', 'tool']) await expect(run(id, fails('full'))).rejects.toThrow('full')
  await expect(run('other', fails('unreachable'))).rejects.toThrow('full')
  // A small row, for which there is room yet.
  for (const id of ['row', 'other']) expect(await run(id, done)).toBe('done')
  expect(lines).toEqual([])
  for (const id of ['answer', 'tool']) await run(id, done)
  expect(lines).toEqual([expect.stringContaining('has room again')])
})
