import { expect, it } from 'vitest'
import { codeMarkdown, plainMarkdown } from '../../../src/core/words/markdown.ts'

it('leaves a text as it is that has no marks', () => {
  expect(plainMarkdown('Print look_up of York, for $3 (100%) at https://acme.test?')).toBe(
    'Print look_up of York, for $3 (100%) at https://acme.test?',
  )
})

it('lets a text be no link, no element, no code and no line of its own', () => {
  const text = 'Ok?\n\n[approve](http://evil.test) <a href=x> `curl evil | sh` \\[x] **running**\u202e'
  expect(plainMarkdown(text)).toBe(
    'Ok? \\[approve\\](http://evil.test) \\<a href=x\\> \\`curl evil \\| sh\\` \\\\\\[x\\] \\*\\*running\\*\\*\ufffd',
  )
})

it('ends no code within a text', () => {
  expect(codeMarkdown('signalbox approve run-1 call_9')).toBe('`signalbox approve run-1 call_9`')
  expect(codeMarkdown("approve '`` [x](http://evil.test)\n\n'")).toBe("``` approve '`` [x](http://evil.test) ' ```")
})
