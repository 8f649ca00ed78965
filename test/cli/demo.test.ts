import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { DemoReport } from '../../src/runtime/demo/report-types.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
/** Its workflows are bundled of modules that were read before. */
const BUNDLED_ONCE = ['--import', new URL('../support/bundled-once.ts', import.meta.url).href]

describe('signalbox demo --json --keep, on a server that runs already, until Ctrl-C', () => {
  let report: DemoReport
  const temporary = mkdtempSync(join(tmpdir(), 'signalbox-demo-test-'))

  beforeAll(async () => {
    const { DATABASE_URL: _, ...rest } = process.env
    const server = { TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_UI_URL: 'http://127.0.0.1:8233' }
    const env = { ...rest, ...server, TMPDIR: temporary, TEMP: temporary }
    // A failing demo exits with a code that rejects here, with its problems on standard error.
    // One that hangs is ended before this hook is, so that it is not left behind.
    const words = [...BUNDLED_ONCE, MAIN, 'demo', '--json', '--keep']
    const running = promisify(execFile)(process.execPath, words, { env, timeout: 200_000 })
    running.child.stderr!.on('data', said => {
      if (String(said).includes('until Ctrl-C')) running.child.kill('SIGINT')
    })
    const { stdout } = await running
    report = JSON.parse(stdout) as DemoReport
  })

  afterAll(() => rmSync(temporary, { recursive: true, force: true }))

  it('answers both runs, with the address of each in the UI', () => {
    expect(report.runs.map(({ workflow, outcome }) => [workflow, outcome])).toEqual([
      ['writingDesk', 'answered'],
      ['researcher', 'answered'],
    ])
    for (const { id, url } of report.runs)
      expect(url).toContain(`http://127.0.0.1:8233/namespaces/default/workflows/${id}/`)
  })

  it('uses seven classes and calls more than forty tools', () => {
    expect(Object.keys(report.classes)).toHaveLength(7)
    expect(report.totals.toolCalls).toBeGreaterThanOrEqual(40)
  })

  it('falls back after a peak, a death in the middle of an answer, and an outage', () => {
    const faults = new Set(report.fallbacks.map(({ fault }) => fault))
    expect([...faults].toSorted()).toEqual(['cut-off', 'rate-limited', 'unreachable'])
    for (const { from, to } of report.fallbacks) expect(from).not.toBe(to)
  })

  it('saves money where a prompt is warm, hedges a slow first token, and escalates a wrong answer', () => {
    const { caches, hedges, escalations, runs } = report
    const researcher = caches.find(({ run, answers }) => run === runs[1]!.id && answers > 5)
    expect(researcher!.cachedTokens).toBeGreaterThan(researcher!.inputTokens / 2)
    expect(Number(researcher!.savedUsd)).toBeGreaterThan(Number(researcher!.uncachedUsd) / 4)
    // A busy machine may be slow to begin by itself.
    expect(hedges).toContainEqual(
      expect.objectContaining({
        class: 'zdr',
        first: 'halden:cedar/atlas-large',
        answeredBy: 'fjord:elm/fir-large',
        reason: expect.stringMatching(/^hedge: /),
      }),
    )
    expect(escalations).toMatchObject([
      { from: 'moderation', to: 'strong', gaveUpOn: 'fjord:elm/guard-mini', answeredBy: 'halden:cedar/atlas-large' },
    ])
  })

  it('shows what is confidential only to endpoints that keep nothing', () => {
    const zdr = report.attempts.filter(attempt => attempt.class === 'zdr')
    expect(zdr.length).toBeGreaterThan(0)
    for (const { retention } of zdr) expect(retention).toBe('none')
  })

  it('has a ledger that agrees with the vendors’ meters', () => {
    const { totals, problems } = report
    expect(problems).toEqual([])
    expect(totals.ledgerExactUsd).toBe(totals.meterExactUsd)
    expect(Number(totals.ledgerExactUsd)).toBeGreaterThan(0)
    expect(Number(totals.ledgerLowUsd)).toBeLessThanOrEqual(Number(totals.meterUsd))
    expect(Number(totals.meterUsd)).toBeLessThanOrEqual(Number(totals.ledgerHighUsd))
  })

  it('leaves nothing in the temporary folder', () => {
    expect(readdirSync(temporary)).toEqual([])
  })
})
