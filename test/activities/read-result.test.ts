import { expect, it } from 'vitest'
import { readResult } from '../../activities/read-result.ts'
import type { RunToolInput } from '../../src/core/protocol.ts'

const TEXT = `${'a'.repeat(19_999)}${'\u{1f682}'.repeat(20_000)}`

const INPUT = { callId: 'call', toolName: 'read_result' } as RunToolInput

const read = async (from: number) => {
  const { result } = await readResult({ byReference: async () => TEXT }, INPUT, { reference: 'abc', from })
  return result as { readonly part: string; readonly next?: number; readonly characters: number }
}

it('cuts a result at whole characters, for vendors refuse half of one, and gives all of it in the end', async () => {
  let text = ''
  for (let from: number | undefined = 0; from !== undefined; ) {
    const { part, next, characters } = await read(from)
    expect(Buffer.from(part).toString()).toBe(part)
    expect(characters).toBe(TEXT.length)
    text += part
    from = next
  }
  expect(text).toBe(TEXT)
})

it('shows an image again, whole', async () => {
  const data = { type: 'data', data: 'iVBORw0KGgo'.repeat(10_000) }
  const shown = { type: 'content', value: [{ type: 'file', mediaType: 'image/png', data }] }
  const given = { reference: 'a'.repeat(12), from: 20_000 }
  expect(await readResult({ byReference: async () => shown }, INPUT, given)).toEqual({ isError: false, result: shown })
})

it('begins with a whole character wherever a model wants to begin', async () => {
  const { part, next } = await read(20_000)
  expect(Buffer.from(part).toString()).toBe(part)
  expect(part.startsWith('\u{1f682}')).toBe(true)
  expect(next).toBe(39_999)
})
