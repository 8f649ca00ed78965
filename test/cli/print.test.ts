import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportsFor } from '../../src/cli/commands/dev.ts'
import { costJson, formatCost } from '../../src/cli/print/money.ts'
import { noticeWords } from '../../src/cli/print/notice-words.ts'
import { outcomeWords } from '../../src/cli/print/outcome.ts'
import { runJson } from '../../src/cli/print/run-json.ts'
import { folding, foldingLast, renderPairs, renderTable, renderTableWithin } from '../../src/cli/print/table.ts'
import { waitingTable } from '../../src/cli/print/waiting-runs.ts'
import { formatBudget, formatDuration, formatOutput, headroomUsd } from '../../src/cli/print/words.ts'
import { formatMoney } from '../../src/core/money/format-money.ts'
import { parseUsd } from '../../src/core/money/pico.ts'

describe('a dev server', () => {
  const address = 'export TEMPORAL_ADDRESS=127.0.0.1:7400'
  const ui = 'export TEMPORAL_UI_URL=http://127.0.0.1:9000'
  it.each([
    ['127.0.0.1:7233', 'http://127.0.0.1:8233', []],
    ['127.0.0.1:7400', 'http://127.0.0.1:8400', [address]],
    ['127.0.0.1:7233', 'http://127.0.0.1:9000', [ui]],
    ['127.0.0.1:7400', 'http://127.0.0.1:9000', [address, ui]],
    ['elsewhere:7400', undefined, []],
  ])('at %s with its UI at %s is found from other terminals by what is not usual', (address, uiUrl, lines) => {
    expect(exportsFor({ address, uiUrl })).toEqual(lines)
  })
})

describe('a notice', () => {
  const problem = 'it answered 503'
  it.each([
    [{ state: 'told', tries: 2, triedAtMs: 9_000 }, 'told at 1970-01-01 00:00:09 UTC'],
    [{ state: 'due', tries: 0, nextTryAtMs: 1_000 }, 'not told yet, due at 1970-01-01 00:00:01 UTC'],
    [
      { state: 'due', tries: 0, nextTryAtMs: 1_000, taskQueue: 'press' },
      'not told yet, due at 1970-01-01 00:00:01 UTC by a worker of the task queue press',
    ],
    [
      { state: 'due', tries: 1, triedAtMs: 9_000, nextTryAtMs: 19_000, problem },
      `not told yet, due at 1970-01-01 00:00:19 UTC after 1 post, the last at 1970-01-01 00:00:09 UTC: ${problem}`,
    ],
    [
      { state: 'given-up', tries: 30, triedAtMs: 9_000, problem },
      `given up after 30 posts, the last at 1970-01-01 00:00:09 UTC: ${problem}`,
    ],
  ] as const)('says how it stands: %j', (report, words) => {
    expect(noticeWords({ name: 'crm', endedAtMs: 0, ...report })).toBe(`crm: ${words}`)
  })
})

describe('money', () => {
  it.each([
    [0n, '$0.0000'],
    [12_300_000_000n, '$0.0123'],
    [45_600_000n, '$0.0000456'],
    [1n, '$0.000000000001'],
    [999_999_999_999n, '$1.0000'],
    [1_000_049_999_999n, '$1.0000'],
    [1_000_050_000_000n, '$1.0001'],
    [1_234_567_800_000_000n, '$1234.5678'],
  ])('%s pico-dollars are %s', (pico, words) => {
    expect(formatMoney(pico)).toBe(words)
  })

  it('is shown to within half a percent, whatever the amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), pico => {
        const shown = parseUsd(formatMoney(pico).slice(1))
        const difference = shown.ok ? shown.pico - pico : pico
        expect((difference < 0n ? -difference : difference) * 200n).toBeLessThanOrEqual(pico)
      }),
    )
  })

  it('tells exact costs, bounds and unpriced attempts apart', () => {
    expect(formatCost({ lowPico: '12300000000', highPico: '12300000000' })).toBe('$0.0123')
    expect(formatCost({ lowPico: '0', highPico: '12300000000', unpriced: 2 })).toBe('$0.0000 to $0.0123 + 2 unpriced')
    expect(costJson({ lowPico: '1', highPico: '2000000000000' })).toEqual({
      costLowUsd: '0.000000000001',
      costHighUsd: '2',
      exact: false,
      unpriced: 0,
    })
  })

  it('leaves no headroom below zero', () => {
    expect(headroomUsd({ usd: '0.50' }, '200000000000')).toBe('0.3')
    expect(headroomUsd({ usd: '0.50' }, '600000000000')).toBe('0')
    expect(headroomUsd({ steps: 3 }, '0')).toBeUndefined()
  })
})

interface Row {
  readonly name: string
  readonly size?: number
  readonly note?: string
}

const NOTE = { title: 'note', cell: ({ note = '' }: Row) => note }

describe('a table', () => {
  const columns = [
    { title: 'name', cell: (row: Row) => row.name },
    {
      title: 'size',
      cell: (row: Row) => String(row.size ?? ''),
      align: 'right' as const,
    },
  ]

  it('aligns words to the left and numbers to the right, and ends no line in spaces', () => {
    const rows = [{ name: 'a', size: 1 }, { name: 'longer\n  than', size: 12_345 }, { name: 'b' }]
    expect(renderTable(columns, rows).split('\n')).toEqual([
      'name          size',
      'a                1',
      'longer than  12345',
      'b',
    ])
  })

  it('aligns what is drawn two columns wide, or is several characters for the eye to take as one', () => {
    const rows = [
      { name: '鉄道', size: 1 },
      { name: '👩‍👩‍👧 e\u0301', size: 22 },
      { name: 'ｗide', size: 3 },
      { name: 'plain', size: 4 },
    ]
    expect(renderTable(columns, rows).split('\n')).toEqual([
      'name   size',
      '鉄道      1',
      '👩‍👩‍👧 e\u0301     22',
      'ｗide     3',
      'plain     4',
    ])
    expect(renderTableWithin(10, columns, [{ name: '鉄道鉄道鉄道', size: 1 }])).toBe('name  size\n鉄道鉄道鉄道     1')
    expect(
      renderPairs([
        ['鉄', 'a'],
        ['run', 'b'],
      ]),
    ).toBe('鉄   a\nrun  b')
  })

  it('puts below each row what the screen has no room for, each on one line', () => {
    const wide = [columns[0]!, folding('size', columns[1]!.cell, 'right'), { ...NOTE, folded: 'cell' as const }]
    const rows = [{ name: 'a', size: 1, note: 'more than\n  one line' }, { name: 'b' }]
    expect(renderTableWithin(20, wide, rows).split('\n')).toEqual([
      'name',
      'a',
      '      size 1',
      '      more than one line',
      'b',
    ])
    expect(renderTableWithin(30, wide, rows)).toBe(renderTable(wide, rows))
    expect(renderTableWithin(undefined, wide, rows)).toBe(renderTable(wide, rows))
  })

  it('keeps in the table what folds last, where there is room for it', () => {
    const cells = [columns[0]!, folding('size', columns[1]!.cell, 'right'), foldingLast('took', () => '12 ms', 'right')]
    const rows = [{ name: 'a name', size: 1 }]
    expect(renderTableWithin(16, cells, rows).split('\n')).toEqual(['name     took', 'a name  12 ms', '      size 1'])
    expect(renderTableWithin(10, cells, rows)).not.toMatch(/ took$/m)
  })

  it('has each command that answers on a line of its own where a screen of 80 columns has no room for both', () => {
    const ask = { for: 'approval', step: 1, toolName: 'publish', inputPreview: '{"text":"hello"}' } as const
    const run = { run: 'report-1128-0706-14h9o7', workflow: 'report', workspace: 'default', labels: {}, startedAtMs: 0 }
    const wait = { ...run, ...ask, budget: {}, toolCallId: 'toolu_01A09q90qw90lq917835lq9' }
    const lines = waitingTable([wait], { columns: 80, command: 'signalbox' }).split('\n')
    expect(lines.slice(-2)).toEqual([
      `      signalbox approve ${wait.run} ${wait.toolCallId}`,
      `      or: signalbox deny ${wait.run} ${wait.toolCallId}`,
    ])
    expect(lines.filter(line => line.length > 80)).toEqual([])
  })

  it('has no row made wider by a word of another one that the screen has no room for', () => {
    const rows = [
      { name: 'a', size: 1 },
      { name: 'x'.repeat(30), size: 22 },
    ]
    expect(renderTableWithin(20, columns, rows).split('\n')).toEqual([
      'name  size',
      'a        1',
      `${'x'.repeat(30)}    22`,
    ])
  })

  it('leaves out a column that says nothing', () => {
    expect(renderTable(columns, [{ name: 'a' }])).toBe('name\na')
  })

  it('leaves out pairs without a value', () => {
    expect(
      renderPairs([
        ['run', 'x'],
        ['url', undefined],
        ['outcome', 'answered'],
      ]),
    ).toBe('run      x\noutcome  answered')
  })

  it('keeps a value of several lines beside its name', () => {
    const pairs = [
      ['run', 'x'],
      ['message', 'all are rejected:\n- one\n- two\n'],
    ] as const
    expect(renderPairs(pairs)).toBe('run      x\nmessage  all are rejected:\n         - one\n         - two')
  })
})

it('names what is part of what', () => {
  expect(formatOutput({ outputTokens: 1_322, reasoningTokens: 120 })).toBe('1,322 (120 reasoning)')
  expect(formatOutput({})).toBe('')
  expect(formatBudget({ usd: '0.5', steps: 200, timeMs: 600_000 })).toBe('$0.5000, 200 steps, 10 m')
})

it('shows a time in two units to within half a percent, however long it is', () => {
  const shown = [830, 12_345, 250_000, 5_999_700, 32_400_000, 400_000_000].map(formatDuration)
  expect(shown).toEqual(['830 ms', '12.3 s', '4 m 10 s', '1 h 40 m', '9 h', '4 d 15 h'])
})

it('shows the names of a run’s content rules, never their patterns', () => {
  const policy = { zdr: true, content: [{ name: 'project', pattern: 'bluebird-canary' }] }
  const cost = { lowPico: '0', highPico: '0' }
  const report = { id: 'a', key: 'b', workflow: 'agent', workspace: 'default', labels: {}, budget: {}, startedAtMs: 1 }
  const shown = runJson({ ...report, policy, calls: 0, attempts: 0, cost })
  expect(shown.policy).toEqual({ zdr: true, content: [{ name: 'project' }] })
  expect(JSON.stringify(shown)).not.toContain('canary')
})

it('calls what a run gave an answer only where it has answered', () => {
  const text = 'York has more.'
  expect(outcomeWords({ kind: 'answered', text })).toEqual([`answer:\n${text}`])
  expect(outcomeWords({ kind: 'answered', text, truncated: true })).toEqual([
    `answer, cut at its output limit:\n${text}`,
  ])
  expect(outcomeWords({ kind: 'stopped', text })).toEqual([`last words:\n${text}`])
  expect(outcomeWords({ kind: 'stopped' })).toEqual([])
})
