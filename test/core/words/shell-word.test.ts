import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shellWord } from '../../../src/core/words/shell-word.ts'

it('is as it was where a shell reads it so', () => {
  expect(['report-7', 'above/clerk-1-1', 'call_9', 'a@b:c=d,e.f%g+h'].map(shellWord)).toEqual([
    'report-7',
    'above/clerk-1-1',
    'call_9',
    'a@b:c=d,e.f%g+h',
  ])
})

it('is read by a shell as the one word that it was', () => {
  const texts = fc.sample(fc.string({ unit: 'grapheme' }), 200).map(text => text.replaceAll('\0', ''))
  const odd = ['', 'with space', "it's", '$(touch x)', '`x`', '"', '\\', 'a\nb', '*', '~', '日本', ...texts]
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${odd.map(shellWord).join(' ')}`], { encoding: 'utf8' })
  expect(printed.split('\0').slice(0, -1)).toEqual(odd)
})
