import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { answered, exactly, newAttempt, newCall, newRun, RUN, worst } from '../store/records.ts'
import { signalbox } from './captured.ts'

const NOVEMBER = Date.UTC(2026, 10, 5)

const CHILD = { ...RUN, id: `${RUN.id}/desk`, key: `${RUN.key}/desk`, root: RUN.id, scope: RUN.key }

let folder: string
let env: NodeJS.ProcessEnv

/** One call of a model for $0.01, and three of tools for $0.255, of which the dearest is a child's. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-prices-'))
  const path = join(folder, 'store.db')
  env = { DATABASE_URL: `sqlite:${path}` }
  const { ledger, tools, close } = await openStore({ path })
  for (const run of [RUN, CHILD]) await ledger.openRun(newRun({ run, startedAtMs: NOVEMBER }))
  const attempt = newAttempt(newCall(1, { startedAtMs: NOVEMBER }), 1, worst(10n ** 10n))
  await ledger.beginAttempt(attempt)
  await ledger.endAttempt(attempt.attemptId, answered({ cost: exactly(10n ** 10n) }))
  const calls = [
    [RUN, 'search', '2500000000'],
    [RUN, 'search', '2500000000'],
    [CHILD, 'scrape', '250000000000'],
  ] as const
  for (const [at, [run, toolName, pricePico]] of calls.entries())
    await tools.begin({ run, step: 1, toolCallId: `tool-${at}`, toolName }, NOVEMBER + at, {
      pricePico,
      slices: [],
      shared: [],
    })
  const draw = { run: RUN, step: 1, toolCallId: 'tool-9', toolName: 'draw' }
  const result = 'draw was not called: a call costs $3'
  const end = { isError: true, failure: 'over-budget', result, preview: JSON.stringify(result) } as const
  await tools.finish(draw, { ...end, atMs: NOVEMBER + 9 })
  const search = { run: RUN, step: 1, toolCallId: 'tool-0', toolName: 'search' }
  await tools.finish(search, { isError: false, result: 1, preview: '1', atMs: NOVEMBER + 9 })
  await close()
})

afterAll(() => rmSync(folder, { recursive: true }))

it('are in the cost of a run, and told apart by tool', async () => {
  const cost = await signalbox(['cost', RUN.id], { env })
  expect(cost.out).toMatch(/^run letter-1: \$0\.2650 in 1 attempt and 3 tool calls with a price\n/)
  expect(cost.out).toMatch(/^tool +attempts +tool calls +cost\nscrape +0 +1 +\$0\.2500\nsearch +0 +2 +\$0\.0050/m)
  expect(cost.out).toMatch(/^team=growth +1 +3 +\$0\.2650/m)
  expect(cost.out).toMatch(/^class +attempts +cost\nstrong +1 +\$0\.0100/m)
  const json = (await signalbox(['cost', RUN.id, '--json'], { env })).json()
  expect(json).toMatchObject({ costHighUsd: '0.265', exactUsd: '0.265', exact: true, attempts: 1, pricedToolCalls: 3 })
  expect(json.byTool).toMatchObject({ search: { costHighUsd: '0.005', pricedToolCalls: 2 } })
  const { runs } = (await signalbox(['runs', '--json'], { env })).json()
  const own = runs.map(({ id, costHighUsd }: { id: string; costHighUsd: string }) => [id, costHighUsd])
  expect(Object.fromEntries(own)).toEqual({ [RUN.id]: '0.015', [CHILD.id]: '0.25' })
})

it('are told with the tools that a run has called, and which of them no budget admitted', async () => {
  const here = { ...env, TEMPORAL_ADDRESS: inject('temporalAddress') }
  const { out } = await signalbox(['show', RUN.id], { env: here, columns: 200 })
  expect(out).toMatch(/^tool +step +took +cost +is/m)
  expect(out).toMatch(/^search +1 +9 ms +\$0\.00250 +done/m)
  expect(out).toMatch(/^draw +1 .* not called .*a call costs \$3/m)
})

it('are what all runs have spent, by tool and by whatever else', async () => {
  const spend = async (...words: string[]) =>
    (await signalbox(['spend', '--since', '2026-11-01', '--until', '2026-11-13', ...words], { env })).out
  expect(await spend()).toMatch(/UTC: \$0\.2650 in 1 attempt and 3 tool calls with a price\n/)
  expect(await spend()).toMatch(/^\(tools\) +0 .* 3 +\$0\.2550\nstrong +1 .* 0 +\$0\.0100/m)
  expect(await spend('--by', 'tool')).toMatch(/^scrape .*\n\(models\) .*\nsearch .*\$0\.0050/m)
  expect(JSON.parse(await spend('--by', 'workspace', '--by', 'tool', '--json'))).toMatchObject({
    rows: [
      { workspace: 'acme', tool: 'scrape', attempts: 0, pricedToolCalls: 1, costHighUsd: '0.25', exact: true },
      { workspace: 'acme', tool: null, attempts: 1, pricedToolCalls: 0, costHighUsd: '0.01' },
      { workspace: 'acme', tool: 'search', attempts: 0, pricedToolCalls: 2, costHighUsd: '0.005' },
    ],
    total: { costHighUsd: '0.265', pricedToolCalls: 3 },
  })
})

it('are in CSV too, whose lines add up to what the report says', async () => {
  const csv = async (...words: string[]) =>
    (await signalbox(['spend', ...words, '--csv'], { env })).out
      .trimEnd()
      .split('\r\n')
      .map(line => line.split(','))
  const period = ['--since', '2026-11-01', '--until', '2026-11-13']
  for (const by of [[], ['--by', 'tool'], ['--by', 'workspace', '--by', 'label:team']]) {
    const [head, ...lines] = await csv(...period, ...by)
    const { total } = (await signalbox(['spend', ...period, ...by, '--json'], { env })).json()
    const sumOf = (title: string) => lines.reduce((sum, line) => sum + Number(line[head!.indexOf(title)]), 0)
    for (const figure of ['attempts', 'inputTokens', 'outputTokens', 'pricedToolCalls'])
      expect(sumOf(figure)).toBe(total[figure])
    for (const figure of ['costLowUsd', 'costHighUsd']) expect(sumOf(figure)).toBeCloseTo(Number(total[figure]), 9)
  }
  expect((await csv('--statement', '2026-11')).map(line => [...line.slice(2, 7), ...line.slice(10)])).toEqual([
    ['class', 'provider', 'model', 'tool', 'attempts', 'costHighUsd', 'unpriced', 'pricedToolCalls'],
    ['', '', '', 'scrape', '0', '0.25', '0', '1'],
    ['strong', 'acme', 'acme/large', '', '1', '0.01', '0', '0'],
    ['', '', '', 'search', '0', '0.005', '0', '2'],
  ])
})

it('stand below their row in a statement on a narrow screen, and in a column of it on a wide one', async () => {
  const statement = async (columns: number) =>
    (await signalbox(['spend', '--statement', '2026-11'], { env, columns })).out.split('\n').slice(2)
  expect((await statement(200))[0]).toMatch(/^workspace +class +provider +model +tool +attempts/)
  const narrow = await statement(60)
  expect(narrow[0]).not.toContain('tool')
  expect(narrow.join('\n')).toMatch(/ · tool search|^ +tool search/m)
  expect(narrow.filter(line => line.length > 60)).toEqual([])
})
