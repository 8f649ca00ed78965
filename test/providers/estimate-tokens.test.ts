import { deflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Message } from '../../src/core/messages.ts'
import { byteBound, estimatePromptTokens } from '../../src/providers/estimate-tokens.ts'
import { WEATHER } from '../support/model-asks.ts'
import { packedPdf, pdf, png } from '../support/pictures.ts'

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

const PARAGRAPH =
  'The lamp above the door had been dark for years, and nobody in the village could say who had last climbed up to it. '

it('is near what a tokenizer counts for plain English', () => {
  // 24 words and two marks, and words as common as these are one token each.
  const tokens = estimatePromptTokens([user(PARAGRAPH.repeat(100))], [])
  expect(tokens).toBeGreaterThan(2_080)
  expect(tokens).toBeLessThan(3_120)
})

it('counts tools, system messages, tool calls and results', () => {
  const call: Message = {
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'read', input: { text: PARAGRAPH } }],
  }
  const result: Message = {
    role: 'tool',
    content: [
      { type: 'tool-result', toolCallId: 'call_1', toolName: 'read', output: { type: 'text', value: PARAGRAPH } },
    ],
  }
  const alone = estimatePromptTokens([{ role: 'system', content: PARAGRAPH }], [])
  expect(alone).toBeGreaterThan(20)
  expect(estimatePromptTokens([{ role: 'system', content: PARAGRAPH }], [WEATHER])).toBeGreaterThan(alone + 10)
  expect(estimatePromptTokens([call, result], [])).toBeGreaterThan(45)
})

/** As fast-check's own unit `binary`, without its table of a million characters, which takes seconds. */
const anyCharacter = fc
  .oneof(fc.integer({ min: 0, max: 0xd7_ff }), fc.integer({ min: 0xe0_00, max: 0x10_ff_ff }))
  .map(code => String.fromCodePoint(code))

it('the bound holds for any text: never fewer than its bytes, nor than the estimate', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: anyCharacter, maxLength: 200 })), texts => {
      const prompt = texts.map(user)
      const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
      expect(byteBound(prompt, [])).toBeGreaterThanOrEqual(bytes)
      expect(byteBound(prompt, [])).toBeGreaterThanOrEqual(estimatePromptTokens(prompt, []))
    }),
  )
})

it('what is hidden in options counts, for encrypted reasoning is sent and billed', () => {
  const thought = (secret: string): Message => ({
    role: 'assistant',
    content: [{ type: 'reasoning', text: '', providerOptions: { openai: { reasoningEncryptedContent: secret } } }],
  })
  expect(byteBound([thought('x'.repeat(1_000))], []) - byteBound([thought('')], [])).toBe(1_000)
})

const file = (mediaType: string, bytes: Buffer): Message => ({
  role: 'user',
  content: [{ type: 'file', mediaType, data: { type: 'data', data: bytes.toString('base64') } }],
})

const JPEG = Buffer.from('ffd8ffe000044a46ffc0001108025803e803', 'hex')
const GIF = Buffer.from('474946383961e8035802', 'hex')
const webp = (kind: string, size: string) =>
  Buffer.from(`524946460000000057454250${Buffer.from(kind).toString('hex')}${size}`, 'hex')

/** Its packed objects are encrypted; one page that was changed is not. */
const locked = (bytes: number) =>
  Buffer.from('%PDF-1.5\n<< /Type /Page >>\n<</Type/ObjStm/N 8>>stream\nlocked\nendstream\n'.padEnd(bytes))

/** Each of its streams of packed objects has two pages and nearly 10 MB of spaces. */
const swollen = (streams: number) => {
  const packed = deflateSync(Buffer.from('<< /Type /Page >>\n'.repeat(2).padEnd(9_900_000)))
  const stream = Buffer.concat([Buffer.from('<</Type/ObjStm>>stream\n'), packed])
  return Buffer.concat([Buffer.from('%PDF-1.5\n'), ...Array(streams).fill(stream)])
}

it.each([
  ['a PNG', file('image/png', png(1000, 600, 100)), 804],
  ['a JPEG', file('image/jpeg', JPEG), 804],
  ['a GIF', file('image/gif', GIF), 804],
  ['a WebP', file('image/webp', webp('VP8 ', `${'00'.repeat(10)}e8035802`)), 804],
  ['one without loss', file('image/webp', webp('VP8L', `${'00'.repeat(4)}2fe7c39500`)), 804],
  ['one with more than a picture', file('image/webp', webp('VP8X', `${'00'.repeat(8)}e70300570200`)), 804],
  ['a large image, which vendors make smaller', file('image/png', png(8000, 6000, 100)), 1_604],
  ['one of unknown size', file('image/png', Buffer.from('no image')), 1_604],
  ['a PDF, by its pages', file('application/pdf', pdf(12)), 36_004],
  ['a PDF in capitals', file('Application/PDF', pdf(12)), 36_004],
  ['a PDF whose pages are packed beside pictures', file('application/pdf', packedPdf(8, 4_000_000)), 24_004],
  ['one of which a page was changed', file('application/pdf', packedPdf(8, 0, '<< /Type /Page >>')), 27_004],
  ['one that cannot be unpacked, by its bytes', file('application/pdf', locked(25_000)), 9_004],
  ['one that unpacks to some more than it has', file('application/pdf', swollen(3)), 18_004],
  ['one that unpacks to far more, by its bytes', file('application/pdf', swollen(8)), 24_004],
])('%s counts by what is seen of it, whatever its bytes', (_, message, tokens) => {
  expect(estimatePromptTokens([message], [])).toBe(tokens)
  expect(byteBound([message], [])).toBeGreaterThan(tokens)
})

it('what a tool shows counts by what is seen of it too, beside what it says', () => {
  const result = (value: readonly object[]) =>
    ({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'call_1', toolName: 'show', output: { type: 'content', value } }],
    }) as unknown as Message
  const text = { type: 'text', text: 'Rome' }
  const [picture] = file('image/png', png(1000, 600, 40_000)).content as unknown as readonly object[]
  const said = estimatePromptTokens([result([text])], [])
  const shown = estimatePromptTokens([result([text, picture!])], []) - said
  expect(shown).toBeGreaterThanOrEqual(800)
  expect(shown).toBeLessThan(810)
})

it('a PDF that is named by its address alone counts as ten pages, and its bound is all that fits', () => {
  const linked = { type: 'file', mediaType: 'application/pdf', data: { type: 'url', url: 'https://acme.test/a.pdf' } }
  const prompt = [{ role: 'user', content: [linked] }] as unknown as readonly Message[]
  expect(estimatePromptTokens(prompt, [])).toBe(30_004)
  expect(byteBound(prompt, [], 'acme/large', 200_000)).toBe(200_000 + 64)
  expect(byteBound(prompt, [], 'acme/large', 9_000_000)).toBe(600 * (3_000 + 4_784) + 64)
  expect(byteBound(prompt, [])).toBe(600 * (3_000 + 4_784) + 64)
})

it.each([
  // Anthropic, Google and Amazon take texts as files: they are read word by word.
  ['a text', 'text/plain', 200_000, 50_000],
  ['JSON', 'application/json', 200_000, 50_000],
  // At 32 tokens a second (Google, "Audio understanding"), of which the poorest recording has some hundred bytes each.
  ['a recording', 'Audio/MP3', 2_000_000, 4_000],
  ['a short one', 'audio/mp3', 2_000, 1_600],
])('%s that comes as a file counts by its bytes, and has no more tokens than these', (_, mediaType, bytes, tokens) => {
  const message = file(mediaType, Buffer.alloc(bytes))
  expect(estimatePromptTokens([message], [])).toBe(tokens + 4)
  expect(byteBound([message], [])).toBe(bytes + 64)
  expect(byteBound([message], [], 'acme/large', 1_000)).toBe(1_000 + 64)
})

it('the bound of what is packed, or of a recording that is named by its address, is all that fits', () => {
  const packed = file('application/vnd.openxmlformats-officedocument.wordprocessingml.document', Buffer.alloc(9_000))
  const linked = { type: 'file', mediaType: 'video/mp4', data: { type: 'url', url: 'https://acme.test/a.mp4' } }
  for (const message of [packed, { role: 'user', content: [linked] } as unknown as Message]) {
    expect(byteBound([message], [], 'acme/large', 200_000)).toBe(200_000 + 64)
    expect(byteBound([message], [])).toBe(600 * (3_000 + 4_784) + 64)
  }
})

it('the bound of an image is the most that any vendor counts, and more for the one model that counts them dearer', () => {
  const image = file('image/png', png(1000, 600, 100_000))
  expect(byteBound([image], [])).toBe(4_784 + 64)
  expect(byteBound([image], [], 'openai/gpt-4o-mini')).toBe(48_169 + 64)
  expect(byteBound([image], [], 'google/gemini-2.5-flash')).toBe(4_784 + 64)
})

it('the bound of a long screenshot is what Gemini counts, which cuts it into tiles as wide as it is', () => {
  const screenshot = file('image/png', png(1280, 12_800, 100))
  expect(byteBound([screenshot], [], 'google/gemini-2.5-flash')).toBe(2 * 16 * 258 + 64)
  expect(byteBound([screenshot], [], 'anthropic/claude-opus-4-8')).toBe(4_784 + 64)
})

it('the bound of a large photograph is what OpenAI counts where it shows it whole', () => {
  const photograph = file('image/png', png(4_000, 3_000, 100))
  expect(byteBound([photograph], [], 'openai/gpt-5.5')).toBe(125 * 94 * 1.2 + 64)
  expect(byteBound([photograph], [], 'openai/gpt-5.4-mini')).toBe(4_784 + 64)
  expect(byteBound([file('image/png', Buffer.from('no image'))], [], 'openai/gpt-5.5')).toBe(12_000 + 64)
})
