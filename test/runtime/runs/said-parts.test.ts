import { expect, it } from 'vitest'
import type { RunEvent, RunEventBody } from '../../../src/core/events.ts'
import type { Message } from '../../../src/core/messages.ts'
import { readEvent } from '../../../src/core/read-event.ts'
import { NoSuchStep } from '../../../src/runtime/runs/answered-step.ts'
import { partsOfSaid } from '../../../src/runtime/runs/said-parts.ts'

const said = (id: string, text: string, truncated?: true): RunEventBody => ({
  kind: 'said',
  id,
  text,
  ...(truncated && { truncated }),
})
const answer = (step: number): RunEventBody => ({
  kind: 'answer',
  step,
  attempt: 1,
  endpoint: 'one:acme/small',
  text: 'Well.',
  toolCalls: [],
  cost: { lowPico: '0', highPico: '0' },
  usage: {},
})
const words = (text: string) => ({ type: 'text' as const, text })
const picture = (data: string) => ({
  type: 'file' as const,
  mediaType: 'image/png',
  filename: 'receipt.png',
  data: { type: 'data' as const, data },
})
const user = (...content: (ReturnType<typeof words> | ReturnType<typeof picture>)[]): Message => ({
  role: 'user',
  content,
})
const shown = (data: string) => ({
  type: 'file',
  mediaType: 'image/png',
  filename: 'receipt.png',
  url: `data:image/png;base64,${data}`,
})

/** The parts of each message, in order, and which prompts were read for that. */
async function partsIn(bodies: readonly RunEventBody[], prompts: Readonly<Record<number, readonly Message[]>>) {
  const read: (number | undefined)[] = []
  const events = bodies.map((body, at): RunEvent => readEvent(body, at + 1, 0))
  const messages = async ({ step }: { readonly step?: number }) => {
    read.push(step)
    const prompt = prompts[step!]
    if (!prompt) throw new NoSuchStep('it was purged')
    return prompt
  }
  return { parts: [...(await partsOfSaid({ messages }, events)).values()], read }
}

it('does not take long over a message that is full of what words for a file begin with', async () => {
  const text = '[a, '.repeat(16_000)
  expect(await partsIn([said('one', text), answer(1)], { 1: [] })).toEqual({ parts: [[words(text)]], read: [] })
})

it('has files and long texts of the prompts that they stood in, read once where the latest has all', async () => {
  const long = 'lorem '.repeat(20_000)
  const bodies = [
    said('one', '[image/png, 3 bytes] What is this?'),
    answer(1),
    said('two', `${long.slice(0, 100)}…`, true),
    said('three', '[image/png, 3 bytes] What is this?'),
    said('four', '[text, 120 kB] [image/png, 3 bytes]'),
    said('five', 'Thank you.'),
    answer(2),
  ]
  const asked = words('What is this?')
  const first = user(picture('AAAA'), asked)
  const all = [first, user(words(long)), user(picture('BBBB'), asked), user(words(long), picture('CCCC'))]
  const { parts, read } = await partsIn(bodies, { 1: [first], 2: all })
  expect(parts).toEqual([
    [shown('AAAA'), asked],
    [words(long)],
    [shown('BBBB'), asked],
    [words(long), shown('CCCC')],
    [words('Thank you.')],
  ])
  expect(read).toEqual([2])
})

it('has the event’s words where no answered call was asked with them, and where the content is purged', async () => {
  const bodies = [
    said('one', '[image/png, 3 bytes]'),
    { kind: 'step-start', step: 1, taskClass: 'cheap', sumsUp: true } as const,
    answer(1),
    answer(2),
    said('two', '[image/png, 3 bytes] And this?'),
    answer(3),
    said('three', '[image/png, 3 bytes]'),
  ]
  const { parts, read } = await partsIn(bodies, { 1: [user(picture('AAAA'))], 2: [user(words('In other words.'))] })
  expect(parts).toEqual([
    [words('[image/png, 3 bytes]')],
    [words('[image/png, 3 bytes] And this?')],
    [words('[image/png, 3 bytes]')],
  ])
  expect(read).toEqual([3, 2])
})
