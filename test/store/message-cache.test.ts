import { expect, it } from 'vitest'
import { createMessageCache } from '../../src/store/transcripts/message-cache.ts'
import { asked } from './records.ts'

it('gives what is known, at most as much as is asked', () => {
  const cache = createMessageCache(100)
  expect(cache.first('a', 5)).toEqual([])
  cache.extend('a', 0, [asked('one'), asked('two')], 10)
  cache.extend('a', 2, [asked('three')], 5)
  expect(cache.first('a', 2)).toEqual([asked('one'), asked('two')])
  expect(cache.first('a', 9)).toEqual([asked('one'), asked('two'), asked('three')])
})

it('takes the same messages from two readers once', () => {
  const cache = createMessageCache(100)
  cache.extend('a', 0, [asked('one')], 5)
  cache.extend('a', 0, [asked('one')], 5)
  expect(cache.first('a', 9)).toEqual([asked('one')])
})

it('drops the lineages that were not read for longest', () => {
  const cache = createMessageCache(10)
  for (const lineage of ['a', 'b']) cache.extend(lineage, 0, [asked(lineage)], 5)
  cache.first('a', 1)
  cache.extend('c', 0, [asked('c')], 5)
  expect(['a', 'b', 'c'].map(lineage => cache.first(lineage, 1).length)).toEqual([1, 0, 1])
  cache.extend('huge', 0, [asked('huge')], 11)
  expect(['a', 'c', 'huge'].map(lineage => cache.first(lineage, 1).length)).toEqual([0, 0, 0])
})
