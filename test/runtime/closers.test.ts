import { expect, it } from 'vitest'
import { type Closers, createClosers } from '../../src/runtime/closers.ts'
import { withClosers } from '../support/with-closers.ts'

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

it('ends what was built when building fails midway, and with the whole when it does not', async () => {
  const ended: string[] = []
  const build = async (later: Closers['add']) => {
    later(() => ended.push('server'))
    return { port: 1 }
  }
  const built = await withClosers(build)
  expect(built.port).toBe(1)
  await built.close()
  const failing = withClosers(async later => {
    await build(later)
    throw new Error('no worker')
  })
  await expect(failing).rejects.toThrow('no worker')
  expect(ended).toEqual(['server', 'server'])
})
