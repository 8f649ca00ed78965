import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { METRIC, TAG } from '../../src/runtime/telemetry/names.ts'
import { quoted, readDocument, sectionOf, tablesIn } from '../support/document.ts'
import { ROOT } from '../support/source-files.ts'

const DOCUMENT = readDocument('observability.md')
const RULES = join(ROOT, 'deploy/prometheus-rules.yml')

const underscored = (name: string) => name.replaceAll('.', '_')

it('has every metric in its table, and no other', () => {
  const [rows] = tablesIn(sectionOf(DOCUMENT, 'Metrics'))
  const named = rows!.flatMap(([metric]) => quoted(metric!))
  expect(named.filter(name => /^(signalbox|gen_ai)\./.test(name)).toSorted()).toEqual(Object.values(METRIC).toSorted())
})

it('asks Prometheus for metrics and tags that there are', () => {
  const questions = tablesIn(sectionOf(DOCUMENT, 'What to watch'))[0]!.map(row => row[1]!)
  const words = questions.flatMap(question => question.match(/\b(?:signalbox|gen_ai)_\w+/g) ?? [])
  const known = new Set([...Object.values(METRIC), ...Object.values(TAG)].map(underscored))
  expect(words.length).toBeGreaterThan(5)
  expect(words.filter(word => !known.has(word.replace(/_(sum|count|bucket)$/, '')))).toEqual([])
})

it('asks in its alerts what the document asks', () => {
  const questions = tablesIn(sectionOf(DOCUMENT, 'What to watch'))[0]!.map(row => quoted(row[1]!)[0]!)
  const asked = (question: string) => rules().filter(({ expr }) => expr.replace(/ (>|==) [\d.]+$/, '') === question)
  const unasked = questions.filter(question => asked(question).length !== 1)
  expect(unasked).toEqual(questions.filter(question => /signalbox_cost_sum|first_chunk/.test(question)))
  expect(rules()).toHaveLength(questions.length - unasked.length)
})

/** Temporal's pauses between two tries of a workflow task grow to ten minutes. */
it('does not take a run for mended between two tries', () => {
  const { expr } = rules().find(({ alert }) => alert === 'SignalboxRunsStuck')!
  const [, minutes] = /\[(\d+)m\]/.exec(expr)!
  expect(Number(minutes)).toBeGreaterThan(10)
})

it.skipIf(!hasPromtool())('has alerts that Prometheus takes, where its tool is installed', () => {
  expect(execFileSync('promtool', ['check', 'rules', RULES], { encoding: 'utf8' })).toContain('SUCCESS')
})

function rules(): readonly { readonly alert: string; readonly expr: string }[] {
  return parse(readFileSync(RULES, 'utf8')).groups[0].rules
}

function hasPromtool(): boolean {
  return spawnSync('promtool', ['--version']).status === 0
}
