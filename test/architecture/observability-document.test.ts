import { expect, it } from 'vitest'
import { METRIC, TAG } from '../../src/runtime/telemetry/names.ts'
import { quoted, readDocument, sectionOf, tablesIn } from '../support/document.ts'

const DOCUMENT = readDocument('observability.md')

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
