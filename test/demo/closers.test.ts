import { expect, it } from 'vitest'
import { createClosers } from '../../src/runtime/demo/closers.ts'

it('ends everything once, the last first, and tells the first failure when all have had their turn', async () => {
  const ended: string[] = []
  const closers = createClosers()
  closers.add(() => void ended.push('server'))
  closers.add(() => {
    throw new Error('the store is gone')
  })
  closers.add(async () => void ended.push('worker'))
  await expect(closers.close()).rejects.toThrow('the store is gone')
  await closers.close()
  expect(ended).toEqual(['worker', 'server'])
})
