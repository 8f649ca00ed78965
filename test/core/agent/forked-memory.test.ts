import { expect, it } from 'vitest'
import { forkedMemory } from '../../../src/core/agent/forked-memory.ts'
import { knownBeside, rememberPrompt } from '../../../src/core/routing/cache/warmth.ts'

const HEARD = { endpoint: 'one:acme/small', promptTokens: 1_200, length: 3, inputTokens: 1_000, heldTokens: 960 }
const FIRST = rememberPrompt(undefined, { ...HEARD, atMs: 0 })
const KNOWN = rememberPrompt(FIRST, { ...HEARD, promptTokens: 3_000, length: 5, inputTokens: 2_900, atMs: 500_000 })
const STEP = { known: KNOWN, inputTokens: 2_900, draw: 0.25, cacheKey: 'tree' }

it('hands over what the step had sent, without its answer and without the pace of the run', () => {
  expect(forkedMemory(STEP, 600_000)).toEqual({
    draw: 0.25,
    known: {
      endpoint: 'one:acme/small',
      promptTokens: 2_900,
      length: 4,
      calls: 1,
      grownTokens: 1_800,
      warm: [{ endpoint: 'one:acme/small', tokens: 960, atMs: 500_000 }],
      cacheKey: 'tree',
      forked: true,
    },
  })
})

it('hands nothing over where nothing can be warm or nobody has counted', () => {
  expect(forkedMemory(STEP, 500_000 + 3_600_000)).toBeUndefined()
  const { inputTokens: _, ...uncounted } = STEP
  expect(forkedMemory(uncounted, 600_000)).toBeUndefined()
  const { draw: __, ...undrawn } = STEP
  expect(forkedMemory(undrawn, 600_000)).toBeUndefined()
})

it('is remembered as the fork’s own from its first answer on, under the key of the other run', () => {
  const { known } = forkedMemory(STEP, 600_000)!
  const next = rememberPrompt(known, { ...HEARD, promptTokens: 3_100, length: 5, inputTokens: 2_900, atMs: 2_000_000 })
  expect(next).toMatchObject({ calls: 2, grownTokens: 200, cacheKey: 'tree' })
  expect(next).not.toHaveProperty('gapMs')
  expect(next).not.toHaveProperty('forked')
  expect(forkedMemory({ ...STEP, known: next, cacheKey: 'its own' }, 2_000_001)?.known?.cacheKey).toBe('tree')
})

it('knows neither the size of the prompt nor where it is warm once the tools beside it are others', () => {
  const before = rememberPrompt(KNOWN, { ...HEARD, promptTokens: 3_100, length: 7, atMs: 600_000, beside: 'old' })
  const { known } = forkedMemory({ ...STEP, known: before }, 700_000)!
  expect(knownBeside(known, 'old')).toBe(known)
  const other = knownBeside(known, 'new')
  expect(other).toMatchObject({ promptTokens: 0, length: 0, warm: [], cacheKey: 'tree', forked: true })
  expect(knownBeside(KNOWN, 'new')).toBe(KNOWN)
  // The pace of a run stays, and nothing is taken for growth that was only unknown.
  const heard = { ...HEARD, promptTokens: 9_000, inputTokens: 8_900, length: 9, atMs: 700_000, beside: 'new' }
  const after = rememberPrompt(knownBeside(before, 'new'), heard)
  expect(after).toMatchObject({ gapMs: before.gapMs, grownTokens: 100, beside: 'new' })
  expect(after.warm).toHaveLength(1)
})
