import { expect, it } from 'vitest'
import { createMessageCache } from '../../src/store/transcripts/message-cache.ts'
import { asked } from './records.ts'

it('gives what is known, at most as much as is asked', () => {
  const cache = createMessageCache(100)
  expect(cache.first('a', 'whole', 5)).toEqual([])
  cache.extend('a', 'whole', { from: 0, messages: [asked('one'), asked('two')], size: 10 })
  cache.extend('a', 'whole', { from: 2, messages: [asked('three')], size: 5 })
  expect(cache.first('a', 'whole', 2)).toEqual([asked('one'), asked('two')])
  expect(cache.first('a', 'whole', 9)).toEqual([asked('one'), asked('two'), asked('three')])
})

it('takes the same messages from two readers once', () => {
  const cache = createMessageCache(100)
  cache.extend('a', 'whole', { from: 0, messages: [asked('one')], size: 5 })
  cache.extend('a', 'whole', { from: 0, messages: [asked('one')], size: 5 })
  expect(cache.first('a', 'whole', 9)).toEqual([asked('one')])
})

it('drops the lineages that were not read for longest', () => {
  const cache = createMessageCache(10)
  for (const lineage of ['a', 'b']) cache.extend(lineage, 'whole', { from: 0, messages: [asked(lineage)], size: 5 })
  cache.first('a', 'whole', 1)
  cache.extend('c', 'whole', { from: 0, messages: [asked('c')], size: 5 })
  expect(['a', 'b', 'c'].map(lineage => cache.first(lineage, 'whole', 1).length)).toEqual([1, 0, 1])
  cache.extend('huge', 'whole', { from: 0, messages: [asked('huge')], size: 11 })
  expect(['a', 'c', 'huge'].map(lineage => cache.first(lineage, 'whole', 1).length)).toEqual([0, 0, 0])
})

it('holds of each lineage the view that was read last, and nothing of the one before', () => {
  const cache = createMessageCache(10)
  cache.extend('a', 'whole', { from: 0, messages: [asked('one'), asked('two')], size: 8 })
  expect(cache.first('a', 'cleared', 2)).toEqual([])
  cache.extend('a', 'cleared', { from: 0, messages: [asked('one')], size: 4 })
  expect(cache.first('a', 'whole', 2)).toEqual([])
  cache.extend('b', 'whole', { from: 0, messages: [asked('b')], size: 6 })
  expect(cache.first('a', 'cleared', 2)).toEqual([asked('one')])
})
