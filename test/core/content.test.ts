import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ContentRule, ScanTexts } from '../../src/core/content/content-rule.ts'
import { createScreen } from '../../src/core/content/create-screen.ts'
import { contentRules } from '../../src/core/content/screen.ts'
import type { JsonValue, Message } from '../../src/core/messages.ts'
import { createScan } from '../../src/runtime/ports/scan-texts.ts'

const CARD: ContentRule = { name: 'card', pattern: '\\b\\d{16}\\b', replace: '[card]' }
const PROJECT: ContentRule = { name: 'project', pattern: 'bluebird', ignoreCase: true }
const at = (...rules: ContentRule[]) => rules.map(rule => ({ level: 'global' as const, rule }))
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

describe('a scan', () => {
  const scan = createScan()

  it('ends a pattern that would never end, within its time limit', () => {
    const begin = performance.now()
    const evil = { name: 'evil', pattern: '^(a+)+$', timeLimitMs: 30 }
    expect(scan(evil, [`${'a'.repeat(60)}b`])).toEqual({ kind: 'late' })
    expect(performance.now() - begin).toBeLessThan(5_000)
  })

  it('replaces what matches, and takes the replacement as it stands', () => {
    expect(scan({ ...CARD, replace: '$&' }, ['1234567812345678 it is', 'nothing'])).toEqual({
      kind: 'matched',
      texts: ['$& it is', 'nothing'],
    })
    expect(scan(CARD, ['nothing'])).toEqual({ kind: 'none' })
  })

  it('says of a pattern that is none that it is none', () => {
    expect(scan({ name: 'broken', pattern: '(' }, ['x'])).toEqual({ kind: 'broken' })
  })
})

describe('a screen', () => {
  it('replaces in every part of a prompt that holds text, and leaves changed reasoning out', () => {
    const screen = createScreen(createScan())
    const number = '4111111111111111'
    const prompt: Message[] = [
      { role: 'system', content: `never say ${number}` },
      user(`pay with ${number}`),
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: `the card is ${number}` },
          { type: 'reasoning', text: 'untouched' },
          { type: 'tool-call', toolCallId: 'a', toolName: 'pay', input: { card: [number] } },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'a', toolName: 'pay', output: { type: 'text', value: `paid ${number}` } },
          { type: 'tool-result', toolCallId: 'b', toolName: 'pay', output: { type: 'json', value: { card: number } } },
          { type: 'tool-result', toolCallId: 'c', toolName: 'pay', output: { type: 'json', value: Number(number) } },
          {
            type: 'tool-result',
            toolCallId: 'd',
            toolName: 'pay',
            output: { type: 'execution-denied', reason: number },
          },
        ],
      },
    ]
    const screened = screen(at(CARD), prompt)
    expect(screened.kind).toBe('clean')
    const text = JSON.stringify(screened)
    expect(text).not.toContain(number)
    expect(text.match(/\[card\]/g)).toHaveLength(7)
    expect(text).toContain('untouched')
    expect(text).not.toContain('the card is')
  })

  const files = (number: string) =>
    [
      { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: `paid by ${number}` } },
      { type: 'file', mediaType: 'image/png', filename: `${number}.png`, data: { type: 'data', data: 'aGk=' } },
    ] as const
  const fromUser = (number: string): Message => ({ role: 'user', content: [...files(number)] })
  const fromTool = (number: string): Message => ({
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'a',
        toolName: 'look',
        output: { type: 'content', value: [{ type: 'text', text: 'Two:' }, ...files(number)] },
      },
    ],
  })

  it.each([
    ['a person', fromUser],
    ['a tool', fromTool],
  ])('reads a file of %s that is a text, and what a file is called, but no bytes', (_, given) => {
    const screened = createScreen(createScan())(at(CARD), [given('4111111111111111')])
    expect(screened).toEqual({ kind: 'clean', messages: [given('[card]')] })
  })

  it('reads the keys of objects too: blocks by them, or renames them without losing a value', () => {
    const screen = createScreen(createScan())
    const asked = (input: JsonValue): Message => ({
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'book', input }],
    })
    const told = (value: JsonValue): Message => ({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'book', output: { type: 'json', value } }],
    })
    for (const message of [asked({ rows: [{ 'Bluebird costs': 3 }] }), told({ rows: { bluebird: { costs: 3 } } })])
      expect(screen(at(PROJECT), [message])).toMatchObject({ kind: 'blocked', blocked: { rule: PROJECT } })
    const paid = { '4111111111111111': 1, '[card] 2': 2, '5500000000000004': { '4111111111111111': 'paid' } }
    const renamed = { '[card]': 1, '[card] 2': 2, '[card] 3': { '[card]': 'paid' } }
    expect(screen(at(CARD), [asked(paid), told([paid])])).toEqual({
      kind: 'clean',
      messages: [asked(renamed), told([renamed])],
    })
    const clean = asked({ card: { number: 'none' } })
    const screened = screen(at(CARD), [clean])
    expect(screened.kind === 'clean' && screened.messages[0]).toBe(clean)
  })

  it('finds a secret wherever it stands in JSON, and leaves all else as it was', () => {
    const screen = createScreen(createScan())
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 1_000 }), fc.boolean(), (value, place, inKey) => {
        // 0.1234567812345678 is a card's number as well.
        fc.pre(!/\b\d{16}\b/.test(JSON.stringify(value)))
        const secret = '4111111111111111'
        const hidden = hide(value as JsonValue, place, inKey ? { [secret]: 1 } : secret)
        const message = (json: JsonValue): Message => ({
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'x', output: { type: 'json', value: json } }],
        })
        const screened = screen(at(CARD), [message(hidden)])
        const wanted = message(hide(value as JsonValue, place, inKey ? { '[card]': 1 } : '[card]'))
        expect(screened).toEqual({ kind: 'clean', messages: [wanted] })
      }),
    )
  })

  it('blocks by the first rule that matches what the rules before it have left', () => {
    const screen = createScreen(createScan())
    const hidden = { name: 'hide', pattern: 'Bluebird', replace: 'it' }
    expect(screen(at(PROJECT), [user('about BlueBird')])).toMatchObject({
      kind: 'blocked',
      blocked: { rule: { name: 'project' }, why: 'matched' },
    })
    expect(screen(at(hidden, PROJECT), [user('about Bluebird')]).kind).toBe('clean')
  })

  it('does not read again what it has just changed, however many rules runs bring along', () => {
    const screen = createScreen(createScan())
    const marked = at({ name: 'marked', pattern: 'card', replace: '[card]' })
    const others = (from: number) => {
      for (let run = from; run < from + 60; run += 1) screen(at({ name: `of run ${run}`, pattern: 'x' }), [user('one')])
    }
    const first = screen(marked, [user('my card')])
    if (first.kind === 'blocked') throw new Error('it blocks nothing')
    for (const from of [0, 60]) {
      others(from)
      expect(screen(marked, first.messages)).toEqual(first)
    }
  })

  it('reads each message once, and a message that matched each time', () => {
    const read: string[] = []
    const scan: ScanTexts = (rule, texts) => {
      read.push(...texts)
      return createScan()(rule, texts)
    }
    const screen = createScreen(scan)
    const prompt = [user('one'), user('4111111111111111')]
    const first = screen(at(CARD), prompt)
    if (first.kind === 'blocked') throw new Error('it blocks nothing')
    screen(at(CARD), [...prompt, user('three')])
    screen(at(CARD), first.messages)
    expect(read).toEqual(['one', '4111111111111111', 'three'])
    screen(at(PROJECT), prompt)
    expect(read).toHaveLength(5)
  })
})

/** Puts something in at one place of a value, or in its stead. */
function hide(value: JsonValue, place: number, what: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return what
  const keys = Object.keys(value)
  const key = keys[place % (keys.length + 1)]
  if (Array.isArray(value)) {
    if (key === undefined) return [...value, what]
    return value.map((item, at) => (String(at) === key ? hide(item, place >> 1, what) : item))
  }
  const within = value as Readonly<Record<string, JsonValue>>
  if (key === undefined) return { ...within, hidden: what }
  return { ...within, [key]: hide(within[key]!, place >> 1, what) }
}

it('the rules of a key hold where its provider is asked', () => {
  const policies = [
    { level: 'global' as const, policy: { content: [CARD] } },
    { level: 'key' as const, policy: { content: [PROJECT] }, provider: 'acme' },
  ]
  expect(contentRules(policies).map(({ rule }) => rule.name)).toEqual(['card'])
  expect(contentRules(policies, 'acme').map(({ rule }) => rule.name)).toEqual(['card', 'project'])
  expect(contentRules(policies, 'bolt').map(({ rule }) => rule.name)).toEqual(['card'])
})
