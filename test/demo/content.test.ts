/** The demo's texts, figures and configuration agree with each other: what it shows as true is true. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createResearchTools } from '../../demo/agents.ts'
import { RESEARCH_QUESTION } from '../../demo/brief.ts'
import { measurementsCsv } from '../../demo/measurements.ts'
import { schemas } from '../../demo/schemas.ts'
import type { JsonValue } from '../../src/core/messages.ts'
import { policyBreach } from '../../src/core/policy/policy-breach.ts'
import { readVendorScript } from '../../src/providers/simulated/script.ts'
import { loadApp } from '../../src/runtime/app/load-app.ts'
import { WORKFLOWS_PATH } from '../../src/runtime/paths.ts'
import { createRegistry } from '../../src/tools/index.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'

const demo = new URL('../../demo/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, demo), 'utf8')
const wordsIn = (text: string) => text.split(/\s+/).filter(word => /\p{L}|\d/u.test(word)).length

const { vendors } = readVendorScript(read('vendors.yaml'))
const answers = vendors[0]!.behaviours
const answerTo = (prompt: string) => answers.find(({ match }) => new RegExp(match, 'i').test(prompt))!.turns
const valueFor = (prompt: string) => answerTo(prompt)[0]!.value as Record<string, never>
const textFor = (prompt: string) => answerTo(prompt)[0]!.text!

const documentNames = readdirSync(new URL('documents/', demo))
const documents = documentNames.map(name => read(`documents/${name}`))

/** Every number in a text, `1,234.5` read as 1234.5. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)].map(([digits]) => Number(digits.replaceAll(',', '')))
}

describe('the writing desk’s texts', () => {
  it('are an article of at least 2,000 words and a table of at least 300 rows', () => {
    expect(wordsIn(read('article.md'))).toBeGreaterThanOrEqual(2_000)
    expect(read('measurements.csv').trim().split('\n').length).toBeGreaterThan(300)
  })

  it('hold the table that the script writes', () => {
    expect(read('measurements.csv')).toBe(measurementsCsv())
  })

  it('are asked for in words that the vendors’ script knows', () => {
    const workflow = readFileSync(new URL('../workflows/writing-desk.ts', demo), 'utf8')
    const known = answers.filter(({ match }) => new RegExp(match).test(workflow))
    expect(known).toHaveLength(answers.length - 1)
  })

  it('give figures that are true of the table', () => {
    const rows = read('measurements.csv')
      .trim()
      .split('\n')
      .filter(line => /^\d/.test(line))
    const cells = rows.map(
      line => line.split(',').map(Number) as [number, number, number, number, number, number, number],
    )
    const total = (column: 3 | 4, among = cells) => among.reduce((sum, row) => sum + row[column], 0)
    const highest = (column: 3 | 6) => cells.reduce((top, row) => (row[column] > top[column] ? row : top))
    const [busiest, longest] = [highest(3), highest(6)]
    expect(valueFor('Extract the figures of this table')).toMatchObject({
      rows: cells.length,
      trains: total(3),
      refusals: total(4),
      busiest: { day: busiest[0], hour: busiest[1], trains: busiest[3] },
      longestWait: { day: longest[0], hour: longest[1], seconds: longest[6] },
    })
    const quiet = cells.filter(row => row[3] < 10)
    const full = cells.filter(row => row[3] >= 18)
    expect(total(4, quiet)).toBe(0)
    const waitSeconds = Math.max(...quiet.map(row => row[6]))
    const figures = numbersIn(String(valueFor('Extract the figures of this table').findings))
    expect(figures).toEqual([10, full.length, 18, total(4, full), total(4), 10, waitSeconds])
  })

  it.each([
    ['Check this article against the house rules', 'Verdict'],
    ['Extract the figures of this table', 'Extract'],
  ])('%s: the answer satisfies its schema', (prompt, name) => {
    const schema = schemas.find(candidate => candidate.name === name)
    expect(schema?.parse(valueFor(prompt))).toEqual({ ok: true, value: valueFor(prompt) })
  })

  it.each([
    ['Rewrite this article for a general reader', 'article.md'],
    ['Summarise this confidential document', 'enterprise.md'],
  ])('%s: the answer has no figure that is not in %s', (prompt, source) => {
    const invented = numbersIn(textFor(prompt)).filter(found => !numbersIn(read(source)).includes(found))
    expect(invented).toEqual([])
  })
})

/** Minutes in an hour, per cent, two thirds, three quarters, 18 %, and one decimal to round to. */
const ARITHMETIC = [60, 100, 3, 2, 0.75, 0.18, 1]

describe('the researcher’s documents and plan', () => {
  const turns = answerTo(RESEARCH_QUESTION)
  const calls = turns.flatMap(turn => turn.tools ?? [])
  const tools = createResearchTools({
    documents: fileURLToPath(new URL('documents/', demo)),
    publications: '/nonexistent',
  })
  const run = async (name: string, input: JsonValue) => {
    const tool = tools.find(candidate => candidate.name === name)!
    const parsed = tool.parse(input)
    if (!parsed.ok) throw new Error(`${name}: ${parsed.problem}`)
    return tool.run(parsed.input, {
      idempotencyKey: 'k',
      workspace: 'default',
      labels: {},
      runId: 'r',
      signal: new AbortController().signal,
    })
  }

  it('are at least 14 documents of 150 to 400 words', () => {
    expect(documents.length).toBeGreaterThanOrEqual(14)
    for (const text of documents) {
      expect(wordsIn(text)).toBeGreaterThanOrEqual(150)
      expect(wordsIn(text)).toBeLessThanOrEqual(400)
    }
  })

  it('takes more than 44 tool calls, most turns several at once, and publishes last', () => {
    expect(calls.length).toBeGreaterThanOrEqual(44)
    expect(turns.filter(turn => (turn.tools?.length ?? 0) > 1).length).toBeGreaterThan(turns.length / 2)
    expect(calls.filter(call => call.name === 'publish_summary')).toEqual([calls.at(-1)])
    expect(turns.at(-1)?.tools).toBeUndefined()
  })

  it('reads every document and finds something with every search', async () => {
    const asked = calls.filter(call => call.name === 'read_document').map(call => `${call.arguments.name}.md`)
    expect(asked.toSorted()).toEqual(documentNames.toSorted())
    for (const { name, arguments: input } of calls.filter(call => call.name === 'search_documents'))
      expect(await run(name, input), `searching for ${input.query}`).not.toMatchObject({ found: 0 })
  })

  it('answers with figures that come from a document or a calculation', async () => {
    const calculations = calls.filter(call => call.name === 'calculate')
    const results = await Promise.all(calculations.map(call => run(call.name, call.arguments)))
    const values = results.map(result => (result as { value: number }).value)
    const known = new Set(documents.flatMap(numbersIn))
    for (const value of values) for (const digits of [0, 1, 2]) known.add(Number(value.toFixed(digits)))
    const ABOUT_HALF_A_MILLION = 480_000
    const said = `${turns.at(-1)?.text} ${calls.at(-1)?.arguments.summary}`
    expect(numbersIn(said).filter(found => !known.has(found))).toEqual([ABOUT_HALF_A_MILLION])
  })

  it('calculates with figures of the documents or of earlier calculations', async () => {
    const known = new Set([...documents.flatMap(numbersIn), ...ARITHMETIC])
    for (const { name, arguments: input } of calls.filter(call => call.name === 'calculate')) {
      const unknown = numbersIn(String(input.expression)).filter(found => !known.has(found))
      expect(unknown, String(input.expression)).toEqual([])
      const { value } = (await run(name, input)) as { value: number }
      for (const digits of [0, 1, 2]) known.add(Number(value.toFixed(digits)))
    }
  })
})

describe('the vendors and the configuration', () => {
  const env = Object.fromEntries(vendors.map(({ name }) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:9/${name}`]))
  const { app: appPath = '', directory, providers } = soundConfiguration(read('signalbox.yaml'), env)

  it('speak four protocols and more, and give the same answers whoever is asked', () => {
    expect(new Set(vendors.map(vendor => vendor.protocol))).toEqual(
      new Set(['openai', 'openai-responses', 'anthropic', 'google', 'openai-compatible']),
    )
    for (const vendor of vendors) expect(vendor.behaviours).toEqual(answers)
    expect(vendors.filter(vendor => vendor.reportsCost)).toHaveLength(1)
  })

  it('agree on protocol, models, prices and limits', () => {
    expect(providers.map(({ name, protocol }) => ({ name, protocol }))).toEqual(
      vendors.map(({ name, protocol }) => ({ name, protocol })),
    )
    for (const { provider, upstream, price, contextWindow, maxOutput } of directory.endpoints) {
      const model = vendors.find(vendor => vendor.name === provider)?.models[upstream]
      expect(model, `${provider} ${upstream}`).toMatchObject({ price, contextWindow, maxOutput })
    }
    expect(directory.endpoints).toHaveLength(vendors.flatMap(vendor => Object.keys(vendor.models)).length)
  })

  it.each(Object.values(directory.classes))('leave the class $name at least two endpoints', taskClass => {
    const policies = [
      { level: 'global', policy: directory.policy },
      { level: 'workspace', policy: directory.workspaces.gazette!.policy },
      { level: 'class', policy: taskClass.policy },
    ] as const
    const fit = directory.endpoints
      .filter(endpoint => taskClass.models?.includes(endpoint.model))
      .filter(endpoint => policyBreach(endpoint, policies) === undefined)
      .filter(endpoint => (endpoint.contextWindow ?? 0) >= (taskClass.needs.contextWindow ?? 0))
    expect(fit.length).toBeGreaterThanOrEqual(2)
    if (taskClass.name === 'zdr')
      expect(new Set(fit.map(endpoint => endpoint.dataPolicy.retention))).toEqual(new Set(['none']))
  })

  it('are served with agents, tools and schemas that fit together', async () => {
    const app = await import(new URL(appPath, demo).href)
    expect(createRegistry(app).problems).toEqual([])
    expect(createRegistry(app).agent('researcher')?.taskClass).toBe('research')
  })

  it('have a peak, a death in the middle of an answer and an outage', () => {
    const faultsOf = (name: string) => vendors.find(vendor => vendor.name === name)?.faults[0]
    expect(faultsOf('lowland')).toMatchObject({ kind: 'rate-limit', retryAfterMs: 15_000 })
    expect(faultsOf('halden')).toMatchObject({ kind: 'cut', match: 'Rewrite this article' })
    expect(faultsOf('castor')).toMatchObject({ kind: 'down' })
  })

  it('have a first token that is slower than the class waits for, and a small model that leaves something out', () => {
    const faultsOf = (name: string) => vendors.find(vendor => vendor.name === name)?.faults
    const slow = faultsOf('halden')?.find(({ kind }) => kind === 'slow-first-token')
    expect(slow?.delayMs).toBeGreaterThan(Number(directory.classes.zdr?.hedge?.after))
    expect(slow?.delayMs).toBeLessThan(providers.find(({ name }) => name === 'halden')!.deadlines.firstTokenMs)
    expect(faultsOf('fjord')).toMatchObject([{ kind: 'wrong-value', models: ['guard-mini'] }])
    expect(directory.classes.moderation?.escalateTo).toBe('strong')
  })
})

it('has the writing desk served by workers of its configuration, and by no others', async () => {
  const { workflowsPath } = await loadApp(fileURLToPath(new URL('app.ts', demo)))
  expect(Object.keys(await import(workflowsPath!))).toContain('writingDesk')
  expect(Object.keys(await import(WORKFLOWS_PATH))).toEqual(['default'])
})
