import { expect, it } from 'vitest'
import { sumUpPrompt } from '../../../src/core/agent/sum-up-prompt.ts'
import type { Message } from '../../../src/core/messages.ts'

it('has words for images, those of people and those of tools, and nothing of what is in them', () => {
  const data = 'iVBORw0KGgo='.repeat(4_000)
  const file = { type: 'file', mediaType: 'image/png', data: { type: 'data', data } } as const
  const output = { type: 'content' as const, value: [{ type: 'text' as const, text: 'The page:' }, file] }
  const prompt: readonly Message[] = [
    { role: 'user', content: [{ type: 'text', text: 'Look.' }, file] },
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'screenshot', input: {} }] },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'screenshot', output }] },
    { role: 'user', content: [{ type: 'text', text: 'Sum up.' }] },
  ]
  const asked = JSON.stringify(sumUpPrompt(prompt))
  expect(asked).toContain('(screenshot gave The page: [image/png, 36 kB])')
  expect(asked).not.toContain('iVBOR')
})
