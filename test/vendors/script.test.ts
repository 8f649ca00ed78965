import { globSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type RunningVendors,
  readVendorScript,
  startVendors,
  vendorScriptFor,
} from '../../src/providers/simulated/index.ts'
import { askStream, modelOf, vendorOf } from './asking.ts'

let running: RunningVendors | undefined
afterEach(() => running?.close())

const SCRIPT = `
vendors:
  - name: acme
    protocol: openai-compatible
    tokensPerSecond: 0
    cache: true
    billsAborted: whole
    models:
      large-v2: { contextWindow: 200000, maxOutput: 8192, price: { input: 3.00, output: 15.00 } }
    faults:
      - { kind: rate-limit, requests: { from: 1, to: 2 }, retryAfterMs: 2000 }
      - { kind: down, fromMs: 60000, untilMs: 90000 }
    behaviours:
      - match: moderation
        turns: [{ value: { verdict: allow } }]
`

describe('a script', () => {
  test('is read from YAML and started as it stands', async () => {
    running = await startVendors(readVendorScript(SCRIPT))
    expect(running.vendors).toMatchObject([{ name: 'acme', protocol: 'openai-compatible' }])
    const model = modelOf(running, 'large-v2')
    for (const _ of [1, 2]) await expect(askStream(model)).rejects.toMatchObject({ statusCode: 429 })
    expect((await askStream(model)).finish).toBe('stop')
  })

  test.each([
    ['an unknown fault', 'kind: rate-limit', 'kind: rate-limits', 'faults[0].kind'],
    ['an unknown key', 'billsAborted', 'billsAbort', 'billsAbort'],
    ['a negative price', 'input: 3.00', 'input: -3', 'price.input'],
    ['a pattern that is none', 'match: moderation', 'match: "("', 'behaviours[0].match'],
    [
      'a pattern of rounds that is none',
      'match: moderation',
      'match: moderation\n        rounds: "("',
      'behaviours[0].rounds',
    ],
    [
      'a pattern of rounds that captures no number',
      'match: moderation',
      'match: moderation\n        rounds: round \\d+',
      'a group that captures the number',
    ],
    ['the most before the least', 'maxOutput: 8192', 'maxOutput: 8192, answerTokens: [180, 60]', 'answerTokens'],
    ['an outage for one prompt', 'kind: down,', 'kind: down, match: x,', 'time window only'],
    ['a turn that says nothing', '{ value: { verdict: allow } }', '{}', 'turns[0]'],
  ])('with %s is refused by path', (_, right, wrong, expected) => {
    expect(() => readVendorScript(SCRIPT.replace(right, wrong))).toThrow(expected)
  })

  test('with a name twice is refused', async () => {
    await expect(startVendors({ vendors: [vendorOf('openai'), vendorOf('openai')] })).rejects.toThrow('same name')
  })

  test('whose second port is taken leaves nothing running', async () => {
    running = await startVendors({ vendors: [vendorOf('openai')] })
    const taken = Number(new URL(running.vendors[0]!.baseUrl).port)
    const more = startVendors({ vendors: [vendorOf('google'), vendorOf('anthropic', { port: taken })] })
    await expect(more).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('gives every request an id of its own, also of vendors that start in one moment', async () => {
    const named = (name: string) => vendorOf('openai', { name })
    running = await startVendors({ vendors: [named('north'), named('south')] }, { now: () => 1_000 })
    for (const vendor of running.vendors) await askStream(modelOf({ ...running, vendors: [vendor] }))
    expect(new Set(running.meter().map(({ requestId }) => requestId)).size).toBe(2)
  })

  test('rules for a vendor that is not there name those that are', async () => {
    running = await startVendors({ vendors: [vendorOf('openai'), vendorOf('google')] })
    await expect(running.setFaults('opnai', [])).rejects.toThrow('openai, google')
  })
})

const FREE = { input: 0, output: 0 }

describe('a rehearsal of a configuration', () => {
  test('has the providers’ names, protocols, prices and limits', async () => {
    const price = { input: 0.1, output: 0.4, cachedInput: 0.025, tiers: [{ above: 8_000, input: 0.2 }] }
    const script = vendorScriptFor([
      {
        name: 'openai',
        protocol: 'openai-responses',
        models: [{ upstream: 'gpt-x', price, contextWindow: 9_000, maxOutput: 700, thinks: true }],
      },
      {
        name: 'exotic',
        protocol: '@ai-sdk/mistral',
        models: [{ upstream: 'm-1' }, { upstream: 'm-2', price: { ...price, free: true } }],
      },
    ])
    expect(script.vendors).toMatchObject([
      {
        name: 'openai',
        protocol: 'openai-responses',
        models: { 'gpt-x': { price, contextWindow: 9_000, maxOutput: 700, reasoningTokens: 48 } },
      },
      { name: 'exotic', protocol: 'openai-compatible', models: { 'm-1': { price: FREE }, 'm-2': { price: FREE } } },
    ])
    running = await startVendors(script)
    expect(running.vendors).toHaveLength(2)
  })
})

test('the vendors share no code with what they are compared with', () => {
  const folder = new URL('../../src/providers/simulated/', import.meta.url)
  const imports = globSync('**/*.ts', { cwd: folder.pathname }).flatMap(file => {
    const depth = file.split('/').length - 1
    const found = readFileSync(new URL(file, folder), 'utf8').matchAll(/from '([^']+)'/g)
    return [...found].map(([, from]) => ({ file, from: from!, leaves: from!.startsWith('../'.repeat(depth + 1)) }))
  })
  expect(imports.length).toBeGreaterThan(50)
  expect(imports.filter(({ leaves }) => leaves)).toEqual([])
  const packages = new Set(
    imports.map(({ from }) => from).filter(from => !from.startsWith('.') && !from.startsWith('node:')),
  )
  expect([...packages].sort()).toEqual(['yaml', 'zod'])
})
