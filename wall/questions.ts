/**
 * What is asked, and the one right answer to each question. The vendors are scripted with it, so that an answer can be held
 * against it to the last character.
 *
 * @module
 */
import { z } from 'zod'
import type { JsonValue, Message } from '../src/core/messages.ts'
import type { VendorScript } from '../src/providers/simulated/index.ts'
import type { App } from '../src/runtime/app/app.ts'
import { defineSchema, defineTool } from '../src/tools/index.ts'

export const MODES = ['text', 'tools', 'structured'] as const
export type Mode = (typeof MODES)[number]

/** Characters of one to four bytes in UTF-8, so that a cut or a seam inside of one shows. */
const SENTENCE = 'Über die Brücke gehen 日本語, 한국어 und 😀 für 5 €; the rest of it is plain. '

export const RIGHT_TEXT = SENTENCE.repeat(8).trim()
export const RIGHT_VALUE = { ok: true, reason: SENTENCE.trim(), places: ['Zürich', '東京', 'Łódź'] }
export const RIGHT_CALLS: readonly { readonly toolName: string; readonly input: JsonValue }[] = [
  { toolName: 'look_up', input: { query: 'Größe von 東京', depth: 3 } },
  { toolName: 'look_up', input: { query: 'Fläche von Łódź 😀', depth: 1 } },
]

/** What vendors are scripted with; a request matches by its first user message. */
export const BEHAVIOURS: NonNullable<VendorScript['vendors'][number]['behaviours']> = [
  { match: 'wall of text', turns: [{ text: RIGHT_TEXT }] },
  {
    match: 'wall of tools',
    turns: [
      { tools: RIGHT_CALLS.map(({ toolName: name, input }) => ({ name, arguments: input as Record<string, never> })) },
    ],
  },
  { match: 'wall of values', turns: [{ value: RIGHT_VALUE }] },
]

const PROMPTS: Readonly<Record<Mode, string>> = {
  text: 'A wall of text, please.',
  tools: 'A wall of tools, please.',
  structured: 'A wall of values, please.',
}

/** What a call brings: the prompt's messages, and what the answer may or must be. */
export interface Question {
  readonly messages: readonly Message[]
  readonly tools?: readonly string[]
  readonly schema?: string
}

/** `endsWithAnswer`: the conversation ends with a beginning of the answer, as some clients write it. */
export function questionOf(mode: Mode, endsWithAnswer = false): Question {
  const prefill: Message = { role: 'assistant', content: [{ type: 'text', text: 'Well then,' }] }
  return {
    messages: [
      { role: 'system', content: 'You are a wall.' },
      { role: 'user', content: [{ type: 'text', text: PROMPTS[mode] }] },
      ...(endsWithAnswer ? [prefill] : []),
    ],
    ...(mode === 'tools' && { tools: ['look_up'] }),
    ...(mode === 'structured' && { schema: 'Verdict' }),
  }
}

export const APP: App = {
  tools: [
    defineTool({
      name: 'look_up',
      description: 'Looks something up.',
      input: z.object({ query: z.string(), depth: z.number() }),
      run: async ({ query }) => `nothing is known about ${query}`,
    }),
  ],
  schemas: [
    defineSchema('Verdict', z.object({ ok: z.boolean(), reason: z.string(), places: z.array(z.string()).min(1) })),
  ],
}
